"""A profile as a page to read: formula, indicators, steps, limits, exclusions and source, as plain data in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from qmgis.core.rules import Condition, Group
from qmgis.i18n import keys, number, say
from qmgis.model import Block, Indicator, Lang, Profile, Rules, Text

__all__ = ["MethodSheet", "Row", "Section", "method_sheet"]


@dataclass(frozen=True)
class Row:
    """A label and what there is to say of it."""

    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """A heading and its rows."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class MethodSheet:
    """The method sheet of a profile in one language."""

    key: str
    title: str
    verified: bool
    sections: tuple[Section, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the sheet as plain values, for machines."""
        return asdict(self)


def method_sheet(
    profile: Profile, lang: Lang, *, method: Text, indicators: Mapping[str, Indicator] | None = None
) -> MethodSheet:
    """Return the method sheet of a profile.

    Parameters
    ----------
    profile
        A shipped profile, or one of a city.
    lang
        Language of the sheet.
    method
        Title of the profile's method.
    indicators
        Titles and directions of a city's indicators; without them the keys stand for themselves.

    Examples
    --------
    >>> sheet = method_sheet(toy_profile(), "en", method=Text("MSS", "MSS"))
    >>> [section.title for section in sheet.sections]
    ['Profile', 'Status', 'Dynamics', 'Who is left out', 'Attention']
    """
    known = indicators or {}
    head = [
        Row(say("profile.key", lang), profile.key),
        Row(say("profile.method", lang), method.to(lang)),
        Row(say("profile.state", lang), say(f"profile.{'verified' if profile.verified else 'documented'}", lang)),
        Row(say("profile.source", lang), profile.source),
    ]
    if profile.note is not None:
        head.append(Row(say("profile.note", lang), profile.note.to(lang)))
    sections = [Section(say("profile.head", lang), tuple(head))]
    for name, block in profile.blocks.items():
        rows = (*_indicators(block, known, lang), *_steps(name, block, lang), *_classes(name, block, lang))
        sections.append(Section(say(f"profile.block_{name}", lang), rows))
    if profile.rules is not None:
        sections.append(Section(say("profile.block_rules", lang), tuple(_rules(profile.rules, known, lang))))
    sections.append(Section(say("profile.left_out", lang), tuple(_left_out(profile, lang))))
    sections.append(Section(say("profile.attention", lang), tuple(_attention(profile, lang))))
    return MethodSheet(profile.key, profile.title.to(lang), profile.verified, tuple(sections))


def _rules(rules: Rules, known: Mapping[str, Indicator], lang: Lang) -> Iterator[Row]:
    """Yield a row an indicator with every condition on it, and one a rule with the indicators that it looks at."""
    for key in rules.indicators:
        conditions = [_limit(one, lang) for one in rules.conditions if one.indicator == key]
        title = [known[key].title.to(lang)] if key in known else []
        yield Row(key, "; ".join([*title, *dict.fromkeys(conditions)]))
    for category in rules.categories:
        yield Row(say("profile.rule", lang, name=category.name.to(lang)), _together(category.rule, lang))
    yield Row(say("profile.least", lang), number(rules.least, lang))
    if rules.infill is not None:
        yield Row(say("profile.infill", lang), _together(rules.infill, lang))
    if rules.cluster is not None:
        yield Row(say("profile.cluster", lang), number(rules.cluster.min_residents, lang))
    for key in rules.classes:
        yield Row(say("profile.class", lang, word=key), say(f"rules.class_{key}", lang))


def _together(rule: Group | Condition, lang: Lang) -> str:
    """Return a rule by the keys of its indicators, such as "asthma >= … and (…)"."""
    if isinstance(rule, Condition):
        return f"{rule.indicator} {_limit(rule, lang)}"
    inner = [_together(part, lang) for part in rule.parts]
    shown = [f"({one})" if isinstance(part, Group) and len(part.parts) > 1 else one
             for one, part in zip(inner, rule.parts, strict=True)]  # fmt: skip
    return f" {say('rules.and' if rule.how == 'all' else 'rules.or', lang)} ".join(shown)


def _limit(condition: Condition, lang: Lang) -> str:
    """Return the side and limit of a condition in words."""
    limit, amount = condition.limit, _plain(condition.limit.amount, lang)
    said = amount
    if limit.kind in ("percentile", "sd"):
        said = say(f"rules.{limit.kind}", lang, amount=amount)
    elif limit.kind == "factor" and limit.reference is None:
        said = say("rules.factor_city", lang, amount=amount)
    elif limit.kind == "factor":
        said = say("rules.factor_given", lang, amount=amount, given=_plain(float(limit.reference or 0.0), lang))
    return f"{say(f'rules.{condition.side}', lang)} {said}"


def _indicators(block: Block, known: Mapping[str, Indicator], lang: Lang) -> Iterator[Row]:
    """Yield a row an indicator: its key; title, direction, weight and domain."""
    yield Row(say("profile.values", lang), say(f"profile.of_{block.of}", lang))
    steps = block.steps
    for key in block.indicators:
        indicator = known.get(key)
        own = steps.directions[key] or (indicator.direction if indicator is not None else 0)
        parts = [indicator.title.to(lang)] if indicator is not None else []
        parts.append(say({1: "profile.more", -1: "profile.less"}.get(own, "profile.by_layer"), lang))
        if steps.weigh == "given":
            parts.append(say("profile.weight", lang, weight=_plain(steps.weights.get(key, 1.0), lang)))
        if key in steps.domains:
            parts.append(say("profile.domain", lang, domain=_named(steps.domains[key], block, lang)))
        if key in steps.goalposts:
            zero, one = (_plain(end, lang) for end in steps.goalposts[key])
            parts.append(say("profile.goalposts", lang, zero=zero, one=one))
        yield Row(key, "; ".join(parts))


def _steps(name: str, block: Block, lang: Lang) -> Iterator[Row]:
    """Yield a row a step, in the order in which they are done, then the formula in symbols."""
    steps = block.steps
    for step in ("fill", "treat", "normalise", "weigh", "aggregate"):
        yield _step(step, getattr(steps, step), block, lang)
    if steps.domains:
        for step in ("domain_normalise", "domain_aggregate"):
            if (step, getattr(steps, step)) != ("domain_normalise", "none"):
                yield _step(step, getattr(steps, step), block, lang)
        given = {key: steps.domain_weights.get(key, 1.0) for key in dict.fromkeys(steps.domains.values())}
        listed = "; ".join(f"{_named(key, block, lang)} {_plain(weight, lang)}" for key, weight in given.items())
        yield Row(say("profile.step_domain_weights", lang), listed)
    yield _step("again", steps.again, block, lang)
    constant = say(f"profile.constant_{steps.constant}", lang)
    yield Row(say("profile.step_constant", lang), constant)
    yield Row(say("profile.formula", lang), _formula(name, block))


def _step(step: str, word: str, block: Block, lang: Lang) -> Row:
    steps, table = block.steps, step.removeprefix("domain_")
    low, high = (_plain(end, lang) for end in steps.to)
    values = {"low": low, "high": high, "divisor": "n - 1" if steps.ddof else "n"}
    return Row(say(f"profile.step_{step}", lang), say(f"profile.{table}_{word}", lang, **values))


# v is the value as it enters: turned by the direction d, so that high is more burden.
NORMALISED = {
    "none": "v",
    "z": "(v - m) / s",
    "robust_z": "(v - median) / (1.4826 MAD)",
    "min_max": "l + (u - l) (v - min) / (max - min)",
    "percentile_rank": "#(smaller) / (n - 1)",
    "rank": "rank(v)",
    "borda": "#(smaller) + #(equal) / 2",
    "exponential_rank": "-23 ln(1 - R (1 - exp(-100 / 23))), R = (n - rank + 1) / n",
    "exponential_from_ranks": "-23 ln(1 - R (1 - exp(-100 / 23))), R = (n - rank + 1) / n",
    "fraction_of_max": "v / max",
    "distance_to_maximum": "(v - min) / (max - min)",
    "goalposts": "(v - zero) / (one - zero), 0 to 1",
}
AGGREGATED = {
    "sum": "Σ w {y}", "mean": "Σ w {y} / Σ w", "geometric": "exp(Σ w ln {y} / Σ w)", "harmonic": "Σ w / Σ (w / {y})",
    "copeland": "Σ_j sign(o_ij - 1/2), o_ij = Σ w [{y}_i > {y}_j] + 1/2 Σ w [{y}_i = {y}_j]",
}  # fmt: skip


def _formula(name: str, block: Block) -> str:
    """Return the way from the values to the index in symbols; the same in both languages."""
    steps = block.steps
    lines = [f"v = d {'Δx' if block.of == 'change' else 'x'}", f"y = {NORMALISED[steps.normalise]}"]
    if steps.domains:
        lines.append(f"D = {AGGREGATED[steps.aggregate].format(y='y')}")
        if steps.domain_normalise != "none":
            lines.append(f"D' = {steps.domain_normalise}(D)")
        inner = "D'" if steps.domain_normalise != "none" else "D"
        lines.append(f"Z = {AGGREGATED[steps.domain_aggregate].format(y=inner)}")
    else:
        lines.append(f"Z = {AGGREGATED[steps.aggregate].format(y='y')}")
    symbol = {"status": "SI", "dynamics": "DI"}.get(name, "I")
    last = {"none": "Z", "z": "(Z - m) / s"}.get(steps.again, f"{steps.again}(Z)")
    return "; ".join([*lines, f"{symbol} = {last}"])


def _classes(name: str, block: Block, lang: Lang) -> Iterator[Row]:
    """Yield a row a class: between which limits, and on which side a value exactly on a limit is."""
    if block.quantiles:
        yield Row(say("profile.classes", lang), say("profile.quantiles", lang, count=block.quantiles))
    for place, key in enumerate(block.classes):
        text = say("profile.part", lang, place=place + 1) if block.quantiles else _between(block, place, lang)
        yield Row(say("profile.class", lang, word=_class(name, key, block, lang)), text)
    if block.flagged_from is not None:
        flagged = say("profile.flagged", lang, limit=_plain(block.flagged_from, lang))
        yield Row(say("profile.flags", lang), flagged)


def _between(block: Block, place: int, lang: Lang) -> str:
    """Return the interval of a class in words; `owns` says to which side a limit itself belongs."""
    limits, owns = block.limits, block.owns or ("below",) * len(block.limits)
    parts = []
    if place > 0:
        own = "from" if owns[place - 1] == "above" else "over"
        parts.append(say(f"profile.{own}", lang, limit=_plain(limits[place - 1], lang)))
    if place < len(limits):
        own = "to" if owns[place] == "below" else "under"
        parts.append(say(f"profile.{own}", lang, limit=_plain(limits[place], lang)))
    return " ".join(parts)


def _left_out(profile: Profile, lang: Lang) -> Iterator[Row]:
    if profile.min_residents:
        residents = say("profile.residents", lang, count=number(profile.min_residents, lang), name=profile.residents)
        yield Row(say("words.reason_too_few_residents", lang), residents)
    yield Row(say("words.reason_declared", lang), say("profile.declared", lang))
    least = {name: block.steps.least_weight for name, block in profile.blocks.items()}
    for name, block in profile.blocks.items():
        word = "gap_filled" if block.steps.fill != "none" else "gap_part" if least[name] < 1 else "gap_none"
        share = number(100 * least[name], lang)
        label = f"{say('words.reason_missing_indicator', lang)} ({say(f'profile.block_{name}', lang)})"
        yield Row(label, say(f"profile.{word}", lang, share=share))


def _attention(profile: Profile, lang: Lang) -> Iterator[Row]:
    nothing = say("profile.nobody", lang)
    listed = ", ".join(profile.attention) or nothing
    yield Row(say("profile.attention_in", lang), f"{listed}. {say('profile.signal', lang)}")
    yield Row(say("profile.low_in", lang), ", ".join(profile.low) or nothing)


def _class(name: str, key: str, block: Block, lang: Lang) -> str:
    """Return a class with its name, where the profile or the words of the field have one."""
    if key in block.names:
        named = block.names[key].to(lang)
    elif f"words.{name}_{key}" in keys():
        named = say(f"words.{name}_{key}", lang)
    else:
        return key
    return f"{key} ({named})"


def _named(domain: str, block: Block, lang: Lang) -> str:
    return block.names[domain].to(lang) if domain in block.names else domain


def _plain(value: float, lang: Lang) -> str:
    """Return a setting with the digits that it has."""
    _, _, decimals = f"{value:.6f}".rstrip("0").partition(".")
    return number(value, lang, digits=len(decimals))
