"""Limits of classes and their words: what a legend says is what was done."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from qmgis.errors import DataError, NotEnoughDataError
from qmgis.i18n import number
from qmgis.model import LANGS, Column, Outcome, Text, words

__all__ = ["Scheme", "breaks", "numbers", "span", "status_spans"]

Scheme = Literal["sd", "quantile", "equal"]
_EMPTY = Text("", "")
_BETWEEN = {
    (True, True): "span_from_below", (True, False): "span_closed",
    (False, False): "span", (False, True): "span_open",
}  # fmt: skip


def span(low: float | None, high: float | None, column: Column, digits: int, *, at_least: bool = False) -> Text:
    factor = 100 if column.kind in ("share", "points") else 1
    percent = column.kind == "share"
    unit = {"share": Text(" %", "%"), "metres": Text(" m", " m")}.get(column.kind, _EMPTY)
    sign = column.kind == "points"

    def text(value: float, lang: str) -> str:
        return number(value * factor, lang, digits=digits, sign=sign)

    said = {}
    for lang in LANGS:
        tail = unit.to(lang) if percent or column.kind == "metres" else ""
        key = _key(low, high, at_least=at_least)
        values = {name: text(v, lang) for name, v in (("low", low), ("high", high)) if v is not None}
        said[lang] = words(key, **values).to(lang) + tail
    return Text(said["de"], said["en"])


def _key(low: float | None, high: float | None, *, at_least: bool) -> str:
    if high is None:
        return "views.span_from" if at_least else "views.span_above"
    if low is None:
        return "views.span_below" if at_least else "views.span_up_to"
    return "views.span_from_below" if at_least else "views.span"


def status_spans(limits: tuple[float, ...], owns: Sequence[str]) -> list[Text]:
    """Return the limits of the status classes in words; ``owns`` says of which class a value on a limit is."""
    above = [side == "above" for side in owns]
    spans = [words("views.span_below" if above[0] else "views.span_up_to", high=_signed(limits[0]))]
    for place, (low, high) in enumerate(pairwise(limits)):
        key = _BETWEEN[above[place], above[place + 1]]
        spans.append(words(f"views.{key}", low=_signed(low), high=_signed(high)))
    return [*spans, words("views.span_from" if above[-1] else "views.span_above", low=_signed(limits[-1]))]


def _signed(value: float) -> Text:
    return Text(number(value, "de", digits=1, sign=True), number(value, "en", digits=1, sign=True))


def numbers(outcome: Outcome, column: Column) -> pd.Series:
    if column.kind in ("text", "code", "bool"):
        raise DataError(
            f'Column "{column.key}" holds words, not numbers; choose a column of numbers.',
            de=f'Spalte "{column.key}" enthält Wörter, keine Zahlen; eine Spalte mit Zahlen wählen.',
        )
    values = outcome.table[column.key].astype(float).replace([np.inf, -np.inf], np.nan).dropna()
    if values.nunique() < 2:
        raise NotEnoughDataError(
            f'Column "{column.key}" has fewer than two different values; there is nothing to put into classes.',
            de=f'Spalte "{column.key}" hat weniger als zwei verschiedene Werte; es gibt nichts einzuteilen.',
        )
    return values


def breaks(
    values: pd.Series, column: Column, reference: pd.DataFrame, *, scheme: Scheme, classes: int
) -> tuple[list[float], int]:
    """Return limits, rounded to the digits that the legend shows, and those digits."""
    factor = 100.0 if column.kind in ("share", "points") else 1.0
    if scheme == "sd":
        raw, digits = _sd_limits(values, column, reference), 0 if column.kind in ("count", "metres") else 2
    else:
        used = values[values != 0] if column.kind in ("share", "count") else values
        used = used if len(used) else values
        steps = np.linspace(0, 1, classes + 1)[1:-1]
        span = float(used.max() - used.min())
        raw = np.quantile(used, steps) if scheme == "quantile" else used.min() + span * steps
        digits = int(np.clip(np.ceil(-np.log10(max(span * factor, 1e-12) / classes)) + 1, 0, 4))
    rounded = np.unique(np.round(np.asarray(raw) * factor, digits))
    limits = [round(float(limit) / factor, digits + 2) for limit in rounded]
    return [limit for limit in limits if limit < values.max()], digits


def _sd_limits(values: pd.Series, column: Column, reference: pd.DataFrame) -> np.ndarray:
    """Return mean and standard deviations of the areas that the index rests on, else of all areas."""
    moved = column.key.startswith("change_")
    key = column.key.removeprefix("value_")
    key = f"{column.key.removeprefix('change_')}_change" if moved else key
    known = key in reference.index and column.key.startswith(("value_", "change_"))
    mean, sd = float(values.mean()), float(values.std(ddof=0))
    if known:
        mean, sd = (float(entry) for entry in reference.loc[key, ["mean", "sd"]].to_numpy(dtype=float))
    steps = (-1.0, 1.0) if moved else (-1.0, 1.0, 1.5)
    return np.asarray([mean + step * sd for step in steps])
