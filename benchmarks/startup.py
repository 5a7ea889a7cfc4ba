"""How long one waits before anything happens; each figure a new process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from benchmarks._timing import Job, Row

COMMANDS = {
    "python, nothing": ["-c", "pass"],
    "import qmgis": ["-c", "import qmgis"],
    "import geopandas": ["-c", "import geopandas"],
    "qmgis --help": ["-m", "qmgis", "--help"],
}


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows; ratios are against ``import geopandas``."""
    took: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(1 if quick else runs + 1):
        for name, arguments in COMMANDS.items():
            start = perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
            if turn or quick:
                took[name].append(perf_counter() - start)
    peer = median(took["import geopandas"])
    for name, seconds in took.items():
        target = "< 0.4 s" if name == "qmgis --help" else ""
        ratio = median(seconds) / peer if name in ("import qmgis", "qmgis --help") else None
        yield Row("startup", "", name, median(seconds), times_peer=ratio, target=target)


JOB = Job("startup", "Start-up: first words", run)
