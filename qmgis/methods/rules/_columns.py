"""The code book of flags by rules, and each rule in words."""

from __future__ import annotations

import pandas as pd

from qmgis.core.rules import Condition, Group
from qmgis.i18n import number, percent
from qmgis.model import LANGS, Column, IndicatorTable, Profile, Rules, Text, words

NOTHING = Text("", "")
AND_OR = {"all": "rules.and", "any": "rules.or"}


def columns_of(parts: pd.DataFrame, table: IndicatorTable, profile: Profile, rules: Rules) -> tuple[Column, ...]:
    """Return a description of each column of ``parts``, in their order."""
    known = {column.key: column for column in [*_fixed(profile, rules), *_rules(table, rules), *_values(table, rules)]}
    return tuple(known[str(key)] for key in parts)


def rule_text(rule: Group | Condition, table: IndicatorTable) -> Text:
    """Return a rule in words, such as "Child poverty at least 30.0% and (…)"."""
    if isinstance(rule, Condition):
        return _condition(rule, table)
    inner = [rule_text(part, table) for part in rule.parts]
    if len(inner) == 1:
        return inner[0]
    nested = [isinstance(part, Group) and len(part.parts) > 1 for part in rule.parts]
    both = {}
    for lang in LANGS:
        said = [f"({one.to(lang)})" if deep else one.to(lang) for one, deep in zip(inner, nested, strict=True)]
        both[lang] = f" {words(AND_OR[rule.how]).to(lang)} ".join(said)
    return Text(both["de"], both["en"])


def _condition(condition: Condition, table: IndicatorTable) -> Text:
    indicator = table.indicators[condition.indicator]
    return words(
        "rules.condition",
        title=indicator.title,
        side=words(f"rules.{condition.side}"),
        limit=_limit(condition, is_share=indicator.measure == "share"),
    )


def _limit(condition: Condition, *, is_share: bool) -> Text:
    limit = condition.limit
    if limit.kind == "number":
        return _amount(limit.amount, is_share=is_share)
    amount = _plain(limit.amount, sign=limit.kind == "sd")
    if limit.kind != "factor":
        return words(f"rules.{limit.kind}", amount=amount)
    if limit.reference is None:
        return words("rules.factor_city", amount=amount)
    given = _amount(limit.reference, is_share=is_share)
    if limit.weight == 1:
        return words("rules.factor_given", amount=amount, given=given)
    weight, rest = _plain(limit.weight), _plain(round(1 - limit.weight, 9))
    return words("rules.factor_both", amount=amount, given=given, weight=weight, rest=rest)


def _amount(value: float, *, is_share: bool) -> Text:
    return Text(percent(value, "de"), percent(value, "en")) if is_share else _plain(value)


def _plain(value: float, *, sign: bool = False) -> Text:
    """Return a number with the decimals that it was given with, at most four."""
    digits = min(4, len(f"{value:.4f}".rstrip("0").partition(".")[2]))
    return Text(number(value, "de", digits=digits, sign=sign), number(value, "en", digits=digits, sign=sign))


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
        Column(f"rule_{one.key}", words("rules.rule", name=one.name), "bool", note=rule_text(one.rule, table))
        for one in rules.categories
    ]


def _values(table: IndicatorTable, rules: Rules) -> list[Column]:
    found = []
    for key in rules.indicators:
        share = table.indicators[key].measure == "share"
        unit = Text("%", "%") if share else NOTHING
        found.append(Column(f"value_{key}", table.indicators[key].title, "share" if share else "number", unit))
    return found
