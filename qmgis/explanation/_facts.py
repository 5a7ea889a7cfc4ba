"""What there is to say about one area, as data: numbers and codes, titles in both languages, no sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qmgis.model import Text
from qmgis.model.reading import Block
from qmgis.model.result import ColumnKind

__all__ = [
    "Break", "Change", "Edition", "Explanation", "Hindrance", "HowSure", "IndexFact", "IndicatorFact", "Named",
    "Neighbour", "Note", "Overlap", "Similar", "Step",
]  # fmt: skip

Way = Literal["less", "more"]
Hindrance = Literal["", "not_shown", "uneven", "out_of_range"]
Note = Literal["", "other_vintage", "other_name", "absent"]


@dataclass(frozen=True)
class Named:
    """A code of a closed list with its word."""

    code: str
    title: Text


@dataclass(frozen=True)
class Step:
    """A class that an index could be moved to, all other indices held.

    ``way``: towards ``more`` or ``less`` pressing classes. ``is_next``: the class beside the present one; else the
    nearest class that changes the attention flag. ``limit`` is the one to cross last and ``gap`` how far it is (limit
    minus index); None where the index is not shown or classes are parts of equal size by rank, where ``ranks`` says
    how many places it takes. ``group`` and ``attention`` are those afterwards.
    """

    block: Block
    way: Way
    is_next: bool
    to: Named
    group: Named
    attention: bool | None
    limit: float | None
    gap: float | None
    ranks: int | None = None


@dataclass(frozen=True)
class IndexFact:
    """One index of the area: ``distance`` is signed (index minus the nearest limit); ``value`` None where not shown."""

    block: Block
    title: Text
    value: float | None
    label: Named
    limits: tuple[float, ...]
    nearest: float | None
    distance: float | None
    rank: int | None
    ranked: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class IndicatorFact:
    """One indicator of the area; None where a number is missing, not shown, or not part of the method.

    ``kind`` is ``share`` (0-1) or ``number``. ``mean`` is over the areas that were scored, ``city`` the city's own
    value, rebuilt from counts over ``city_areas`` areas that show them. ``count`` of ``base`` people, the interval
    ``low`` to ``high`` (95 %), and ``reliability``, a code; ``is_estimated`` where the base is an estimate.
    ``normalised`` is the standard score, or the normalised value where the method has another. What ends in ``change``
    is the same for the change.
    """

    key: str
    title: Text
    kind: ColumnKind
    unit: Text
    value: float | None = None
    mean: float | None = None
    city: float | None = None
    city_areas: int = 0
    count: float | None = None
    base: float | None = None
    low: float | None = None
    high: float | None = None
    reliability: Named | None = None
    is_estimated: bool = False
    normalised: float | None = None
    contribution: float | None = None
    change: float | None = None
    mean_change: float | None = None
    normalised_change: float | None = None
    contribution_change: float | None = None


@dataclass(frozen=True)
class Change:
    """The smallest change of one indicator that alone reaches a step; reference values and all else are held.

    ``of`` says whether the ``value`` of the indicator is moved or its ``change``. ``now`` and ``then`` are before and
    after, ``size`` is ``then - now`` in the unit of the indicator. ``hindrance`` says why there is none: the numbers
    are ``not_shown``; the index does not rise evenly with the indicator (``uneven``); ``out_of_range``, a share
    outside 0-1, or a value that no area has where the scale ends there.
    """

    step: Step
    indicator: str
    title: Text
    of: Literal["value", "change"]
    kind: ColumnKind
    unit: Text
    now: float | None
    size: float | None
    then: float | None
    hindrance: Hindrance


@dataclass(frozen=True)
class HowSure:
    """How certain the class is: label, probability (0-1) of class and of attention, the choice it hangs on."""

    label: Named
    probability: float | None
    probability_attention: float | None
    hangs_on: Named | None


@dataclass(frozen=True)
class Edition:
    """The area in one run of the city.

    ``note``: ``other_vintage`` where the outlines are of another version, so that the id may mean another outline,
    ``other_name`` where it does (then there are no classes), ``absent`` where the run has no such id. ``group`` is the
    class where the method has one index only.
    """

    run: str
    title: Text
    year: int
    method: str
    vintage: str
    note: Note
    name: str
    status: Named | None = None
    dynamics: Named | None = None
    group: Named | None = None
    attention: bool | None = None
    left_out: str = ""


@dataclass(frozen=True)
class Break:
    """Why two runs that follow each other are not simply comparable.

    ``kinds``: ``areas`` (another version), ``method`` (another profile or other settings), ``definition`` (of
    ``indicators``), ``change_years`` (changes over another span).
    """

    before: str
    after: str
    years: tuple[int, int]
    kinds: tuple[str, ...]
    indicators: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Neighbour:
    """An area that shares a border or a corner."""

    area: str
    name: str
    group: Named | None
    attention: bool | None
    left_out: str = ""


@dataclass(frozen=True)
class Similar:
    """An area with similar values: ``distance`` in standard deviations an indicator, over ``indicators`` of them."""

    area: str
    name: str
    group: Named | None
    attention: bool | None
    distance: float
    indicators: int


@dataclass(frozen=True)
class Overlap:
    """Programme areas: status, the share in current ones (0-1), of what (``residents`` or ``land``), their names."""

    status: Named
    share: float | None
    basis: Named | None
    names: str


@dataclass(frozen=True)
class Explanation:
    """Everything that a run says about one area, as data; all of it rests on what may be shown.

    ``group`` is the class where the method has one index only. ``nearly`` says whether the area is nearly flagged,
    ``changes`` has a row an indicator and step. ``around`` counts the neighbours by group. ``compared``: by how many
    normalised numbers similar areas were looked for, 0 where none of this area are shown. ``caveats`` are codes:
    ``left_out``, ``not_shown``, ``approximate``, ``few_residents``, ``weak_shares``, ``near_limit``, ``borderline``,
    ``improved_but_negative``, ``straight_line``, ``incomplete_places``, ``series_break``; ``incomplete`` names the
    places, ``weak`` the shares whose reliability is weak. ``relative`` says what classes compare with: the mean
    (``mean``) or the other areas (``areas``).
    """

    city: str
    run: str
    title: Text
    method: Text
    recipe: str
    year: int
    vintage: str
    area: str
    name: str
    parent: str
    population: float | None
    left_out: str
    attention: bool | None
    nearly: bool
    group: Named | None
    indices: tuple[IndexFact, ...]
    indicators: tuple[IndicatorFact, ...]
    changes: tuple[Change, ...]
    certainty: HowSure | None
    editions: tuple[Edition, ...]
    breaks: tuple[Break, ...]
    neighbours: tuple[Neighbour, ...]
    around: tuple[tuple[Named, int], ...]
    similar: tuple[Similar, ...]
    compared: int
    tolerance: float
    programme: Overlap | None
    caveats: tuple[str, ...]
    incomplete: tuple[Text, ...]
    weak: tuple[Text, ...]
    relative: Literal["mean", "areas"]
