"""Which rules an area meets, and whether it is flagged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.core.rules import Judgement, clusters, compared, infill, judge, large_enough, pooled, threshold
from qmgis.core.spatial.neighbours import Neighbours
from qmgis.errors import DataError
from qmgis.methods.rules._columns import columns_of
from qmgis.model import AreaResult, IndicatorTable, Profile, Rules, Text, words
from qmgis.scoring import Entry, entering, parameters_of

__all__ = ["score"]


@dataclass(frozen=True, eq=False)
class Flags:
    """The class of each valid area, its cluster, and the areas whose cluster is too small or not beyond the limit."""

    label: pd.Series
    cluster: pd.Series
    dropped: pd.Index


def score(
    table: IndicatorTable,
    *,
    profile: Profile,
    year: int,
    declared: Mapping[str, str] | None = None,
    neighbours: Neighbours | None = None,
) -> AreaResult:
    """Return for each area the rules that it meets, their number, and whether it is flagged.

    Parameters
    ----------
    table
        Shares (0-1) or other numbers; residents as a count.
    profile
        With ``rules``: categories, and infill and clusters where it has them.
    year
        Year of measurement.
    declared
        Areas that a declared decision leaves out, with the reason.
    neighbours
        Who is whose neighbour; needed for infill and clusters only.

    Returns
    -------
    AreaResult
        Index ``area``: every area of the table with rows of that year; ``value`` is the number of categories met,
        ``label`` the class: not flagged, filled in (where the profile asks for it), flagged.

    Raises
    ------
    MissingColumnError
        An indicator of the profile is not in the table.
    NotEnoughDataError
        Fewer than three areas remain, or an indicator whose limit depends on its distribution is constant.
    DataError
        Neighbours are needed and not given, or a limit does not fit its indicator.

    References
    ----------
    Council on Environmental Quality, Climate and Economic Justice Screening Tool: Technical Support Document, 2022;
    décret n° 2014-767 du 3 juillet 2014 (quartiers prioritaires).

    Examples
    --------
    >>> from qmgis.core.spatial.neighbours import queen
    >>> result = score(toy_table(), profile=toy_rules(), year=2024, neighbours=queen(toy_areas().frame.geometry))
    >>> int((result.label == "flagged").sum()), int(result.value.max())
    (9, 2)
    """
    rules = _rules_of(profile, neighbours)
    entry = entering(table, profile=profile, year=year, declared=declared or {})
    _check_limits(rules, table)
    values = entry.values.loc[entry.valid, list(rules.indicators)]
    city = _city_values(entry, table, profile)
    judged = judge({one.key: one.rule for one in rules.categories}, values, city=city)
    flags = _flagged(judged, entry, table, profile, city=city, neighbours=neighbours)
    parts = _parts(judged, flags, entry, profile)
    return AreaResult(
        kind="index",
        key=profile.key,
        title=profile.title,
        value=parts["index"].rename(None),
        label=pd.Series(pd.Categorical(parts["class"], categories=rules.classes, ordered=True), index=parts.index),
        parts=parts,
        columns=columns_of(parts, table, profile, rules),
        left_out=entry.left_out,
        vintage=table.vintage,
        year=year,
        reference=_reference(rules, values),
        parameters={
            **parameters_of(profile, valid=len(entry.valid)),
            "city_values": {key: float(f"{value:.9g}") for key, value in city.items()},
        },
        warnings=(*entry.warnings, *_warnings(judged, flags, values, table, city)),
        credits=tuple(dict.fromkeys(table.indicators[key].credit for key in profile.needs)),
        reference_source=profile.source,
    )


def _rules_of(profile: Profile, neighbours: Neighbours | None) -> Rules:
    rules = profile.rules
    if rules is None:
        raise DataError(
            f'Profile "{profile.key}" has no rules; give it a table [rules] with categories.',
            de=f'Profil "{profile.key}" hat keine Regeln; einen Abschnitt [rules] mit Kategorien angeben.',
        )
    if rules.needs_neighbours and neighbours is None:
        raise DataError(
            f'The rules of "{profile.key}" look at neighbours; give them, such as neighbours = queen(outlines).',
            de=f'Die Regeln von "{profile.key}" betrachten Nachbarn; diese angeben, etwa neighbours = queen(Umrisse).',
        )
    return rules


def _check_limits(rules: Rules, table: IndicatorTable) -> None:
    """Raise where a share is compared with percent, or a count with a part of the city's."""
    for condition in rules.conditions:
        indicator, limit = table.indicators[condition.indicator], condition.limit
        given = limit.amount if limit.kind == "number" else limit.reference
        if indicator.measure == "share" and given is not None and abs(given) > 1:
            raise DataError(
                f'The rules compare the share "{indicator.key}" with {given:g}; shares run from 0 to 1, so write '
                f"{given / 100:g} for {given:g} percent.",
                de=f'Die Regeln vergleichen den Anteil "{indicator.key}" mit {given:g}; Anteile reichen von 0 bis 1, '
                f"also {given / 100:g} für {given:g} Prozent schreiben.",
            )
        if indicator.measure == "count" and limit.needs_city:
            raise DataError(
                f'The rules compare the count "{indicator.key}" with the value of the whole city, which is a sum; use '
                "a share, or give a reference.",
                de=f'Die Regeln vergleichen die Anzahl "{indicator.key}" mit dem Wert der ganzen Stadt, einer Summe; '
                "einen Anteil verwenden oder reference angeben.",
            )


def _counts(entry: Entry, table: IndicatorTable, key: str, residents: str) -> tuple[pd.Series, pd.Series]:
    """Return what an indicator is rebuilt from over several areas: its counts, or its value times residents."""
    values, indicator = entry.values.loc[entry.valid], table.indicators[key]
    if _has_counts(table, key):
        return values[indicator.numerator], values[indicator.denominator]
    whole = values[residents].where(values[key].notna())
    return values[key] * whole, whole


def _has_counts(table: IndicatorTable, key: str) -> bool:
    indicator = table.indicators[key]
    return {indicator.numerator, indicator.denominator} <= set(table.indicators)


def _city_values(entry: Entry, table: IndicatorTable, profile: Profile) -> dict[str, float]:
    """Return the value of the valid areas together, of each indicator that is compared with a factor of it."""
    wanted = [one.indicator for one in profile.rules.conditions if one.limit.needs_city] if profile.rules else []
    found = {}
    for key in dict.fromkeys(wanted):
        value = pooled(*_counts(entry, table, key, profile.residents))
        found[key] = float(value.iloc[0])
    return found


def _flagged(
    judged: Judgement,
    entry: Entry,
    table: IndicatorTable,
    profile: Profile,
    *,
    city: Mapping[str, float],
    neighbours: Neighbours | None,
) -> Flags:
    """Return the class of each valid area: categories, then infill, then clusters."""
    rules, none = _rules_of(profile, neighbours), entry.valid[:0]
    flagged = judged.met.sum(axis=1) >= rules.least
    filled = pd.Series(False, index=flagged.index)
    if rules.infill is not None and neighbours is not None:
        values = entry.values.loc[entry.valid, list(rules.infill.indicators)]
        filled = infill(flagged, judge({"infill": rules.infill}, values, city=city).met["infill"], neighbours)
    cluster = pd.Series(None, index=flagged.index, dtype=object)
    if rules.cluster is not None and neighbours is not None:
        cluster = clusters(flagged | filled, neighbours)
        stays = _staying(cluster, entry, table, profile, city)
        kept = cluster.isin(stays.index[stays])
        none = entry.valid[((flagged | filled) & ~kept).to_numpy()]
        flagged, filled, cluster = flagged & kept, filled & kept, cluster.where(kept, None)
    label = pd.Series("not_flagged", index=flagged.index, dtype=object)
    return Flags(label.mask(filled, "infill").mask(flagged, "flagged"), cluster, none)


def _staying(
    cluster: pd.Series, entry: Entry, table: IndicatorTable, profile: Profile, city: Mapping[str, float]
) -> pd.Series:
    """Return which clusters have enough residents and are beyond the threshold as a whole."""
    asked = profile.rules.cluster if profile.rules else None
    residents = entry.values.loc[entry.valid, profile.residents]
    if asked is None or asked.beyond is None:
        return large_enough(cluster, residents, least=asked.min_residents if asked else 0)
    key = asked.beyond.indicator
    value = pooled(*_counts(entry, table, key, profile.residents), by=cluster)
    limit = threshold(asked.beyond.limit, entry.values.loc[entry.valid, key], city=city.get(key))
    beyond = compared(value, asked.beyond.side, limit)
    return large_enough(cluster, residents, least=asked.min_residents, beyond=beyond)


def _parts(judged: Judgement, flags: Flags, entry: Entry, profile: Profile) -> pd.DataFrame:
    """Return every column of the result, one row an area, missing where left out."""
    count = judged.met.sum(axis=1).astype(float)
    scored = pd.DataFrame({"index": count, "rank": count.rank(method="min", ascending=False), "class": flags.label})
    if profile.attention:
        scored["attention"] = flags.label.isin(profile.attention).astype("boolean")
    scored["conditions"] = judged.conditions.astype(float)
    scored["open"] = judged.open.sum(axis=1).astype(float)
    if profile.rules is not None and profile.rules.cluster is not None:
        scored["cluster"] = flags.cluster.fillna("")  # in no cluster is an answer, not a gap
    met = judged.met.astype("boolean").add_prefix("rule_")
    parts = pd.concat([scored, met], axis=1).reindex(entry.values.index)
    shown = entry.values[list(profile.status)].add_prefix("value_").replace({np.inf: np.nan, -np.inf: np.nan})
    return pd.concat([parts, shown], axis=1)


def _reference(rules: Rules, values: pd.DataFrame) -> pd.DataFrame:
    """Return mean and spread of the indicators whose limit counts standard deviations."""
    keys = list(dict.fromkeys(one.indicator for one in rules.conditions if one.limit.kind == "sd"))
    if not keys:
        return pd.DataFrame()
    known = values[keys]
    return pd.DataFrame({"mean": known.mean(), "sd": known.std(ddof=0), "n": known.notna().sum()})


def _warnings(
    judged: Judgement, flags: Flags, values: pd.DataFrame, table: IndicatorTable, city: Mapping[str, float]
) -> list[Text]:
    """Return what was missing, what the city's value is made of, and what was too small to stay."""
    found, gaps = [], values.isna().sum()
    if gaps.any():
        shown = ", ".join(f"{key} ({count})" for key, count in gaps[gaps > 0].items())
        found.append(words("rules.warning_missing", shown=shown, count=int(judged.open.any(axis=1).sum())))
    weighed = [key for key in city if not _has_counts(table, key)]
    if weighed:
        found.append(words("rules.warning_weighed", names=", ".join(weighed)))
    if len(flags.dropped):
        more = ", …" if len(flags.dropped) > 5 else ""
        shown = ", ".join(map(str, flags.dropped[:5])) + more
        found.append(words("rules.warning_dropped", count=len(flags.dropped), areas=shown))
    return found
