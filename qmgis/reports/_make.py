"""From what is known of an area to its profile."""

from __future__ import annotations

from qmgis.i18n import number, say
from qmgis.lifecycle import phase_words
from qmgis.model import words
from qmgis.model.reading import value_at
from qmgis.reports._material import Material
from qmgis.reports._profile import Profile
from qmgis.reports._sections import makers

__all__ = ["profile_of"]


def profile_of(material: Material) -> Profile:
    """Return the profile of an area: every section that has something to say, in the order of the page.

    Parameters
    ----------
    material
        What is known of it, as it may be shown (`qmgis.runs.report`).

    Examples
    --------
    >>> from qmgis.runs.report import profile
    >>> from qmgis.runs.shared import known
    >>> [section.key for section in profile(known(toy_city()), "01010405").sections][-1]
    'method'
    """
    outcome, subject, lang = material.outcome, material.subject, material.lang
    sections = tuple(found for maker in makers() if (found := maker.make(material)) is not None)
    view = say("reports.public" if material.is_public else "reports.internal", lang)
    return Profile(
        area=subject.area,
        name=subject.name,
        kicker=say(f"reports.kicker_{subject.kind}", lang),
        city=outcome.city_title.to(lang),
        day=say("reports.as_of", lang, year=outcome.run.year),
        lead=_lead(material),
        facts=_facts(material),
        sections=sections,
        foot=say("reports.foot", lang, city=outcome.city_title.to(lang), recipe=outcome.recipe.id, view=view),
        page=say("reports.page", lang),
        lang=lang,
        is_public=material.is_public,
    )


def _lead(material: Material) -> str:
    lang = material.lang
    parts = [material.told.summary] if material.told is not None and material.told.summary else []
    if material.subject.kind == "programme":
        flagged = [value_at(material.outcome, area, "attention") for area in material.subject.areas]
        parts.append(say("reports.lead_programme", lang, n=len(flagged), flagged=sum(bool(one) for one in flagged)))
    return " ".join([*parts, say("views.signal", lang)])


def _facts(material: Material) -> tuple[tuple[str, str], ...]:
    """Return what stands in the head of the page."""
    lang, subject, told = material.lang, material.subject, material.told
    found = [(say("reports.fact_id", lang), subject.area)]
    if subject.parent:
        found.append((say("reports.district", lang), subject.parent))
    if told is not None:
        found.append((say("reports.fact_residents", lang), told.population))
    elif material.figures is not None:
        rows = material.figures.set_index("figure")["inside"]
        if "residents" in rows and rows["residents"] == rows["residents"]:
            found.append((say("reports.fact_residents", lang), number(rows["residents"], lang)))
    found.append((say("reports.fact_run", lang), material.outcome.run.title.to(lang)))
    state = value_at(material.outcome, subject.area, "programme") if subject.kind == "area" else None
    if state is not None:
        found.append((say("reports.fact_programme", lang), words(f"words.programme_{state}").to(lang)))
    elif subject.kind == "programme" and material.lives:
        phase = material.lives[0].standing.get("phase")
        if isinstance(phase, str) and phase:
            found.append((say("lifecycle.column_phase", lang), phase_words(phase, lang)))
    return tuple(found)
