"""What every index method begins with: which areas enter, why others do not, the index of one block, its classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from qmgis.core.classify import by_limits
from qmgis.core.composite import Composite, composite
from qmgis.core.ranks import quantile_class, rank
from qmgis.core.spatial.neighbours import Neighbours, queen
from qmgis.core.stats import MIN_AREAS, leave_one_out
from qmgis.errors import DataError, MissingColumnError, NotEnoughDataError, did_you_mean
from qmgis.model import AreaLayer, AreaResult, Block, IndicatorTable, Profile, Text, words

__all__ = [
    "LEFT_OUT", "Entry", "Of", "as_seen", "attention_of", "class_of", "class_words", "entering", "index_of",
    "neighbours_for", "outlier_candidates", "parameters_of",
]  # fmt: skip

Of = Literal["class", "status", "attention"]
LEFT_OUT = "left_out"
OUTLIER_Z = 4.0
OUTLIER_RESIDENTS = 2000
OUTLIER_AREAS = 10


@dataclass(frozen=True, eq=False)
class Entry:
    """What enters an index: the year's ``values`` and ``changes`` (every area), the ``valid`` areas, the areas
    ``left_out`` with their reason, and what a reader has to know.
    """  # noqa: D205

    values: pd.DataFrame
    changes: pd.DataFrame
    valid: pd.Index
    left_out: pd.Series
    warnings: tuple[Text, ...]


def entering(table: IndicatorTable, *, profile: Profile, year: int, declared: Mapping[str, str]) -> Entry:
    """Return the areas that enter an index and why the others do not.

    The rule of residents goes first, then declared decisions, then gaps; where a block fills gaps or accepts a part of
    the weight, its areas stay as long as that holds.

    Raises
    ------
    MissingColumnError
        An indicator of the profile is not in the table.
    NotEnoughDataError
        No values of that year, or fewer than three areas remain.

    Examples
    --------
    >>> entry = entering(toy_table(), profile=toy_profile(), year=2024, declared={"01010005": "outlier"})
    >>> entry.left_out["01010005"], len(entry.valid)
    ('outlier', 27)
    """
    _require(table, profile, year)
    values, changes = table.of_year(year), table.of_year(year, what="change")
    now = values[profile.residents]
    before = table.of_year(year - 1)[profile.residents].reindex(values.index)
    warnings = []
    if before.isna().all():
        warnings.append(
            words("methods.warning_no_earlier_population", year=year - 1, current=year, limit=profile.min_residents)
        )
    reason = pd.Series(None, index=values.index, dtype=object)
    for word, what, source in (("missing_change", "change", changes), ("missing_indicator", "value", values)):
        for block in (one for one in profile.blocks.values() if one.of == what):
            reason[_gap(source, block)] = word
    if profile.rules is not None:
        reason[values[list(profile.rules.indicators)].isna().all(axis=1)] = "missing_indicator"
    reason[now.isna()] = "missing_indicator"
    chosen = pd.Series(values.index.map(declared), index=values.index, dtype=object)
    reason = chosen.where(chosen.notna(), reason)
    reason[(now < profile.min_residents) | (before < profile.min_residents)] = "too_few_residents"
    left_out = reason.dropna().rename("left_out")
    missing = left_out.index[left_out.isin(["missing_indicator", "missing_change"])]
    if len(missing):
        shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        warnings.append(words("methods.warning_missing", count=len(missing), areas=shown))
    valid = values.index.difference(left_out.index, sort=False)
    if len(valid) < MIN_AREAS:
        raise _too_few(profile, year, left_out, len(values))
    return Entry(values, changes, valid, left_out, tuple(warnings))


def index_of(entry: Entry, block: Block, *, table: IndicatorTable) -> Composite:
    """Return the index of one block over the valid areas; directions that the profile leaves open are the layers'.

    Examples
    --------
    >>> profile, table = toy_profile(), toy_table()
    >>> entry = entering(table, profile=profile, year=2024, declared={})
    >>> round(float(index_of(entry, profile.blocks["status"], table=table).index.std(ddof=0)), 6)
    1.0
    """
    source = entry.values if block.of == "value" else entry.changes
    directions = {key: own or table.indicators[key].direction for key, own in block.steps.directions.items()}
    rows = source.loc[entry.valid, list(block.indicators)]
    return composite(rows, replace(block.steps, directions=directions))


def neighbours_for(profile: Profile, areas: AreaLayer) -> dict[str, Neighbours]:
    """Return the neighbours of the areas by the name under which a method takes them; nothing where it needs none.

    Areas that share a border or a corner are neighbours; an island stays without.

    Examples
    --------
    >>> neighbours_for(toy_profile(), toy_areas()), neighbours_for(toy_rules(), toy_areas())["neighbours"].rule
    ({}, 'queen')
    """
    if profile.rules is None or not profile.rules.needs_neighbours:
        return {}
    return {"neighbours": queen(areas.frame.geometry, islands="keep")}


def class_of(index: pd.Series, block: Block) -> pd.Series:
    """Return the class of each area by the block's limits, or its part by rank; high is more pressing.

    Examples
    --------
    >>> class_of(pd.Series([-1.2, 0.0, 1.2, 1.7]), toy_profile().blocks["status"]).tolist()
    ['1', '2', '3', '4']
    """
    if block.quantiles:
        number = block.quantiles + 1 - quantile_class(rank(index), parts=block.quantiles)
    else:
        number = by_limits(index, block.limits, owns=block.owns or None)
    return number.map(dict(enumerate(block.classes, start=1))).astype(object)


def outlier_candidates(scores: pd.DataFrame, residents: pd.Series) -> list[str]:
    """Return small areas that stand far from all others; a list to look at, never a rule (METHODS 1.3).

    None among fewer than `OUTLIER_AREAS` areas: beside two or three others, any area stands far away.

    Examples
    --------
    >>> scores = pd.DataFrame({"z": [0.0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.1, 0.0, 9.0]}, index=list("abcdefghij"))
    >>> outlier_candidates(scores, pd.Series(900.0, index=scores.index))
    ['j']
    """
    if len(scores) < OUTLIER_AREAS:
        return []
    far = scores.apply(leave_one_out).abs().max(axis=1) > OUTLIER_Z
    return sorted(scores.index[far & (residents.reindex(scores.index) < OUTLIER_RESIDENTS)])


def parameters_of(profile: Profile, *, valid: int) -> dict[str, object]:
    """Return every setting of a profile for recipes.

    Examples
    --------
    >>> parameters_of(toy_profile(), valid=27)["reference_areas"]
    27
    """
    blocks = {
        name: {
            "of": block.of,
            "limits": list(block.limits),
            "owns": list(block.owns),
            "quantiles": block.quantiles,
            "classes": list(block.classes),
            "flagged_from": block.flagged_from,
            **{key: _plain(value) for key, value in vars(block.steps).items()},
        }
        for name, block in profile.blocks.items()
    }
    rules = {} if profile.rules is None else {"rules": _plain(asdict(profile.rules))}
    return {
        "profile": profile.key,
        "indicators": list(profile.needs),
        "blocks": blocks,
        **rules,
        "residents": profile.residents,
        "min_residents": profile.min_residents,
        "attention": list(profile.attention),
        "low": list(profile.low),
        "reference_areas": valid,
    }


def class_words(result: AreaResult, of: Of) -> pd.Series:
    """Return the class of each area, its status, or whether it requires attention, in order; else ``left_out``.

    Examples
    --------
    >>> class_words(toy_outcome().index, "attention").cat.categories.tolist()
    ['no', 'yes', 'left_out']
    """
    if of == "class":
        return result.label.cat.add_categories(LEFT_OUT).fillna(LEFT_OUT)
    if of == "status":
        status = result.parts["status_class"]
        codes = [str(code) for code in sorted(status.dropna().unique())]
        return pd.Series(
            pd.Categorical(
                status.astype(object).map(str).where(status.notna(), LEFT_OUT), [*codes, LEFT_OUT], ordered=True
            ),
            index=status.index,
        )
    named = attention_of(result).map({False: "no", True: "yes"}).astype(object).fillna(LEFT_OUT)
    return named.astype(pd.CategoricalDtype(["no", "yes", LEFT_OUT], ordered=True))


def attention_of(result: AreaResult) -> pd.Series:
    """Return whether each area requires attention; missing where left out.

    Raises
    ------
    DataError
        If the result does not say so.

    Examples
    --------
    >>> int(attention_of(toy_outcome().index).sum()) > 0
    True
    """
    if "attention" not in result.parts:
        raise DataError(
            f'"{result.key}" does not say who requires attention; use the result of a method such as mss.',
            de=f'"{result.key}" sagt nicht, wer besonderen Aufmerksamkeitsbedarf hat; das Ergebnis eines Verfahrens '
            "wie mss verwenden.",
        )
    return result.parts["attention"].astype("boolean")


def as_seen(result: AreaResult) -> tuple[pd.Series, int]:
    """Return the scored values, those that are not shown as the mean shown of their class, and how many these are.

    Examples
    --------
    >>> scored, veiled = as_seen(toy_outcome().index)
    >>> len(scored), veiled
    (27, 0)
    """
    scored = result.value.dropna()
    column = next((name for name in ("status_index", "index", "conditions") if name in result.seen), None)
    closed = result.seen[column].isna()[scored.index] if column else pd.Series(False, index=scored.index)
    if not closed.any():
        return scored, 0
    classes = result.parts.get("status_class", result.label)[scored.index]
    means = scored.mask(closed).groupby(classes.astype(object)).mean()
    return scored.mask(closed, classes.map(means).astype(float)).dropna(), int(closed.sum())


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, tuple) else value


def _gap(source: pd.DataFrame, block: Block) -> pd.Series:
    """Return the areas of which too little is known for the block."""
    there = source[list(block.indicators)].notna()
    if block.steps.fill != "none":
        return ~there.any(axis=1)
    weight = np.array([float(block.steps.weights.get(key, 1.0)) for key in block.indicators])
    return pd.Series(there.to_numpy() @ weight / weight.sum() < block.steps.least_weight - 1e-12, index=source.index)


def _require(table: IndicatorTable, profile: Profile, year: int) -> None:
    for key in profile.needs:
        if key not in table.indicators:
            known = table.indicators
            raise MissingColumnError(
                f'{profile.key} needs the indicator "{key}", which the layers of "{table.vintage}" do not have.'
                f"{did_you_mean(key, known)}",
                de=f'{profile.key} braucht den Indikator "{key}", den die Ebenen von "{table.vintage}" nicht haben.'
                f"{did_you_mean(key, known, lang='de')}",
            )
    open_keys = {key for block in profile.blocks.values() for key, own in block.steps.directions.items() if own == 0}
    for key in (one for one in profile.needs if one in open_keys and table.indicators[one].direction == 0):
        raise DataError(
            f'Indicator "{key}" has no direction; say direction = 1 (more is more burden) or -1 in its layer file.',
            de=f'Indikator "{key}" hat keine Richtung; direction = 1 (mehr ist mehr Belastung) oder -1 in der '
            "Ebenendatei angeben.",
        )
    if year not in table.years:
        years = ", ".join(map(str, table.years))
        raise NotEnoughDataError(
            f'There are no values of {year} for "{table.vintage}"; there are: {years}.',
            de=f'Für "{table.vintage}" gibt es keine Werte von {year}; vorhanden: {years}.',
        )


def _too_few(profile: Profile, year: int, left_out: pd.Series, areas: int) -> NotEnoughDataError:
    counts = [(count, words(f"words.reason_{reason}")) for reason, count in left_out.value_counts().items()]
    return NotEnoughDataError(
        f"{profile.key}, {year}: only {areas - len(left_out)} of {areas} areas can be scored and {MIN_AREAS} are "
        f"needed; left out: {', '.join(f'{count} {reason.en}' for count, reason in counts) or 'none'}. Add areas or "
        "values, or check who is left out.",
        de=f"{profile.key}, {year}: nur {areas - len(left_out)} von {areas} Gebieten sind bewertbar, nötig sind "
        f"{MIN_AREAS}; ausgenommen: {', '.join(f'{count} {reason.de}' for count, reason in counts) or 'keine'}. "
        "Gebiete oder Werte ergänzen, oder prüfen, wer ausgenommen ist.",
    )
