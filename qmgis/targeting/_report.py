"""Who of the classes lives in which programme areas: counts, shares that sum to one, and one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from qmgis.errors import DataError
from qmgis.i18n import number
from qmgis.model import LANGS, PROGRAMME_STATES, AreaResult, Text, words
from qmgis.model.text import day_text
from qmgis.scoring import Of, class_words

__all__ = ["COVERED", "report", "sentence", "targeting"]

NO_GROUP = "none"
COVERED = 0.5  # an area counts for a state if at least this share of it does
ALL = "all"


def report(
    result: AreaResult, shares: pd.DataFrame, population: pd.Series | None, *, covered: float = COVERED
) -> pd.DataFrame:
    """Return the targeting report: classes by current, former, planned and no programme area.

    Parameters
    ----------
    result
        An index with classes; where it says so, who requires attention and which status are counted too.
    shares
        As `overlaps` gives them: index ``area``, columns ``current``, ``former``, ``planned``, ``none``.
    population
        Index ``area``; residents; missing is unknown; None where the city does not know them.
    covered
        An area counts for the first state that at least this share of it has (0-1), else for ``none``.

    Returns
    -------
    pd.DataFrame
        A row for each ``by`` (``attention``, ``status`` or ``class``), ``class`` (with ``left_out``, and ``all`` for
        their sum) and ``programme``: ``areas`` and their ``residents`` as whole areas, ``unknown`` (areas with unknown
        residents), ``area_share`` and ``resident_share``; and ``living``, the residents by where they live, with
        ``living_share``. Shares (0-1) are of the class and sum to one.

    Raises
    ------
    DataError
        As `targeting`.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> shares = pd.DataFrame({"current": 1.0, "former": 0.0, "planned": 0.0, "none": 0.0}, index=index.value.index)
    >>> table = report(index, shares, pd.Series(100.0, index=index.value.index))
    >>> table.query("by == 'attention' and `class` == 'all'")["area_share"].tolist()
    [1.0, 0.0, 0.0, 0.0]
    """
    people = pd.Series(np.nan, index=result.value.index) if population is None else population.astype(float)
    groups = _groups(shares, covered)
    pieces = []
    for of in _kinds(result):
        table = _with_all(targeting(result, groups, people, of=of))
        table["living"] = _living(class_words(result, of), shares, people).reindex(table.index)
        table["living_share"] = _share(table["living"])
        pieces.append(table.rename_axis(["class", "programme"]).reset_index().assign(by=of))
    whole = pd.concat(pieces, ignore_index=True)
    names = ("by", "class", "programme", "areas", "area_share", "residents", "resident_share", "unknown", "living",
             "living_share")  # fmt: skip
    return whole[[*names]]


def targeting(result: AreaResult, groups: pd.Series, population: pd.Series, *, of: Of = "class") -> pd.DataFrame:
    """Return how the areas and residents of each class spread over given groups of areas, such as programme areas.

    Parameters
    ----------
    result
        Any result with classes.
    groups
        Index ``area``; the group of each area, such as ``current`` and ``former``; areas without one are ``none``. The
        categories of a categorical all have their rows.
    population
        Index ``area``; residents; missing is unknown, never zero.
    of
        What makes the rows: ``class``, ``status`` or ``attention``.

    Returns
    -------
    pd.DataFrame
        Index (``class``, ``group``), every pair, areas without result as class ``left_out``: ``areas``, ``residents``
        (missing where all are unknown), ``unknown`` (areas with unknown residents), ``area_share`` and
        ``resident_share`` of the class (0-1, they sum to 1; missing where the class has none).

    Raises
    ------
    DataError
        A group or a number of residents for an area that the result does not have, or a negative number.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> groups = pd.Series("current", index=index.value.index[-6:])
    >>> report = targeting(index, groups, pd.Series(1000.0, index=index.value.index), of="attention")
    >>> float(report.loc["yes", "area_share"].sum())
    1.0
    """
    _known_areas(result, groups, population)
    named = class_words(result, of)
    group = groups.dropna().astype(str).reindex(named.index).fillna(NO_GROUP)
    people = population.astype(float).reindex(named.index)
    listed = groups.cat.categories if isinstance(groups.dtype, pd.CategoricalDtype) else groups.dropna()
    order = [*dict.fromkeys(one for one in listed.astype(str) if one != NO_GROUP), NO_GROUP]
    pairs = pd.MultiIndex.from_product([named.cat.categories, order], names=["class", "group"])
    cells = people.groupby([named.astype(object), group])
    areas = cells.size().reindex(pairs, fill_value=0)
    known = cells.count().reindex(pairs, fill_value=0)
    residents = cells.sum(min_count=1).reindex(pairs).mask(areas == 0, 0.0)
    table = pd.DataFrame({"areas": areas, "residents": residents, "unknown": areas - known})
    table["area_share"], table["resident_share"] = _share(areas), _share(residents)
    return table


def sentence(table: pd.DataFrame, on: date) -> Text:
    """Return what a targeting report says of the areas that require attention, in one sentence; empty without them.

    Shares are in whole percent that sum to 100.

    Examples
    --------
    >>> outcome = toy_outcome()
    >>> shares = pd.DataFrame({"current": 0.0, "former": 0.0, "planned": 0.0, "none": 1.0}, index=outcome.table.index)
    >>> table = report(outcome.index, shares, outcome.table["population"])
    >>> sentence(table, outcome.run.on).en[:64]
    'As of 31 December 2024: of the 2 areas that require attention 0 '
    """
    rows = table[(table["by"] == "attention") & (table["class"] == "yes")].set_index("programme")
    if rows.empty:
        return Text("", "")
    counts, total = rows["areas"], int(rows["areas"].sum())
    day = day_text(on)
    if not total:
        return words("targeting.nobody", day=day)
    known = rows["living_share"].notna().all()
    parts = [
        words(f"targeting.part_{state}", areas=int(counts[state]))
        for state in PROGRAMME_STATES
        if state != "planned" or counts[state] or (known and rows["living"][state] > 0)
    ]
    shares = rows["living_share" if known else "area_share"]
    shown = [state for state in PROGRAMME_STATES if state != "planned" or len(parts) == len(PROGRAMME_STATES)]
    rounded = _whole_percent(shares[shown])
    said = {lang: _joined([part.to(lang) for part in parts], lang) for lang in LANGS}
    listed = {
        lang: ", ".join(f"{number(one, lang)} %" if lang == "de" else f"{number(one, lang)}%" for one in rounded)
        for lang in LANGS
    }
    of = words("targeting.of_residents" if known else "targeting.of_areas")
    return words("targeting.sentence", n=total, day=day, parts=Text(**said), shares=Text(**listed), of=of)


def _joined(parts: Sequence[str], lang: str) -> str:
    """Return parts as people list them."""
    last = " und " if lang == "de" else " and "
    return ", ".join(parts[:-1]) + last + parts[-1]


def _whole_percent(shares: pd.Series) -> list[int]:
    """Return shares that sum to one as whole percent that sum to 100: the largest remainders are rounded up."""
    exact = 100 * shares.to_numpy(float)
    whole = np.floor(exact + 1e-9)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: round(100 - whole.sum())]] += 1
    return [int(one) for one in whole]


def _kinds(result: AreaResult) -> list[Of]:
    """Return what the report counts by: who requires attention, and the status or else the class."""
    status: Of = "status" if "status_class" in result.parts else "class"
    return ["attention", status] if "attention" in result.parts else [status]


def _groups(shares: pd.DataFrame, covered: float) -> pd.Series:
    """Return the first state that enough of an area has."""
    enough = shares[[*PROGRAMME_STATES]] >= covered - 1e-9
    enough[NO_GROUP] = True
    return pd.Series(pd.Categorical(enough.idxmax(axis=1), PROGRAMME_STATES, ordered=True), index=shares.index)


def _with_all(table: pd.DataFrame) -> pd.DataFrame:
    """Return the report with the sum of all classes as the last class."""
    sums = table[["areas", "unknown"]].groupby(level="group", sort=False).sum()
    sums["residents"] = table["residents"].groupby(level="group", sort=False).sum(min_count=1)
    sums = pd.concat({ALL: sums}, names=["class"])
    sums["area_share"], sums["resident_share"] = _share(sums["areas"]), _share(sums["residents"])
    return pd.concat([table, sums[table.columns]])


def _share(counted: pd.Series) -> pd.Series:
    """Return each count as a share of its class; missing where the class has none, or nothing is known."""
    whole = counted.groupby(level=0).transform("sum")
    return (counted.fillna(0.0) / whole).where(whole > 0)


def _living(named: pd.Series, shares: pd.DataFrame, people: pd.Series) -> pd.Series:
    """Return the residents of each class by the state of where they live."""
    each = shares[[*PROGRAMME_STATES]].mul(people.reindex(shares.index), axis=0)
    by_class = each.groupby(named.astype(object)).sum(min_count=1).reindex(named.cat.categories)
    empty = ~named.cat.categories.isin(named)
    by_class.loc[empty] = 0.0
    by_class.loc[ALL] = each.sum(min_count=1)
    pairs = pd.MultiIndex.from_product([by_class.index, by_class.columns])
    return pd.Series(by_class.to_numpy().ravel(), index=pairs)


def _known_areas(result: AreaResult, groups: pd.Series, population: pd.Series) -> None:
    for one, en, de in ((groups, "groups", "Gruppen"), (population, "residents", "Einwohnern")):
        odd = one.index.difference(result.value.index)
        if len(odd) or not one.index.is_unique:
            area = odd[0] if len(odd) else one.index[one.index.duplicated()][0]
            raise DataError(
                f'The {en} name the area "{area}" twice, or "{result.key}" does not have it; name each of its areas '
                "once.",
                de=f'Unter den {de} steht das Gebiet "{area}" doppelt, oder "{result.key}" hat es nicht; jedes '
                "seiner Gebiete einmal nennen.",
            )
    negative = population.index[population < 0]
    if len(negative):
        raise DataError(
            f'Area "{negative[0]}" has a negative number of residents; correct it, or leave it empty if unknown.',
            de=f'Gebiet "{negative[0]}" hat eine negative Einwohnerzahl; berichtigen, oder leer lassen, wenn '
            "unbekannt.",
        )
