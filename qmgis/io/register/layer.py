"""Layers of measures: the register of a city, read, checked and brought into its noun."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from qmgis.errors import DataError
from qmgis.i18n import say
from qmgis.io.cells.reading import Reader
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.register.checks import check_register, is_total
from qmgis.io.register.files import RawRegister
from qmgis.io.register.names import check_names
from qmgis.io.register.read import Around, Typed, typed
from qmgis.model import LANGS, Problem, Text
from qmgis.model.register import REGISTER_TABLES, Register

__all__ = ["faulty_register", "read_register", "register_of"]


def read_register(layer: LayerFile, reader: Reader, around: Around) -> tuple[Register | None, list[Problem]]:
    """Return the register of a layer of measures, and everything that is wrong with it; with an error there is none."""
    if layer.ref is None:
        return None, []
    raw, found = reader.read(layer.ref, layer.place)
    if not isinstance(raw, RawRegister):
        return None, found
    return register_of(raw.within(layer.ref.path), around, layer)


def register_of(
    raw: RawRegister, around: Around, layer: LayerFile | None = None
) -> tuple[Register | None, list[Problem]]:
    """Return the register that raw tables are, with the words of its layer file, and all of their faults."""
    found_in, found = typed(raw, around)
    found += [*check_register(found_in, around), *check_names(found_in, around)]
    if any(fault.level == "error" for fault in found):
        return None, found
    return _noun(found_in, around, layer), found


def faulty_register(found: Sequence[Problem]) -> DataError:
    """Return the error that lists the faults of a register, one a line; after the errors what is to be looked at too.

    Examples
    --------
    >>> text = Text("Prüfen.", "Look.")
    >>> faulty_register([Problem("warning", text), Problem("error", text)]).en.splitlines()
    ['Look.', 'Warning: Look.']
    """
    errors, rest = ([one for one in found if (one.level == "error") == is_error] for is_error in (True, False))
    lines = {
        lang: [*(one.say(lang) for one in errors), *(f"{say('register.look', lang)} {one.say(lang)}" for one in rest)]
        for lang in LANGS
    }
    return DataError("\n".join(lines["en"]), de="\n".join(lines["de"]))


def _noun(found_in: Typed, around: Around, layer: LayerFile | None) -> Register:
    tables = {name: found_in.tables[name] for name in REGISTER_TABLES}
    rows = tables["measures"]["measure"].loc[found_in.shapes.index]
    places = gpd.GeoSeries(
        found_in.shapes.to_numpy(), index=pd.Index(rows.to_numpy(), name="measure", dtype="str"), crs=around.crs
    )
    tables = {name: table.reset_index(drop=True) for name, table in tables.items()}
    stated = is_total(tables["costs"])
    totals, tables["costs"] = tables["costs"][stated], tables["costs"][~stated]
    rest: dict[str, Any] = {"places": places, "totals": totals, "codes": around.codes, **tables}
    if layer is None:
        return Register("register", Text("Register", "Register"), **rest)
    return Register(
        layer.key, layer.title, note=layer.note, licence=layer.licence, credit=layer.credit, **rest
    )  # fmt: skip
