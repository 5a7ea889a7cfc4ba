"""Is a city usable? Every problem with file, row, column and remedy, and a table of its layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from qmgis.errors import QmgisError
from qmgis.i18n import number, percent, say
from qmgis.io.city.workspace import Loaded, city_of, load
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.declared.schema import Place
from qmgis.io.profiles.files import profile
from qmgis.model import Lang, Problem, Text, words
from qmgis.registry import collect
from qmgis.scoring import neighbours_for

__all__ = ["Report", "check_city"]

_ORDER = {"error": 0, "warning": 1, "note": 2}
_RIGHT = ("rows", "unjoined", "missing")
COLUMNS = ("layer", "kind", "rows", "years", "vintages", "unjoined", "missing")


@dataclass(frozen=True, eq=False)
class Report:
    """What a check found.

    Parameters
    ----------
    problems
        Errors first, then warnings, then notes; within a level as they were met.
    summary
        One row a layer: ``layer``, ``kind``, ``rows`` (in the file), ``years``, ``vintages``, ``unjoined`` (rows whose
        id is no area), ``missing`` (share of area values that are missing, 0-1).
    lang
        The language of the city.
    """

    problems: tuple[Problem, ...]
    summary: pd.DataFrame
    lang: Lang = "de"

    @property
    def usable(self) -> bool:
        """Whether the city can be opened and its runs computed: no problem is an error."""
        return not any(problem.level == "error" for problem in self.problems)

    def as_dict(self, lang: Lang) -> dict[str, Any]:
        """Return the report as plain values, for machines."""
        problems = [
            {
                "level": one.level, "what": one.what.to(lang), "file": one.file, "row": one.row, "column": one.column,
                "remedy": one.remedy.to(lang),
            }
            for one in self.problems
        ]  # fmt: skip
        rows = self.summary.astype(object).where(self.summary.notna(), None)
        return {"usable": self.usable, "problems": problems, "layers": rows.to_dict("records")}

    def table(self, lang: Lang) -> str:
        """Return the table of layers as text in columns."""
        heads = [say(f"check.column_{name}", lang) for name in COLUMNS]
        rows = [heads, *(_cells(row, lang) for row in self.summary.to_dict("records"))]
        widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
        rows.insert(1, ["-" * width for width in widths])
        lines = [
            "  ".join(cell.rjust(width) if name in _RIGHT else cell.ljust(width) for name, cell, width in columns)
            for columns in (zip(COLUMNS, row, widths, strict=True) for row in rows)
        ]
        return "\n".join(line.rstrip() for line in lines)


def _cells(row: Mapping[Any, Any], lang: Lang) -> list[str]:
    return [
        row["layer"],
        say(f"check.kind_{row['kind']}", lang),
        number(row["rows"], lang),
        row["years"],
        row["vintages"],
        number(row["unjoined"], lang),
        percent(row["missing"], lang),
    ]


def check_city(folder: Path | str, *, data: Path | str | None = None) -> Report:
    """Return every problem of a city's layers and data; nothing is changed, and nothing is raised for bad data.

    Parameters
    ----------
    folder
        The folder with ``city.toml``.
    data
        The data root, as for `open_city`.

    Examples
    --------
    >>> import tempfile
    >>> from qmgis.io.city.newcity import new_city
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     report = check_city(new_city(Path(parent) / "neustadt"))
    >>> report.usable, report.problems
    (True, ())
    """
    try:
        loaded = load(folder, data=data)
    except QmgisError as error:
        problem = Problem("error", Text(error.say("de"), error.say("en")), file=str(folder))
        return Report((problem,), pd.DataFrame(columns=list(COLUMNS)))
    found = loaded.problems + (_impossible_runs(loaded) if loaded.usable else [])
    problems = sorted(found, key=lambda one: _ORDER[one.level])
    lang: Lang = loaded.city_file.lang if loaded.city_file else "de"
    return Report(tuple(problems), _summary(loaded), lang)


def _impossible_runs(loaded: Loaded) -> list[Problem]:
    """Return the runs whose index cannot be computed: too few areas, an indicator that is the same everywhere."""
    found: list[Problem] = []
    declared = loaded.city_file
    if declared is None:
        return found
    city, methods = city_of(loaded, declared), collect("qmgis.methods", "METHOD")
    for place, run in enumerate(city.runs.values()):
        settings = profile(run.method, known=loaded.all_profiles)
        try:
            excluded = city.declared(run.vintage, run.year)
            beside = neighbours_for(settings, city.area_layers[run.vintage])
            table = city.tables[run.vintage]
            methods[settings.method].score(table, profile=settings, year=run.year, declared=excluded, **beside)
        except QmgisError as error:
            what = words("check.run_impossible", run=run.key, reason=Text(error.say("de"), error.say("en")))
            row = Place(declared.place.file, declared.place.text, "run", place).row("id")
            found.append(Problem("error", what, file=declared.place.file, row=row))
    return found


def _summary(loaded: Loaded) -> pd.DataFrame:
    infos = {info.key: info for info in loaded.infos}
    rows = []
    for layer in loaded.layers:
        info = infos.get(layer.key)
        rows.append(
            {
                "layer": layer.key, "kind": layer.kind,
                "rows": np.nan if info is None or info.rows is None else info.rows,
                "years": _spans(info.years) if info else "",
                "vintages": ", ".join(info.vintages) if info else "",
                "unjoined": _unjoined(layer, loaded), "missing": _missing(layer, loaded),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _spans(years: tuple[int, ...]) -> str:
    """Return years as text, three or more in a row as a span.

    >>> _spans((2005, 2006, 2007, 2010, 2011))
    '2005-2007, 2010, 2011'
    """
    parts: list[list[int]] = []
    for year in years:
        if parts and year == parts[-1][-1] + 1:
            parts[-1].append(year)
        else:
            parts.append([year])
    texts = [[f"{part[0]}-{part[-1]}"] if len(part) > 2 else [str(year) for year in part] for part in parts]
    return ", ".join(text for part in texts for text in part)


def _unjoined(layer: LayerFile, loaded: Loaded) -> float:
    own = [one.unjoined for one in loaded.measured if one.indicator == layer.key]
    return float(sum(own)) if own else np.nan


def _missing(layer: LayerFile, loaded: Loaded) -> float:
    """Return the share of areas without value, over the years in which the indicator was measured at all."""
    shares = []
    for table in loaded.tables.values():
        if layer.key in table.indicators:
            gone = table.frame[layer.key].isna()
            by_year = gone.groupby(level="year").agg(["sum", "size"])
            measured = by_year[by_year["sum"] < by_year["size"]]
            shares.append((int(measured["sum"].sum()), int(measured["size"].sum())))
    cells = sum(size for _, size in shares)
    return sum(absent for absent, _ in shares) / cells if cells else np.nan
