"""Runs the benchmarks and prints a table; see the package."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version

from benchmarks._timing import Row, missing
from qmgis.errors import did_you_mean
from qmgis.registry import collect

PACKAGES = (
    "numpy", "pandas", "scipy", "geopandas", "shapely", "polars", "numba", "libpysal", "esda", "exactextract", "folium",
)  # fmt: skip
HEADS = ("job", "size", "what", "value", "ours/peer", "target", "note")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the jobs named (all by default); 2 where one is unknown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("job", nargs="*", help="keys of jobs; all by default")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for machines")
    form.add_argument("--page", action="store_true", help="as a page of the documentation")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run?")
    parser.add_argument("--runs", type=int, default=5, help="runs each figure is the median of")
    asked = parser.parse_args(arguments)
    jobs = collect("benchmarks", "JOB")
    for key in asked.job:
        if key not in jobs:
            print(f'There is no benchmark "{key}".{did_you_mean(key, jobs)}', file=sys.stderr)
            return 2
    rows: list[Row] = []
    for key in asked.job or jobs:
        print(f"{jobs[key].title} …", file=sys.stderr, flush=True)
        rows.extend(jobs[key].run(asked.quick, max(asked.runs, 1)))
    titles = {key: jobs[key].title for key in asked.job or jobs}
    print(_json(rows) if asked.json else _page(rows, titles) if asked.page else _table(rows))
    return 0


def _json(rows: list[Row]) -> str:
    return json.dumps({"machine": _machine(), "rows": [asdict(row) for row in rows]}, indent=1)


def _machine() -> dict[str, str]:
    """Return what the figures depend on: processor, memory, versions."""
    found = {name: version(name) for name in PACKAGES if not missing(name.replace("-", "_"))}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    hardware = {"cpus": str(os.cpu_count()), "memory": f"{memory:.0f} GiB", "processor": platform.machine()}
    return {**hardware, "system": platform.system(), "python": platform.python_version(), **found}


def _page(rows: list[Row], titles: Mapping[str, str]) -> str:
    """Return the tables of all jobs in Markdown."""
    lines = ["Machine: " + ", ".join(f"{name} {value}" for name, value in _machine().items()) + ".", ""]
    for key, title in titles.items():
        lines += [
            f"### {title}",
            "",
            "| size | what | value | ours / peer | target | note |",
            "|---|---|---|---|---|---|",
        ]
        for row in (one for one in rows if one.job == key):
            cells = [cell.replace("|", "\\|") for cell in _cells(row)[1:]]
            lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _table(rows: list[Row]) -> str:
    cells = [HEADS, *(_cells(row) for row in rows)]
    width = [max(len(line[column]) for line in cells) for column in range(len(HEADS))]
    lines = ["  ".join(cell.ljust(width[column]) for column, cell in enumerate(line)).rstrip() for line in cells]
    return "\n".join([lines[0], "-" * sum(width), *lines[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    value = "–" if row.value is None else f"{row.value:.3g} {row.unit}"
    ratio = "" if row.times_peer is None else f"{row.times_peer:.2f}x"
    return (row.job, row.size, row.what, value, ratio, row.target, row.note)


if __name__ == "__main__":
    sys.exit(main())
