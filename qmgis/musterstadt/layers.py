"""The layer files of Musterstadt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from qmgis.musterstadt.places import KINDS

__all__ = ["COUNTS", "EDITIONS", "layer_files", "runs_of", "toml_text"]

EDITIONS = ((2016, "ms-2016"), (2018, "ms-2016"), (2020, "ms-2016"), (2022, "ms-2022"), (2024, "ms-2022"))
NEW_METHOD = 2020
LICENCE = "CC0-1.0"
CREDIT = "Projekt qmgis, erfundene Daten / qmgis project, fictive data"
MAIN_STREETS = ("main", "bridge", "underpass")
EVENTS = {"source": "delimited", "path": "musterstadt/events.csv", "delimiter": ";", "encoding": "utf-8"}
COUNTS: dict[str, tuple[str, str, str, str]] = {  # key: column of the counts, header, de, en
    "population": ("residents", "Einwohner", "Einwohnerinnen und Einwohner", "Residents"),
    "residents_15_64": ("residents_15_64", "Einwohner_15_64", "Einwohner von 15 bis 64", "Residents aged 15 to 64"),
    "children_under_15": ("age_0_14", "Kinder_unter_15", "Kinder bis 14 Jahre", "Children under 15"),
    "residents_65_plus": ("age_65_plus", "Einwohner_65_plus", "Einwohner ab 65", "Residents aged 65 and over"),
    "unemployed": ("unemployed", "Arbeitslose", "Arbeitslose", "Unemployed"),
    "long_term_unemployed": (
        "long_term_unemployed", "Langzeitarbeitslose", "Langzeitarbeitslose", "Long-term unemployed"),
    "transfer_recipients": ("transfer_recipients", "Transferbeziehende", "Nicht arbeitslose Transferbeziehende",
                            "Recipients of transfers who are not unemployed"),
    "children_in_transfer": ("children_in_transfer", "Kinder_in_Transfer", "Kinder in Haushalten mit Transferbezug",
                             "Children in households with transfers"),
    "children_single_parent": ("children_single_parent", "Kinder_Alleinerziehend",
                               "Kinder in Haushalten Alleinerziehender", "Children of single parents"),
    "foreign_nationals": ("foreign_nationals", "Nichtdeutsche", "Nichtdeutsche", "Foreign nationals"),
}  # fmt: skip
GROUPS = {  # of the crosswalk: column of the people by age
    "residents": "residents", "age_0_14": "age_0_14", "age_15_64": "residents_15_64", "age_65_plus": "age_65_plus",
}  # fmt: skip
GROUP_OF = {
    "residents_15_64": "age_15_64", "unemployed": "age_15_64", "long_term_unemployed": "age_15_64",
    "children_under_15": "age_0_14", "children_in_transfer": "age_0_14", "children_single_parent": "age_0_14",
    "residents_65_plus": "age_65_plus",
}  # fmt: skip
SHARES = {  # key: numerator, denominator, direction, de, en
    "unemployment": ("unemployed", "residents_15_64", 1, "Arbeitslosigkeit", "Unemployment"),
    "long_term_unemployment": (
        "long_term_unemployed", "residents_15_64", 1, "Langzeitarbeitslosigkeit", "Long-term unemployment"),
    "transfer": ("transfer_recipients", "population", 1, "Transferbezug", "Receipt of transfers"),
    "child_poverty": ("children_in_transfer", "children_under_15", 1, "Kinderarmut", "Child poverty"),
    "single_parent": ("children_single_parent", "children_under_15", 1, "Kinder Alleinerziehender",
                      "Children of single parents"),
    "foreign_share": ("foreign_nationals", "population", 0, "Anteil Nichtdeutscher", "Share of foreign nationals"),
    "older_people": ("residents_65_plus", "population", 0, "Anteil ab 65", "Share aged 65 and over"),
}  # fmt: skip
THEMES = {
    "kita": ("Kita in 500 m", "Day care within 500 m", "child_poverty"),
    "primary_school": ("Grundschule in 1.000 m", "Primary school within 1,000 m", "child_poverty"),
    "playground": ("Spielplatz in 400 m", "Playground within 400 m", "child_poverty"),
    "doctor": ("Hausarztpraxis in 800 m", "Doctor within 800 m", None),
    "stop": ("Haltestelle in 400 m", "Stop within 400 m", None),
}
PLACES = {
    "kita": ("Kitas", "Day care centres"),
    "primary_school": ("Grundschulen", "Primary schools"),
    "playground": ("Spielplätze", "Playgrounds"),
    "doctor": ("Hausarztpraxen", "Doctors"),
    "stop": ("Haltestellen", "Stops"),
    "park_entrance": ("Parkeingänge", "Park entrances"),
    "plots": ("Freie Grundstücke", "Free plots of land"),
}
SITES: Mapping[str, Mapping[str, Any]] = {
    "kita": {"proposals": 3, "candidates": "plots", "catchments": True},
    "playground": {"proposals": 3},
}


def toml_text(tables: Mapping[str, Any]) -> str:
    """Return TOML: plain values first, then tables, then lists of tables.

    Examples
    --------
    >>> print(toml_text({"a": 1, "b": {"c": "x"}, "d": [{"e": True}]}), end="")
    a = 1
    <BLANKLINE>
    [b]
    c = "x"
    <BLANKLINE>
    [[d]]
    e = true
    """
    lines = [f"{key} = {_value(entry)}" for key, entry in tables.items() if not _is_table(entry)]
    for key, entry in tables.items():
        if _is_table(entry):
            blocks, head = (entry, f"[[{key}]]") if isinstance(entry, list) else ([entry], f"[{key}]")
            for block in blocks:
                lines += ["", head, *(f"{name} = {_value(value)}" for name, value in block.items())]
    return "\n".join(lines) + "\n"


def layer_files(*, outlier: str, editions: int) -> dict[str, str]:
    """Return every layer file by name."""
    chosen = EDITIONS[-editions:]
    files = {"city.toml": toml_text(_city(outlier, chosen))}
    for vintage, start, end in (("ms-2016", "2010-01-01", "2021-12-31"), ("ms-2022", "2022-01-01", None)):
        if any(vintage == entry for _, entry in chosen) or vintage == "ms-2022":
            files[f"areas_{vintage[-4:]}.toml"] = _dated(toml_text(_areas(vintage)), start, end)
    files["blocks.toml"] = toml_text(_blocks())
    files |= {f"{key}.toml": toml_text(_count(key, chosen)) for key in COUNTS}
    files |= {f"{key}.toml": toml_text(_share(key)) for key in SHARES}
    files["living_space.toml"] = toml_text(_living_space(chosen))
    files |= {f"{key}.toml": toml_text(_places(key)) for key in PLACES}
    files["addresses.toml"] = toml_text(_addresses())
    for key, path, title, more in (
        ("streets", "network", {"de": "Wegenetz", "en": "Street network"}, {"main": {"kind": list(MAIN_STREETS)}}),
        ("river", "barriers", {"de": "Fluss", "en": "River"}, {"draw": "water"}),
        ("railway", "barriers", {"de": "Bahn", "en": "Railway"}, {"draw": "rail"}),
        ("programme", "programme", {"de": "Fördergebiete", "en": "Areas of the programme"}, {"events": EVENTS}),
    ):
        file = {"source": "vector", "path": f"musterstadt/{path}.gpkg", "layer": key}
        files[f"{key}.toml"] = toml_text({"kind": path, "title": title, **_rights(), **file, **more})
    files["parks.toml"] = toml_text(_parks())
    if "areas_2016.toml" in files:
        files["crosswalk.toml"] = toml_text(_crosswalk())
    title = {"de": "Maßnahmen und Kosten", "en": "Measures and costs"}
    file = {"source": "register", "path": "musterstadt/register"}
    files["measures.toml"] = toml_text({"kind": "measures", "title": title, **_rights(), **file})
    return dict(sorted(files.items()))


def _crosswalk() -> dict[str, Any]:
    """Return what the crosswalk counts by; parts only of the ground."""
    return {
        "kind": "crosswalk", "title": {"de": "Gebietsschlüssel 2016–2022", "en": "Crosswalk 2016-2022"}, **_rights(),
        "source": "delimited", "path": "musterstadt/crosswalk.csv", "delimiter": ";", "encoding": "utf-8",
        "amounts": {"addresses": "addresses", **{group: group for group in GROUPS}},
        "weights": {"land": "weight_area"},
    }  # fmt: skip


def _is_table(entry: Any) -> bool:
    if isinstance(entry, dict):
        return set(entry) != {"de", "en"}
    return isinstance(entry, list) and bool(entry) and isinstance(entry[0], dict)


def _value(entry: Any) -> str:
    if isinstance(entry, dict):
        return "{" + ", ".join(f"{key} = {_value(value)}" for key, value in entry.items()) + "}"
    if isinstance(entry, list):
        return "[" + ", ".join(_value(value) for value in entry) + "]"
    return json.dumps(entry, ensure_ascii=False)


def _dated(text: str, start: str, end: str | None) -> str:
    return text + f"valid_from = {start}\n" + (f"valid_to = {end}\n" if end else "")


def _rights() -> dict[str, Any]:
    return {"licence": LICENCE, "credit": CREDIT}


def runs_of(editions: int) -> list[dict[str, Any]]:
    """Return what each run is of, the newest first; the oldest edition has no dynamics and so no run."""
    chosen = [(year, vintage) for year, vintage in reversed(EDITIONS[-editions:]) if year > EDITIONS[0][0]]
    return [
        {"id": f"mss-{year}", "title": {"de": f"Sozialmonitoring {year}", "en": f"Social monitoring {year}"},
         "method": "mss-2021" if year >= NEW_METHOD else "mss-2017", "year": year, "areas": vintage}
        for year, vintage in chosen
    ]  # fmt: skip


def _city(outlier: str, editions: tuple[tuple[int, str], ...]) -> dict[str, Any]:
    runs = runs_of(len(editions))
    for run in runs:
        if run["areas"] == "ms-2022" and run["year"] == editions[-1][0]:
            run |= {"coverage": list(THEMES), "scenarios": ["new-kita"]}
    return {
        "title": "Musterstadt",
        "lang": "de",
        "crs": "EPSG:25832",
        "note": {"de": "Musterstadt ist erfunden: Ort, Namen und Zahlen gibt es nicht.",
                 "en": "Musterstadt is invented: the place, its names and its numbers do not exist."},
        "secrecy": {"min_count": 3, "min_base": 10, "min_residents": 300, "public": 10},
        "delimitation": {"units": "blocks"},
        "exclusion": [
            {"area": outlier, "vintage": vintage, "years": [], "reason": "outlier",
             "note": {"de": "Gewerbegebiet mit einer Unterkunft: außergewöhnliche Werte.",
                      "en": "Industrial area with a shelter: extraordinary values."},
             "source": "Festlegung der Stadt Musterstadt (erfunden)"}
            for vintage in sorted({entry for _, entry in editions})
        ],
        "theme": [
            {"id": kind.key, "title": {"de": THEMES[kind.key][0], "en": THEMES[kind.key][1]}, "places": kind.key,
             "group": kind.group, "within_m": kind.within_m,
             **({"need": THEMES[kind.key][2]} if THEMES[kind.key][2] else {}),
             **({"supply": "two_step"} if kind.per_person else {}), **SITES.get(kind.key, {})}
            for kind in KINDS
        ],
        "run": runs,
    }  # fmt: skip


def _areas(vintage: str) -> dict[str, Any]:
    year = vintage[-4:]
    return {
        "kind": "areas", "title": {"de": f"Stadtviertel, Stand {year}", "en": f"Neighbourhoods, state of {year}"},
        "vintage": vintage, **_rights(), "source": "vector", "path": "musterstadt/areas.gpkg", "layer": vintage,
        "id": "id", "name": "name", "parent": "district",
    }  # fmt: skip


def _blocks() -> dict[str, Any]:
    return {
        "kind": "areas", "title": {"de": "Baublöcke", "en": "Blocks"}, "vintage": "ms-blocks", **_rights(),
        "source": "vector", "path": "musterstadt/areas.gpkg", "layer": "blocks", "id": "id", "parent": "area",
    }  # fmt: skip


def _edition(year: int, vintage: str, value: str, *, before: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "year": year, "vintage": vintage, "source": "delimited", "path": f"musterstadt/counts_{year}.csv",
        "id": "Gebiet", "name": "Name", "value": value,
    }  # fmt: skip
    if before:
        entry |= {"before": f"{value}_vor_2_Jahren", "change_years": 2}
    return entry | {"delimiter": ";", "decimal": ",", "encoding": "utf-8"}


def _count(key: str, editions: tuple[tuple[int, str], ...]) -> dict[str, Any]:
    _, header, german, english = COUNTS[key]
    entries = []
    for year, vintage in editions:
        if key == "population":
            entries.append(_edition(year, vintage, "Einwohner_Vorjahr", before=False) | {"year": year - 1})
        entries.append(_edition(year, vintage, header, before=year > 2016))
    return {"kind": "indicator", "title": {"de": german, "en": english}, "measure": "count", "unit": "persons",
            "direction": 0, **({"group": GROUP_OF[key]} if key in GROUP_OF else {}), **_rights(),
            "edition": entries}  # fmt: skip


def _share(key: str) -> dict[str, Any]:
    numerator, denominator, direction, german, english = SHARES[key]
    return {"kind": "indicator", "title": {"de": german, "en": english}, "measure": "share", "unit": "percent",
            "direction": direction, "numerator": numerator, "denominator": denominator, **_rights()}  # fmt: skip


def _living_space(editions: tuple[tuple[int, str], ...]) -> dict[str, Any]:
    return {
        "kind": "indicator", "title": {"de": "Wohnfläche je Person", "en": "Living space per person"},
        "measure": "mean", "unit": "m2_per_person", "direction": -1, **_rights(),
        "edition": [_edition(year, vintage, "Wohnflaeche_je_Person", before=False) for year, vintage in editions],
    }  # fmt: skip


def _places(key: str) -> dict[str, Any]:
    german, english = PLACES[key]
    size = {"capacity": "capacity"} if key in ("kita", "primary_school") else {}
    file = "plots" if key == "plots" else "places"
    return {"kind": "places", "title": {"de": german, "en": english}, **_rights(), "source": "vector",
            "path": f"musterstadt/{file}.gpkg", "layer": key, "id": "id", "name": "name", **size}  # fmt: skip


def _parks() -> dict[str, Any]:
    return {"kind": "backdrop", "title": {"de": "Parks", "en": "Parks"}, **_rights(), "source": "vector",
            "path": "musterstadt/areas.gpkg", "layer": "blocks", "draw": "green",
            "where": {"use": ["park"]}}  # fmt: skip


def _addresses() -> dict[str, Any]:
    groups = ["age_0_5", "age_6_11", "age_12_17", "age_18_64", "age_65_plus"]
    return {
        "kind": "residents", "title": {"de": "Adressen mit Einwohnern", "en": "Addresses with residents"}, **_rights(),
        "source": "vector", "path": "musterstadt/addresses.gpkg", "layer": "addresses", "id": "id", "year": 2024,
        "origin_type": "address", "residents": "residents", "street": "street", "number": "number",
        "groups": {key: key for key in groups},
    }  # fmt: skip
