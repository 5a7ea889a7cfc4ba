"""How the numbers were made, from which sources, and by which recipe."""

from __future__ import annotations

from qmgis.i18n import number, say
from qmgis.reports._material import Material
from qmgis.reports._profile import Section
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section:
    outcome, lang = material.outcome, material.lang
    recipe = outcome.recipe
    least = recipe.parameters["secrecy"]["min_count"]
    sentences = [
        say("reports.method_index", lang, method=outcome.index.title.to(lang), year=outcome.run.year,
            vintage=outcome.areas.vintage),
        say("reports.method_interval", lang),
        say("reports.method_secrecy", lang, least=number(least, lang)),
        say("reports.method_public" if material.is_public else "reports.method_internal", lang),
        say("reports.method_recipe", lang, recipe=recipe.id, method=recipe.method, version=recipe.version),
    ]  # fmt: skip
    count = number(len(outcome.warnings), lang)
    about = (say("reports.method_warnings", lang, n=count),) if outcome.warnings else ()
    credits = tuple(f"{say('views.source', lang)}: {line}" for line in dict.fromkeys(outcome.credits))
    return Section(
        "method", say("reports.method", lang), sentences=tuple(sentences), points=credits,
        remarks=(*about, say("reports.not_people", lang)),
    )  # fmt: skip


SECTION = Maker("method", 90, _make)
