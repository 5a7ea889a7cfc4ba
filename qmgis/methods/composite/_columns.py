"""The code book of a composite index."""

from __future__ import annotations

import pandas as pd

from qmgis.i18n import number
from qmgis.model import Column, IndicatorTable, Profile, Text, words

NOTHING = Text("", "")


def columns_of(parts: pd.DataFrame, table: IndicatorTable, profile: Profile) -> tuple[Column, ...]:
    """Return a description of each column of ``parts``, in their order."""
    fixed = {column.key: column for column in _fixed(profile)}
    return tuple(fixed.get(str(key)) or _of_indicator(str(key), table, profile) for key in parts)


def _fixed(profile: Profile) -> list[Column]:
    block = profile.blocks["index"]
    unit = words("methods.unit_sd") if block.steps.again == "z" else words("methods.unit_points_of_index")
    names = {key: block.names.get(key, Text(key, key)) for key in block.classes}
    listed = ", ".join(profile.attention)
    signal = words("methods.note_attention_class", classes=listed)
    flags = words("methods.note_flags", limit=_both(block.flagged_from or 0.0))
    return [
        Column("index", words("methods.index"), "number", unit, note=words("methods.note_index")),
        Column("rank", words("methods.rank"), "order", digits=0, note=words("methods.note_rank")),
        Column("class", words("methods.class"), "code", codes=names, note=_cut(profile)),
        Column("attention", words("words.attention"), "bool", note=signal),
        Column("score", words("methods.score_before"), "number", note=words("methods.note_score_before")),
        Column("distance", words("methods.distance"), "number", unit, note=words("methods.note_distance")),
        Column("flags", words("methods.flags"), "count", digits=0, note=flags),
    ]


def _cut(profile: Profile) -> Text:
    block = profile.blocks["index"]
    if block.quantiles:
        return words("methods.note_quantiles", count=block.quantiles)
    shown = {lang: "; ".join(number(limit, lang, digits=2) for limit in block.limits) for lang in ("de", "en")}
    return words("methods.note_class_limits", limits=Text(shown["de"], shown["en"]))


def _both(value: float) -> Text:
    return Text(number(value, "de", digits=2), number(value, "en", digits=2))


def _of_indicator(key: str, table: IndicatorTable, profile: Profile) -> Column:
    """Return the description of a column that is named after an indicator or a domain."""
    block = profile.blocks["index"]
    for role in ("domain_rank", "domain", "score", "contribution", "value", "change"):
        name = key.removeprefix(f"{role}_")
        if key.startswith(f"{role}_") and (
            name in table.indicators or role.startswith("domain") or name in block.names
        ):
            break
    indicator = table.indicators.get(name)
    title = indicator.title if indicator is not None else block.names.get(name, Text(name, name))
    share = indicator is not None and indicator.measure == "share"
    if role == "value":
        return Column(key, title, "share" if share else "number", Text("%", "%") if share else NOTHING)
    if role == "change":
        text = words("methods.change", title=title, years=table.change_years)
        return Column(key, text, "points" if share else "number", words("methods.unit_points") if share else NOTHING)
    if role == "contribution":
        adds = block.steps.again in ("none", "z")
        note = words("methods.note_contribution" if adds else "methods.note_contribution_score")
        return Column(key, words("methods.contribution_index", title=title), "number", note=note)
    return Column(key, words(f"methods.{role}", title=title), "number")
