"""Nouns as plain arrays and back: words as JSON, numbers and shapes as bytes beside it; nothing that is run.

Only the classes that the reader names come out, each built by its own constructor with its own checks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from importlib import import_module
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryDtype

from qmgis.io.disk.cache import Arrays

__all__ = ["Classes", "packed", "unpacked"]

# Names of classes by the module that has them.
Classes = Mapping[str, tuple[str, ...]]
MASKED = ("Int8", "Int16", "Int32", "Int64", "UInt8", "Float32", "Float64", "boolean")
KIND = "~"  # the key that says what an object of the JSON text stands for


def packed(noun: Any, classes: Classes) -> Arrays:
    """Return a noun as two arrays of bytes.

    Raises
    ------
    TypeError
        If a part of it is of a class that is not named.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> kept = packed((Text("Haus", "house"), 1.5, None), {"qmgis.model": ("Text",)})
    >>> unpacked(kept, {"qmgis.model": ("Text",)})
    (Text(de='Haus', en='house'), 1.5, None)
    """
    packer = _Packer(classes)
    text = json.dumps(packer.plain(noun), ensure_ascii=False, separators=(",", ":")).encode()
    return {"words": np.frombuffer(text, np.uint8), "numbers": np.frombuffer(bytes(packer.numbers), np.uint8)}


def unpacked(kept: Arrays, classes: Classes) -> Any:
    """Return the noun of `packed`.

    Raises
    ------
    ValueError, TypeError, LookupError
        If the arrays are not what `packed` gives for these classes.
    """
    return _Reader(json.loads(kept["words"].tobytes()), kept["numbers"].tobytes(), classes).noun()


class _Packer:
    def __init__(self, classes: Classes) -> None:
        self.known = {name: module for module, names in classes.items() for name in names}
        self.numbers = bytearray()

    def plain(self, value: Any) -> Any:
        """Return a value as JSON has it."""
        if value is None or isinstance(value, bool | str):
            return value
        if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
            return self.plain(value.item())
        if isinstance(value, int):
            return value
        if isinstance(value, float):
            return value if np.isfinite(value) else {KIND: "float", "is": repr(value)}
        if isinstance(value, tuple):
            return [self.plain(one) for one in value]
        if is_dataclass(value) and not isinstance(value, type):
            return self._noun(value)
        return self._other(value)

    def _noun(self, value: Any) -> Any:
        name = type(value).__name__
        if name not in self.known or getattr(import_module(self.known[name]), name, None) is not type(value):
            raise TypeError(f"{type(value).__module__}.{name} is no class that may be kept")
        return {KIND: name, **{one.name: self.plain(getattr(value, one.name)) for one in fields(value) if one.init}}

    def _other(self, value: Any) -> Any:
        if value is pd.NA or value is pd.NaT:
            return {KIND: "na" if value is pd.NA else "nat"}
        if isinstance(value, Mapping):
            return {KIND: "map", "is": [[self.plain(key), self.plain(one)] for key, one in value.items()]}
        if isinstance(value, list | set | frozenset):
            return {KIND: type(value).__name__, "is": [self.plain(one) for one in value]}
        if isinstance(value, pd.Timestamp):
            return {KIND: "time", "is": value.isoformat(), "unit": value.unit}
        if isinstance(value, date):
            return {KIND: "day", "is": value.isoformat()}
        if isinstance(value, shapely.Geometry):
            return {KIND: "shape", "cells": self._shapes(np.array([value], dtype=object))}
        if isinstance(value, np.ndarray) and value.ndim == 1:
            return {KIND: "array", "cells": self._cells(value)}
        if isinstance(value, pd.DataFrame):
            geometry = value._geometry_column_name if isinstance(value, gpd.GeoDataFrame) else None
            cells = [self._cells(value.iloc[:, place].array) for place in range(value.shape[1])]
            return {KIND: "frame", "cells": cells, "columns": self._index(value.columns),
                    "index": self._index(value.index), "geometry": geometry}  # fmt: skip
        if isinstance(value, pd.Series):
            return {KIND: "series", "cells": self._cells(value.array), "index": self._index(value.index),
                    "name": self.plain(value.name)}  # fmt: skip
        if isinstance(value, pd.Index):
            return {KIND: "index", **self._index(value)}
        raise TypeError(f"{type(value).__name__} is nothing that may be kept")

    def _index(self, index: pd.Index) -> dict[str, Any]:
        if isinstance(index, pd.RangeIndex):
            return {"range": [index.start, index.stop, index.step], "names": self.plain(tuple(index.names))}
        levels = [index.get_level_values(place).array for place in range(index.nlevels)]
        return {"levels": [self._cells(level) for level in levels], "names": self.plain(tuple(index.names)),
                "many": isinstance(index, pd.MultiIndex)}  # fmt: skip

    def _cells(self, cells: Any) -> dict[str, Any]:
        """Return a column: its type, and where its numbers lie or what its cells are."""
        cells = cells.to_numpy() if isinstance(cells, pd.arrays.NumpyExtensionArray) else cells
        dtype = cells.dtype
        if isinstance(dtype, GeometryDtype):
            crs = None if cells.crs is None else cells.crs.to_string()
            return {"as": "geometry", "crs": crs, **self._shapes(np.asarray(cells, dtype=object))}
        if isinstance(dtype, pd.CategoricalDtype):
            return {"as": "category", "codes": self._raw(np.asarray(cells.codes)), "ordered": bool(dtype.ordered),
                    "of": self._index(dtype.categories)}  # fmt: skip
        if isinstance(dtype, np.dtype) and dtype.kind in "biufM":
            return self._raw(np.asarray(cells))
        if str(dtype) in MASKED:
            known = cells.to_numpy(dtype=dtype.numpy_dtype, na_value=0)
            return {"as": str(dtype), "known": self._raw(known), "missing": self._raw(np.asarray(cells.isna()))}
        if str(dtype) == "str" or all(cell is None or type(cell) is str for cell in cells):
            codes, words = pd.factorize(np.asarray(cells, dtype=object))
            return {"as": str(dtype), "codes": self._raw(codes.astype(np.int32)), "of": [str(word) for word in words]}
        return {"as": str(dtype), "is": [self.plain(cell) for cell in cells]}

    def _raw(self, numbers: np.ndarray) -> dict[str, Any]:
        self.numbers += b"\0" * (-len(self.numbers) % 8)
        start = len(self.numbers)
        self.numbers += np.ascontiguousarray(numbers).tobytes()
        return {"as": "raw", "type": numbers.dtype.str, "at": start, "n": len(numbers)}

    def _shapes(self, shapes: np.ndarray) -> dict[str, Any]:
        known = [b"" if one is None else one for one in shapely.to_wkb(shapes)]
        start = len(self.numbers)
        self.numbers += b"".join(known)
        return {"at": start, "sizes": self._raw(np.array([len(one) for one in known], dtype=np.int64))}


class _Reader:
    def __init__(self, words: Any, numbers: bytes, classes: Classes) -> None:
        self.words, self.numbers = words, numbers
        self.known = {name: module for module, names in classes.items() for name in names}
        self.classes: dict[str, Any] = {}

    def noun(self) -> Any:
        return self.value(self.words)

    def value(self, plain: Any) -> Any:
        """Return what a part of the JSON text stands for."""
        if isinstance(plain, list):
            return tuple([self.value(one) for one in plain])
        if not isinstance(plain, dict):
            return plain
        kind = plain[KIND]
        if kind in self.known:
            return self._class(kind)(**{name: self.value(one) for name, one in plain.items() if name != KIND})
        made = getattr(self, f"_{kind}", None) if kind in _KINDS else None
        if made is None:
            raise ValueError(f"{kind} is nothing that is kept")
        return made(plain)

    def _class(self, name: str) -> Any:
        if name not in self.classes:
            self.classes[name] = getattr(import_module(self.known[name]), name)
        return self.classes[name]

    def _float(self, plain: Any) -> float:
        return float(plain["is"])

    def _na(self, _plain: Any) -> Any:
        return pd.NA

    def _nat(self, _plain: Any) -> Any:
        return pd.NaT

    def _map(self, plain: Any) -> dict[Any, Any]:
        return {self.value(key): self.value(one) for key, one in plain["is"]}

    def _list(self, plain: Any) -> list[Any]:
        return [self.value(one) for one in plain["is"]]

    def _set(self, plain: Any) -> set[Any]:
        return set(self._list(plain))

    def _frozenset(self, plain: Any) -> frozenset[Any]:
        return frozenset(self._list(plain))

    def _time(self, plain: Any) -> pd.Timestamp:
        return pd.Timestamp(plain["is"]).as_unit(plain["unit"])

    def _day(self, plain: Any) -> date:
        return date.fromisoformat(plain["is"])

    def _shape(self, plain: Any) -> Any:
        return self._shapes(plain["cells"])[0]

    def _array(self, plain: Any) -> np.ndarray:
        return np.asarray(self._cells(plain["cells"]))

    def _frame(self, plain: Any) -> pd.DataFrame:
        index = self._index(plain["index"])
        read = [self._cells(cells) for cells in plain["cells"]]
        columns = {place: pd.Series(cells, index=index, dtype=cells.dtype) for place, cells in enumerate(read)}
        frame = pd.DataFrame(columns, index=index)
        frame.columns = self._index(plain["columns"])
        return frame if plain["geometry"] is None else gpd.GeoDataFrame(frame, geometry=plain["geometry"])

    def _series(self, plain: Any) -> pd.Series:
        cells, index, name = self._cells(plain["cells"]), self._index(plain["index"]), self.value(plain["name"])
        of = gpd.GeoSeries if isinstance(cells.dtype, GeometryDtype) else pd.Series
        made: pd.Series = of(cells, index=index, name=name, dtype=cells.dtype)
        return made

    def _index(self, plain: Any) -> pd.Index:
        names = self.value(plain["names"])
        if "range" in plain:
            start, stop, step = plain["range"]
            return pd.RangeIndex(start, stop, step, name=names[0])
        levels = [self._cells(level) for level in plain["levels"]]
        if plain["many"]:
            return pd.MultiIndex.from_arrays(levels, names=names)
        made: pd.Index = pd.Index(levels[0], dtype=levels[0].dtype, name=names[0])
        return made

    def _cells(self, plain: Any) -> Any:
        kind = plain["as"]
        if kind == "raw":
            return self._raw(plain)
        if kind == "geometry":
            return gpd.array.GeometryArray(self._shapes(plain), crs=plain["crs"])
        if kind == "category":
            of = self._index(plain["of"])
            return pd.Categorical.from_codes(self._raw(plain["codes"]), categories=of, ordered=plain["ordered"])
        if kind in MASKED:
            known = pd.array(self._raw(plain["known"]), dtype=kind)
            known[self._raw(plain["missing"])] = pd.NA
            return known
        if "codes" in plain:
            words = np.array([*plain["of"], None], dtype=object)[self._raw(plain["codes"])]
            return words if kind == "object" else pd.array(words, dtype=kind)
        cells = [self.value(cell) for cell in plain["is"]]
        if kind != "object":
            return pd.array(cells, dtype=kind)
        made = np.empty(len(cells), dtype=object)
        for place, cell in enumerate(cells):
            made[place] = cell
        return made

    def _raw(self, plain: Any) -> np.ndarray:
        dtype = np.dtype(plain["type"])
        if dtype.hasobject:
            raise ValueError("only plain numbers are kept")
        return np.frombuffer(self.numbers, dtype, count=plain["n"], offset=plain["at"]).copy()

    def _shapes(self, plain: Any) -> np.ndarray:
        ends = plain["at"] + np.cumsum([0, *self._raw(plain["sizes"])])
        parts = [self.numbers[first:last] or None for first, last in pairwise(ends)]
        made = np.empty(len(parts), dtype=object)
        made[:] = shapely.from_wkb(parts) if parts else []
        return made


_KINDS = frozenset(
    (
        "float",
        "na",
        "nat",
        "map",
        "list",
        "set",
        "frozenset",
        "time",
        "day",
        "shape",
        "array",
        "frame",
        "series",
        "index",
    )
)
