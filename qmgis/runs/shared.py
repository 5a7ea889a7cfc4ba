"""What the profiles of a city's run share: one computing of the city, as the readers of the profiles may see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace

import pandas as pd

from qmgis.errors import QmgisError
from qmgis.lifecycle import areas_on
from qmgis.model import City, Outcome, ProgrammeLayer, Run, fingerprint
from qmgis.reports import UNDECIDED
from qmgis.runs.compute import compute
from qmgis.runs.dossiers import editions_of
from qmgis.runs.programme.inregister import without
from qmgis.runs.programme.lives import deadlines_of, figures_of, programme_of
from qmgis.runs.programme.measured import outlines_on
from qmgis.runs.programme.records import checklists_of
from qmgis.runs.report import Known, OfProgramme, unknown_area
from qmgis.runs.reported import balance_in, changes_in, judged_in, supplies_in
from qmgis.runs.years.editions import default_run
from qmgis.runs.years.numbers import series
from qmgis.series import Series

__all__ = ["check_area", "known", "public"]


def public(city: City) -> City:
    """Return a city as the public may see it: few people are more, measures are decided on, notes are for all.

    Whatever is made of it, by whatever section, holds nothing else.

    Examples
    --------
    >>> public(toy_city()).secrecy.min_count
    10
    """
    limits = city.secrecy
    return replace(
        city, secrecy=replace(limits, min_count=max(limits.min_count, limits.public),
                              min_base=max(limits.min_base, limits.public)),
        registers={key: without(register, UNDECIDED) for key, register in city.registers.items()},
        notes=tuple(note for note in city.notes if note.is_public),
    )  # fmt: skip


def known(
    city: City, run: str | None = None, *, is_public: bool = False, outcome: Outcome | None = None,
    areas: Collection[str] | None = None,
) -> Known:  # fmt: skip
    """Return what the profiles of a city share.

    Parameters
    ----------
    city
        As `open_city` gives it.
    run
        Key of a run; by default the newest.
    is_public
        Compute what the public may see (`public`).
    outcome
        The run as it is known already, under the same limits.
    areas
        For the profiles of which areas it is to be enough; by default all. It is for all that are no programme areas;
        those cost most, each of them.

    Examples
    --------
    >>> made = known(toy_city())
    >>> made.outcome.run.key, len(made.areas)
    ('mss-2024', 30)
    """
    seen = public(city) if is_public else city
    outcome = outcome or compute(seen, run or default_run(seen), overlays=False)
    declared, layer = outcome.run, programme_of(seen) if seen.programmes else None
    current = _current(seen, declared)
    wanted = [str(area) for area in current.index if areas is None or area in areas]
    kinds = ("area", "district", "city", *(("programme",) if wanted else ()))
    keys = ["population", *(str(key) for key in outcome.index.parameters["indicators"])]
    lines = {key: found for key in dict.fromkeys(keys) if (found := _lines(seen, key, kinds, declared.vintage))}
    return Known(
        city=seen.key, lang=seen.lang, outcome=outcome, editions=editions_of(seen), lines=lines, programme=layer,
        current=current, deadlines=deadlines_of(seen, declared.on) if layer else pd.DataFrame(),
        rules={rule.key: rule.title for rule in seen.deadlines}, registers=tuple(seen.registers.values()),
        notes=seen.notes, told=_told(seen, layer, current.loc[wanted], declared) if layer else {},
        made_of=_made_of(city), is_public=is_public,
    )  # fmt: skip


def check_area(city: City, area: str, *, run: str | None = None) -> None:
    """Raise unless there is such an area, before anything is computed.

    Raises
    ------
    UnknownKeyError
        If there is no such area in the run, and no such programme area on its day.

    Examples
    --------
    >>> check_area(toy_city(), "01010405")
    """
    declared = city.run(run or default_run(city))
    layer, current = city.area_layers.get(declared.vintage), _current(city, declared)
    ids = [*map(str, layer.frame.index if layer else ()), *map(str, current.index)]
    if area not in ids:
        programme = programme_of(city) if city.programmes else None
        raise unknown_area(area, city=city.key, known=ids, programme=programme, day=declared.on)


def _lines(city: City, key: str, kinds: tuple[str, ...], vintage: str) -> Mapping[str, Series]:
    """Return one number over the years on every level that has it."""
    found = {}
    for kind in kinds:
        try:
            found[kind] = series(city, key, of=kind, vintage=vintage)
        except QmgisError:
            continue  # no districts, or a share whose people are not known
    return found


def _current(city: City, run: Run) -> pd.DataFrame:
    """Return the programme areas of a run's day; no rows where the city has none."""
    return areas_on(programme_of(city), run.on) if city.programmes else pd.DataFrame()


def _told(city: City, layer: ProgrammeLayer, current: pd.DataFrame, run: Run) -> dict[str, OfProgramme]:
    """Return what is known of each programme area alone."""
    figures = figures_of(city, run) if len(current) else pd.DataFrame()
    outlines, found = outlines_on(layer, run.on), {}
    for area in map(str, current.index):
        outline = str(outlines["outline"][area])
        found[area] = OfProgramme(
            outline, figures[figures["outline"] == outline], balance_in(city, area), supplies_in(city, area, run),
            judged_in(city, area, run), changes_in(city, area),
        )  # fmt: skip
    return found


def _made_of(city: City) -> dict[str, str]:
    """Return fingerprints of what a city's profiles rest on beside the recipe of the run."""
    said = {
        "data": [[layer.key, layer.content, [asdict(file) for file in layer.files]] for layer in city.layers],
        "rules": [*([rule.key, rule.content] for rule in city.deadlines),
                  *([one.key, one.content] for one in checklists_of(city).values())],
        "notes": [asdict(note) for note in city.notes],
    }  # fmt: skip
    return {name: fingerprint(content)[:12] for name, content in said.items()}
