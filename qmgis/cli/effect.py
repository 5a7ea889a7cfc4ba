"""``qmgis effect``: programme areas over time beside areas like them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from qmgis.cli import show
from qmgis.cli.options import CityArg, DataOption, JsonOption, Lang, LangOption
from qmgis.i18n import say

if TYPE_CHECKING:
    from qmgis.effect import Answer


def effect(
    city: CityArg,
    *,
    area: Annotated[Optional[str], typer.Option("--area", metavar="ID", help="One programme area.")] = None,  # noqa: UP045
    every: Annotated[bool, typer.Option("--all", help="All programme areas together.")] = False,
    indicator: Annotated[Optional[str], typer.Option("--indicator", metavar="KEY", help="Default: all.")] = None,  # noqa: UP045
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Compare programme areas over time with areas like them: checks, then an estimate or a description."""
    with show.errors(lang, city=city):
        from qmgis.effect import ALL
        from qmgis.errors import DataError, NotEnoughDataError
        from qmgis.io.city.workspace import open_city
        from qmgis.runs.programme.effect import can_compare, effects
        from qmgis.runs.programme.effect_files import answer_content

        if (area is None) == (not every):
            raise DataError(say("effect.cli_scope", "en"), de=say("effect.cli_scope", "de"))
        opened = open_city(city, data=data)
        if not can_compare(opened):
            en, de = (say("effect.cli_none", tongue, city=opened.title.to(tongue)) for tongue in ("en", "de"))
            raise NotEnoughDataError(en, de=de)
        found = effects(opened, scope=ALL if area is None else area, key=indicator)
        if as_json:
            show.line(json.dumps({"answers": [answer_content(one) for one in found]}, ensure_ascii=False))
            return
        told = [_told(one, lang or opened.lang) for one in found]
        show.line("\n\n".join([*told, say("effect.weighing", lang or opened.lang)]))


def _told(answer: Answer, lang: Lang) -> str:
    """Return one answer in sentences, then its checks."""
    name = answer.name.to(lang) if answer.scope == "all" else f"{answer.scope} {answer.name.to(lang)}"
    title = answer.title.to(lang) + (f" ({say('effect.placebo', lang)})" if answer.placebo else "")
    lines = [f"{title}, {name}: {say(f'effect.kind_{answer.kind}', lang)}"]
    lines += [f"  {one.to(lang)}" for one in answer.sentences]
    lines.append(f"  {say('effect.cli_checks', lang)}")
    for check in answer.checks:
        state = say("effect.passed" if check.passed else "effect.failed", lang)
        lines.append(f"    {say(f'effect.name_{check.key}', lang)}: {state}. {check.text.to(lang)}")
    return "\n".join(lines)
