"""A city's data in the hands of several methods: the method check, and two profiles on the same areas and year."""

from __future__ import annotations

from qmgis.errors import DataError, NotEnoughDataError
from qmgis.methodcheck import MethodCheck, check_method
from qmgis.model import AreaResult, City, Profile
from qmgis.runs.steps import area_layer, score, settled

__all__ = ["both_scores", "check_profile", "when"]


def when(city: City, *, method: str | None = None, run: str | None = None, year: int | None = None) -> tuple[int, str]:
    """Return year and version of the areas: of a run, of a year, or of the newest run (of a method, where it has one).

    Raises
    ------
    DataError
        Run and year are both given.
    UnknownKeyError, NotEnoughDataError
        The city has no such run, or no values of that year.

    Examples
    --------
    >>> when(toy_city()), when(toy_city(), run="mss-2022"), when(toy_city(), year=2023)
    ((2024, 'toy-2022'), (2022, 'toy-2022'), (2023, 'toy-2022'))
    """
    if run is not None and year is not None:
        raise DataError(
            f'Run "{run}" has its own year; give either --run or --year.',
            de=f'Der Lauf "{run}" hat sein eigenes Jahr; entweder --run oder --year angeben.',
        )
    if run is not None:
        return city.run(run).year, city.run(run).vintage
    if year is not None:
        return year, area_layer(city, year=year).vintage
    own = [one for one in city.runs.values() if one.method == method]
    for one in sorted(own or city.runs.values(), key=lambda each: each.year, reverse=True):
        return one.year, one.vintage
    layer = area_layer(city)
    years = city.tables[layer.vintage].years
    if not years:
        raise NotEnoughDataError(
            f'{city.key} has no values for the areas "{layer.vintage}"; add an indicator with an edition.',
            de=f'{city.key} hat keine Werte für die Gebiete "{layer.vintage}"; einen Indikator mit einer Ausgabe '
            "ergänzen.",
        )
    return years[-1], layer.vintage


def check_profile(city: City, profile: Profile, *, year: int, areas: str) -> MethodCheck:
    """Return whether the indicators of a profile belong together in a city's year.

    Areas with a number that is too small to be shown are not in it: each correlation is one more equation from which
    such a number could be computed back.

    Examples
    --------
    >>> check_profile(toy_city(), toy_profile(), year=2024, areas="toy-2022").blocks["status"].areas
    27
    """
    settings, table, declared = settled(city, method=profile, year=year, areas=areas)
    seen = score(city, method=profile, year=year, areas=areas).seen
    columns = {key: "index" if key == "index" else f"{key}_index" for key in settings.blocks}
    shown = {key: seen.index[seen[column].notna()] for key, column in columns.items()}
    return check_method(table, profile=settings, year=year, declared=declared, shown=shown)


def both_scores(city: City, first: Profile, second: Profile, *, year: int, areas: str) -> tuple[AreaResult, AreaResult]:
    """Return the index of a city's year by two profiles, each guarded by the city's limits.

    Examples
    --------
    >>> one, other = both_scores(toy_city(), toy_profile(), toy_composite(), year=2024, areas="toy-2022")
    >>> one.key, other.key
    ('mss-2021', 'toy-index')
    """
    one, other = (score(city, method=each, year=year, areas=areas) for each in (first, second))
    return one, other
