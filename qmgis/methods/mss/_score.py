"""The exact rule of the MSS.

The rule of METHODS 1: shares are standardised over the areas that are not left out, summed without weights and
standardised again; the same with their changes over two years; both are cut into classes and crossed to 12 groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.core.classify import by_limits, to_nearest_limit
from qmgis.core.stats import MIN_AREAS, leave_one_out, spread, standard_sum, zscore
from qmgis.errors import DataError, MissingColumnError, NotEnoughDataError, did_you_mean
from qmgis.methods.mss._columns import GROUPS, SIGNS, columns_of
from qmgis.model import AreaResult, IndicatorTable, Profile, Text, words

__all__ = ["score"]

OUTLIER_Z = 4.0
OUTLIER_RESIDENTS = 2000


@dataclass(frozen=True, eq=False)
class _Block:
    """Status or dynamics over the valid areas."""

    index: pd.Series
    z: pd.DataFrame
    contributions: pd.DataFrame
    reference: pd.DataFrame
    dropped: tuple[str, ...]


def score(
    table: IndicatorTable, *, profile: Profile, year: int, declared: Mapping[str, str] | None = None
) -> AreaResult:
    """Return status, dynamics, group and attention for each area, with the contributions that add up to them.

    Parameters
    ----------
    table
        Shares (0-1) and their changes; residents as a count, also of the year before if known.
    profile
        Indicators, limits and rules of the edition.
    year
        Year of measurement (the MSS 2021 measures 2020).
    declared
        Areas that a declared decision leaves out, with the reason (``outlier``, ``declared``, …).

    Returns
    -------
    AreaResult
        Index ``area``: every area of the table with rows of that year; ``value`` is the status index (standard
        deviations, high is more disadvantage), ``label`` the group from ``1+`` to ``4-``.

    Raises
    ------
    MissingColumnError
        An indicator of the profile is not in the table.
    NotEnoughDataError
        Fewer than three areas remain, or an indicator is constant.

    References
    ----------
    Senatsverwaltung für Stadtentwicklung Berlin: Monitoring Soziale Stadtentwicklung 2021, Indikatorenblätter,
    sections 1 and 3.1-4.3; attention: report 2015.

    Examples
    --------
    >>> result = score(toy_table(), profile=toy_profile(), year=2024)
    >>> bool(result.parts["attention"].any())
    True
    """
    _require(table, profile, year)
    values, changes = table.of_year(year), table.of_year(year, what="change")
    left_out, warnings = _left_out(table, profile, year, declared or {})
    valid = values.index.difference(left_out.index, sort=False)
    if len(valid) < MIN_AREAS:
        raise _too_few(profile, year, left_out, len(values))
    direction = pd.Series({key: table.indicators[key].direction for key in profile.needs})
    status = _block(values.loc[valid, list(profile.status)], direction, profile)
    dynamics = _block(changes.loc[valid, list(profile.dynamics)], direction, profile)
    dropped = (*status.dropped, *(f"{key} (change)" for key in dynamics.dropped))
    if dropped:
        warnings.append(words("methods.warning_dropped_constant", names=", ".join(dropped)))
    candidates = _outlier_candidates(status, dynamics, values.loc[valid, profile.residents])
    if candidates:
        warnings.append(words("methods.warning_outlier_candidates", areas=", ".join(candidates)))
    parts = _parts(values, changes, status, dynamics, profile)
    return AreaResult(
        kind="index",
        key=profile.key,
        title=profile.title,
        value=parts["status_index"].rename(None),
        label=pd.Series(pd.Categorical(parts["group"], categories=GROUPS, ordered=True), index=parts.index),
        parts=parts,
        columns=columns_of(parts, table, profile),
        left_out=left_out,
        vintage=table.vintage,
        year=year,
        limits={"status": profile.status_limits, "dynamics": profile.dynamics_limits},
        reference=pd.concat([status.reference, dynamics.reference.rename(index=lambda key: f"{key}_change")]),
        parameters=_parameters(profile, len(valid)),
        warnings=tuple(warnings),
        credits=tuple(dict.fromkeys(table.indicators[key].credit for key in profile.needs)),
        reference_source=profile.source,
    )


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
        if key != profile.residents and table.indicators[key].direction == 0:
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


def _left_out(
    table: IndicatorTable, profile: Profile, year: int, declared: Mapping[str, str]
) -> tuple[pd.Series, list[Text]]:
    """Return the areas without result and why; the rule of residents goes first, then decisions, then gaps."""
    values, changes = table.of_year(year), table.of_year(year, what="change")
    now = values[profile.residents]
    before = table.of_year(year - 1)[profile.residents].reindex(values.index)
    warnings = []
    if before.isna().all():
        warnings.append(
            words("methods.warning_no_earlier_population", year=year - 1, current=year, limit=profile.min_residents)
        )
    few = (now < profile.min_residents) | (before < profile.min_residents)
    needed = pd.concat([now, values[list(profile.status)], changes[list(profile.dynamics)]], axis=1)
    gap = needed.isna().any(axis=1)
    chosen = pd.Series(values.index.map(declared), index=values.index, dtype=object)
    reason = pd.Series(None, index=values.index, dtype=object)
    reason[gap] = "missing_indicator"
    reason = chosen.where(chosen.notna(), reason)
    reason[few] = "too_few_residents"
    left_out = reason.dropna().rename("left_out")
    missing = left_out.index[left_out == "missing_indicator"]
    if len(missing):
        shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        warnings.append(words("methods.warning_missing", count=len(missing), areas=shown))
    return left_out, warnings


def _too_few(profile: Profile, year: int, left_out: pd.Series, areas: int) -> NotEnoughDataError:
    counts = [(count, words(f"words.reason_{reason}")) for reason, count in left_out.value_counts().items()]
    return NotEnoughDataError(
        f"{profile.key}, {year}: only {areas - len(left_out)} of {areas} areas can be scored and {MIN_AREAS} are "
        f"needed; left out: {', '.join(f'{count} {reason.en}' for count, reason in counts) or 'none'}.",
        de=f"{profile.key}, {year}: nur {areas - len(left_out)} von {areas} Gebieten sind bewertbar, nötig sind "
        f"{MIN_AREAS}; ausgenommen: {', '.join(f'{count} {reason.de}' for count, reason in counts) or 'keine'}.",
    )


def _block(values: pd.DataFrame, direction: pd.Series, profile: Profile) -> _Block:
    """Return the index of one block over the valid areas."""
    dropped = tuple(
        str(key) for key in values if profile.constant == "drop" and spread(values[key], ddof=profile.ddof) == 0.0
    )
    kept = values.drop(columns=list(dropped))
    z = pd.DataFrame({key: zscore(kept[key], ddof=profile.ddof) * direction[str(key)] for key in kept})
    index, contributions = standard_sum(z, ddof=profile.ddof)
    reference = pd.DataFrame(
        {"mean": kept.mean(), "sd": [spread(kept[key], ddof=profile.ddof) for key in kept], "n": len(kept)}
    )
    return _Block(index, z, contributions, reference, dropped)


def _outlier_candidates(status: _Block, dynamics: _Block, residents: pd.Series) -> list[str]:
    """Return small areas that stand far from all others; a list to look at, never a rule (METHODS 1.3)."""
    scores = pd.concat([status.z, dynamics.z.add_suffix("_change")], axis=1)
    far = scores.apply(leave_one_out).abs().max(axis=1) > OUTLIER_Z
    return sorted(scores.index[far & (residents < OUTLIER_RESIDENTS)])


def _parts(
    values: pd.DataFrame, changes: pd.DataFrame, status: _Block, dynamics: _Block, profile: Profile
) -> pd.DataFrame:
    """Return every column of the result, one row an area, missing where left out."""
    low, high = profile.dynamics_limits
    status_class = by_limits(status.index, profile.status_limits, owns=("above", "below", "below"))
    dynamics_class = by_limits(dynamics.index, (low, high), owns=("above", "below")).map(
        dict(enumerate(SIGNS, start=1))
    )
    group = status_class.astype("string").astype(object) + dynamics_class.astype(object)
    scored = pd.DataFrame(
        {
            "status_index": status.index,
            "status_class": status_class,
            "dynamics_index": dynamics.index,
            "dynamics_class": dynamics_class.astype(object),
            "group": group,
            "attention": group.isin(profile.attention).astype("boolean"),
        }
    )
    named = [
        status.z.add_prefix("z_"),
        dynamics.z.add_prefix("z_").add_suffix("_change"),
        status.contributions.add_prefix("contribution_"),
        dynamics.contributions.add_prefix("contribution_").add_suffix("_change"),
    ]
    scored = pd.concat([scored, *named], axis=1)
    scored["status_distance"] = to_nearest_limit(status.index, profile.status_limits)
    scored["dynamics_distance"] = to_nearest_limit(dynamics.index, profile.dynamics_limits)
    parts = scored.reindex(values.index)
    shown = values[list(profile.status)].add_prefix("value_")
    moved = changes[list(profile.dynamics)].add_prefix("change_")
    return pd.concat([parts, shown, moved], axis=1).replace({np.inf: np.nan, -np.inf: np.nan})


def _parameters(profile: Profile, valid: int) -> dict[str, object]:
    return {
        "profile": profile.key,
        "status": list(profile.status),
        "dynamics": list(profile.dynamics),
        "ddof": profile.ddof,
        "status_limits": list(profile.status_limits),
        "dynamics_limits": list(profile.dynamics_limits),
        "limits_belong_to": "middle",
        "min_residents": profile.min_residents,
        "attention": list(profile.attention),
        "reference_areas": valid,
    }
