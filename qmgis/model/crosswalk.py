"""What the areas before and after a reform have in common, as a file of the city says."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from qmgis.errors import DataError
from qmgis.model.text import Text

__all__ = ["LAND", "CrosswalkLayer"]

LAND = "land"


@dataclass(frozen=True, eq=False)
class CrosswalkLayer:
    """Which old area shares what with which new one.

    ``frame`` has the columns ``old`` and ``new`` (text ids, each pair once) and a column of floats for each basis:
    ``residents``, an age group, ``addresses``, ``land``. They are amounts (people, addresses, square metres), or, where
    ``weights`` names the basis, parts of the old area, which add up to 1; missing where the old area has nothing of it.
    """

    key: str
    title: Text
    frame: pd.DataFrame
    old_vintage: str
    new_vintage: str
    weights: frozenset[str] = frozenset()
    licence: str = ""
    credit: str = ""

    def __post_init__(self) -> None:
        bases = self.bases
        numbers = all(pd.api.types.is_float_dtype(self.frame[basis]) for basis in bases)
        if not bases or not numbers or self.frame.duplicated(["old", "new"]).any() or not self.weights <= {*bases}:
            raise DataError(
                f'Crosswalk "{self.key}" is not well formed: each pair of areas once, with numbers of one basis.',
                de=f'Gebietsschlüssel "{self.key}" ist fehlerhaft: jedes Gebietspaar einmal, mit Zahlen einer '
                "Grundlage.",
            )

    @property
    def bases(self) -> tuple[str, ...]:
        """What the file counts by: residents first where it has them, land last."""
        names = [str(name) for name in self.frame.columns if name not in ("old", "new")]
        return tuple(sorted(names, key=lambda name: (name == LAND, name != "residents")))
