"""What an analysis gives: one result for each area, with its reasons."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from qmgis.errors import DataError
from qmgis.model.text import Text

ResultKind = Literal["index", "coverage", "priority", "certainty", "pattern", "supply"]
ColumnKind = Literal["text", "code", "bool", "count", "number", "share", "points", "metres", "order"]
REASONS = ("too_few_residents", "outlier", "missing_indicator", "missing_change", "declared", "no_residents")

__all__ = ["REASONS", "AreaResult", "Column", "ColumnKind", "InputFile", "Recipe", "ResultKind", "fingerprint"]


def fingerprint(content: Any) -> str:
    """Return the sha256 of plain data, whatever the order of its keys; days count as their text."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Column:
    """What a column of a result holds; the row of every code book.

    ``kind``: ``share`` is 0-1 (percent for people), ``points`` a difference of shares (percentage points for people),
    ``code`` a word of the closed list ``codes``, ``count`` whole persons or things (may carry fractions where
    estimated), ``order`` a place in an order. ``digits`` are those shown to people.
    """

    key: str
    title: Text
    kind: ColumnKind
    unit: Text = field(default_factory=lambda: Text("", ""))
    digits: int = 2
    codes: Mapping[str, Text] = field(default_factory=dict)
    note: Text = field(default_factory=lambda: Text("", ""))


@dataclass(frozen=True)
class InputFile:
    """A file that a result rests on: path below the data root or the city folder, and its content's sha256."""

    path: str
    sha256: str


@dataclass(frozen=True)
class Recipe:
    """How a result was made; the same recipe gives the same bytes.

    ``inputs`` are data files; ``settings`` are the layer files that enter and the used part of ``city.toml``, each with
    the sha256 of what it says, not of how it is written.

    Examples
    --------
    >>> recipe = Recipe("mss-2021", "0.1.0", {"year": 2024}, ())
    >>> len(recipe.id), recipe.id == Recipe("mss-2021", "0.1.0", {"year": 2023}, ()).id
    (12, False)
    """

    method: str
    version: str
    parameters: Mapping[str, Any]
    inputs: tuple[InputFile, ...]
    settings: tuple[InputFile, ...] = ()

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits that stand for the whole recipe."""
        whole = {
            "method": self.method,
            "version": self.version,
            "parameters": dict(self.parameters),
            "inputs": sorted((file.path, file.sha256) for file in self.inputs),
            "settings": sorted((file.path, file.sha256) for file in self.settings),
        }
        return fingerprint(whole)[:12]


@dataclass(frozen=True, eq=False)
class AreaResult:
    """One value, one ordered class and the reasons, for each area.

    Parameters
    ----------
    kind
        ``index``, ``coverage``, ``priority``, ``certainty``, ``pattern`` or ``supply``.
    value
        Index ``area``; what the areas are ordered by; NaN where ``left_out`` gives the reason.
    label
        The same index; ordered categories, the last is the most pressing; missing where left out.
    parts
        The same index; every other column of the result, described by ``columns`` in the same order.
    left_out
        Index ``area`` for the areas without result; one of `REASONS`.
    limits
        Named class limits, such as ``{"status": (-1.0, 1.0, 1.5)}``.
    reference
        One row an indicator that entered: ``mean``, ``sd``, ``n``; empty where nothing is standardised.
    weights
        By block, the weight of each indicator as it entered, given or found; empty where an index is no sum of blocks.
    shown
        The parts as people may see them: the same shape, cells that small counts stand behind are empty. None where
        nothing is known of them.
    states
        Index ``area``; why cells of ``shown`` are empty, as a text such as ``child_poverty=secret``.
    """

    kind: ResultKind
    key: str
    title: Text
    value: pd.Series
    label: pd.Series
    parts: pd.DataFrame
    columns: tuple[Column, ...]
    left_out: pd.Series
    vintage: str
    year: int
    limits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    reference: pd.DataFrame = field(default_factory=pd.DataFrame)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()
    credits: tuple[str, ...] = ()
    reference_source: str = ""
    weights: Mapping[str, pd.Series] = field(default_factory=dict)
    shown: pd.DataFrame | None = None
    states: pd.Series | None = None

    @property
    def seen(self) -> pd.DataFrame:
        """The parts as people may see them; the parts themselves where nothing is known of small counts."""
        return self.parts if self.shown is None else self.shown

    @property
    def index_column(self) -> str:
        """The part that holds an index: that of the status where it is crossed with dynamics."""
        return "status_index" if "status_index" in self.parts else "index"

    def __post_init__(self) -> None:
        same = self.value.index.equals(self.label.index) and self.value.index.equals(self.parts.index)
        ordered = isinstance(self.label.dtype, pd.CategoricalDtype) and bool(self.label.dtype.ordered)
        described = [column.key for column in self.columns] == list(self.parts.columns)
        same &= self.shown is None or self.shown.index.equals(self.parts.index)
        reasons = set(self.left_out) <= set(REASONS)
        if not (same and ordered and described and reasons and self.value.index.is_unique):
            raise DataError(
                f'Result "{self.key}" is not well formed: value, label and parts share one index, labels are ordered, '
                "parts are described, and reasons are known.",
                de=f'Ergebnis "{self.key}" ist fehlerhaft: Wert, Klasse und Teile haben denselben Index, Klassen sind '
                "geordnet, Teile beschrieben und Gründe bekannt.",
            )
