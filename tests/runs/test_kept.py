"""What profiles share, kept: read while nothing changes, made anew when anything does, never more than is shown."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qmgis.errors import UnknownKeyError
from qmgis.io.city.newcity import new_city
from qmgis.runs import kept
from qmgis.runs.atlas import profile_files
from qmgis.runs.kept import known_of
from tests.toy import toy_outcome


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


@pytest.fixture
def computed(monkeypatch):
    """Counts how often a city is computed."""
    seen, real = [], kept._computed
    monkeypatch.setattr(kept, "_computed", lambda *given, **asked: seen.append(asked) or real(*given, **asked))
    return seen


def files(town: Path) -> list[Path]:
    return sorted(town.rglob(".qmgis/*"))


def test_the_second_time_reads_and_gives_the_same_bytes(town, computed):
    first = known_of(town)
    area = first.areas[3]
    again = known_of(town, area=area)
    assert len(computed) == 1
    assert again is not first
    for lang in ("de", "en"):
        assert profile_files(again, area, lang=lang) == profile_files(first, area, lang=lang)
    assert len(files(town)) == 1


def test_views_are_kept_apart_and_an_old_one_goes(town, computed):
    known_of(town)
    known_of(town, is_public=True)
    assert [asked["is_public"] for asked in computed] == [False, True]
    before = files(town)
    file = next(town.rglob("city.toml"))
    file.write_text(file.read_text("utf-8") + "\n# a remark\n", encoding="utf-8")
    known_of(town)
    assert len(computed) == 3
    assert len(files(town)) == 2
    assert len(set(files(town)) & set(before)) == 1


@pytest.mark.parametrize("harm", ["empty", "cut", "flipped", "other"])
def test_what_is_damaged_is_computed_again(harm, town, computed):
    area = known_of(town).areas[0]
    (file,) = files(town)
    whole = file.read_bytes()
    middle = len(whole) // 2
    if harm == "other":
        np.savez(file, words=np.frombuffer(b'{"~":"Popen"}', np.uint8), numbers=np.zeros(1, np.uint8))
    else:
        flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
        file.write_bytes({"empty": b"", "cut": whole[:middle], "flipped": flipped}[harm])
    assert known_of(town, area=area).areas[0] == area
    assert len(computed) == 2
    assert known_of(town, area=area).areas[0] == area
    assert len(computed) == 2


def test_another_program_computes_again(town, computed, monkeypatch):
    known_of(town)
    monkeypatch.setattr(kept, "program", lambda: "other")
    known_of(town)
    assert len(computed) == 2


def test_a_folder_that_cannot_be_written_is_left_alone(town, computed, monkeypatch):
    for folder, _, _ in os.walk(town):
        Path(folder).chmod(0o555)
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    area = known_of(town).areas[0]
    assert known_of(town, area=area).areas[0] == area
    assert len(computed) == 2
    for folder, _, _ in os.walk(town):
        Path(folder).chmod(0o755)
    assert not files(town)


def test_a_wrong_id_is_told_with_and_without_what_is_kept(town):
    area = str(known_of(town).areas[0])
    with pytest.raises(UnknownKeyError, match="Did you mean"):
        profile_files(known_of(town, area=f"{area}X"), f"{area}X")
    for file in files(town):
        file.unlink()
    with pytest.raises(UnknownKeyError, match="Did you mean"):
        known_of(town, area=f"{area}X")
    assert not files(town)


def test_only_what_may_be_shown_is_kept():
    outcome = toy_outcome()
    index = outcome.index
    shown = index.parts.copy()
    shown.iloc[2] = None
    secret = replace(outcome, index=replace(index, shown=shown), coverage={"kita": replace(index, shown=shown)})
    found = kept._outcome(secret)
    for result in (found.index, found.coverage["kita"]):
        assert result.parts.iloc[2].isna().all()
        assert result.seen is result.parts
        assert set(result.value.dropna()) == {1.0}
        assert result.value.isna().equals(index.value.isna())
    assert found.profile is None
