"""What a method is to the certainty engine, and what may vary: an index, one or two of them, noise and choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from qmgis.errors import DataError, UnknownKeyError, did_you_mean

__all__ = ["NORMALISATIONS", "Block", "Choices", "Noise", "Normalise", "Rule"]

Normalise = Literal["z", "min_max", "percentile_rank", "robust_z"]
NORMALISATIONS: tuple[Normalise, ...] = ("z", "min_max", "percentile_rank", "robust_z")
# Their results are never below 0, so they can be moved to 1-100 for a geometric mean.
POSITIVE = ("min_max", "percentile_rank")


@dataclass(frozen=True)
class Block:
    """An index over some of the indicators, and how it is cut into classes.

    Parameters
    ----------
    columns
        Which columns of the values.
    directions
        1 where high is more disadvantage, -1 where low is; 1 everywhere by default.
    weights
        At least 0; 1 each by default.
    of
        The values, or their changes since the earlier point in time.
    normalise, aggregate
        As in `qmgis.core.normalise` and `qmgis.core.aggregate`; ``geometric`` normalises to 1-100 first.
    restandardise
        Whether the index is standardised again.
    ddof
        0 divides variances by n, 1 by n - 1.
    limits, owns
        As in `qmgis.core.classify.by_limits`: class 1 is below the first limit.
    parts
        Instead of limits: so many classes of equal size, as `qmgis.core.ranks.quantile_class`: class 1 holds rank 1,
        the highest index.

    Examples
    --------
    >>> Block(columns=(0, 1), limits=(-1, 1, 1.5), owns=("above", "below", "below")).classes
    4
    """

    columns: tuple[int, ...]
    directions: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()
    of: Literal["values", "changes"] = "values"
    normalise: Normalise = "z"
    aggregate: Literal["sum", "mean", "geometric"] = "sum"
    restandardise: bool = True
    ddof: int = 0
    limits: tuple[float, ...] = ()
    owns: tuple[Literal["below", "above"], ...] = ()
    parts: int = 0

    def __post_init__(self) -> None:
        count = len(self.columns)
        for field, default in (("directions", 1), ("weights", 1.0)):
            object.__setattr__(self, field, tuple(getattr(self, field)) or (default,) * count)
        object.__setattr__(self, "owns", tuple(self.owns) or ("below",) * len(self.limits))
        _check_indicators(self)
        _check_classes(self)
        _known(self.normalise)
        if self.aggregate == "geometric" and self.normalise not in POSITIVE:
            raise _no_geometric(self.normalise)

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self.parts or len(self.limits) + 1


@dataclass(frozen=True)
class Rule:
    """A method: one block, or two whose classes are crossed; which groups require attention.

    Parameters
    ----------
    blocks
        One or two; ranks are those of the first.
    attention
        Class numbers, one a block: ``((4, 1), (4, 2), (4, 3), (3, 3))``; none by default.

    Examples
    --------
    >>> status, dynamics = Block(columns=(0,), limits=(0,)), Block(columns=(0,), of="changes", limits=(0,))
    >>> Rule(blocks=(status, dynamics), attention=((2, 2),)).groups
    ((1, 1), (1, 2), (2, 1), (2, 2))
    """

    blocks: tuple[Block, ...]
    attention: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        if len(self.blocks) not in (1, 2):
            raise DataError(
                f"A method has one index or two that are crossed, not {len(self.blocks)}; give one or two blocks.",
                de=f"Ein Verfahren hat einen Index oder zwei gekreuzte, nicht {len(self.blocks)}; ein oder zwei Blöcke "
                "angeben.",
            )
        strange = [group for group in self.attention if tuple(group) not in self.groups]
        if strange:
            raise DataError(
                f"The attention rule names {strange[0]}, which is no group of this method; give one class number a "
                "block.",
                de=f"Die Aufmerksamkeitsregel nennt {strange[0]}, keine Gruppe dieses Verfahrens; je Block eine "
                "Klassennummer angeben.",
            )

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Every combination of class numbers, in the order of the probabilities."""
        return tuple(product(*(range(1, block.classes + 1) for block in self.blocks)))

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns that any block uses, ascending."""
        return tuple(sorted({column for block in self.blocks for column in block.columns}))

    @property
    def needs_changes(self) -> bool:
        """Whether any block looks at changes."""
        return any(block.of == "changes" for block in self.blocks)


@dataclass(frozen=True, eq=False)
class Noise:
    """Counts and the people they are of, shape (n, m) each, from which shares are drawn again (METHODS A.2).

    Parameters
    ----------
    counts, totals
        Now. A missing count (secret, not published) gives no noise for that cell, and the result counts such cells.
    earlier_counts, earlier_totals
        The same at the earlier point in time; needed where a block looks at changes.
    approximate
        Whether the totals are estimates (shares were published without them); the result says so.

    Examples
    --------
    >>> Noise(counts=[[3.0]], totals=[[50]]).approximate
    False
    """

    counts: ArrayLike
    totals: ArrayLike
    earlier_counts: ArrayLike | None = None
    earlier_totals: ArrayLike | None = None
    approximate: bool = False


@dataclass(frozen=True)
class Choices:
    """Which choices of the method vary, each drawn anew and independently.

    Parameters
    ----------
    weight_band
        f of ``w' = w (1 + u)``, u uniform in ±f, rescaled to the same sum; at least 0, below 1.
    normalisations
        Drawn with equal chance, for all blocks alike; each block's own where empty.
    limit_shift
        s: all limits of all blocks move together by a number uniform in ±s, in the unit of the index.
    ddofs
        Drawn with equal chance.
    leave_out
        None or one of the indicators is left out, each with equal chance.

    Examples
    --------
    >>> Choices(weight_band=0.25, limit_shift=0.1).factors
    ('weights', 'limits')
    """

    weight_band: float = 0.0
    normalisations: tuple[Normalise, ...] = ()
    limit_shift: float = 0.0
    ddofs: tuple[int, ...] = ()
    leave_out: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.weight_band < 1:
            raise DataError(
                f"The band of the weights is {self.weight_band}; give a number from 0 to below 1, such as 0.25.",
                de=f"Das Band der Gewichte ist {self.weight_band}; eine Zahl von 0 bis unter 1 angeben, etwa 0.25.",
            )
        if not 0 <= self.limit_shift < np.inf:
            raise DataError(
                f"The shift of the limits is {self.limit_shift}; give a number of at least 0, such as 0.1.",
                de=f"Die Verschiebung der Grenzen ist {self.limit_shift}; eine Zahl ab 0 angeben, etwa 0.1.",
            )
        for name in self.normalisations:
            _known(name)
        if any(ddof not in (0, 1) for ddof in self.ddofs):
            raise _bad_ddof(self.ddofs)

    @property
    def factors(self) -> tuple[str, ...]:
        """The choices that really vary."""
        varies = {
            "weights": self.weight_band > 0,
            "normalisation": len(set(self.normalisations)) > 1,
            "limits": self.limit_shift > 0,
            "ddof": len(set(self.ddofs)) > 1,
            "left_out": self.leave_out,
        }
        return tuple(name for name, does in varies.items() if does)

    def check(self, rule: Rule) -> None:
        """Raise where a choice makes no sense for a method."""
        for block in rule.blocks:
            if self.leave_out and len([w for w in block.weights if w > 0]) < 2:
                raise DataError(
                    "An index of one indicator has none to leave out; switch leave_out off.",
                    de="Ein Index aus einem Indikator kann keinen weglassen; leave_out abschalten.",
                )
            for name in self.normalisations:
                if block.aggregate == "geometric" and name not in POSITIVE:
                    raise _no_geometric(name)
                if name != block.normalise and not block.restandardise and not block.parts:
                    raise DataError(
                        f'The limits {_shown(block.limits)} are in the unit of "{block.normalise}" and mean nothing '
                        f'for "{name}"; restandardise the index or use classes of equal size.',
                        de=f"Die Grenzen {_shown(block.limits)} gelten in der Einheit von „{block.normalise}“ und "
                        f"sagen für „{name}“ nichts; den Index wieder standardisieren oder gleich große Klassen "
                        "nehmen.",
                    )


def _check_indicators(block: Block) -> None:
    count, weights = len(block.columns), np.asarray(block.weights, dtype=float)
    if not count or len(set(block.columns)) < count or min(block.columns) < 0:
        raise DataError(
            f"The columns of an index are {_shown(block.columns)}; name at least one, each once, from 0.",
            de=f"Die Spalten eines Index sind {_shown(block.columns)}; mindestens eine nennen, jede einmal, ab 0.",
        )
    if len(weights) != count or len(block.directions) != count:
        raise DataError(
            f"{count} indicators have {len(weights)} weights and {len(block.directions)} directions; give one each.",
            de=f"{count} Indikatoren haben {len(weights)} Gewichte und {len(block.directions)} Richtungen; je "
            "Indikator eins angeben.",
        )
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.sum() > 0:
        raise DataError(
            f"The weights {_shown(block.weights)} must be at least 0 and not all 0; correct them.",
            de=f"Die Gewichte {_shown(block.weights)} müssen mindestens 0 und dürfen nicht alle 0 sein; berichtigen.",
        )
    if any(direction not in (1, -1) for direction in block.directions):
        raise DataError(
            f"The directions are {_shown(block.directions)}; give 1 (high is worse) or -1 (low is worse) each.",
            de=f"Die Richtungen sind {_shown(block.directions)}; je 1 (hoch ist schlechter) oder -1 (niedrig ist "
            "schlechter) angeben.",
        )
    if block.ddof not in (0, 1):
        raise _bad_ddof((block.ddof,))


def _check_classes(block: Block) -> None:
    if bool(block.limits) == bool(block.parts) or block.parts == 1 or block.parts < 0 or block.classes > 100:
        raise DataError(
            "An index needs limits, or a number of classes of equal size (2-100), not both; give one of them.",
            de="Ein Index braucht Grenzen oder eine Zahl gleich großer Klassen (2-100), nicht beides; eins angeben.",
        )
    limits = np.asarray(block.limits, dtype=float)
    if not np.isfinite(limits).all() or (np.diff(limits) <= 0).any():
        raise DataError(
            f"The limits {_shown(block.limits)} do not ascend; put them in order, each once.",
            de=f"Die Grenzen {_shown(block.limits)} steigen nicht an; ordnen, jede einmal.",
        )
    if len(block.owns) != len(limits) or any(side not in ("below", "above") for side in block.owns):
        raise DataError(
            f"{len(limits)} limits are owned by {_shown(block.owns)}; say below or above for each.",
            de=f"{len(limits)} Grenzen gehören zu {_shown(block.owns)}; je Grenze below oder above angeben.",
        )


def _known(name: str) -> None:
    if name not in NORMALISATIONS:
        raise UnknownKeyError(
            f'There is no normalisation "{name}".{did_you_mean(name, NORMALISATIONS)}',
            de=f"Es gibt keine Normalisierung „{name}“.{did_you_mean(name, NORMALISATIONS, lang='de')}",
        )


def _no_geometric(name: str) -> DataError:
    return DataError(
        f'A geometric mean needs values above 0, which "{name}" does not give; use min_max or percentile_rank.',
        de=f"Ein geometrisches Mittel braucht Werte über 0, die „{name}“ nicht liefert; min_max oder percentile_rank "
        "nehmen.",
    )


def _bad_ddof(given: Sequence[int]) -> DataError:
    return DataError(
        f"ddof is {_shown(given)}; give 0 (divide by n) or 1 (by n - 1).",
        de=f"ddof ist {_shown(given)}; 0 (durch n teilen) oder 1 (durch n - 1) angeben.",
    )


def _shown(values: Sequence[object]) -> str:
    return ", ".join(str(value) for value in values) or "–"
