"""The weights and limits that an address tries: ``set=status.weights.transfer:2``."""

from __future__ import annotations

from math import isfinite

from qmgis.app.address import ViewState
from qmgis.errors import DataError

__all__ = ["instead_of"]


def instead_of(state: ViewState) -> dict[str, float]:
    """Return what is tried by its place in the profile.

    Raises
    ------
    DataError
        Something is no number.

    Examples
    --------
    >>> instead_of(ViewState(tried=("status.weights.transfer:2", "status.limits.1:-0.8")))
    {'status.weights.transfer': 2.0, 'status.limits.1': -0.8}
    """
    found = {}
    for entry in state.tried:
        key, _, text = entry.rpartition(":")
        try:
            found[key] = float(text)
            if not isfinite(found[key]):
                raise ValueError
        except ValueError:
            raise DataError(
                f'"{key or entry}" is to be "{text}", which is no number; give a number, or go back to the value '
                "of the profile.",
                de=f'"{key or entry}" soll "{text}" sein, das ist keine Zahl; eine Zahl angeben oder zum Wert des '
                "Profils zurückkehren.",
            ) from None
    return found
