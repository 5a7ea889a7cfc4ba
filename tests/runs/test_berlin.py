"""`qmgis run layers/berlin` gives the publisher's classes in the file that people take away."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.methods.test_mss import column, workbook

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {"mss-2013": (434, 51), "mss-2017": (436, 44), "mss-2021": (536, 56)}
pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def folder(realdata, tmp_path_factory):
    out = tmp_path_factory.mktemp("berlin")
    command = ["run", "layers/berlin", "--data", str(realdata), "--out", str(out), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "qmgis", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    summary = {run["run"]: (run["scored"], run["attention"]) for run in json.loads(done.stdout)}
    assert summary == COUNTS
    return out


def rows(folder, run):
    with (folder / run / "areas.csv").open(encoding="utf-8", newline="") as file:
        return {row["area"]: row for row in csv.DictReader(file)}


def groups(realdata, run):
    """The publisher's group of every valid area, such as ``2+/-``."""
    mss = realdata / "berlin" / "mss"
    if run == "mss-2021":
        with (mss / "wfs_2021" / "mss_2021_indizes.csv").open(encoding="utf-8", newline="") as file:
            signs = {"1": "+", "3": "+/-", "5": "-"}
            valid = [row for row in csv.DictReader(file) if row["KOM"] == "gültig"]
            return {row["PLR_ID"]: row["SI_N"] + signs[row["DI_N"]] for row in valid}
    name = "MSS_2013_cutforR.xls" if run == "mss-2013" else "2017_MSS_cut.xlsx"
    frame = column(workbook(mss / name), "Status/Dynamik-Index (Gruppe)").astype(str)
    return {str(area): group for area, group in frame.items() if group[0] in "1234" and group[1:]}


@pytest.mark.parametrize("run", list(COUNTS))
def test_every_class_is_the_publishers(folder, realdata, run):
    truth, ours = groups(realdata, run), rows(folder, run)
    assert len(truth) == COUNTS[run][0]
    assert {area: ours[area]["group"] for area in truth} == truth
    left_out = {area for area, row in ours.items() if row["left_out"]}
    assert left_out == set(ours) - set(truth)
    assert sum(row["attention"] == "true" for row in ours.values()) == COUNTS[run][1]


def test_the_renamed_area_carries_its_own_name(folder):
    assert rows(folder, "mss-2017")["09041402"]["name"] == "Allende II"
