"""The sections of a method sheet for a method of rules: conditions, rules, classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from qmgis.core.rules import Condition, threshold
from qmgis.i18n import number, percent, say
from qmgis.model import AreaResult, Indicator, Lang, Rules
from qmgis.model.spoken import limit_text, rule_text
from qmgis.views._section import Section

__all__ = ["rule_sections"]


def rule_sections(
    rules: Rules, lang: Lang, *, indicators: Mapping[str, Indicator], index: AreaResult | None
) -> Iterator[Section]:
    """Yield every condition with its limit, the rules that they make, and the classes."""
    key_head = ["key"] * bool(indicators)
    heads = ("indicator", *key_head, "condition", *(["in_this_run"] if index is not None else []))
    rows = [
        (
            *([title] if indicators else []),
            key,
            limit_text(one, indicators).to(lang),
            *([] if index is None else [_found(one, index, lang)]),
        )
        for key in rules.indicators
        for title in (indicators[key].title.to(lang) if key in indicators else key,)
        for one in dict.fromkeys(one for one in rules.conditions if one.indicator == key)
    ]
    yield Section(
        "rules_indicators",
        say("profile.rules_indicators", lang),
        tuple(rows),
        heads=tuple(say(f"profile.head_{head}", lang) for head in heads),
        numbers=int(index is not None),
    )
    yield Section("rules_steps", say("profile.block_rules", lang), tuple(_steps(rules, indicators, lang)))
    classes = tuple((say(f"rules.class_{key}", lang), say(f"profile.rules_{key}", lang)) for key in rules.classes)
    yield Section("rules_classes", say("profile.classes", lang), classes)


def _steps(rules: Rules, indicators: Mapping[str, Indicator], lang: Lang) -> Iterator[tuple[str, str]]:
    for category in rules.categories:
        yield (
            say("profile.rule", lang, name=category.name.to(lang)),
            rule_text(category.rule, indicators).to(lang),
        )
    yield say("profile.least", lang), number(rules.least, lang)
    if rules.infill is not None:
        yield say("profile.infill", lang), rule_text(rules.infill, indicators).to(lang)
    if rules.cluster is not None:
        yield say("profile.cluster", lang), number(rules.cluster.min_residents, lang)
        if rules.cluster.beyond is not None:
            yield say("profile.cluster_beyond", lang), rule_text(rules.cluster.beyond, indicators).to(lang)


def _found(condition: Condition, index: AreaResult, lang: Lang) -> str:
    """Return the number that a limit stands for in a run, where it rests on the whole city; else a dash.

    A percentile stays one: the value behind it would be that of a single area.
    """
    limit, key = condition.limit, condition.indicator
    city = index.parameters.get("city_values", {}).get(key)
    if limit.kind == "sd" and key in index.reference.index:
        mean, sd = index.reference.loc[key, ["mean", "sd"]].to_numpy(dtype=float)
        value = float(mean + limit.amount * sd)
    elif limit.kind == "factor" and (city is not None or not limit.needs_city):
        value = threshold(limit, pd.Series(dtype=float), city=city)
    else:
        return "–"
    described = next((column for column in index.columns if column.key == f"value_{key}"), None)
    is_share = described is not None and described.kind == "share"
    return percent(value, lang) if is_share else number(value, lang, digits=2)
