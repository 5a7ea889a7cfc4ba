"""What of a register concerns one place: a programme area, or any outline."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace

import pandas as pd
import shapely

from qmgis.balance import balance, codes_in
from qmgis.model import Register

__all__ = ["as_one", "balance_of_places", "of_programme_area", "placed_in", "without"]


def of_programme_area(register: Register, area: str) -> Register:
    """Return the measures that name a programme area, alone or beside others, their costs, its funds and their grants.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> of_programme_area(Register("r", Text("", "")), "QM-01").measures.empty
    True
    """
    named = pd.Series([area in codes_in(cell) for cell in register.measures["area"]], index=register.measures.index)
    return _only(register, named.astype(bool), register.funds["area"] == area)


def placed_in(register: Register, outline: shapely.Geometry) -> Register:
    """Return the measures that have a place in an outline, with their costs; funds belong to programme areas.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> placed_in(Register("r", Text("", "")), shapely.box(0, 0, 1, 1)).funds.empty
    True
    """
    there = register.places.index[register.places.intersects(outline).to_numpy(bool)]
    nothing = pd.Series(False, index=register.funds.index)
    return _only(register, register.measures["measure"].isin(there), nothing)


def without(register: Register, statuses: Collection[str]) -> Register:
    """Return a register without the measures of some states; the funds stay.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> without(Register("r", Text("", "")), ("idea",)).measures.empty
    True
    """
    every = pd.Series(True, index=register.funds.index)
    return _only(register, ~register.measures["status"].isin(list(statuses)), every)


def as_one(layers: Sequence[Register]) -> Register:
    """Return several layers of a register as one.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> as_one([Register("r", Text("", ""))]).key
    'r'
    """
    first = layers[0]
    if len(layers) == 1:
        return first
    frames = {
        one.name: pd.concat([getattr(layer, one.name) for layer in layers], ignore_index=True)
        for one in fields(Register)
        if type(getattr(first, one.name)) is pd.DataFrame
    }
    codes = {key: one for layer in reversed(layers) for key, one in layer.codes.items()}
    return replace(first, **frames, places=pd.concat([layer.places for layer in layers]), codes=codes)


def balance_of_places(layers: Sequence[Register], outline: shapely.Geometry) -> pd.DataFrame | None:
    """Return the balance by field of the measures that have a place in an outline; None where there is none.

    Examples
    --------
    >>> balance_of_places((), shapely.box(0, 0, 1, 1)) is None
    True
    """
    if not layers:
        return None
    kept = placed_in(as_one(layers), outline)
    if kept.measures.empty:
        return None
    found = balance(kept.measures, kept.costs, by="field")
    return found if (found["measures"] > 0).any() else None


def _only(register: Register, measures: pd.Series[bool], funds: pd.Series[bool]) -> Register:
    """Return a register of some measures and funds, and what belongs to them."""
    kept, own = register.measures[measures.fillna(False)], register.funds[funds.fillna(False)]
    return replace(
        register,
        measures=kept,
        costs=register.costs[register.costs["measure"].isin(kept["measure"])],
        totals=register.totals[register.totals["measure"].isin(kept["measure"])],
        funds=own,
        grants=register.grants[register.grants["fund"].isin(own["fund"])],
        places=register.places[register.places.index.isin(kept["measure"])],
    )
