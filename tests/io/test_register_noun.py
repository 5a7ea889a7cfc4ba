"""The register as a noun: its tables are whole, and what does not belong together is refused."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from qmgis.errors import DataError, UnknownKeyError
from qmgis.model import REGISTER_KEYS, REGISTER_TABLES, Register, Text, register_table

TITLE = Text("Maßnahmen", "Measures")


def test_a_register_is_empty_until_it_is_filled():
    empty = Register("measures", TITLE)
    for name, columns in REGISTER_TABLES.items():
        assert list(empty.table(name).columns) == list(columns)
        assert empty.table(name).empty
    assert empty.places.empty


def test_every_key_is_a_column():
    for name, keys in REGISTER_KEYS.items():
        assert set(keys) <= set(REGISTER_TABLES[name])
    referred = {one.table for columns in REGISTER_TABLES.values() for one in columns.values() if one.table}
    assert referred <= set(REGISTER_TABLES)


def test_money_is_cents_and_lists_are_tuples():
    costs = register_table("costs", {"measure": ["M1"], "source": ["land"], "planned_ct": [123456789012345]})
    assert int(costs.loc[0, "planned_ct"]) == 123456789012345
    assert pd.isna(costs.loc[0, "spent_ct"])
    measures = register_table("measures", {"measure": ["M1"], "goals": [("G1", "G2")]})
    assert measures.loc[0, "goals"] == ("G1", "G2")
    assert measures.loc[0, "other_fields"] == ()


def test_own_columns_follow():
    table = register_table("bodies", {"body": ["B1"], "Raum": ["12"]})
    assert list(table.columns) == [*REGISTER_TABLES["bodies"], "Raum"]


def test_a_key_twice_is_refused():
    twice = register_table("measures", {"measure": ["M1", "M1"]})
    with pytest.raises(DataError, match="measure"):
        Register("measures", TITLE, measures=twice)


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(DataError, match="register_table"):
        Register("measures", TITLE, costs=pd.DataFrame({"measure": ["M1"]}))


def test_a_place_belongs_to_a_measure():
    spot = gpd.GeoSeries([shapely.Point(0, 0)], index=pd.Index(["M2"], name="measure"), crs="EPSG:25832")
    with pytest.raises(DataError, match="M2"):
        Register("measures", TITLE, measures=register_table("measures", {"measure": ["M1"]}), places=spot)


def test_an_unknown_table_is_named():
    with pytest.raises(UnknownKeyError, match="measures"):
        Register("measures", TITLE).table("measure")
