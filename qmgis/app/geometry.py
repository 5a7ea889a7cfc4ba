"""Outlines, places and gaps as the browser gets them: once, by an address that names their content."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask import Flask, Response, abort, request

from qmgis.app.results import outcome_of
from qmgis.core.spatial.extent import framed
from qmgis.model import AreaLayer, Backdrop, City, Outcome
from qmgis.views.backdrop import STROKES
from qmgis.views.programme import LINES, programme_shapes

__all__ = [
    "Sheet",
    "add_geometry",
    "backdrop_sheet",
    "gap_sheet",
    "keep",
    "outline_sheet",
    "place_sheet",
    "programme_sheet",
]

DEGREES = 1e-6
_WORLD = "EPSG:4326"
MOST_KEPT = 96
_kept: OrderedDict[str, Sheet] = OrderedDict()
_keeping = Lock()


@dataclass(frozen=True)
class Sheet:
    """A layer ready to be sent: gzipped GeoJSON, its address, and the box to show (west, south, east, north)."""

    address: str
    content: bytes
    box: tuple[float, float, float, float]


@lru_cache(maxsize=32)
def outline_sheet(areas: AreaLayer) -> Sheet:
    """Return the outlines with id and name; everything else comes with the view."""
    shown = framed(areas.frame.geometry.to_numpy())
    return _sheet(f"areas/{_part(areas.vintage)}", areas.frame, names=("name",), shown=shown)


@lru_cache(maxsize=64)
def place_sheet(outcome: Outcome, theme: str) -> Sheet | None:
    """Return the places of a theme with their names, or nothing where it has none."""
    places = outcome.places.get(outcome.themes[theme].places)
    if places is None or places.frame.empty:
        return None
    return _sheet(f"places/{_part(outcome.run.key)}/{_part(theme)}", places.frame, names=("name",))


@lru_cache(maxsize=64)
def gap_sheet(outcome: Outcome, theme: str) -> Sheet | None:
    """Return the squares whose residents are not reached, or nothing where there are none."""
    if outcome.gaps is None:
        return None
    squares = outcome.gaps[outcome.gaps["theme"] == theme]
    return None if squares.empty else _sheet(f"gaps/{_part(outcome.run.key)}/{_part(theme)}", squares)


@lru_cache(maxsize=8)
def backdrop_sheet(backdrop: Backdrop) -> Sheet:
    """Return what is drawn for orientation: each part once a stroke, the lowest first."""
    rows = [
        (part, kind, str(stroke))
        for kind in backdrop.kinds
        for stroke in range(len(STROKES[kind]))
        for part in backdrop.frame.index[backdrop.frame["kind"] == kind]
    ]
    parts, _, strokes = zip(*rows, strict=True)
    return _sheet("backdrop", backdrop.frame.loc[list(parts)].assign(stroke=list(strokes)), names=("kind", "stroke"))


@lru_cache(maxsize=32)
def programme_sheet(outcome: Outcome) -> Sheet | None:
    """Return the outlines of the programme areas, each once a stroke; nothing where there are none."""
    shapes = programme_shapes(outcome)
    if not shapes:
        return None
    rows = [(state, stroke) for state in shapes for stroke in range(len(LINES[state]))]
    parts = [
        gpd.GeoDataFrame({"kind": state, "stroke": str(stroke)}, geometry=shapes[state], index=shapes[state].index)
        for state, stroke in rows
    ]
    return _sheet(f"programme/{_part(outcome.run.key)}", gpd.GeoDataFrame(pd.concat(parts)), names=("kind", "stroke"))


def keep(frame: gpd.GeoDataFrame, *, names: tuple[str, ...] = ()) -> Sheet:
    """Return shapes of a question that no run declares, ready to be sent; only the last ones are kept."""
    sheet = _sheet("kept", frame, names=names)
    with _keeping:
        _kept[sheet.address] = sheet
        _kept.move_to_end(sheet.address)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return sheet


def add_geometry(server: Flask, city: City) -> None:
    """Serve ``/data/…/<hash>.geojson``; the address changes with the content, so browsers keep it for good."""

    @server.get("/data/areas/<vintage>/<digest>.geojson")
    def _outlines(vintage: str, digest: str) -> Response:
        layers = (one for one in (*city.area_layers.values(), *city.units.values()) if one.vintage == vintage)
        sheets = [outline_sheet(one) for one in layers]
        return _answer(next((one for one in sheets if one.address.endswith(f"/{digest}.geojson")), None), digest)

    @server.get("/data/backdrop/<digest>.geojson")
    def _backdrop(digest: str) -> Response:
        return _answer(None if city.backdrop is None else backdrop_sheet(city.backdrop), digest)

    @server.get("/data/programme/<run>/<digest>.geojson")
    def _programme(run: str, digest: str) -> Response:
        return _answer(programme_sheet(outcome_of(city, run)) if run in city.runs else None, digest)

    @server.get("/data/kept/<digest>.geojson")
    def _asked(digest: str) -> Response:
        return _answer(_kept.get(f"/data/kept/{digest}.geojson"), digest)

    @server.get("/data/<kind>/<run>/<theme>/<digest>.geojson")
    def _of_theme(kind: str, run: str, theme: str, digest: str) -> Response:
        sheets = {"places": place_sheet, "gaps": gap_sheet}
        if kind not in sheets or run not in city.runs or theme not in city.runs[run].themes:
            abort(404)
        return _answer(sheets[kind](outcome_of(city, run), theme), digest)


def _answer(sheet: Sheet | None, digest: str) -> Response:
    if sheet is None or not sheet.address.endswith(f"/{digest}.geojson"):
        abort(404)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = Response(sheet.content if packed else gzip.decompress(sheet.content), mimetype="application/geo+json")
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def _part(key: str) -> str:
    return quote(key, safe="")


def _sheet(
    address: str, frame: gpd.GeoDataFrame, *, names: tuple[str, ...] = (), shown: np.ndarray | None = None
) -> Sheet:
    """Return shapes in degrees, rounded to about 10 cm, with their id and the columns asked for.

    The box is that of the shapes to be shown at first; default: of all.
    """
    shapes = shapely.force_2d(frame.geometry.to_crs(_WORLD).to_numpy())
    rounded = shapely.set_precision(shapes, DEGREES, mode="pointwise")
    columns = {"id": [str(key) for key in frame.index], **{name: [str(v) for v in frame[name]] for name in names}}
    rows = zip(*columns.values(), strict=True)
    features = [
        {"type": "Feature", "properties": dict(zip(columns, row, strict=True)), "geometry": json.loads(shape)}
        for row, shape in zip(rows, shapely.to_geojson(rounded), strict=True)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    box = shapely.total_bounds(rounded if shown is None else rounded[shown])
    west, south, east, north = (float(side) for side in box)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Sheet(f"/data/{address}/{digest}.geojson", gzip.compress(text.encode(), mtime=0), (west, south, east, north))
