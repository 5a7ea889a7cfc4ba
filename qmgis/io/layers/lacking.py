"""What places and residents lack for coverage: capacities, people of a group, a location; and what is there twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil

import geopandas as gpd
import pandas as pd

from qmgis.i18n import number
from qmgis.io.cells.reading import row_of, shown
from qmgis.io.declared.layerfile import CityFile, LayerFile
from qmgis.model import PlaceLayer, Problem, Secrecy, Text, words

__all__ = ["doubled_places", "empty_group", "supply_faults", "unplaced", "without_capacity"]


def doubled_places(frame: gpd.GeoDataFrame, names: pd.Series, capacity: pd.Series, *, file: str) -> list[Problem]:
    """Return a warning where a place is there again: same spot, name and capacity; the index is that of the rows."""
    keys = pd.DataFrame({
        "x": frame.geometry.x.to_numpy(), "y": frame.geometry.y.to_numpy(), "name": names.map(str).to_numpy(),
        "capacity": capacity.to_numpy(),
    }, index=frame.index)  # fmt: skip
    again = keys.index[keys.duplicated() & (keys["name"].str.strip() != "")]
    if again.empty:
        return []
    what = words("check.place_again", n=len(again), name=shown(str(keys["name"][again[0]])))
    remedy = words("check.fix_place_again")
    return [Problem("warning", what, file=file, row=row_of(again[0]), remedy=remedy)]


def without_capacity(capacity: pd.Series, *, file: str, column: str) -> list[Problem]:
    """Return a note where some places have no capacity."""
    gone = capacity.index[capacity.isna()]
    if gone.empty:
        return []
    what = words("check.without_capacity", n=len(gone), all=len(capacity))
    return [Problem("note", what, file=file, row=row_of(gone[0]), column=column)]


def supply_faults(
    city: CityFile | None, layers: Sequence[LayerFile], places: Mapping[str, PlaceLayer]
) -> Iterator[Problem]:
    """Yield an error for each theme that asks for supply where the capacities of its places are not all there."""
    files = {layer.key: layer for layer in layers}
    for theme in city.themes if city else ():
        known = places.get(theme["places"])
        layer = files.get(theme["places"])
        if "supply" not in theme or known is None or layer is None or layer.ref is None or "capacity" not in layer.keys:
            continue
        capacity = known.frame["capacity"].astype(float)
        gone = capacity.index[capacity.isna()]
        if len(gone):
            names = ", ".join(map(str, gone[:5])) + (", …" if len(gone) > 5 else "")
            what = words("check.supply_gaps", n=len(gone), id=theme["id"], all=len(capacity), names=names)
            remedy = words("check.fix_supply")
        elif not capacity.sum() > 0:
            what, remedy = words("check.supply_of_nothing", id=theme["id"]), words("check.fix_supply_of_nothing")
        else:
            continue
        yield Problem("error", what, file=layer.ref.path, column=layer.keys["capacity"], remedy=remedy)


def empty_group(values: pd.Series, group: str, *, file: str, columns: Sequence[str]) -> list[Problem]:
    """Return an error where no row has a number of a group, a warning where all of them are 0."""
    if (values > 0).any():
        return []
    remedy = words("check.fix_group", group=group)
    if values.isna().all():
        return [
            Problem("error", words("check.group_unknown", group=group), file=file, column=columns[0], remedy=remedy)
        ]
    return [Problem("warning", words("check.group_nobody", group=group), file=file, column=columns[0], remedy=remedy)]


def unplaced(people: pd.Series, kept: pd.Index, *, file: str) -> list[Problem]:
    """Return a warning that says how many people, and what share of all, live in rows without a location.

    ``people`` has every row of the file, ``kept`` those with a location. A few are told as fewer than that.
    """
    lost = people[~people.index.isin(kept)]
    every, many, few = float(people.sum()), float(lost.sum()), Secrecy().min_count
    if not many > 0:
        return []
    is_few = many < few
    told = few if is_few else many
    share = ceil(1000 * told / every) / 10 if is_few else 100 * told / every
    said = {"n": (len(lost), 0), "people": (told, 0), "all": (every, 0), "share": (share, 1)}
    texts = {
        name: Text(number(value, "de", digits=digits), number(value, "en", digits=digits))
        for name, (value, digits) in said.items()
    }
    key = "check.unplaced_few" if is_few else "check.unplaced"
    what = words(key, **texts)
    return [Problem("warning", what, file=file, row=row_of(lost.index[0]))]
