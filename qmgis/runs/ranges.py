"""Need meets gap of a theme with how firmly it stands: guarded trials of its coverage, certainty of the flag."""

from __future__ import annotations

from collections.abc import Mapping

from qmgis import coverage, priority
from qmgis.model import AreaLayer, AreaResult, City, Theme
from qmgis.runs.serving import limits_of, places_of, residents_of

__all__ = ["ranged_theme"]


def ranged_theme(
    city: City,
    areas: AreaLayer,
    theme: Theme,
    *,
    order: AreaResult,
    reached: Mapping[str, AreaResult],
    certainty: AreaResult | None,
) -> AreaResult:
    """Return need meets gap with its ranges; as it is where no residents are known by place.

    ``reached`` are all coverages of the run, as they are shown: no difference to any of them gives few people away.

    Examples
    --------
    >>> city, outcome = toy_city(), toy_outcome()
    >>> order = ranged_theme(city, outcome.areas, city.themes["kita"], order=outcome.priority["kita"],
    ...                      reached=outcome.coverage, certainty=outcome.certainty)
    >>> order.parameters["trials"]
    ['nearer', 'farther', 'slower']
    """
    residents = residents_of(city, theme.group)
    if residents is None:
        return order
    tried = coverage.trials(
        areas, places_of(city, theme), residents=residents, group=theme.group, **limits_of(city, theme)
    )
    tried = coverage.guard_trials(tried, reached[theme.key], reached.values(), secrecy=city.secrecy)
    sure = None if certainty is None else certainty.parts.get("certainty_attention")
    return priority.ranged(order, tried, sure=sure, secrecy=city.secrecy)
