"""Runs the benchmarks and prints a table; see the package."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict

from benchmarks._timing import Row
from qmgis.errors import did_you_mean
from qmgis.registry import collect

HEADS = ("job", "size", "what", "value", "ours/peer", "target", "note")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the jobs named (all by default); 2 where one is unknown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("job", nargs="*", help="keys of jobs; all by default")
    parser.add_argument("--json", action="store_true", help="for machines")
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
    print(_json(rows) if asked.json else _table(rows))
    return 0


def _json(rows: list[Row]) -> str:
    machine = {"python": platform.python_version(), "cpus": os.cpu_count(), "system": platform.system()}
    return json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, indent=1)


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
