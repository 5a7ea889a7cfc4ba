"""A run's results as files: everything is made first, then put in place; nothing is ever half-written."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.io.disk.atomic import atomic_files, atomic_write
from qmgis.io.kinds import Export
from qmgis.io.written.beside import beside
from qmgis.model import City, Lang, Outcome, Text, words
from qmgis.registry import collect
from qmgis.runs.compute import compute
from qmgis.runs.dossiers import DOSSIERS, dossiers_json, editions_of
from qmgis.runs.programme.balance_files import balance_files
from qmgis.runs.programme.effect_files import effect_files
from qmgis.runs.programme.files import programme_files
from qmgis.runs.secrecy.guard import guarded_reference
from qmgis.runs.years.series_files import SERIES, over_time
from qmgis.segregation import DRAWS, SEED
from qmgis.targeting import sentence

__all__ = ["exports", "run_json", "steps_of", "write_city", "write_run"]

Tell = Callable[[Text], None]
# The files of DESIGN 5 that every run gets, and its dossiers; other formats are made on demand by `qmgis export`.
STANDARD = ("gpkg", "qgz", "csv", "csv_de", "xlsx", "shp", "map", "dossiers")
LIBRARIES = ("geopandas", "shapely", "pyproj", "pyogrio", "pandas", "numpy", "scipy")


def _silent(_: Text) -> None:
    """Say nothing."""


def exports() -> dict[str, Export]:
    """Return the ways to write, by key.

    Examples
    --------
    >>> "csv" in exports()
    True
    """
    return collect("qmgis.io.exports", "EXPORT")


def write_run(
    outcome: Outcome,
    folder: str | Path,
    *,
    lang: Lang = "de",
    formats: Iterable[str] = STANDARD,
    editions: Sequence[Outcome] = (),
    more: Mapping[str, bytes] | None = None,
    tell: Tell = _silent,
) -> dict[str, float]:
    """Write an outcome's files into ``folder/<run>/`` and return the seconds that each took.

    All files are made before the first is put in place; ``run.json`` comes last, so that it always belongs to what
    lies beside it. Files of the same names are replaced, others are left alone. ``formats`` are keys of `exports`, and
    ``dossiers``; ``editions`` are the other runs of the city, which dossiers show. ``more`` are files that are
    made already, by name, such as those about other years (`qmgis.runs.years.series_files.over_time`).

    Raises
    ------
    UnknownKeyError
        If there is no such format.
    OutputError
        If the folder cannot be written; then nothing has changed.
    """
    known = {key: (one.filename, partial(one.render, outcome, lang)) for key, one in exports().items()}
    known["dossiers"] = (DOSSIERS, partial(dossiers_json, outcome, editions))
    rendered: dict[str, bytes] = {}
    seconds: dict[str, float] = {}
    for key in formats:
        if key not in known:
            raise UnknownKeyError(
                f'There is no format "{key}".{did_you_mean(key, known)}',
                de=f'Es gibt kein Format "{key}".{did_you_mean(key, known, lang="de")}',
            )
        filename, made = known[key]
        tell(words("runs.write", file=filename))
        start = time.perf_counter()
        rendered[filename] = made()
        seconds[filename] = round(time.perf_counter() - start, 3)
        rendered |= beside(outcome, key)
    rendered |= dict(more or {})
    atomic_files(Path(folder) / outcome.run.key, {**rendered, "run.json": run_json(outcome, lang)})
    return seconds


def write_city(
    city: City,
    folder: str | Path,
    *,
    only: str | None = None,
    lang: Lang | None = None,
    tell: Callable[[str, Text], None] = lambda _run, _text: None,
) -> list[Outcome]:
    """Compute and write every run that the city declares, or only one; return the outcomes.

    Raises
    ------
    QmgisError
        If a run is unknown, its data do not allow it, or the folder cannot be written.
    """
    outcomes, editions = [], editions_of(city)
    for key in [city.run(only or "").key] if only or not city.runs else list(city.runs):
        begun, start = datetime.now(UTC), time.perf_counter()
        outcome = compute(city, key, tell=partial(tell, key))
        computed = time.perf_counter()
        tell(key, words("runs.write", file=SERIES))
        time_files = over_time(city, key)
        spent = {"compute": round(computed - start, 3), SERIES: round(time.perf_counter() - computed, 3)}
        outcome = replace(outcome, warnings=(*outcome.warnings, *time_files.warnings))
        seconds = write_run(
            outcome, folder, lang=lang or city.lang, editions=editions, tell=partial(tell, key),
            more={**time_files.files, **effect_files(city), **balance_files(city, lang or city.lang)},
        )  # fmt: skip
        atomic_write(Path(folder) / key / "log.json", _log(begun, {**spent, **seconds}))
        outcomes.append(outcome)
    files = programme_files(city)
    if files:
        atomic_files(Path(folder), files)
    return outcomes


def steps_of(city: City, *, only: str | None = None) -> int:
    """Return how many steps `write_city` tells of.

    Examples
    --------
    >>> steps_of(toy_city(), only="mss-2022") == 3 + len(STANDARD)
    True
    """
    runs = [city.run(only)] if only else list(city.runs.values())
    return sum(3 + len(run.themes) + bool(run.themes) + len(STANDARD) for run in runs)


def run_json(outcome: Outcome, lang: Lang = "de") -> bytes:
    """Return the recipe file of a run; equal for two runs of one recipe."""
    index = outcome.index
    left_out = outcome.index.left_out
    content: dict[str, Any] = {
        "recipe": outcome.recipe.id,
        "city": outcome.city,
        "run": outcome.run.key,
        "title": outcome.run.title.to(lang),
        "method": outcome.recipe.method,
        "reference": index.reference_source,
        "versions": {"qmgis": outcome.recipe.version, **{name: version(name) for name in LIBRARIES}},
        "parameters": dict(outcome.recipe.parameters),
        "inputs": [{"path": file.path, "sha256": file.sha256} for file in outcome.recipe.inputs],
        "settings": [{"path": file.path, "sha256": file.sha256} for file in outcome.recipe.settings],
        "reference_set": {
            "areas": sorted(set(index.value.index) - set(left_out.index)),
            "indicators": {str(key): row for key, row in guarded_reference(index).to_dict(orient="index").items()},
            "limits": {key: list(limits) for key, limits in index.limits.items()},
        },
        "left_out": {str(area): reason for area, reason in left_out.sort_index().items()},
        "coverage": {key: dict(result.parameters) for key, result in outcome.coverage.items()},
        **_targeting(outcome),
        **({"scenarios": [{"de": one.de, "en": one.en} for one in outcome.answers]} if outcome.answers else {}),
        **_segregation(outcome),
        "credits": list(outcome.credits),
        "warnings": [{"de": text.de, "en": text.en} for text in outcome.warnings],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n").encode()


def _targeting(outcome: Outcome) -> dict[str, Any]:
    """Return what the targeting report says in one sentence; nothing without programme areas."""
    if outcome.targeting is None:
        return {}
    said = sentence(outcome.targeting, outcome.run.on)
    return {"targeting": {"de": said.de, "en": said.en}}


def _segregation(outcome: Outcome) -> dict[str, Any]:
    """Return how unevenly the people behind each share live, and how chance was drawn; nothing without counts."""
    if outcome.segregation is None:
        return {}
    drawn = {"year": outcome.index.year, "draws": DRAWS, "seed": SEED}
    rows = outcome.segregation.to_dict(orient="index")
    return {"segregation": {str(key): {**row, **drawn} for key, row in rows.items()}}


def _log(begun: datetime, seconds: dict[str, float]) -> bytes:
    """Return the only file that differs between two equal runs."""
    content = {
        "start": begun.isoformat(timespec="seconds"),
        "seconds": seconds,
        "machine": {"system": platform.system(), "processor": platform.machine(), "python": platform.python_version()},
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
