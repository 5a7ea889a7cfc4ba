"""The code book of the status and dynamics method."""

from __future__ import annotations

import pandas as pd

from qmgis.i18n import number
from qmgis.model import Column, IndicatorTable, Profile, Text, words
from qmgis.model.spoken import group_title

SIGNS = ("+", "+/-", "-")
GROUPS = tuple(f"{status}{sign}" for status in range(1, 5) for sign in SIGNS)
NOTHING = Text("", "")


def columns_of(parts: pd.DataFrame, table: IndicatorTable, profile: Profile) -> tuple[Column, ...]:
    """Return a description of each column of ``parts``, in their order."""
    fixed = {column.key: column for column in _fixed(profile)}
    return tuple(fixed.get(str(key)) or _of_indicator(str(key), table) for key in parts)


def _fixed(profile: Profile) -> list[Column]:
    sd, far = words("methods.unit_sd"), words("methods.note_distance")
    signs = {sign: words(f"words.dynamics_{sign}") for sign in SIGNS}
    classes = {str(number): words(f"words.status_{number}") for number in range(1, 5)}
    groups = {group: group_title(group) for group in GROUPS}
    signal = words("methods.note_attention", groups=", ".join(profile.attention))
    status, dynamics = _limits("status", profile), _limits("dynamics", profile)
    return [
        Column("status_index", words("words.status_index"), "number", sd, note=status),
        Column("status_class", words("words.status_class"), "code", codes=classes),
        Column("dynamics_index", words("words.dynamics_index"), "number", sd, note=dynamics),
        Column("dynamics_class", words("words.dynamics_class"), "code", codes=signs),
        Column("group", words("words.group"), "code", codes=groups),
        Column("attention", words("words.attention"), "bool", note=signal),
        Column("status_distance", words("methods.status_distance"), "number", sd, note=far),
        Column("dynamics_distance", words("methods.dynamics_distance"), "number", sd, note=far),
    ]


def _limits(block: str, profile: Profile) -> Text:
    limits = profile.blocks[block].limits
    texts = {lang: "; ".join(number(limit, lang, digits=1, sign=True) for limit in limits) for lang in ("de", "en")}
    return words(f"methods.note_{block}_index", limits=Text(texts["de"], texts["en"]))


def _of_indicator(key: str, table: IndicatorTable) -> Column:
    """Return the description of a column that is named after an indicator."""
    role, _, rest = key.partition("_")
    moved = rest not in table.indicators
    name = rest.removesuffix("_change") if moved else rest
    title, share = table.indicators[name].title, table.indicators[name].measure == "share"
    sd = words("methods.unit_sd")
    if role == "z":
        return Column(key, words("methods.z_change" if moved else "methods.z", title=title), "number", sd)
    if role == "contribution":
        text = words("methods.contribution_change" if moved else "methods.contribution", title=title)
        return Column(key, text, "number", sd, note=words("methods.note_contribution"))
    if role == "change":
        text = words("methods.change", title=title, years=table.change_years)
        return Column(key, text, "points" if share else "number", words("methods.unit_points") if share else NOTHING)
    return Column(key, title, "share" if share else "number", Text("%", "%") if share else NOTHING)
