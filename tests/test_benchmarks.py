"""The benchmarks run, and their table says what was compared with what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import local, weights
from benchmarks._timing import by_turns, missing
from qmgis.registry import collect


def test_a_quick_run_gives_ratios_and_says_what_was_skipped(capsys: pytest.CaptureFixture[str]):
    jobs = ["access", "coverage", "crosswalk", "index", "networks", "regions", "siting"]
    assert benchmarks.main([*jobs, "--quick", "--runs", "1"]) == 0
    table = capsys.readouterr().out
    assert table.startswith("job")
    assert "scipy dijkstra" in table
    assert "ours/peer" in table
    assert "<= 1.5x" in table
    assert "only what it touches" in table


def test_the_documentation_gets_a_page(capsys: pytest.CaptureFixture[str]):
    assert benchmarks.main(["index", "--quick", "--runs", "1", "--page"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("Machine: cpus ")
    assert "### Index: composite of standard scores" in page
    assert "| 10,000 x 8 | numpy, one matrix product (index only) |" in page


def test_machines_get_json(capsys: pytest.CaptureFixture[str]):
    assert benchmarks.main(["map", "--quick", "--runs", "1", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {row["unit"] for row in rows} == {"MB", "s"}
    assert all(row["times_peer"] > 0 for row in rows if row["what"].startswith("qmgis"))


def test_spatial_jobs_run_and_say_what_was_skipped(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    for job in (weights, local):  # the peers take half a minute to compile
        monkeypatch.setattr(job, "missing", lambda package: f"skipped: {package} is not installed")
    assert benchmarks.main(["weights", "local", "--quick", "--runs", "1"]) == 0
    table = capsys.readouterr().out
    assert "skipped: libpysal is not installed" in table
    assert "skipped: esda is not installed" in table
    assert "99,999 permutations" in table


def test_an_unknown_job_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]):
    assert benchmarks.main(["covrage"]) == 2
    assert 'Did you mean "coverage"?' in capsys.readouterr().err


def test_tasks_are_timed_by_turns_after_a_warm_up():
    order: list[str] = []
    took = by_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, runs=2)
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert set(took) == {"a", "b"}


def test_an_absent_peer_is_skipped_with_its_reason():
    assert missing("no_such_package") == "skipped: no_such_package is not installed"
    assert missing("scipy") == ""


def test_results_are_written_down_with_their_machine():
    page = (Path(__file__).parents[1] / "docs/benchmarks/index-and-pattern.md").read_text(encoding="utf-8")
    assert "**Machine**" in page
    command = page.partition('ARGS="')[2].partition('"')[0].split()
    assert {"index", "certainty", "weights", "local"} == set(command) <= set(collect("benchmarks", "JOB"))
    for peer in ("pandas", "polars", "libpysal", "esda", "limit: reading the numbers twice"):
        assert peer in page
