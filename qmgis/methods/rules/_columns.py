"""The code book of flags by rules, and each rule in words."""

from __future__ import annotations

import pandas as pd

from qmgis.i18n import number
from qmgis.model import Column, IndicatorTable, Profile, Rules, Text, words
from qmgis.model.spoken import rule_text

NOTHING = Text("", "")


def columns_of(parts: pd.DataFrame, table: IndicatorTable, profile: Profile, rules: Rules) -> tuple[Column, ...]:
    """Return a description of each column of ``parts``, in their order."""
    known = {column.key: column for column in [*_fixed(profile, rules), *_rules(table, rules), *_values(table, rules)]}
    return tuple(known[str(key)] for key in parts)


def _fixed(profile: Profile, rules: Rules) -> list[Column]:
    classes = {key: words(f"rules.class_{key}") for key in rules.classes}
    named = [classes[key] for key in profile.attention if key in classes]
    listed = Text(", ".join(one.de for one in named), ", ".join(one.en for one in named))
    signal = words("methods.note_attention_class", classes=listed)
    flagged = words("rules.note_class", least=rules.least)
    residents = rules.cluster.min_residents if rules.cluster else 0
    people = Text(number(residents, "de"), number(residents, "en"))
    return [
        Column("index", words("rules.index"), "count", digits=0, note=words("rules.note_index")),
        Column("rank", words("methods.rank"), "order", digits=0, note=words("rules.note_rank")),
        Column("class", words("methods.class"), "code", codes=classes, note=flagged),
        Column("attention", words("words.attention"), "bool", note=signal),
        Column("conditions", words("rules.conditions"), "count", digits=0),
        Column("open", words("rules.open"), "count", digits=0, note=words("rules.note_open")),
        Column("cluster", words("rules.cluster"), "text", note=words("rules.note_cluster", residents=people)),
    ]


def _rules(table: IndicatorTable, rules: Rules) -> list[Column]:
    return [
        Column(
            f"rule_{one.key}", words("rules.rule", name=one.name), "bool", note=rule_text(one.rule, table.indicators)
        )
        for one in rules.categories
    ]


def _values(table: IndicatorTable, rules: Rules) -> list[Column]:
    found = []
    for key in rules.indicators:
        share = table.indicators[key].measure == "share"
        unit = Text("%", "%") if share else NOTHING
        found.append(Column(f"value_{key}", table.indicators[key].title, "share" if share else "number", unit))
    return found
