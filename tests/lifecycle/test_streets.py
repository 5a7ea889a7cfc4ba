"""Street lists with house numbers, beside slow loops and cases by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from qmgis.errors import CrsError, DataError
from qmgis.io.written.streetlist import street_csv
from qmgis.lifecycle import areas_on, house_numbers
from qmgis.model import ResidentLayer, Text
from tests.toy import CRS, HOSTILE, SIDE, SOUTH, WEST, toy_programme, toy_residents

ON = date(2024, 12, 31)


def town(rows: list[tuple[str, str, bool]], *, off: float = 100.0) -> ResidentLayer:
    """Addresses by street and number, inside QM-01 or ``off`` metres outside of its western boundary."""
    east = WEST + 2 * SIDE
    points = [Point(east + (off if inside else -off), SOUTH + 200) for _, _, inside in rows]
    index = pd.Index([f"a{place}" for place in range(len(rows))], name="origin", dtype="str")
    frame = gpd.GeoDataFrame({"residents": 1.0}, geometry=points, index=index, crs=CRS)
    named = pd.DataFrame([row[:2] for row in rows], columns=["street", "number"], index=index)
    return ResidentLayer("addresses", Text("A", "A"), frame, "address", addresses=named)


def row(*numbers: tuple[str, bool]) -> dict:
    found = house_numbers(town([("Ring", *one) for one in numbers]), toy_programme(), ON, area="QM-01")
    return found.iloc[0].to_dict()


@pytest.mark.parametrize(("numbers", "odd", "even", "other"), [
    ([("1", True), ("3", True), ("9", True), ("2", True)], "1–9", "2", ""),
    ([("9", True), ("10", True), ("11", True), ("100", True)], "9–11", "10–100", ""),
    ([("1", True), ("3", False), ("5", True), ("7", True)], "1, 5–7", "", ""),
    ([("12", True), ("12a", True), ("12 b", False), ("14", True)], "", "12–12a, 14", ""),
    ([("2-6", True), ("8", True), ("10–14", True)], "", "2–14", ""),
    ([("2-6", True)], "", "2-6", ""),
    ([("7", True), ("7", False), ("9", True)], "7–9", "", ""),
    ([("Haus A", True), ("", True), ("5", True)], "5", "", "Haus A"),
])  # fmt: skip
def test_runs_end_where_a_known_number_of_the_side_is_elsewhere(numbers, odd, even, other):
    found = row(*numbers)
    assert (found["odd"], found["even"], found["other"]) == (odd, even, other)
    assert found["addresses"] == sum(inside for _, inside in numbers)
    assert found["elsewhere"] == len(numbers) - found["addresses"]
    assert found["position"] == ("inside" if all(inside for _, inside in numbers) else "partly")


def test_every_number_is_in_a_run_of_its_side_and_none_from_elsewhere():
    rng = np.random.default_rng(8)
    numbers = rng.permutation(80)[:60] + 1
    side = rng.random(60) < 0.6
    found = row(*((str(number), bool(inside)) for number, inside in zip(numbers, side, strict=True)))
    told = set()
    for rest, name in ((1, "odd"), (0, "even")):
        for run in found[name].split(", "):
            first, _, last = run.partition("–")
            told |= {one for one in range(int(first), int(last or first) + 1) if one % 2 == rest}
    assert told & set(numbers.tolist()) == set(numbers[side].tolist())


def test_addresses_are_counted_as_a_slow_loop_counts_them():
    people = toy_residents()
    spots, shape = people.frame.geometry, areas_on(toy_programme(), ON).geometry["QM-01"]
    street = "Weg " + (spots.y // 300).astype(int).astype(str)
    named = pd.DataFrame({"street": street, "number": [str(place) for place in range(len(spots))]})
    found = house_numbers(replace(people, addresses=named), toy_programme(), ON, area="QM-01", tolerance_m=60)
    for one in found.itertuples():
        mine = [spot for spot, name in zip(spots, street, strict=True) if name == one.street]
        assert one.addresses == sum(shape.contains(spot) for spot in mine)
        assert one.elsewhere == sum(not shape.contains(spot) for spot in mine)
        assert one.near == sum(shape.exterior.distance(spot) <= 60 for spot in mine)
    assert set(found["street"]) == {name for spot, name in zip(spots, street, strict=True) if shape.contains(spot)}


def test_addresses_near_the_boundary_are_counted_on_either_side():
    rows = [("Ring", "1", True), ("Ring", "3", False)]
    assert house_numbers(town(rows, off=9), toy_programme(), ON, area="QM-01")["near"].tolist() == [2]
    assert house_numbers(town(rows, off=11), toy_programme(), ON, area="QM-01")["near"].tolist() == [0]


def test_what_cannot_be_listed_is_one_sentence_each():
    rows = [("Ring", "1", True)]
    with pytest.raises(DataError, match=r'"QM-02" is no programme area on 2024-12-31; there are: QM-01'):
        house_numbers(town(rows), toy_programme(), ON, area="QM-02")
    with pytest.raises(DataError, match="has no streets; name their column"):
        house_numbers(toy_residents(), toy_programme(), ON, area="QM-01")
    far = replace(town(rows), frame=town(rows).frame.to_crs("EPSG:25833"))
    with pytest.raises(CrsError, match="another reference system"):
        house_numbers(far, toy_programme(), ON, area="QM-01")


def test_a_hostile_street_is_no_formula_in_the_file():
    found = house_numbers(town([("=1+1" + HOSTILE, "-7", True)]), toy_programme(), ON, area="QM-01")
    for lang in ("de", "en"):
        lines = street_csv(found, lang).decode("utf-8-sig").splitlines()
        assert not any(line.lstrip('"').startswith("=") for line in lines)
        assert "'-7" in lines[-1]
