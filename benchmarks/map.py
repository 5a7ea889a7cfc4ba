"""A map as one file: bytes and time against folium.Choropleth with raw outlines."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import folium

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, by_turns
from qmgis.views.maps import choropleth, page


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give bytes and seconds for each size."""
    for count in (60,) if quick else (542, 10_000):
        yield from _rows(count, runs if count < 1000 else 1)


def _rows(count: int, runs: int) -> Iterator[Row]:
    outcome = _synthetic.outcome(count)
    pages: dict[str, bytes] = {}

    def peer() -> None:
        frame = outcome.areas.frame[["geometry"]].to_crs(4326).reset_index()
        values = outcome.index.value.rename("value").reset_index()
        view = folium.Map(location=[51.4, 9.9], zoom_start=12)
        folium.Choropleth(frame, data=values, columns=["area", "value"], key_on="feature.properties.area").add_to(view)
        pages["peer"] = view.get_root().render().encode()

    def ours() -> None:
        pages["ours"] = page(choropleth(outcome.areas, outcome.index))

    took, size = by_turns({"peer": peer, "ours": ours}, runs=runs), f"{count:,} areas"
    wide = {name: len(content) / 1e6 for name, content in pages.items()}
    tight = {name: len(gzip.compress(content, 6)) / 1e6 for name, content in pages.items()}
    yield Row(
        "map", size, "folium.Choropleth, page", wide["peer"], "MB", note=f"{tight['peer']:.2f} MB gzip; needs a CDN"
    )
    note = f"{tight['ours']:.2f} MB gzip; Leaflet and table inside"
    yield Row("map", size, "qmgis map, page", wide["ours"], "MB", wide["ours"] / wide["peer"], "<= 0.1x at 10k", note)
    yield Row("map", size, "folium.Choropleth", took["peer"])
    yield Row("map", size, "qmgis map", took["ours"], times_peer=took["ours"] / took["peer"])


JOB = Job("map", "Map: one file", run)
