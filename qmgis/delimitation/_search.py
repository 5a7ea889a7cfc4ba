"""Places where an area could be, different areas for each, and what each rule costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import inf
from types import MappingProxyType

from qmgis.core.regions.grown import Aim, Limits, Region, Units, best_region, cores, reached
from qmgis.delimitation._ground import Ground
from qmgis.delimitation._rules import RULES, Rules
from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["ALIKE", "DOUBLED", "VARIANTS", "Found", "Price", "alike", "found_for", "prices_of", "stands"]

# What a variant counts: from which score on residents add, what flagged ones add beyond, how a short outline weighs.
VARIANTS = MappingProxyType(
    {
        "signals": Aim(1.0, 1.0, 1.0),
        "compact": Aim(1.0, 1.0, 3.0),
        "wide": Aim(0.0, 1.0, 1.0),
        "narrow": Aim(2.5, 0.5, 1.0),
    }
)
ALIKE = 0.8  # residents in both by residents in either: proposals of one place are at most so alike
DOUBLED = ("max_residents", "max_hectares", "budget")
TRIED = 6  # units that are left out, or taken in, in turn where a place has one proposal only


@dataclass(frozen=True)
class Found:
    """A region of a place: its variant, what it was searched with, and the unit that it leaves out or takes in."""

    place: int
    variant: str
    region: Region
    core: tuple[int, ...]
    barred: frozenset[int]
    asked: frozenset[int] = frozenset()
    unit: int = -1

    @property
    def aim(self) -> Aim:
        """What the variant counts."""
        return VARIANTS.get(self.variant, VARIANTS["signals"])


@dataclass(frozen=True)
class Price:
    """What would be without one rule: members that would come and go; the region that would be."""

    rule: str
    region: Region
    comes: tuple[int, ...]
    goes: tuple[int, ...]


def found_for(
    ground: Ground, rules: Rules, *, count: int, tell: Callable[[float], None] = lambda _: None
) -> tuple[list[Found], list[tuple[int, ...]]]:
    """Return up to ``count`` different regions for each place, and the places where no area reaches the limits."""
    limits, barred = rules.limits(), ground.barred(rules)
    asked = _asked(ground, rules, barred, limits)
    starts = cores(ground.units, limits=limits, barred=barred)
    if asked:
        near = {unit for core in starts if asked & set(core) for unit in core}
        starts = (tuple(sorted(near | asked)),)
    if not starts:
        raise _nobody(ground, rules)
    first, small = _first(ground, starts, limits, asked, barred)
    if not first:
        raise _unreachable(ground, starts, limits, barred, bool(asked))
    everywhere = {unit for one in first for unit in one.region.members}
    found: list[Found] = []
    for done, one in enumerate(first):
        tell(done / len(first))
        others = frozenset(everywhere - set(one.region.members)) | barred
        found += _variants(ground, replace(one, barred=others), limits, count)
    return found, small


def alike(units: Units, one: Region, other: Region) -> float:
    """Return the residents in both by the residents in either (Jaccard, 0-1); units count where nobody lives.

    Examples
    --------
    >>> from qmgis.core.regions.grown import Limits
    >>> units = toy_units()
    >>> one, other = (best_region(units, (4, 5, 8), limits=Limits(min_population=n)) for n in (300, 400))
    >>> alike(units, one, other)
    0.75
    """
    both, either = set(one.members) & set(other.members), set(one.members) | set(other.members)
    people = sum(units.population[unit] for unit in either)
    if people <= 0:
        return len(both) / len(either)
    return float(sum(units.population[unit] for unit in both) / people)


def prices_of(ground: Ground, found: Found, rules: Rules) -> list[Price]:
    """Return for each rule that is set what the same search gives without it, begun from the proposal itself.

    Upper limits are doubled instead (`DOUBLED`).
    """
    limits, units, asked = rules.limits(), ground.units, ground.numbers(rules.include)
    own = found.asked - asked  # what the variant itself takes in
    prices = []
    for rule in (rule for rule in RULES if stands(ground, rules, rule)):
        barred = found.barred - _freed(ground, rules, rule)
        other = best_region(
            ground.open_units if rule == "barriers" else units, found.core, limits=_lifted(limits, rule),
            aim=found.aim, asked=own if rule == "include" else found.asked, barred=barred, begun=[found.region.members],
        )  # fmt: skip
        if other is not None:
            now, then = set(found.region.members), set(other.members)
            prices.append(Price(rule, other, tuple(sorted(then - now)), tuple(sorted(now - then))))
    return prices


def stands(ground: Ground, rules: Rules, rule: str) -> bool:
    """Return whether a rule is set, and there is something that it is about."""
    limits = rules.limits()
    return {
        "min_residents": limits.min_population > 0,
        "max_residents": limits.max_population < inf,
        "min_hectares": limits.min_hectares > 0,
        "max_hectares": limits.max_hectares < inf,
        "budget": limits.budget < inf,
        "min_compactness": limits.min_compactness > 0,
        "barriers": not rules.cross_barriers and not bool(ground.units.open.all()),
        "existing": rules.keep_existing and bool(ground.existing),
        "include": bool(rules.include),
        "exclude": bool(rules.exclude),
    }[rule]


def _freed(ground: Ground, rules: Rules, rule: str) -> frozenset[int]:
    """Return the units that stay out by one rule alone."""
    if rule not in ("existing", "exclude"):
        return frozenset()
    without = replace(rules, keep_existing=False) if rule == "existing" else replace(rules, exclude=())
    return ground.barred(rules) - ground.barred(without)


def _lifted(limits: Limits, rule: str) -> Limits:
    """Return limits without one of them; upper ones are doubled, since nothing ends an area without."""
    free = {
        "min_residents": {"min_population": 0.0}, "max_residents": {"max_population": 2 * limits.max_population},
        "min_hectares": {"min_hectares": 0.0}, "max_hectares": {"max_hectares": 2 * limits.max_hectares},
        "budget": {"budget": 2 * limits.budget}, "min_compactness": {"min_compactness": 0.0},
    }  # fmt: skip
    return replace(limits, **free.get(rule, {}))


def _first(
    ground: Ground, starts: tuple[tuple[int, ...], ...], limits: Limits, asked: set[int], barred: frozenset[int]
) -> tuple[list[Found], list[tuple[int, ...]]]:
    """Return one region for each place, none on another's land, and the cores that give none."""
    first: list[Found] = []
    small: list[tuple[int, ...]] = []
    taken: set[int] = set()
    for core in starts:
        rest = tuple(unit for unit in core if unit not in taken)
        if not asked and not any(ground.units.flag[unit] for unit in rest):
            continue  # an earlier place has taken it in
        region = best_region(
            ground.units, rest, limits=limits, aim=VARIANTS["signals"], asked=asked, barred=barred | taken
        )
        if region is None or region.lacking > 0:
            small.append(rest)
            continue
        first.append(Found(len(first), "signals", region, rest, barred, frozenset(asked)))
        taken |= set(region.members)
    return first, small


def _variants(ground: Ground, first: Found, limits: Limits, count: int) -> list[Found]:
    """Return the first region of a place and others that differ enough from each other."""
    kept = [first]
    for other in _others(ground, first, limits):
        if len(kept) == count or (other.unit >= 0 and len(kept) > 1):
            break
        if all(alike(ground.units, one.region, other.region) <= ALIKE for one in kept):
            kept.append(other)
    return kept


def _others(ground: Ground, first: Found, limits: Limits) -> Iterator[Found]:
    """Give regions with other aims, then without one of the units, or with one more; those that keep the limits."""
    tries = [replace(first, variant=variant) for variant in VARIANTS if variant != "signals"]
    units, inside = ground.units, set(first.region.members)
    order = sorted(inside - first.asked, key=lambda unit: (units.flag[unit], -units.population[unit], unit))
    tries += [replace(first, variant="without", unit=unit, barred=first.barred | {unit}) for unit in order[:TRIED]]
    beside = {other for unit in inside for other in units.graph.links[unit]} - inside - first.barred
    order = sorted(beside, key=lambda unit: (-units.graph.score[unit], unit))
    tries += [replace(first, variant="with", unit=unit, asked=first.asked | {unit}) for unit in order[:TRIED]]
    for one in tries:
        region = best_region(units, one.core, limits=limits, aim=one.aim, asked=one.asked, barred=one.barred)
        if region is not None and region.lacking == 0:
            yield replace(one, region=region)


def _asked(ground: Ground, rules: Rules, barred: frozenset[int], limits: Limits) -> set[int]:
    """Return the units that have to be in, or the error that says why they cannot be together."""
    asked = ground.numbers(rules.include)
    out = sorted(asked & barred)
    if out:
        name = ground.ids[out[0]]
        raise DataError(
            f'"{name}" has to be in, but lies in a current programme area or has unknown residents; take it off '
            "include, or set keep_existing=False.",
            de=f"„{name}“ soll dabei sein, liegt aber in einem laufenden Fördergebiet oder hat unbekannte Einwohner; "
            "aus include nehmen oder keep_existing=False setzen.",
        )
    if not asked:
        return asked
    there = set(reached(ground.units, min(asked), barred=barred))
    apart = sorted(asked - there)
    if apart:
        one, other = ground.ids[min(asked)], ground.ids[apart[0]]
        raise DataError(
            f'"{one}" and "{other}" have to be in one area, but no way leads from one to the other without a barrier '
            "or land that stays out; take one off include, or set cross_barriers=True.",
            de=f"„{one}“ und „{other}“ sollen in ein Gebiet, doch kein Weg führt ohne Barriere oder ausgenommene "
            "Flächen vom einen zum anderen; eines aus include nehmen oder cross_barriers=True setzen.",
        )
    people = float(sum(ground.units.population[unit] for unit in asked))
    if people > limits.max_population:
        raise DataError(
            f"What has to be in has {people:,.0f} residents, more than the upper limit of "
            f"{limits.max_population:,.0f}; raise max_residents, or ask for fewer units.",
            de=f"Was dabei sein soll, hat {_de(people)} Einwohner, mehr als die Obergrenze von "
            f"{_de(limits.max_population)}; max_residents erhöhen oder weniger Einheiten verlangen.",
        )
    return asked


def _nobody(ground: Ground, rules: Rules) -> NotEnoughDataError:
    kept = int(sum(ground.units.flag[unit] for unit in ground.barred(rules)))
    return NotEnoughDataError(
        f"No area that requires attention is left to start from ({kept} stay out); name one as include, or set "
        "keep_existing=False.",
        de=f"Kein Gebiet mit besonderem Aufmerksamkeitsbedarf bleibt als Anfang ({kept} sind ausgenommen); eines als "
        "include nennen oder keep_existing=False setzen.",
    )


def _unreachable(
    ground: Ground, starts: tuple[tuple[int, ...], ...], limits: Limits, barred: frozenset[int], is_asked: bool
) -> DataError:
    """Return the error of limits that nothing keeps, with the most residents that hang together."""
    most = 0.0
    for core in starts:
        there = reached(ground.units, core[0], barred=barred)
        most = max(most, float(sum(ground.units.population[unit] for unit in there)))
    what = ("around what has to be in", "um das Verlangte") if is_asked else ("around areas that require attention",
            "um Gebiete mit besonderem Aufmerksamkeitsbedarf")  # fmt: skip
    if most < limits.min_population:
        units = ground.units
        helps = not units.open.all() and float(units.population.sum()) >= limits.min_population
        way = (
            "lower min_residents, or set cross_barriers=True",
            "min_residents senken oder cross_barriers=True setzen",
        )
        way = way if helps else ("lower min_residents", "min_residents senken")
        return DataError(
            f"{limits.min_population:,.0f} residents cannot be reached: at most {most:,.0f} hang together {what[0]}; "
            f"{way[0]}.",
            de=f"{_de(limits.min_population)} Einwohner sind nicht erreichbar: {what[1]} hängen höchstens {_de(most)} "
            f"zusammen; {way[1]}.",
        )
    return DataError(
        f"No connected area {what[0]} was found that keeps all limits together; raise the upper limits (residents, "
        "hectares, budget), or lower min_residents, min_hectares or min_compactness.",
        de=f"{what[1][0].upper()}{what[1][1:]} wurde kein zusammenhängendes Gebiet gefunden, das alle Grenzen einhält; "
        "Obergrenzen (Einwohner, Hektar, Budget) erhöhen oder min_residents, min_hectares oder min_compactness senken.",
    )


def _de(value: float) -> str:
    return f"{value:,.0f}".replace(",", ".")
