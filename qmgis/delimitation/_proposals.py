"""Contiguous proposals for an area: different ones for each place, with figures, reasons and the price of rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from string import ascii_uppercase

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array

from qmgis.delimitation._figures import facilities, figures_of, programme_overlap
from qmgis.delimitation._ground import Asked, Ground, checked_population, ground_of
from qmgis.delimitation._rules import Rules
from qmgis.delimitation._search import Found, found_for, prices_of
from qmgis.delimitation._words import named, price_sentence, reason_sentence, rule_title, sentence_of, variant_title
from qmgis.errors import DataError
from qmgis.model import AreaLayer, AreaResult, Network, PlaceLayer, ProgrammeLayer, ResidentLayer, Secrecy, Text, words

__all__ = ["Proposal", "Proposals", "RulePrice", "proposals"]

FEWEST, MOST = 2, 5


@dataclass(frozen=True)
class RulePrice:
    """What would be without one rule, or with an upper limit twice as high: units that would come and go, and gains.

    ``gained``: differences of ``residents``, ``flagged_residents``, ``captured``, ``score`` and ``compactness``.
    """

    rule: str
    title: Text
    comes: tuple[str, ...]
    goes: tuple[str, ...]
    gained: Mapping[str, float]
    sentence: Text


@dataclass(frozen=True)
class Proposal:
    """A connected area, to be examined.

    Parameters
    ----------
    key, place, variant, title
        ``"A1"``; the place ``"A"`` that it has in common with its alternatives; what it aims at, and in words.
    members
        Ids of its units, ascending.
    reasons, sentences
        Why each unit is in: every code that holds (``asked``, ``flagged``, ``score``, ``link``, ``minimum``,
        ``outline``), and in words.
    figures
        ``residents``, ``hectares``, ``density`` (residents per hectare), ``flagged_residents``, ``captured`` (their
        share of the city's flagged residents), ``flagged_share`` (of its own), ``score`` and ``score_sd`` (mean and
        spread in standard deviations), ``compactness`` (4 pi A / U²), ``cost``, ``units``.
    prices
        What each rule costs.
    """

    key: str
    place: str
    variant: str
    title: Text
    members: tuple[str, ...]
    reasons: Mapping[str, tuple[str, ...]]
    sentences: Mapping[str, Text]
    figures: Mapping[str, float]
    prices: tuple[RulePrice, ...]
    sentence: Text
    geometry: shapely.Geometry


@dataclass(frozen=True, eq=False)
class Proposals:
    """Proposals for all places, in the order of ids.

    ``frame``: index ``proposal``, figures and geometry. ``alike``: residents in both by residents in either, for each
    pair (0-1). ``facilities``: places of each layer inside, and outside within ``near_m``. ``programme``: programme
    areas that share land. ``small``: one sentence for each place where no area was found.
    """

    items: tuple[Proposal, ...]
    frame: gpd.GeoDataFrame
    alike: pd.DataFrame
    facilities: pd.DataFrame
    programme: pd.DataFrame
    small: tuple[Text, ...]
    sentence: Text
    warnings: tuple[Text, ...]
    parameters: Mapping[str, object]
    credits: tuple[str, ...]

    def __getitem__(self, key: str) -> Proposal:
        """Return one proposal by its key."""
        return next(one for one in self.items if one.key == key)


def proposals(
    areas: AreaLayer, index: AreaResult, population: pd.Series | None, *, rules: Rules | None = None, count: int = 3,
    blocks: AreaLayer | None = None, gap_m: float = 0.0, residents: ResidentLayer | None = None,
    barriers: object = None, network: Network | None = None, programme: ProgrammeLayer | None = None,
    on: date | None = None, places: Mapping[str, PlaceLayer] | None = None, near_m: float = 500.0,
    secrecy: Secrecy | None = None, tell: Callable[[float], None] = lambda _: None,
) -> Proposals:  # fmt: skip
    """Return connected areas around those that require attention, up to ``count`` different ones for each place.

    Parameters
    ----------
    areas, index, population
        One version of the areas, an index of them that says who requires attention, and their residents.
    rules
        What a proposal has to keep; by default 5,000 to 20,000 residents, no barrier crossed, existing areas kept.
    count
        2 to 5 proposals a place, which have at most 80 % of their residents in common.
    blocks, gap_m, residents
        Smaller units to build from, how wide the streets between them are (metres), and where people live.
    barriers, network
        Lines and polygons that may not be crossed, except where a street leads from one unit into the next.
    programme, on
        Programme areas, and the day on which they are looked at.
    places, near_m
        Layers of facilities to be counted inside, and outside within so many metres.
    secrecy
        Units with fewer residents than ``min_base`` count with a neighbour.
    tell
        Called with the share that is done (0-1) before each step; what it raises ends the work.

    Raises
    ------
    DataError, UnknownKeyError, NotEnoughDataError
        Rules that contradict each other or that nothing keeps, unknown ids, nobody to start from.

    Examples
    --------
    >>> outcome = toy_outcome()
    >>> found = proposals(outcome.areas, outcome.index, outcome.table["population"], count=2)
    >>> [(one.key, one.variant, len(one.members)) for one in found.items]
    [('A1', 'signals', 2), ('A2', 'wide', 7)]
    """
    if not FEWEST <= count <= MOST:
        raise DataError(
            f"{count} proposals a place were asked for; give {FEWEST} to {MOST}.",
            de=f"{count} Vorschläge je Ort wurden verlangt; {FEWEST} bis {MOST} angeben.",
        )
    rules, limits = rules or Rules(), secrecy or Secrecy()
    asked = Asked(blocks, residents, network, barriers, programme, on, gap_m, limits.min_base)
    ground = ground_of(areas, index, checked_population(population), rules=rules, asked=asked)
    found, small = found_for(ground, rules, count=count, tell=lambda share: tell(share / 2))
    items = _items(ground, found, rules, tell)
    frame = _frame(items, areas)
    layers = (areas, blocks, residents, network, programme, *(places or {}).values())
    return Proposals(
        items, frame, _alike(ground, items),
        facilities(frame.geometry, places or {}, near_m=near_m, crs=frame.crs),
        programme_overlap(frame.geometry, programme, on),
        tuple(_small(ground, core, rules) for core in small),
        _summary(items), _warnings(ground, items, asked),
        {**asdict(rules), "count": count, "near_m": near_m, "gap_m": gap_m, "run": index.key, "year": index.year,
         "vintage": index.vintage, "units": "areas" if blocks is None else blocks.key},
        tuple(dict.fromkeys(one.credit for one in layers if one is not None and one.credit)),
    )  # fmt: skip


def _items(ground: Ground, found: list[Found], rules: Rules, tell: Callable[[float], None]) -> tuple[Proposal, ...]:
    """Return proposals with letters for places in the order of their first unit."""
    first = {one.place: one.region.members for one in reversed(found)}
    letters = {place: _letters(number) for number, place in enumerate(sorted(first, key=lambda one: first[one]))}
    items: list[Proposal] = []
    for one in sorted(found, key=lambda one: first[one.place]):
        tell(0.5 + len(items) / len(found) / 2)
        place = letters[one.place]
        items.append(_item(ground, one, rules, (place, sum(item.place == place for item in items) + 1)))
    return tuple(items)


def _item(ground: Ground, found: Found, rules: Rules, label: tuple[str, int]) -> Proposal:
    region, key, ids = found.region, f"{label[0]}{label[1]}", ground.ids
    title, figures = variant_title(found, ground), figures_of(ground.units, region, total=ground.total)
    why = dict(zip(region.members, region.reasons, strict=True))
    return Proposal(
        key, label[0], found.variant, title, tuple(str(ids[unit]) for unit in region.members),
        {str(ids[unit]): tuple(codes) for unit, codes in why.items()},
        {str(ids[unit]): reason_sentence(ground, unit, codes) for unit, codes in why.items()},
        figures, _prices(ground, found, rules), sentence_of(key, title, figures),
        shapely.union_all(ground.shapes[list(region.members)]),
    )  # fmt: skip


def _prices(ground: Ground, found: Found, rules: Rules) -> tuple[RulePrice, ...]:
    before = figures_of(ground.units, found.region, total=ground.total)
    prices = []
    for price in prices_of(ground, found, rules):
        after = figures_of(ground.units, price.region, total=ground.total)
        names = ("residents", "flagged_residents", "captured", "score", "compactness")
        title = rule_title(rules, price.rule)
        comes, goes = (tuple(str(ground.ids[unit]) for unit in units) for units in (price.comes, price.goes))
        gained = {name: after[name] - before[name] for name in names}
        sentence = price_sentence(ground, found.region, price, title)
        prices.append(RulePrice(price.rule, title, comes, goes, gained, sentence))
    return tuple(prices)


def _letters(number: int) -> str:
    """Return A to Z, then AA."""
    letter = ascii_uppercase[number % 26]
    return letter if number < 26 else _letters(number // 26 - 1) + letter


def _frame(items: tuple[Proposal, ...], areas: AreaLayer) -> gpd.GeoDataFrame:
    rows = [{"place": one.place, "variant": one.variant, **one.figures} for one in items]
    index = pd.Index([one.key for one in items], name="proposal", dtype="str")
    return gpd.GeoDataFrame(rows, geometry=[one.geometry for one in items], index=index, crs=areas.frame.crs)


def _alike(ground: Ground, items: tuple[Proposal, ...]) -> pd.DataFrame:
    """Return the residents in both by the residents in either of all pairs."""
    rows = np.repeat(np.arange(len(items)), [len(one.members) for one in items])
    units = ground.ids.get_indexer(pd.Index([member for one in items for member in one.members], dtype="str"))
    people = np.maximum(ground.units.population, 1e-9)  # where nobody lives at all units count
    inside = csr_array((np.ones(len(rows)), (rows, units)), shape=(len(items), ground.units.size))
    both = (inside * people @ inside.T).toarray()
    own = np.diag(both)
    keys = pd.Index([one.key for one in items], name="proposal", dtype="str")
    return pd.DataFrame(both / (own[:, None] + own[None, :] - both), index=keys, columns=keys)


def _small(ground: Ground, core: tuple[int, ...], rules: Rules) -> Text:
    """Return why a place has no proposal."""
    too_large = all(ground.units.population[unit] > rules.max_residents for unit in core)
    return words("delimitation.small_large" if too_large else "delimitation.small", names=named(ground, core))


def _summary(items: tuple[Proposal, ...]) -> Text:
    if len(items) == 1:
        return words("delimitation.summary_one")
    places = len({one.place for one in items})
    key = "delimitation.summary_one_place" if places == 1 else "delimitation.summary"
    return words(key, count=len(items), places=places)


def _warnings(ground: Ground, items: tuple[Proposal, ...], asked: Asked) -> tuple[Text, ...]:
    said = list(ground.warnings)
    if asked.barriers is None or not len(asked.barriers):  # type: ignore[arg-type]
        said.append(words("delimitation.warning_no_barriers"))
    if asked.blocks is not None:
        said.append(words("delimitation.warning_blocks", least=asked.min_base))
    places = [one.place for one in items]
    alone = [place for place in dict.fromkeys(places) if places.count(place) == 1]
    if alone and len(items) > 1:
        listed = ", ".join(alone)
        said.append(words("delimitation.warning_alone", places=listed))
    return tuple(said)
