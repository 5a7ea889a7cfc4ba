"""Other weights and limits than a profile's, to be tried: what there is to move, and the profile with it moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import floor, isfinite, log10
from typing import Literal

from qmgis.core.rules import Condition, Group
from qmgis.errors import DataError, UnknownKeyError, did_you_mean
from qmgis.model import Block, Profile, Rules, Text

__all__ = ["Knob", "knobs", "tuned"]

KnobKind = Literal["weight", "domain_weight", "limit", "condition", "least"]
MOST, STEPS, REACH = 3.0, 30, 40
LARGEST = 1e9
RANGES = {
    "number": (0.0, 1.0, 0.01),
    "percentile": (0.0, 100.0, 1.0),
    "sd": (-4.0, 4.0, 0.1),
    "factor": (0.0, 3.0, 0.05),
}


@dataclass(frozen=True)
class Knob:
    """One number of a profile that can be tried otherwise.

    ``key`` is its place in the profile's file, such as ``status.weights.transfer`` or ``status.limits.2`` (the second
    limit). ``of`` is what it belongs to: an indicator, a domain, or the number of a limit. ``value`` is the profile's;
    ``low``, ``high`` and ``step`` span what is worth trying, with ``value`` on the grid. ``form`` says how the limit of
    a condition is meant (``number``, ``percentile``, ``sd``, ``factor``).
    """

    key: str
    kind: KnobKind
    block: str
    of: str
    value: float
    low: float
    high: float
    step: float
    form: str = ""


def knobs(profile: Profile) -> tuple[Knob, ...]:
    """Return everything of a profile that can be tried: weights and limits, or the rules' limits and least number.

    Weights that the method finds from the numbers itself are not among them, nor that of an indicator alone in its
    domain, nor limits where classes are parts of equal size. Of rules, what looks at neighbours stays as it is.

    Examples
    --------
    >>> [one.key for one in knobs(toy_profile())][:4]
    ['status.weights.unemployment', 'status.weights.transfer', 'status.weights.child_poverty', 'status.limits.1']
    >>> knobs(toy_profile())[3].value
    -1.0
    """
    found: list[Knob] = []
    for name, block in profile.blocks.items():
        found += [*_weights(name, block), *_limits(name, block)]
    return (*found, *(_of_rules(profile.rules) if profile.rules else ()))


def tuned(profile: Profile, instead: Mapping[str, float]) -> Profile:
    """Return a profile with other numbers in the places named; the profile itself where none differs.

    Parameters
    ----------
    profile
        Any profile.
    instead
        Keys of `knobs`, and the number to try; weights count as in the profile's file (1 where it names none).

    Raises
    ------
    UnknownKeyError
        A key that is no weight and no limit of this profile.
    DataError
        No number or one too large to compute with, a negative weight, no weight left above 0, limits that do not
        ascend, or a number of categories that the rules do not have.

    Examples
    --------
    >>> other = tuned(toy_profile(), {"status.weights.transfer": 2.0})
    >>> other.blocks["status"].steps.weights, other.verified
    ({'transfer': 2.0}, False)
    >>> profile = toy_profile()
    >>> tuned(profile, {"status.weights.transfer": 1.0}) is profile
    True
    """
    known = {one.key: one for one in knobs(profile)}
    for key, value in instead.items():
        if key not in known:
            raise UnknownKeyError(
                f'{profile.key} has no weight and no limit "{key}" to try.{did_you_mean(key, known)}',
                de=f'{profile.key} hat kein Gewicht und keine Grenze "{key}" zum Erproben.'
                f"{did_you_mean(key, known, lang='de')}",
            )
        _check(known[key], value)
    moved = {known[key]: float(value) for key, value in instead.items() if float(value) != known[key].value}
    if not moved:
        return profile
    blocks = {name: _block(name, block, moved) for name, block in profile.blocks.items()}
    rules = _rules(profile.rules, moved) if profile.rules else None
    title = Text(f"{profile.title.de} (Versuch)", f"{profile.title.en} (trial)")
    return replace(profile, title=title, verified=False, blocks=blocks, rules=rules)


def _weights(name: str, block: Block) -> Iterator[Knob]:
    """Yield the weights of a block; none where it finds them itself."""
    steps = block.steps
    groups: list[tuple[KnobKind, str, list[str], Mapping[str, float]]] = []
    if steps.weigh == "given":
        inside = [steps.domains.get(key, "") for key in block.indicators]
        some = [key for key, domain in zip(block.indicators, inside, strict=True) if inside.count(domain) > 1]
        groups.append(("weight", "weights", some, steps.weights))
    if steps.domains:
        groups.append(("domain_weight", "domain_weights", list(dict.fromkeys(steps.domains.values())),
                       steps.domain_weights))  # fmt: skip
    for kind, table, names, given in groups:
        for of in names if len(names) > 1 else ():
            value = float(given.get(of, 1.0))
            high = MOST * value if value > 0 else MOST * max([1.0, *given.values()])
            yield Knob(f"{name}.{table}.{of}", kind, name, of, value, 0.0, high, high / STEPS)


def _limits(name: str, block: Block) -> Iterator[Knob]:
    reach = max((abs(limit) for limit in block.limits), default=0.0) or 1.0
    step = _round(reach / REACH)
    for place, limit in enumerate(block.limits, start=1):
        low, high = limit - REACH * step, limit + REACH * step
        yield Knob(f"{name}.limits.{place}", "limit", name, str(place), limit, low, high, step)


def _of_rules(rules: Rules) -> Iterator[Knob]:
    count = len(rules.categories)
    if count > 1:
        yield Knob("rules.least", "least", "rules", "", float(rules.least), 1.0, float(count), 1.0)
    for place, one in enumerate(_conditions(rules), start=1):
        value, (low, high, step) = one.limit.amount, RANGES[one.limit.kind]
        if one.limit.kind == "number" and not 0 <= value <= 1:
            step = _round(abs(value) / REACH)
            low, high = value - REACH * step, value + REACH * step
        low = min(value - floor(round((value - low) / step, 6)) * step, value)
        yield Knob(f"rules.limits.{place}", "condition", "rules", one.indicator, value, round(low, 9), max(high, value),
                   step, one.limit.kind)  # fmt: skip


def _conditions(rules: Rules) -> tuple[Condition, ...]:
    """Return the conditions of the categories, each once; those of infill and clusters are no matter of a trial."""
    return Group("any", tuple(one.rule for one in rules.categories)).conditions


def _round(step: float) -> float:
    """Return 1, 2 or 5 times a power of ten, near a step."""
    power = 10.0 ** floor(log10(step))
    near = min((1, 2, 5, 10), key=lambda times: abs(times - step / power))
    return float(f"{near * power:.3g}")


def _check(knob: Knob, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise DataError(
            f'"{knob.key}" is to be {value}, which is no number; give a number such as {knob.value:g}.',
            de=f'"{knob.key}" soll {value} sein, das ist keine Zahl; eine Zahl wie {knob.value:g} angeben.',
        )
    if abs(value) > LARGEST:
        raise DataError(
            f'"{knob.key}" is to be {value:g}, which is too large to compute with; give a number such as '
            f"{knob.value:g}.",
            de=f'"{knob.key}" soll {value:g} sein, damit lässt sich nicht rechnen; eine Zahl wie {knob.value:g} '
            "angeben.",
        )
    if knob.kind in ("weight", "domain_weight") and value < 0:
        raise DataError(
            f'The weight "{knob.key}" is negative ({value:g}); give 0 or more.',
            de=f'Das Gewicht "{knob.key}" ist negativ ({value:g}); 0 oder mehr angeben.',
        )
    if knob.kind == "least" and (value != int(value) or not knob.low <= value <= knob.high):
        raise DataError(
            f"The least number of categories is to be {value:g}; give a whole number from 1 to {knob.high:g}.",
            de=f"Die Mindestzahl der Kategorien soll {value:g} sein; eine ganze Zahl von 1 bis {knob.high:g} angeben.",
        )


def _block(name: str, block: Block, moved: Mapping[Knob, float]) -> Block:
    """Return a block with its own part of what is tried."""
    own = [(one, value) for one, value in moved.items() if one.block == name]
    weights = {**block.steps.weights, **{one.of: value for one, value in own if one.kind == "weight"}}
    over = {**block.steps.domain_weights, **{one.of: value for one, value in own if one.kind == "domain_weight"}}
    limits = list(block.limits)
    for one, value in own:
        if one.kind == "limit":
            limits[int(one.of) - 1] = value
    made = replace(block, steps=replace(block.steps, weights=weights, domain_weights=over), limits=tuple(limits))
    _check_block(name, made)
    return made


def _check_block(name: str, block: Block) -> None:
    """Raise where no weight is left, or limits do not ascend."""
    steps = block.steps
    by = {key: steps.domains.get(key, "") for key in block.indicators}
    sums = [sum(steps.weights.get(key, 1.0) for key in by if by[key] == domain) for domain in set(by.values())]
    if steps.domains:
        sums.append(sum(steps.domain_weights.get(key, 1.0) for key in set(by.values())))
    if steps.weigh == "given" and min(sums) <= 0:
        raise DataError(
            f'All weights of "{name}" (or of one of its domains) are 0; give at least one indicator a weight.',
            de=f'Alle Gewichte von "{name}" (oder eines seiner Bereiche) sind 0; mindestens einem Indikator ein '
            "Gewicht geben.",
        )
    if any(high <= low for low, high in zip(block.limits, block.limits[1:], strict=False)):
        shown = ", ".join(f"{limit:g}" for limit in block.limits)
        raise DataError(
            f'The limits of "{name}" do not ascend ({shown}); each has to be higher than the one before.',
            de=f'Die Grenzen von "{name}" steigen nicht an ({shown}); jede muss höher sein als die vorige.',
        )


def _rules(rules: Rules, moved: Mapping[Knob, float]) -> Rules:
    """Return rules with other limits in their categories, and another least number."""
    numbers = {one.key: value for one, value in moved.items()}
    other = {
        one: replace(one, limit=replace(one.limit, amount=numbers[f"rules.limits.{place}"]))
        for place, one in enumerate(_conditions(rules), start=1)
        if f"rules.limits.{place}" in numbers
    }
    categories = tuple(replace(one, rule=_group(one.rule, other)) for one in rules.categories)
    return replace(rules, categories=categories, least=int(numbers.get("rules.least", rules.least)))


def _group(group: Group, other: Mapping[Condition, Condition]) -> Group:
    parts = (other.get(one, one) if isinstance(one, Condition) else _group(one, other) for one in group.parts)
    return replace(group, parts=tuple(parts))
