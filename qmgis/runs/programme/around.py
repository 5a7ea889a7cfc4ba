"""Who is reached inside the current programme areas of a run, around them and in the city; and by how far it is."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qmgis import coverage
from qmgis.model import AreaLayer, AreaResult, City, ProgrammeLayer, Run, Theme
from qmgis.runs.serving import limits_of, network_of, places_of, residents_of
from qmgis.targeting import states_on

__all__ = ["around_of", "bands_of"]


def around_of(
    city: City, areas: AreaLayer, themes: Mapping[str, Theme], *, run: Run, programme: ProgrammeLayer | None
) -> pd.DataFrame | None:
    """Return for each current programme area and theme who is reached inside, in a ring as wide as the limit, in all.

    In steps of ``min_base`` people, so that nothing is told of the few between an area and a programme area. None
    without current programme areas, themes or residents by place.

    Examples
    --------
    >>> city = toy_city()
    >>> around_of(city, city.areas, city.themes, run=city.run("mss-2024"), programme=toy_programme())["place"].tolist()
    ['inside', 'ring', 'city']
    """
    if programme is None:
        return None
    current = programme.frame[states_on(programme, run.on).eq("current").to_numpy()]
    found = []
    for key, theme in themes.items():
        residents = residents_of(city, theme.group)
        if residents is None or current.empty:
            continue
        exact = coverage.around(
            current, residents, places_of(city, theme), group=theme.group, areas=areas, **limits_of(city, theme)
        )
        shown = coverage.guard_around(exact, secrecy=city.secrecy).rename(columns={"polygon": "programme_area"})
        shown.insert(1, "name", shown["programme_area"].map(current["name"]).astype(object))
        shown.insert(2, "theme", key)
        found.append(shown)
    return pd.concat(found, ignore_index=True) if found else None


def bands_of(
    city: City, areas: AreaLayer, themes: Mapping[str, Theme], *, reached: Mapping[str, AreaResult]
) -> dict[str, pd.DataFrame]:
    """Return for each theme the share of people who have a place within bands of distance, as it may be shown.

    Examples
    --------
    >>> city, outcome = toy_city(), toy_outcome()
    >>> bands_of(city, outcome.areas, city.themes, reached=outcome.coverage)["kita"].columns.tolist()[:2]
    [200.0, 400.0]
    """
    found = {}
    for key, theme in themes.items():
        residents = residents_of(city, theme.group)
        if residents is not None:
            exact = coverage.bands(
                areas, places_of(city, theme), residents=residents, group=theme.group,
                network=network_of(city, theme.mode),
            )  # fmt: skip
            found[key] = coverage.guard_bands(exact, reached[key], reached.values(), secrecy=city.secrecy)
    return found
