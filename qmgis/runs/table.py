"""The table of a run: every column of ``areas.csv`` in its order, guarded and described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from qmgis.coverage import at_edge
from qmgis.model import LANGS, AreaLayer, AreaResult, City, Column, Run, Text, words
from qmgis.runs.programme.targeted import Funded
from qmgis.runs.secrecy.smallnumbers import small_numbers
from qmgis.runs.steps import population_of, table_on

__all__ = ["outcome_table"]

FIRST = (
    "status_index", "status_class", "dynamics_index", "dynamics_class", "group", "index", "rank", "class", "attention",
)  # fmt: skip
COVERAGE = ("share", "reached", "not_reached", "median_m", "p90_m", "mean_m", "with_way")
SUPPLY = ("capacity", "ratio", "access", "without")
RANGES = ("holds", "not_reached_low", "not_reached_high", "firm")
BY_AGE = ("reached_age_", "not_reached_age_")


def outcome_table(
    city: City,
    areas: AreaLayer,
    index: AreaResult,
    reached: Mapping[str, AreaResult],
    orders: Mapping[str, AreaResult],
    *,
    run: Run,
    beside: Sequence[AreaResult] = (),
    funded: Funded | None = None,
    supplied: Mapping[str, AreaResult] | None = None,
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """Return one row an area and the description of each column; cells that must not be shown are empty and named.

    The column ``states`` names every cell that is empty for a reason: ``child_poverty=secret kita=too_small``.
    """
    parts, states = index.seen, _states(index)
    numbers, numbered, closed = small_numbers(index, table_on(city, areas))
    states = states.str.cat(closed)
    population = population_of(city, areas, run.year)
    table = pd.DataFrame({"name": areas.frame["name"].astype(object)}, index=areas.frame.index)
    table["population"] = float("nan") if population is None else population
    states = states.str.cat(_few_residents(city, areas, run.year, population))
    for key in (name for name in FIRST if name in parts):
        table[key] = parts[key]
    table["left_out"] = index.left_out.reindex(table.index).astype(object)
    pieces = [table, parts[[name for name in parts if name not in FIRST]], numbers, *(result.seen for result in beside)]
    described = {column.key: column for result in (index, *beside) for column in result.columns}
    described |= {column.key: column for column in (*numbered, *_own_columns())}
    for key, result in reached.items():
        pieces += [_theme_columns(key, result, orders.get(key)), _by_age(result).add_prefix(f"{key}_")]
        described |= _prefixed(result, key)
        if not result.parameters["beyond"]:
            pieces.append(at_edge(areas, _limit_m(result)).astype(object).to_frame(f"{key}_edge"))
            said = words("runs.edge", title=result.title)
            described[f"{key}_edge"] = Column(f"{key}_edge", said, "bool", note=words("runs.edge_note"))
        states = states.str.cat(" " + _states(result))
        if key in orders:
            described |= _priority_columns(orders[key], key, result.title)
        if supplied and key in supplied:
            pieces.append(supplied[key].seen[[*SUPPLY]].add_prefix(f"{key}_"))
            described |= _prefixed(supplied[key], key)
            states = states.str.cat(" " + _states(supplied[key]))
    if funded is not None:
        pieces.append(funded.table)
        described |= {column.key: column for column in funded.columns}
        states = states.str.cat(" " + funded.states)
    # One block of memory a kind: pandas warns of tables in a hundred pieces.
    whole = pd.concat([*pieces, states.str.split().str.join(" ").rename("states")], axis=1).copy()
    return whole, tuple(described[str(key)] for key in whole)


def _few_residents(city: City, areas: AreaLayer, year: int, shown: pd.Series | None) -> pd.Series:
    """Return the state of areas whose residents are too few to be shown."""
    nothing = pd.Series("", index=areas.frame.index, dtype=object)
    if shown is None:
        return nothing
    gone = table_on(city, areas).of_year(year)["population"].notna() & shown.isna()
    return nothing.mask(gone.reindex(nothing.index, fill_value=False), " population=too_small")


def _limit_m(result: AreaResult) -> float:
    """Return the limit of a coverage in metres; minutes at the speed that it was made with."""
    asked = result.parameters
    return float(asked["within_m"] or asked["within_min"] * asked["kmh"] / 0.06)


def _theme_columns(key: str, result: AreaResult, order: AreaResult | None) -> pd.DataFrame:
    """Return the coverage of a theme and, where there is one, its place in the reading order."""
    found = result.seen[[*COVERAGE]].add_prefix(f"{key}_")
    if order is not None:
        found[f"{key}_order"] = order.value
        found[f"{key}_tier"] = order.label.astype(object)
        if "need_value" in order.parts:
            found[f"{key}_need"] = order.seen["need_value"]
        for name in _ranges_of(order):
            found[f"{key}_{name}"] = order.seen[name]
    return found


def _ranges_of(order: AreaResult) -> list[str]:
    return [name for name in RANGES if name in order.parts]


def _states(result: AreaResult) -> pd.Series:
    return pd.Series("", index=result.value.index, dtype=object) if result.states is None else result.states


def _by_age(result: AreaResult) -> pd.DataFrame:
    """Return the people reached and not reached of every age group but the theme's own, which has its columns."""
    own = result.parameters.get("group")
    names = [str(name) for name in result.seen if str(name).startswith(BY_AGE)]
    return result.seen[[name for name in names if not name.endswith(f"reached_{own}")]]


def _own_columns() -> list[Column]:
    reasons = ("too_few_residents", "outlier", "missing_indicator", "missing_change", "declared")
    return [
        Column("name", words("words.name"), "text"),
        Column("population", words("words.population"), "count", words("methods.unit_persons"), 0),
        Column("left_out", words("words.left_out"), "code", codes={r: words(f"words.reason_{r}") for r in reasons}),
        Column("states", words("runs.states"), "text", note=words("runs.states_note")),
    ]


def _prefixed(result: AreaResult, key: str) -> dict[str, Column]:
    """Return the coverage columns under the name of their theme."""
    return {
        f"{key}_{column.key}": Column(
            f"{key}_{column.key}",
            Text(f"{result.title.de}: {column.title.de}", f"{result.title.en}: {column.title.en}"),
            column.kind,
            column.unit,
            column.digits,
            column.codes,
            column.note,
        )
        for column in result.columns
    }


def _priority_columns(order: AreaResult, key: str, title: Text) -> dict[str, Column]:
    tiers = {str(tier): words(f"priority.tier_{tier}") for tier in order.label.cat.categories}
    first, note = words("runs.order", title=title), words("runs.order_note")
    beside = {column.key: column for column in order.columns}.get("need_value")
    columns = [
        Column(f"{key}_order", first, "order", digits=0, note=note),
        Column(f"{key}_tier", words("runs.tier", title=title), "code", codes=tiers),
    ]
    if beside is not None:
        named = words("runs.need_value", title=title, need=beside.title)
        columns.append(replace(beside, key=f"{key}_need", title=named))
    known = {column.key: column for column in order.columns}
    for name in _ranges_of(order):
        said = Text(*(f"{title.to(lang)}: {known[name].title.to(lang)}" for lang in LANGS))
        columns.append(replace(known[name], key=f"{key}_{name}", title=said))
    return {column.key: column for column in columns}
