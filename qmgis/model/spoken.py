"""Groups and rules of a profile in words, the same in results, code books and method sheets."""

from __future__ import annotations

from collections.abc import Mapping

from qmgis.core.rules import Condition, Group
from qmgis.i18n import number, percent
from qmgis.model.indicator import Indicator
from qmgis.model.text import LANGS, Text, words

__all__ = ["group_title", "limit_text", "rule_text"]

AND_OR = {"all": "rules.and", "any": "rules.or"}


def group_title(group: str) -> Text:
    """Return a group in words, such as "sehr niedrig / negativ".

    Examples
    --------
    >>> group_title("4-").en
    'very low / negative'
    """
    status, sign = words(f"words.status_{group[0]}"), words(f"words.dynamics_{group[1:]}")
    return Text(f"{status.de} / {sign.de}", f"{status.en} / {sign.en}")


def rule_text(rule: Group | Condition, indicators: Mapping[str, Indicator]) -> Text:
    """Return a rule in words, such as "Child poverty at least 30.0% and (…)"; an unknown indicator by its key.

    Examples
    --------
    >>> from qmgis.core.rules import Limit
    >>> rule_text(Condition("transfer", "at_least", Limit("number", 0.2)), {}).en
    'transfer at least 0.2'
    """
    if isinstance(rule, Condition):
        known, key = indicators.get(rule.indicator), rule.indicator
        title = known.title if known is not None else Text(key, key)
        return words("rules.condition", title=title, limit=limit_text(rule, indicators))
    inner = [rule_text(part, indicators) for part in rule.parts]
    if len(inner) == 1:
        return inner[0]
    nested = [isinstance(part, Group) and len(part.parts) > 1 for part in rule.parts]
    both = {}
    for lang in LANGS:
        said = [f"({one.to(lang)})" if deep else one.to(lang) for one, deep in zip(inner, nested, strict=True)]
        both[lang] = f" {words(AND_OR[rule.how]).to(lang)} ".join(said)
    return Text(both["de"], both["en"])


def limit_text(condition: Condition, indicators: Mapping[str, Indicator]) -> Text:
    """Return side and limit of a condition in words, such as "at least 30.0%"."""
    known = indicators.get(condition.indicator)
    limit = _limit(condition, is_share=known is not None and known.measure == "share")
    return words("rules.side", side=words(f"rules.{condition.side}"), limit=limit)


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
