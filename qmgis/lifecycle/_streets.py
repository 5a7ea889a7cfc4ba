"""The street list of a programme area: streets with house numbers, by side, and what the boundary cuts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import shapely

from qmgis.errors import CrsError, DataError
from qmgis.lifecycle._history import areas_on
from qmgis.lifecycle._points import TOLERANCE_M
from qmgis.model import ProgrammeLayer, ResidentLayer

__all__ = ["house_numbers"]

COLUMNS = ("street", "position", "odd", "even", "other", "addresses", "elsewhere", "near")
_NUMBER = re.compile(r"(\d{1,6})\s*([a-zäöü]?)\b", re.IGNORECASE)
_UNTIL = re.compile(r"\s*[-–/+,]\s*(?=\d)")


def house_numbers(
    residents: ResidentLayer, layer: ProgrammeLayer, day: date, *, area: str, tolerance_m: float = TOLERANCE_M
) -> pd.DataFrame:
    """Return the streets of a programme area of a day with their house numbers, by street.

    Parameters
    ----------
    residents
        Addresses with streets (``addresses``), in the reference system of the layer.
    layer, day
        The areas that are programme areas on that day.
    area
        Id of one of them.
    tolerance_m
        Metres; addresses this close to the boundary are counted as ``near``: outlines are not drawn that exactly.

    Returns
    -------
    pd.DataFrame
        One row a street with an address inside: ``street`` (empty: addresses without a street, together), ``position``
        (``inside``, or ``partly`` where the boundary cuts it: it has addresses elsewhere); ``odd``, ``even``: runs of
        numbers as ``1–9, 13``, which end where a known number of that side is elsewhere; ``other``: numbers that do not
        begin with a digit; ``addresses`` inside, ``elsewhere``, and those inside or outside ``near`` the boundary.
        Addresses, not people, are counted.

    Raises
    ------
    DataError
        If the residents have no streets, or the area is none on that day.
    CrsError
        If residents and layer are in different reference systems.

    Examples
    --------
    >>> from dataclasses import replace
    >>> people = toy_residents()
    >>> spots = people.frame.geometry
    >>> east = ((spots.x - spots.x.min()) / 100 + 1).astype(int).astype(str)
    >>> named = pd.DataFrame({"street": "Weg " + spots.y.astype(int).astype(str).str[-3:], "number": east})
    >>> found = house_numbers(replace(people, addresses=named), toy_programme(), date(2024, 12, 31), area="QM-01")
    >>> found[["street", "position", "odd", "even"]].iloc[0].tolist()
    ['Weg 050', 'partly', '9–13', '10–14']
    """
    shape = _shape(layer, day, area)
    if residents.addresses is None:
        raise DataError(
            f'The layer "{residents.key}" has no streets; name their column as street (and number) in its layer file.',
            de=f'Die Ebene "{residents.key}" hat keine Straßen; ihre Spalte in der Ebenendatei als street (und number) '
            "nennen.",
        )
    if residents.frame.crs != layer.frame.crs:
        raise CrsError(
            "The addresses are in another reference system than the programme areas; bring both into that of "
            "city.toml.",
            de="Die Adressen liegen in einem anderen Koordinatensystem als die Fördergebiete; beide in das aus "
            "city.toml bringen.",
        )
    points = residents.frame.geometry.to_numpy()
    shapely.prepare(shape)
    named = residents.addresses.reindex(residents.frame.index).fillna("").assign(
        inside=shapely.intersects(shape, points), near=shapely.dwithin(shapely.boundary(shape), points, tolerance_m)
    )  # fmt: skip
    named = named[named["street"].isin(set(named.loc[named["inside"], "street"]))]
    rows = [_row(str(street), part) for street, part in named.groupby("street", sort=True)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _shape(layer: ProgrammeLayer, day: date, area: str) -> Any:
    valid = areas_on(layer, day)
    if area not in valid.index:
        known = ", ".join(map(str, valid.index)) or "–"
        raise DataError(
            f'"{area}" is no programme area on {day.isoformat()}; there are: {known}.',
            de=f'"{area}" ist am {day.isoformat()} kein Fördergebiet; es gibt: {known}.',
        )
    return valid.geometry[area]


def _row(street: str, part: pd.DataFrame) -> tuple[Any, ...]:
    inside = part["inside"].to_numpy(dtype=bool)
    known = [(_key(number), number, within) for number, within in zip(part["number"], inside, strict=True)]
    numbered = [(key, number, within) for key, number, within in known if key is not None]
    sides = [[one for one in numbered if one[0][0] % 2 == rest] for rest in (1, 0)]
    other = sorted({number for key, number, within in known if key is None and number and within})
    odd, even = (", ".join(_runs(side)) for side in sides)
    count = int(inside.sum())
    return (street, "inside" if inside.all() else "partly", odd, even, ", ".join(other), count, len(part) - count,
            int(part["near"].sum()))  # fmt: skip


def _key(number: str) -> tuple[int, str] | None:
    """Return a house number as what it is sorted by: the number, then the letter."""
    found = _NUMBER.match(number)
    return (int(found[1]), found[2].lower()) if found else None


def _runs(side: list[tuple[Any, str, bool]]) -> Iterator[str]:
    """Return the runs of numbers inside along one side; a number that is inside and elsewhere ends none."""
    within = {key for key, _, inside in side if inside}
    run: list[tuple[Any, str]] = []
    for key, text in {key: text for key, text, _ in sorted(side)}.items():
        if key in within:
            run.append((key, text))
        elif run:
            yield _run(run)
            run = []
    if run:
        yield _run(run)


def _run(run: list[tuple[Any, str]]) -> str:
    first, last = run[0], run[-1]
    if first[0] == last[0]:
        return last[1]
    return f"{_UNTIL.split(first[1])[0]}–{_UNTIL.split(last[1])[-1]}"
