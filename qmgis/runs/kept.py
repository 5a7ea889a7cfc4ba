"""What the profiles of a city's run share, kept beside the data: computed once, then read while nothing changes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from qmgis.io.city.inputs import inputs_of, program
from qmgis.io.disk.cache import Cache
from qmgis.io.disk.dataroot import city_folder, data_root
from qmgis.io.disk.packed import Classes, packed, unpacked
from qmgis.model import AreaResult, Outcome
from qmgis.runs.report import Known

__all__ = ["CLASSES", "known_of"]

# Everything that may come out of what is kept; each is checked by its own constructor.
CLASSES: Classes = {
    "qmgis.runs.report": ("Known", "OfProgramme"),
    "qmgis.model": (
        "AreaLayer", "AreaResult", "Backdrop", "CodeList", "Column", "Deadline", "Event", "InputFile", "Note",
        "OrientationValue", "Outcome", "PlaceLayer", "ProgrammeLayer", "Recipe", "Register", "Run", "Text", "Theme",
    ),
    "qmgis.model.register": ("Code",),
    "qmgis.model.city": ("Supply",),
    "qmgis.series": ("Break", "Series"),
    "qmgis.effect": ("Answer", "Check"),
    "qmgis.core.effect.did": ("Estimate",),
    "qmgis.reports": ("Judged",),
    "qmgis.readiness": ("Signals",),
}  # fmt: skip


def known_of(
    folder: Path, *, data: Path | None = None, run: str | None = None, area: str | None = None, is_public: bool = False
) -> Known:
    """Return what profiles share, as it was kept, or computed now and kept for the next time.

    It is read only where every file of the city's folder, every data file, the program and its libraries are those
    that it was computed with, byte by byte. Kept is only what may be shown. What cannot be kept, since no folder may be
    written or a file is damaged, is computed each time.

    Parameters
    ----------
    folder, data
        As `qmgis.io.city.workspace.open_city` takes them.
    run
        By default the newest.
    area
        For the profile of which area or programme area it has to be enough; by default all.

    Raises
    ------
    UnknownKeyError
        There is no such run or area.
    QmgisError
        The city cannot be read or computed.
    """
    folder = city_folder(folder)
    found = inputs_of(folder, data_root(folder, data=data))
    if found is None:
        return _computed(folder, data, run, area=area, is_public=is_public)
    inputs, beside = found
    cache, view = Cache(beside), "public" if is_public else "internal"
    asked = {**inputs, "program": program(), "run": run, "view": view}
    name = f"profiles-{folder.resolve().name}-{run or 'newest'}-{view}"
    for scope in ("all",) if area is None else ("all", "areas"):
        shared = _read(cache, f"{name}-{scope}", {**asked, "scope": scope})
        if shared is not None and (scope == "all" or area in shared.outcome.table.index):
            return shared
    shared = _computed(folder, data, run, area=area, is_public=is_public)
    scope = "all" if set(shared.current.index) <= set(shared.told) else "areas"
    if area is None or scope == "all" or area in shared.outcome.table.index:
        with suppress(TypeError):
            kept = packed(as_shown(shared), CLASSES)
            cache.keep(f"{name}-{scope}", {**asked, "scope": scope}, kept, alone=True)
    return shared


def _read(cache: Cache, name: str, made_of: dict[str, object]) -> Known | None:
    kept = cache.find(name, made_of)
    if kept is None:
        return None
    with suppress(ValueError, TypeError, LookupError):
        shared = unpacked(kept, CLASSES)
        return shared if isinstance(shared, Known) else None
    return None


def _computed(folder: Path, data: Path | None, run: str | None, *, area: str | None, is_public: bool) -> Known:
    from qmgis.io.city.workspace import open_city
    from qmgis.runs.shared import check_area, known
    from qmgis.runs.years.editions import default_run

    city = open_city(folder, data=data)
    if area is None:
        return known(city, run, is_public=is_public)
    check_area(city, area, run=run)
    layer = city.area_layers[city.run(run or default_run(city)).vintage]
    return known(city, run, is_public=is_public, areas=(area,) if area in layer.frame.index else None)


def as_shown(shared: Known) -> Known:
    """Return the same without what no profile shows: exact parts of results, settings, the targeting report."""
    return replace(shared, outcome=_outcome(shared.outcome), editions=tuple(_outcome(one) for one in shared.editions))


def _outcome(outcome: Outcome) -> Outcome:
    changes: dict[str, Any] = dict.fromkeys(("profile", "programme", "targeting", "segregation", "around"))
    for name in ("index", "certainty", "pattern"):
        one = getattr(outcome, name)
        changes[name] = None if one is None else _seen(one)
    for name in ("coverage", "priority", "supply"):
        changes[name] = {key: _seen(one) for key, one in getattr(outcome, name).items()}
    return replace(outcome, **changes)


def _seen(result: AreaResult) -> AreaResult:
    """Return what may be seen of a result; of the values only which areas have one."""
    return replace(result, parts=result.seen, shown=None, value=result.value.where(result.value.isna(), 1.0))
