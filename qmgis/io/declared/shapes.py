"""What may stand in a layer file: the keys of every kind, edition and table, and what each must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from qmgis.io.declared import schema
from qmgis.io.declared.schema import Key, Rule, listed, one_of, table_of
from qmgis.model import (
    BACKDROP_KINDS,
    CAPACITY_UNITS,
    EVENT_TYPES,
    MEASURES,
    PROGRAMME_STATUS,
    REASONS,
    SUPPLIES,
    UNITS,
    Lang,
    LayerKind,
    OriginType,
)

__all__ = [
    "BASE",
    "CITY",
    "COMMON",
    "DELIMITATION",
    "EDITION",
    "EVENTS",
    "GIVES",
    "KINDS",
    "OF_RASTERS",
    "OF_TABLES",
    "OPTIONS",
    "OTHERWISE",
    "SECRECY",
    "SHAPES",
    "TABLES",
    "TABLE_LIST",
    "WHERE",
]

KINDS: tuple[str, ...] = get_args(LayerKind)
_TEXT = Key(schema.TEXT)
_NEEDED = Key(schema.TEXT, required=True)
_TITLE = Key(schema.TEXT_PAIR, required=True)
_PAIR = Key(schema.TEXT_PAIR)
WHERE = Rule("check.want_where", lambda v: isinstance(v, dict) and all(_is_choice(x) for x in v.values()))
_WHERE = Key(WHERE)
_APPROXIMATE = Key(Rule("check.want_approximate", lambda v: isinstance(v, bool) or schema.TEXTS.fits(v)))
_GROUPS = Key(Rule("check.want_groups", lambda v: isinstance(v, dict) and all(_is_group(k, x) for k, x in v.items())))
BASE: Mapping[str, Key] = {"base": _TEXT, "base_year": Key(schema.YEAR), "base_share": Key(schema.SHARE)}
_ADDED = Key(Rule("check.want_added", lambda v: schema.TEXT.fits(v) or (schema.TEXTS.fits(v) and bool(v))))
_SIGNS = Key(table_of(one_of(("zero", "missing", "secret", "too_small", "not_applicable")), wanted="check.want_signs"))

_FILE = {"source": _NEEDED, "path": _NEEDED}
_DECIMAL = {"decimal": Key(one_of((",", "."))), "thousands": Key(one_of((".", ",", " ", "'")))}
_POINTS = {"id": _TEXT, "x": _TEXT, "y": _TEXT, "crs": _TEXT, "where": _WHERE, **_DECIMAL}
COMMON: Mapping[str, Key] = {
    "kind": Key(one_of(KINDS), required=True),
    "title": _TITLE,
    "licence": _NEEDED,
    "credit": _NEEDED,
    "description": _PAIR,
    "note": _PAIR,
    "retrieved": Key(schema.DAY),
    "style": Key(schema.TABLE),
}
_HEADER = Rule("check.want_header", lambda v: schema.COUNTED.fits(v) or (schema.LINES.fits(v) and bool(v)))
OPTIONS: Mapping[str, Key] = {
    "encoding": _TEXT,
    "delimiter": Key(Rule("check.want_sign", lambda v: isinstance(v, str) and len(v) == 1)),
    "header": Key(_HEADER),
    "skip": Key(schema.WHOLE),
    "last": Key(schema.COUNTED),
    "columns": Key(schema.TEXTS),
    "sheet": Key(Rule("check.want_sheet", lambda v: schema.TEXT.fits(v) or schema.COUNTED.fits(v))),
    "layer": _TEXT,
    "band": Key(schema.COUNTED),
    "missing": Key(schema.NUMBERS),
    "x": _TEXT,
    "y": _TEXT,
    "crs": _TEXT,
    **_DECIMAL,
}
# What a layer of a kind can be made of; every other kind is made of tables, lines, areas or rasters.
OTHERWISE = ("table", "vector", "raster")
GIVES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("areas", "backdrop", "programme"), ("vector",)),
    "network": ("vector", "network"),
    "indicator": ("table", "vector", "raster"),
    "events": ("table", "vector"),
    "measures": ("register",),
}
_OTHER = {**_FILE, **_POINTS, "name": _TEXT, "vintage": _TEXT, "date": Key(schema.DAY)}
SHAPES: Mapping[str, Mapping[str, Key]] = {
    "areas": {
        **_FILE,
        "vintage": _NEEDED,
        "valid_from": Key(schema.DAY),
        "valid_to": Key(schema.DAY),
        "id": _NEEDED,
        "id_digits": Key(schema.DIGITS),
        "name": _TEXT,
        "parent": _TEXT,
        "crs": _TEXT,
        "repair": Key(schema.BOOLEAN),
        "approximate": _APPROXIMATE,
        "where": _WHERE,
        "dissolve": Key(table_of(schema.TEXTS, wanted="check.want_dissolve")),
        "names": Key(table_of(schema.TEXT, wanted="check.want_names")),
    },
    "indicator": {
        "measure": Key(one_of(MEASURES), required=True),
        "unit": Key(one_of(UNITS), required=True),
        "direction": Key(Rule("check.want_direction", lambda v: type(v) is int and v in (-1, 0, 1))),
        "numerator": _TEXT,
        "denominator": _TEXT,
        "group": _TEXT,
        **BASE,
        "edition": Key(listed(schema.TABLE, wanted="check.want_tables")),
    },
    "places": {
        **_FILE,
        **_POINTS,
        "name": _TEXT,
        "capacity": _TEXT,
        "capacity_unit": Key(one_of(CAPACITY_UNITS)),
        "access": Key(one_of(("boundary",))),
        "entrances": _TEXT,
        "signs": _SIGNS,
        "complete": Key(schema.BOOLEAN),
        "date": Key(schema.DAY),
    },
    "residents": {
        **_FILE,
        **_POINTS,
        "year": Key(schema.YEAR),
        "origin_type": Key(one_of(get_args(OriginType)), required=True),
        "spread": _TEXT,
        "weight": Key(Rule("check.want_weight", lambda v: schema.TEXT.fits(v) or _is_weights(v))),
        "cell_m": Key(schema.METRES),
        "residents": _TEXT,
        "street": _TEXT,
        "number": _TEXT,
        "groups": _GROUPS,
        "missing": Key(schema.NUMBERS),
        "signs": _SIGNS,
    },
    "network": {
        **_FILE,
        "crs": _TEXT,
        "where": _WHERE,
        "main": _WHERE,
        "modes": Key(schema.TEXTS),
        "elevation": _TEXT,
        "cut_by": Key(schema.TEXTS),
        "bridges": _WHERE,
    },
    "barriers": {**_OTHER, "draw": Key(one_of(BACKDROP_KINDS))},
    "backdrop": {**_FILE, "crs": _TEXT, "where": _WHERE, "draw": Key(one_of(BACKDROP_KINDS), required=True)},
    "programme": {
        **_FILE,
        **dict.fromkeys(("id", "name", "programme", "status", "phase", "start", "end", "legal_basis", "crs"), _TEXT),
        "events": Key(schema.TABLE),
        "codes": Key(table_of(one_of(tuple(PROGRAMME_STATUS)), wanted="check.want_codes")),
        "repair": Key(schema.BOOLEAN),
        "where": _WHERE,
    },
    "crosswalk": {
        **_FILE,
        **dict.fromkeys(("from", "to", "from_vintage", "to_vintage"), _TEXT),
        **dict.fromkeys(("amounts", "weights"), Key(table_of(schema.TEXT, wanted="check.want_bases"))),
        "missing": Key(schema.NUMBERS),
        **_DECIMAL,
    },
    "raster": _OTHER,
    "measures": {**_FILE, "crs": _TEXT, **_DECIMAL},
}
# What an edition of a raster has instead of columns, and what it has not.
STATISTICS = ("mean", "sum", "min", "max", "majority", "share", "quantile")
OF_RASTERS = ("statistic", "classes", "quantile", "weight")
OF_TABLES = ("id", "id_digits", "name", "value", "aggregate", "change", "before", "where", "signs", "decimal",
             "thousands")  # fmt: skip
# The table [events] of a layer of programme areas.
EVENTS: Mapping[str, Key] = {
    **_FILE,
    **dict.fromkeys(("id", "event", "date", "until", "others", "body", "document", "legal_basis", "comment"), _TEXT),
    "codes": Key(table_of(one_of(EVENT_TYPES), wanted="check.want_event_codes")),
    "where": _WHERE,
}
EDITION: Mapping[str, Key] = {
    **_FILE,
    "year": Key(schema.YEAR_OR_COLUMN, required=True),
    "vintage": _NEEDED,
    "id": _TEXT,
    "id_digits": Key(schema.DIGITS),
    "name": _TEXT,
    "value": _ADDED,
    "statistic": Key(one_of(STATISTICS)),
    "classes": Key(Rule("check.want_numbers", lambda v: schema.NUMBERS.fits(v) and bool(v))),
    "quantile": Key(Rule("check.want_quantile", lambda v: schema.is_number(v) and 0 <= v <= 1)),
    "weight": _TEXT,
    "aggregate": Key(one_of(("count", "sum"))),
    "change": _TEXT,
    "before": _TEXT,
    "change_from_editions": Key(schema.BOOLEAN),
    "change_years": Key(schema.COUNTED),
    **BASE,
    "definition": _PAIR,
    "where": _WHERE,
    "missing": Key(schema.NUMBERS),
    "signs": _SIGNS,
    **_DECIMAL,
}
TABLE_LIST = listed(schema.TABLE, wanted="check.want_tables")
CITY: Mapping[str, Key] = {
    "title": _TITLE,
    "lang": Key(one_of(get_args(Lang)), required=True),
    "crs": _NEEDED,
    "note": _PAIR,
    "secrecy": Key(schema.TABLE),
    "delimitation": Key(schema.TABLE),
    "exclusion": Key(TABLE_LIST),
    "theme": Key(TABLE_LIST),
    "run": Key(TABLE_LIST),
}
SECRECY = {name: Key(schema.WHOLE) for name in ("min_count", "min_base", "min_residents", "public")}
DELIMITATION: Mapping[str, Key] = {
    "units": Key(Rule("check.want_units", lambda v: schema.TEXT.fits(v) or (schema.TEXTS.fits(v) and bool(v)))),
    "gap_m": Key(schema.METRES),
}
TABLES: Mapping[str, Mapping[str, Key]] = {
    "exclusion": {
        "area": _NEEDED,
        "vintage": _NEEDED,
        "years": Key(schema.YEARS),
        "reason": Key(one_of(REASONS), required=True),
        "note": _PAIR,
        "source": _TEXT,
    },
    "theme": {
        "id": Key(schema.NAME, required=True),
        "title": _TITLE,
        "places": _NEEDED,
        "group": _TEXT,
        "within_m": Key(schema.METRES),
        "within_min": Key(schema.MINUTES),
        "mode": _TEXT,
        "speed_kmh": Key(schema.KMH),
        "need": _TEXT,
        "supply": Key(one_of(SUPPLIES)),
        "guide": Key(Rule("check.want_guide", lambda v: schema.METRES.fits(v) or schema.NAME.fits(v))),
        "proposals": Key(Rule("check.want_sites", lambda v: type(v) is int and 0 <= v <= 20)),
        "candidates": _TEXT,
        "catchments": Key(schema.BOOLEAN),
    },
    "run": {
        "id": Key(schema.NAME, required=True),
        "title": _TITLE,
        "method": _NEEDED,
        "year": Key(schema.YEAR, required=True),
        "areas": _NEEDED,
        "coverage": Key(schema.TEXTS),
        "scenarios": Key(schema.TEXTS),
    },
}


def _is_choice(value: object) -> bool:
    if isinstance(value, dict):
        value = value.get("not") if set(value) == {"not"} else []
    entries = value if isinstance(value, list) else [value]
    return bool(entries) and all(isinstance(entry, str | int | float | bool) for entry in entries)


def _is_weights(value: object) -> bool:
    """Columns, tried one after the other; a list among them is a product, such as floor space times storeys."""
    entries = value if isinstance(value, list) else []
    return bool(entries) and all(schema.TEXT.fits(one) or (schema.TEXTS.fits(one) and bool(one)) for one in entries)


def _is_group(name: str, value: object) -> bool:
    columns = schema.TEXT.fits(value) or (schema.TEXTS.fits(value) and bool(value))
    return name != "residents" and schema.is_group(name) and columns
