"""Any number of a city over the years: of areas, districts, the city, programme areas and outlines of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
import scipy

from qmgis.errors import DataError, NotEnoughDataError, UnknownKeyError, did_you_mean
from qmgis.model import (
    LANGS,
    RESIDENTS,
    AreaLayer,
    AreaResult,
    City,
    IndicatorTable,
    ProgrammeLayer,
    Secrecy,
    Text,
    words,
)
from qmgis.runs.programme.targeted import joined, living_at
from qmgis.runs.secrecy.veiled import veiled
from qmgis.runs.steps import area_layer
from qmgis.runs.years.across import Across, across
from qmgis.runs.years.editions import Edition, editions_on
from qmgis.runs.years.otherweights import by_other_weights
from qmgis.series import Series, breaks_of, exact_in, numbers_of, share_flagged, with_error
from qmgis.targeting import within

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["OF", "RESULTS", "Of", "districts", "series", "series_keys"]

Of = Literal["area", "district", "city", "programme"]
OF: tuple[Of, ...] = get_args(Of)
# What every run says of an area, beside the indicators.
RESULTS = ("class", "group", "attention", "index", "dynamics_index")
WHOLE = 1 - 1e-9


def series(
    city: City, key: str, *, of: Of | gpd.GeoDataFrame = "area", vintage: str | None = None, all_weights: bool = True
) -> Series:
    """Return one number over all years of a city.

    Indicators of years on other areas are carried (`qmgis.runs.years.across`), with the spread between weights (people,
    addresses, land) as their error. Larger units are rebuilt from the counts of their areas; parts of areas in
    programme areas and own outlines by the residents who live there now, as an estimate: ``exact`` says how much of it
    is none. What a run hides is hidden here. Classes are the published ones of each run where an area is undivided,
    else computed on these outlines (``official`` is False); a run that cannot be computed is left out and named in
    ``warnings``.

    Parameters
    ----------
    city
        As `open_city` gives it.
    key
        An indicator; or ``class`` (of the status, where it is crossed with dynamics), ``group``, ``attention``,
        ``index``, ``dynamics_index``. Of larger units ``attention`` is the share of the residents who live in areas
        that require it.
    of
        ``"area"``, ``"district"``, ``"city"``, ``"programme"``, or outlines with unique text ids.
    vintage
        On which version of the areas; by default the newest with values.
    all_weights
        Whether an indicator of years on other areas is carried by all weights, which gives ``error``. That takes half
        of the time; without it the error is 0, and all else but the interval is the same.

    Raises
    ------
    UnknownKeyError
        There is no such number.
    DataError, NotEnoughDataError
        An index or a class of larger units; a share whose people are not known; a city without districts or programme
        areas.

    Examples
    --------
    >>> found = series(toy_city(), "transfer")
    >>> found.years, found.breaks, found.of_unit("01010405")["state"].unique().tolist()
    ((2022, 2023, 2024), (), ['ok'])
    >>> series(toy_city(), "attention", of="city").of_year(2024)["state"].tolist()
    ['ok']
    """
    layer = area_layer(city, vintage=vintage)
    side = across(city, layer.vintage)
    if key not in side.shown.indicators and key not in RESULTS:
        raise UnknownKeyError(
            f'{city.key} has no number "{key}" over the years.{did_you_mean(key, series_keys(city, layer.vintage))}',
            de=f'{city.key} hat keine Zahl "{key}" über die Jahre.'
            f"{did_you_mean(key, series_keys(city, layer.vintage), lang='de')}",
        )
    kind = of if isinstance(of, str) else "polygon"
    names, members = _units(city, layer, of)
    if key in side.shown.indicators:
        return _of_indicator(city, side, key, kind=kind, names=names, members=members, all_weights=all_weights)
    return _of_results(city, side, key, kind=kind, names=names, members=members)


def series_keys(city: City, vintage: str | None = None) -> tuple[str, ...]:
    """Return every number that a city has over the years: what runs say, then its indicators.

    Examples
    --------
    >>> series_keys(toy_city())[:6]
    ('class', 'group', 'attention', 'index', 'dynamics_index', 'population')
    """
    side = across(city, area_layer(city, vintage=vintage).vintage)
    said: set[str] = set()
    for edition in editions_on(city, side.vintage)[0].values():
        parts = edition.result.parts
        said |= {"class"} | {key for key in RESULTS if key in parts}
        said |= {"index"} if "status_index" in parts else set()
    return (*(key for key in RESULTS if key in said), *side.shown.indicators)


def districts(layer: AreaLayer) -> pd.Series:
    """Return the district of each area as the layer names it, missing where it names none.

    Examples
    --------
    >>> districts(toy_areas()).unique().tolist()
    ['0101']
    """
    parent = pd.Series(layer.frame["parent"], dtype=object)
    return parent.where(parent.notna(), None)


def _units(city: City, layer: AreaLayer, of: str | gpd.GeoDataFrame) -> tuple[dict[str, str], pd.DataFrame | None]:
    """Return the names of the units, and which areas are in them; None where they are the areas."""
    areas = layer.frame.index
    if isinstance(of, str) and of not in OF:
        raise UnknownKeyError(
            f'There are no units "{of}".{did_you_mean(of, OF)}', de=f'Es gibt keine Einheiten "{of}".'
            f"{did_you_mean(of, OF, lang='de')}",
        )  # fmt: skip
    if isinstance(of, str) and of == "area":
        return layer.frame["name"].astype(str).to_dict(), None
    if isinstance(of, str) and of == "city":
        return {city.key: city.title.to(city.lang)}, pd.DataFrame({"unit": city.key, "area": areas, "share": 1.0})
    if isinstance(of, str) and of == "district":
        members = pd.DataFrame({"unit": districts(layer).to_numpy(), "area": areas, "share": 1.0}).dropna(subset="unit")
        return {str(unit): str(unit) for unit in sorted(members["unit"].unique())}, _some(members, city, "districts")
    outlines = joined(city) if isinstance(of, str) else _as_programme(of)
    if outlines is None:
        return {}, _some(pd.DataFrame(), city, "programme areas")
    members = within(layer, outlines, residents=living_at(city), min_base=city.secrecy.min_base)
    names = outlines.frame["name"].astype(str).to_dict()
    return {str(unit): names[unit] for unit in members["unit"].unique()}, _some(members, city, "areas in the outlines")


def _some(members: pd.DataFrame, city: City, what: str) -> pd.DataFrame:
    if members.empty:
        raise NotEnoughDataError(
            f"{city.key} has no {what}, so there is no series of them.",
            de=f"{city.key} hat dazu keine Einheiten ({what}); es gibt also keine Reihe.",
        )
    return members


def _as_programme(outlines: gpd.GeoDataFrame) -> ProgrammeLayer:
    """Return outlines of one's own in the form of programme areas."""
    frame = outlines[["geometry"]].copy()
    frame.index = pd.Index(frame.index.astype(str), name="programme_area", dtype="str")
    named = outlines["name"].astype(str).to_numpy() if "name" in outlines else frame.index.to_numpy()
    nothing = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
    frame = frame.assign(name=named, programme="", status="running", phase=None, valid_from=nothing, valid_to=nothing)
    return ProgrammeLayer("own", Text("", ""), frame)


def _of_indicator(
    city: City, side: Across, key: str, *, kind: str, names: Mapping[str, str], members: pd.DataFrame | None,
    all_weights: bool,
) -> Series:  # fmt: skip
    indicator = side.shown.indicators[key]
    frame = numbers_of(side.shown, key, exact=side.exact, members=members)
    if members is not None:
        frame["exact"] = _exact_in(side, veiled(city), members, frame)
    estimated = not (frame["exact"] >= WHOLE).all()
    tables = _by_other_weights(city, side.vintage) if estimated and all_weights else ()
    others = [numbers_of(table, key, exact=side.exact, members=members)["value"] for table in tables]
    frame = with_error(frame, others)
    if members is not None:
        frame = _guarded(frame, city.secrecy, is_count=indicator.measure == "count")
    years = frame.index.get_level_values("year")
    vintages = years.map(side.years)
    own = (vintages == side.vintage) & (True if members is None else frame["exact"] >= WHOLE)
    frame = frame.assign(label=None, official=own, vintage=vintages)
    breaks = breaks_of(sorted(set(years)), vintages=side.years, titles=_titles(city), tables=city.tables, key=key)
    return Series(
        key, indicator.title, indicator.measure, kind, frame, breaks, side.vintage, names, indicator.unit,
        warnings=side.warnings,
    )  # fmt: skip


def _exact_in(side: Across, hidden: City, members: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """Return which share of the residents of each unit, by year, comes from areas that lie wholly in it."""
    areas, units = side.shown.frame.index.unique("area"), pd.Index(members["unit"].unique())
    place = areas.get_indexer(pd.Index(members["area"])), units.get_indexer(pd.Index(members["unit"]))
    inside = scipy.sparse.csr_array((members["share"].to_numpy(float), place), shape=(len(areas), len(units)))
    found = {}
    for year in frame.index.unique("year"):
        vintage = side.years[year]
        walk = side.carried[vintage].way.crosswalk if vintage in side.carried else None
        old, weight = (
            (areas, inside) if walk is None else (walk.old, walk.weight[:, walk.new.get_indexer(areas)] @ inside)
        )
        values = hidden.tables[vintage].of_year(year).reindex(old)
        people = values[RESIDENTS] if RESIDENTS in values else pd.Series(1.0, index=old)
        found[year] = exact_in(people, weight, units)
    whole: pd.Series = pd.concat(found, names=["year", "unit"]).swaplevel().reindex(frame.index)
    return whole


def _of_results(
    city: City, side: Across, key: str, *, kind: str, names: Mapping[str, str], members: pd.DataFrame | None
) -> Series:
    if members is not None and key != "attention":
        raise DataError(
            f'"{key}" has no value of larger areas; ask for "attention": the share of residents in areas '
            "that require it.",
            de=f'"{key}" hat keinen Wert für größere Gebiete; nach "attention" fragen: dem Anteil der Einwohner in '
            "Gebieten, die Aufmerksamkeit erfordern.",
        )
    computed, left_out = editions_on(city, side.vintage)
    declared = sorted((key for key in city.runs if key in computed), key=lambda key: city.runs[key].year)
    editions = {computed[key].year: computed[key] for key in declared}  # of two of one year the last declared
    found = {year: _said(one, key) for year, one in editions.items()}
    if all(rows["state"].eq("missing").all() for rows in found.values()):
        why = {lang: "".join(f" {text.to(lang)}" for text in left_out) for lang in LANGS}
        raise NotEnoughDataError(
            f'No run of {city.key} gives "{key}".{why["en"]}',
            de=f'Kein Lauf von {city.key} gibt "{key}" an.{why["de"]}',
        )
    frame = pd.concat(found, names=["year", "unit"]).swaplevel()
    index = pd.MultiIndex.from_product([next(iter(found.values())).index, sorted(found)], names=["unit", "year"])
    frame = frame.reindex(index)
    official = frame["official"].fillna(False).astype(bool)
    if members is not None:
        official = pd.Series(True, index=index)
        frame, official = _flagged(frame, side, members)
    vintages = {year: city.run(one.run).vintage for year, one in editions.items()}
    of_year = frame.index.get_level_values("year")
    frame = frame.assign(official=official, error=0.0, vintage=of_year.map(vintages))
    frame["exact"] = frame["exact"].where(~official, 1.0) if members is None else frame["exact"]
    breaks = breaks_of(
        sorted(editions), vintages=vintages, titles=_titles(city),
        methods={year: city.run(one.run).method for year, one in editions.items()},
    )  # fmt: skip
    said = tuple(dict.fromkeys([*left_out, *(text for one in editions.values() for text in one.warnings)]))
    measure = "share" if members is not None else "index" if key in ("index", "dynamics_index") else "class"
    title = words(f"series.title_{key}" if members is None else "series.title_attention_share")
    codes = _codes([one.result for one in editions.values()], key) if members is None else {}
    return Series(key, title, measure, kind, frame, breaks, side.vintage, names, codes=codes, warnings=said)


def _codes(results: Sequence[AreaResult], key: str) -> dict[str, Text]:
    """Return what the classes are called, the least pressing first; those of all runs where their methods differ."""
    found: dict[str, Text] = {}
    for result in results:
        if key == "attention":
            found |= {"0": words("words.no"), "1": words("words.yes")}
        elif key in ("class", "group"):
            crossed = key == "class" and "status_class" in result.parts
            names = ["status_class"] if crossed else ["group", "class"]
            known = {
                code: text for column in result.columns if column.key in names for code, text in column.codes.items()
            }
            codes = sorted(known) if crossed else [str(code) for code in result.label.cat.categories]
            found |= {code: known.get(code, Text(code, code)) for code in codes if code not in found}
    return found


def _said(edition: Edition, key: str) -> pd.DataFrame:
    """Return what a run says of each area: number, class, and why there is none."""
    result, nothing = edition.result, float("nan")
    value, label, there = _numbered(result, key)
    lost = result.label.isna() & ~result.label.index.isin(result.left_out.index)  # not computed on these areas
    states = [value.notna(), there, result.label.isna() & ~lost]
    state = np.select(states, ["ok", "secret", "not_applicable"], "missing")
    return pd.DataFrame({
        "value": value, "label": label, "count": nothing, "total": nothing, "low": nothing, "high": nothing,
        "exact": edition.exact, "covered": value.notna().astype(float), "state": state, "official": edition.official,
    }, index=result.value.index).rename_axis("unit")  # fmt: skip


def _numbered(result: AreaResult, key: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return the number and the word of one result, and where the run has it although it may not be shown."""
    parts, label = result.parts, result.label
    name = {"index": result.index_column, "class": "status_class"}.get(key, key)
    empty = pd.Series(None, index=parts.index, dtype=object)
    if key == "group" or (key == "class" and name not in parts):
        codes = label.cat.codes.astype(float).where(label.notna())
        return codes, label.astype(object).where(label.notna(), None), label.notna()
    if name not in parts:
        return empty.astype(float), empty, pd.Series(False, index=parts.index)
    shown = pd.to_numeric(result.seen[name], errors="coerce").astype("Float64").astype(float)
    if key == "class":
        return (
            shown - 1,
            shown.map("{:.0f}".format, na_action="ignore").astype(object).where(shown.notna(), None),
            shown.notna(),
        )
    return shown, empty, parts[name].notna()


def _flagged(frame: pd.DataFrame, side: Across, members: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the share of the residents of each unit who live in areas that require attention."""
    flags = pd.DataFrame({"flag": frame["value"].map({1.0: True, 0.0: False}).astype("boolean"),
                          "exact": frame["official"].astype(float)}).rename_axis(["area", "year"])  # fmt: skip
    table = side.shown.frame
    people = table[RESIDENTS] if RESIDENTS in table else pd.Series(1.0, index=table.index)
    found = share_flagged(flags, people.to_frame("people").reindex(flags.index), members)
    return found.assign(label=None), found["exact"] >= WHOLE


def _guarded(frame: pd.DataFrame, secrecy: Secrecy, *, is_count: bool) -> pd.DataFrame:
    """Return numbers of larger units without those of too few people; parts of areas may be that small."""
    count = frame["value"] if is_count else frame["count"]
    few = (count > 0) & (count < secrecy.min_count)
    small = (frame["total"] > 0) & (frame["total"] < secrecy.min_base)
    numbers = ["value", "count", "total", "low", "high", "error"]
    shown = frame.assign(**{name: frame[name].mask(few | small) for name in numbers})
    return shown.assign(state=frame["state"].mask(small, "too_small").mask(few, "secret"))


@lru_cache(maxsize=4)
def _by_other_weights(city: City, vintage: str) -> tuple[IndicatorTable, ...]:
    """Return the table with other years carried by addresses and by land, where they were not."""
    return tuple(_carried_years(side) for side in by_other_weights(city, vintage))


def _carried_years(side: Across) -> IndicatorTable:
    """Return the table with the years that were carried: the others are the same by any weights."""
    table, carried = side.shown, [year for year, vintage in side.years.items() if vintage != side.vintage]
    rows = table.frame.index.get_level_values("year").isin(carried)
    return replace(table, frame=table.frame[rows], states=table.states[rows], change=table.change[rows])


def _titles(city: City) -> dict[str, Text]:
    return {layer.vintage: layer.title for layer in city.area_layers.values()}
