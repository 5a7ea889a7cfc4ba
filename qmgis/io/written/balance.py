"""Balance, funds, measures and white spots as files: for machines in cents, for people in euros and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd

from qmgis.balance import ALL, AMOUNTS, BY, KINDS, NAMES, Breach, group_title, kind_title
from qmgis.io.written.reports import machine_csv, people_csv
from qmgis.model import CodeList, Column, Lang, Text, words

__all__ = [
    "balance_columns", "balance_csv", "balance_table", "drawn_measures", "funds_columns", "funds_csv",
    "measure_columns", "people_euros", "spot_columns",
]  # fmt: skip

_EURO = Text("€", "€")
FUND_MONEY = (
    "budget_ct", "granted_ct", "remaining_ct", "own_ct", "public_ct", "max_grant_ct", "min_grant_ct", "per_resident_ct",
    "max_budget_ct",
)  # fmt: skip


def balance_table(
    tables: Mapping[str, pd.DataFrame], *, codes: Mapping[str, CodeList], names: Mapping[str, str]
) -> pd.DataFrame:
    """Return the balances by field, year and so on as one table, each row with the words of its group."""
    frames = []
    for by, table in tables.items():
        titles = [group_title(group, by=by, codes=codes, names=names).de for group in table["group"]]
        frames.append(table.assign(by=by, title=titles))
    return pd.concat(frames, ignore_index=True)


def balance_columns() -> tuple[Column, ...]:
    """Return what the columns of ``balance.csv`` are.

    Examples
    --------
    >>> [column.key for column in balance_columns()][:5]
    ['by', 'group', 'title', 'kind', 'measures']
    """
    columns = [
        Column("by", words("balance.file_by"), "code", codes={by: words(f"balance.by_{by}") for by in BY}),
        Column("group", words("balance.file_group"), "text"),
        Column("title", words("balance.file_title"), "text"),
        Column("kind", words("balance.plan_kind"), "code", codes={kind: kind_title(kind) for kind in (*KINDS, ALL)}),
        Column("measures", words("balance.measures"), "number", digits=2),
        Column("measures_share", words("balance.measures_share"), "share", digits=2),
        Column("measures_of_all", words("balance.measures_of_all"), "share", digits=2),
        Column("also", words("balance.also"), "count", digits=0),
        Column("residents", words("balance.residents"), "count", digits=0),
    ]
    for name in NAMES:
        amount = words(f"balance.amount_{name}")
        columns += [
            _money(f"{name}_ct", amount),
            Column(f"{name}_unknown", words("balance.amount_unknown", amount=amount), "count", digits=0),
            Column(f"{name}_share", words("balance.amount_share", amount=amount), "share", digits=2),
            Column(f"{name}_of_all", words("balance.amount_of_all", amount=amount), "share", digits=2),
            _money(f"{name}_per_resident_ct", words("balance.amount_per_resident", amount=amount)),
        ]
    return tuple(columns)


def _money(key: str, title: Text) -> Column:
    return Column(key, title, "count", Text("Cent", "cents"), digits=0)


def people_euros(frame: pd.DataFrame, columns: Sequence[Column]) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """Return a table and its columns with euros instead of cents, for people.

    Examples
    --------
    >>> frame, columns = people_euros(pd.DataFrame({"a_ct": [150]}), [Column("a_ct", Text("A", "A"), "count")])
    >>> frame["a_ct"].tolist(), columns[0].unit.de
    ([1.5], '€')
    """
    cents = [one.key for one in columns if one.key.endswith("_ct")]
    euros = frame.assign(**{key: frame[key].astype("Float64") / 100 for key in cents})
    return euros, tuple(
        Column(one.key, one.title, "number", _EURO, 2, note=one.note) if one.key in cents else one for one in columns
    )


def balance_csv(table: pd.DataFrame, *, german: bool = False) -> bytes:
    """Return `balance_table` for machines (comma, cents, shares 0-1) or in German for people (semicolon, euros)."""
    columns = balance_columns()
    return people_csv(*people_euros(table, columns)) if german else machine_csv(table, columns)


def funds_columns(codes: Mapping[str, CodeList]) -> tuple[Column, ...]:
    """Return what the columns of ``funds.csv`` are."""
    types = {key: one.title for key, one in codes["fund_types"].codes.items()} if "fund_types" in codes else {}
    return (
        Column("fund", words("balance.fund"), "text"),
        Column("area", words("balance.by_area"), "text"),
        Column("type", words("balance.fund_type"), "code", codes=types),
        Column("year", words("balance.by_year"), "text"),
        Column("grants", words("balance.fund_grants"), "count", digits=0),
        Column("unknown", words("balance.fund_unknown"), "count", digits=0),
        Column("uptake", words("balance.fund_uptake"), "share", digits=1),
        *(_money(key, words(f"balance.fund_{key}")) for key in FUND_MONEY),
        Column("max_years", words("balance.fund_max_years"), "count", digits=0),
        Column("rule", words("balance.fund_rule"), "text"),
        Column("breaches", words("balance.fund_breaches"), "text"),
    )


def funds_csv(
    table: pd.DataFrame, found: Sequence[Breach], *, codes: Mapping[str, CodeList], german: bool = False
) -> bytes:
    """Return the ledger for machines or in German for people; its last column says in sentences what is not kept."""
    lang: Lang = "de" if german else "en"
    said = [
        " ".join(one.sentence.to(lang) for one in found if (one.fund, one.year) == (row["fund"], row["year"])) or None
        for row in table[["fund", "year"]].to_dict("records")
    ]
    told, columns = table.assign(breaches=pd.Series(said, table.index, dtype=object)), funds_columns(codes)
    return people_csv(*people_euros(told, columns)) if german else machine_csv(told, columns)


def measure_columns(codes: Mapping[str, CodeList]) -> tuple[Column, ...]:
    """Return what the columns of the layer ``measures`` are; amounts are euros."""
    listed = {name: {key: one.title for key, one in codes[name].codes.items()} if name in codes else {}
              for name in ("fields", "kinds", "statuses")}  # fmt: skip
    places = {place: words(f"balance.place_{place}") for place in ("point", "line", "area", "area_wide")}
    parts = {part: words(f"balance.part_{part}") for part in ("1", "2")}
    return (
        Column("measure", words("balance.plan_measure"), "text"),
        Column("area", words("balance.by_area"), "text"),
        Column("name", words("balance.plan_title"), "text"),
        Column("field", words("balance.plan_field"), "code", codes=listed["fields"]),
        Column("kind", words("balance.plan_kind"), "code", codes=listed["kinds"]),
        Column("status", words("balance.plan_status"), "code", codes=listed["statuses"]),
        Column("part", words("balance.plan_part"), "code", codes=parts),
        Column("place", words("balance.place"), "code", codes=places),
        *(Column(f"{key}_eur", words(f"balance.amount_{key}"), "number", _EURO, 2) for key in NAMES),
    )


def spot_columns(codes: Mapping[str, CodeList]) -> tuple[Column, ...]:
    """Return what the columns of the layer ``white_spots`` are."""
    titles = {key: one.title for key, one in codes["fields"].codes.items()} if "fields" in codes else {}
    states = {"ok": words("series.file_ok"), **{key: words(f"words.state_{key}") for key in ("missing", "too_small")}}
    return (
        Column("field", words("balance.plan_field"), "code", codes=titles),
        Column("part", words("balance.spot"), "text"),
        Column("programme_area", words("balance.by_area"), "text"),
        Column("area", words("words.area"), "text"),
        Column("name", words("words.name"), "text"),
        Column("residents", words("balance.residents"), "count", digits=0, note=words("balance.residents_note")),
        Column("state", words("balance.residents_state"), "code", codes=states),
        Column("distance_m", words("balance.spot_distance"), "metres", digits=0),
        Column("nearest", words("balance.spot_nearest"), "text"),
        Column("area_wide", words("balance.spot_area_wide"), "count", digits=0),
    )


def drawn_measures(measures: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return measures as their layer has them: ``name`` and euros."""
    euros = {
        f"{name}_eur": measures[amount].astype("Float64") / 100 for name, amount in zip(NAMES, AMOUNTS, strict=True)
    }
    part = measures["part"].astype("Int64").astype("str").where(measures["part"].notna(), None)
    return measures.rename(columns={"title": "name"}).assign(**euros, part=part)
