"""Values beside their neighbours: what every spatial statistic checks before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from qmgis.core.spatial.neighbours import Neighbours, row_standardised
from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["LEAST_AREAS", "LEAST_FOR_STATISTIC", "Weights", "checked_binary", "sample"]

Weights = Literal["row", "given"]
# Fewer areas carry no test (METHODS 9.2); a statistic without a test needs three.
LEAST_AREAS, LEAST_FOR_STATISTIC = 30, 3


def sample(
    neighbours: Neighbours, values: Sequence[pd.Series], *, weights: Weights = "row", least: int = LEAST_AREAS
) -> tuple[pd.Index, csr_array, list[np.ndarray]]:
    """Return areas in the order of their ids, their weights, and the values beside them.

    The order makes results the same whatever order rows come in.

    Parameters
    ----------
    neighbours
        The areas that count; areas it excluded as islands may have values, which are left out.
    values
        Numbers without gaps, one series or several; the index are areas.
    weights
        ``row``: each area's weights add up to 1; ``given``: as they are.
    least
        How many areas are needed.

    Raises
    ------
    NotEnoughDataError
        Too few areas, no links at all, or one value everywhere.
    DataError
        A gap; an area without a value, or with a value and no place among the neighbours.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import nearest
    >>> places = pd.Series(shapely.points([[0.0, 0], [1, 0], [3, 0]]), index=["b", "a", "c"])
    >>> found = sample(nearest(places, k=1), [pd.Series([1, 2, 3], index=["c", "b", "a"])], least=3)
    >>> found[0].tolist(), found[2][0].tolist()
    (['a', 'b', 'c'], [3.0, 2.0, 1.0])
    """
    if len(neighbours.ids) < least:
        raise NotEnoughDataError(
            f"{len(neighbours.ids)} areas are too few: at least {least} are needed; show the map without a test.",
            de=f"{len(neighbours.ids)} Gebiete sind zu wenige: mindestens {least} sind nötig; die Karte ohne Test "
            "zeigen.",
        )
    if not neighbours.matrix.nnz:
        raise NotEnoughDataError(
            "No area has a neighbour; choose another rule or link islands.",
            de="Kein Gebiet hat einen Nachbarn; eine andere Regel wählen oder Inseln anbinden.",
        )
    arrays = [_checked(one, neighbours) for one in values]
    used = neighbours if weights == "given" or neighbours.is_standardised else row_standardised(neighbours)
    order = np.argsort(neighbours.ids.to_numpy(), kind="stable")
    matrix = used.matrix
    if (np.diff(order) < 0).any():
        matrix = csr_array(matrix[order][:, order])
    return neighbours.ids[order], matrix, [array[order] for array in arrays]


def checked_binary(values: pd.Series, neighbours: Neighbours) -> pd.Series:
    """Return yes and no as 1 and 0, where the neighbours' weights fit counting; else the error.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import nearest
    >>> places = pd.Series(shapely.points([[0.0, 0], [1, 0]]), index=["a", "b"])
    >>> checked_binary(pd.Series([True, False], index=["a", "b"]), nearest(places, k=1)).tolist()
    [1.0, 0.0]
    """
    if neighbours.is_standardised:
        raise DataError(
            "Pairs are counted with weights of 1; give neighbours that are not row-standardised.",
            de="Paare werden mit Gewicht 1 gezählt; Nachbarn ohne Zeilenstandardisierung angeben.",
        )
    numbers = values.astype(float)
    if not numbers.dropna().isin([0.0, 1.0]).all():
        raise DataError(
            f'"{values.name}" has values other than 0 and 1; make it yes or no first.',
            de=f'"{values.name}" hat andere Werte als 0 und 1; zuerst in ja und nein überführen.',
        )
    return numbers


def _checked(values: pd.Series, neighbours: Neighbours) -> np.ndarray:
    """Return the values in the order of the neighbours' ids, or the error."""
    name = values.name if values.name is not None else "?"
    index = pd.Index(values.index.astype("str"))
    if not index.is_unique:
        twice = _some(index[index.duplicated()])
        raise DataError(
            f'"{name}" has areas twice: {twice}; keep one value for each.',
            de=f'"{name}" hat Gebiete doppelt: {twice}; je Gebiet einen Wert behalten.',
        )
    strange = _some(index.difference(neighbours.ids.append(neighbours.islands)))
    if strange:
        raise DataError(
            f'"{name}" has areas without neighbours of their own: {strange}; build the neighbours from all areas.',
            de=f'"{name}" hat Gebiete, für die keine Nachbarschaft bestimmt ist: {strange}; aus allen Gebieten bilden.',
        )
    place = index.get_indexer(neighbours.ids)
    array = np.where(place >= 0, values.to_numpy(dtype=float, na_value=np.nan)[place], np.nan)
    gaps = ~np.isfinite(array)
    if gaps.all():
        raise NotEnoughDataError(
            f'"{name}" has no values at all; choose another indicator or year.',
            de=f'"{name}" hat gar keine Werte; einen anderen Indikator oder ein anderes Jahr wählen.',
        )
    if gaps.any():
        raise DataError(
            f'"{name}" has no value in {_some(neighbours.ids[gaps])}; leave these areas out before the neighbours '
            "are built, or fill them on purpose.",
            de=f'"{name}" hat keinen Wert in {_some(neighbours.ids[gaps])}; diese Gebiete vor der Bestimmung der '
            "Nachbarn ausnehmen oder bewusst füllen.",
        )
    if np.ptp(array) == 0:
        raise NotEnoughDataError(
            f'"{name}" is {array[0]:g} in all {len(array)} areas; a constant has no spatial pattern.',
            de=f'"{name}" ist in allen {len(array)} Gebieten {array[0]:g}; eine Konstante hat kein räumliches Muster.',
        )
    return np.asarray(array)


def _some(ids: pd.Index) -> str:
    """Return the first ids, and how many there are."""
    listed = ", ".join(str(one) for one in ids[:5])
    return listed + (f", … ({len(ids)})" if len(ids) > 5 else "")
