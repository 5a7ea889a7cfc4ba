"""Profiles as files: names, one area and all, going on where it stopped, Berlin's 542 areas in time."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace

import pytest

from qmgis.io.city.workspace import open_city
from qmgis.io.rules.deadlines import deadline_rules
from qmgis.runs import atlas
from qmgis.runs.atlas import ATLAS, profile_files, profile_name, write_profiles
from qmgis.runs.shared import known
from tests.toy import toy_city, toy_programme

CITY = replace(toy_city(), programmes={"programme": toy_programme()})


@pytest.fixture(scope="module")
def shared():
    return known(CITY)


@pytest.mark.parametrize(
    "area", ["../../etc/passwd", "a/b", "a\\b", "CON", "x" * 400, "ä ö", "..", "", "a\x00b", "=cmd|' /C calc'!A0"]
)
def test_names_are_safe_in_every_folder(area):
    name = profile_name("stadt", area)
    assert re.fullmatch(r"stadt-[A-Za-z0-9._-]{0,90}", name)
    assert len(name) <= 90


def test_ids_that_look_alike_as_names_stay_apart():
    ids = ["a/b", "a\\b", "a b", "a_b", "x" * 100, "x" * 101]
    assert len({profile_name("stadt", area) for area in ids}) == len(ids)


def test_one_area_gives_two_files(shared, tmp_path):
    done = write_profiles(shared, tmp_path, ["01010405"])
    assert (done.made, done.kept) == (("01010405",), ())
    assert {file.name for file in tmp_path.iterdir()} == {ATLAS, "toy-01010405.pdf", "toy-01010405.html"}
    assert profile_files(shared, "01010405")["toy-01010405.pdf"] == (tmp_path / "toy-01010405.pdf").read_bytes()


def test_one_kind_is_made_where_one_is_asked_for(shared):
    both = profile_files(shared, "01010405")
    assert profile_files(shared, "01010405", kinds=("html",)) == {"toy-01010405.html": both["toy-01010405.html"]}
    assert profile_files(shared, "01010405", kinds=("docx",)) == {}


def test_work_that_was_stopped_goes_on(shared, tmp_path, monkeypatch):
    areas, files = shared.areas[:5], atlas.profile_files

    def stops(of, area, **asked):
        if area == areas[3]:
            raise KeyboardInterrupt
        return files(of, area, **asked)

    monkeypatch.setattr(atlas, "profile_files", stops)
    with pytest.raises(KeyboardInterrupt):
        write_profiles(shared, tmp_path, areas)
    monkeypatch.setattr(atlas, "profile_files", files)
    assert not [file for file in tmp_path.iterdir() if file.name.startswith("part_")]
    (tmp_path / f"toy-{areas[1]}.html").unlink()
    done = write_profiles(shared, tmp_path, areas)
    assert done.kept == (areas[0], areas[2])
    assert done.made == (areas[1], *areas[3:])


def test_another_language_view_or_note_makes_all_anew(shared, tmp_path):
    area = shared.areas[0]
    write_profiles(shared, tmp_path, [area], lang="de")
    assert write_profiles(shared, tmp_path, [area], lang="de").kept == (area,)
    assert write_profiles(shared, tmp_path, [area], lang="en").made == (area,)
    assert write_profiles(replace(shared, is_public=True), tmp_path, [area], lang="en").made == (area,)
    assert json.loads((tmp_path / ATLAS).read_text("utf-8"))["view"] == "public"


def test_a_profile_of_something_else_is_never_kept(shared, tmp_path):
    one, other = shared.areas[:2]
    write_profiles(shared, tmp_path, [one, other], lang="de")
    assert write_profiles(shared, tmp_path, [one], lang="en").made == (one,)
    assert write_profiles(shared, tmp_path, [one, other], lang="en") == atlas.Written(tmp_path, (other,), (one,))
    ruled = known(replace(CITY, deadlines=deadline_rules()))
    assert write_profiles(ruled, tmp_path, [one, other], lang="en").kept == ()


def test_all_are_the_areas_and_the_programme_areas_of_the_day(shared):
    assert len(shared.areas) == 31
    assert shared.areas[-1] == "QM-01"


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_all_areas_of_berlin_in_ten_minutes(realdata, tmp_path):
    start = time.process_time()  # a machine that others use too is no fault of ours
    shared = known(open_city("layers/berlin", data=realdata), "mss-2021")
    done = write_profiles(shared, tmp_path, shared.areas)
    assert len(done.made) == 542
    assert time.process_time() - start < 600
    assert all((tmp_path / f"berlin-{area}.pdf").stat().st_size > 20_000 for area in done.made)
