"""Files appear whole or not at all: failures, a full disk, a folder that may not be written, kill -9."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qmgis.errors import OutputError
from qmgis.io.disk import atomic
from qmgis.io.disk.atomic import atomic_file, atomic_files, atomic_write
from tests.io.disks import tmpfs


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_new_file_makes_its_folders(tmp_path):
    atomic_write(tmp_path / "run" / "areas.csv", b"area\n")
    assert (tmp_path / "run" / "areas.csv").read_bytes() == b"area\n"
    assert names(tmp_path / "run") == ["areas.csv"]


def test_replaces_and_keeps_nothing_else(tmp_path):
    atomic_write(tmp_path / "a.csv", b"old, and longer")
    atomic_write(tmp_path / "a.csv", b"new")
    assert (tmp_path / "a.csv").read_bytes() == b"new"
    assert names(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("fault", [ValueError("x"), KeyboardInterrupt(), OSError("x")])
def test_failure_leaves_the_old_file(tmp_path, fault):
    target = tmp_path / "results.gpkg"
    target.write_bytes(b"old")

    def fail() -> None:
        with atomic_file(target) as temporary:
            temporary.write_bytes(b"half")
            temporary.with_name(temporary.name + "-journal").write_bytes(b"journal")
            raise fault

    with pytest.raises(OutputError if isinstance(fault, OSError) else type(fault)):
        fail()
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["results.gpkg"]


def test_temporary_name_is_plain_and_keeps_the_suffix(tmp_path):
    with atomic_file(tmp_path / "results.gpkg") as temporary:
        temporary.write_bytes(b"x")
        assert temporary.parent == tmp_path.resolve()
        assert temporary.suffix == ".gpkg"
        assert temporary.name[0].isalpha()


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    atomic_write(tmp_path / "link.csv", b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"


def test_nothing_written_is_an_error(tmp_path):
    with pytest.raises(OutputError), atomic_file(tmp_path / "x.csv"):
        pass
    assert names(tmp_path) == []


def test_folder_is_a_file(tmp_path):
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(OutputError, match="is not a folder") as error:
        atomic_write(tmp_path / "out" / "a.csv", b"x")
    assert "kein Ordner" in error.value.say("de")
    with pytest.raises(OutputError):
        atomic_write(tmp_path / "out" / "deeper" / "a.csv", b"x")


def test_target_is_a_folder(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(OutputError, match="folder of that name"):
        atomic_write(tmp_path / "a.csv", b"x")
    assert names(tmp_path) == ["a.csv"]


def test_name_too_long(tmp_path):
    with pytest.raises(OutputError):
        atomic_write(tmp_path / ("x" * 300 + ".csv"), b"x")
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_unwritable_folder_as_user(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="not writable"):
        atomic_write(tmp_path / "locked" / "a.csv", b"x")


def test_read_only_file_system(tmp_path):
    with tmpfs(tmp_path / "disk", "size=1m,ro") as disk:
        with pytest.raises(OutputError, match="not writable") as error:
            atomic_write(disk / "a.csv", b"x")
        assert "darf nicht geschrieben werden" in error.value.say("de")


def test_full_disk_keeps_the_old_file(tmp_path):
    with tmpfs(tmp_path / "disk", "size=256k") as disk:
        atomic_write(disk / "a.csv", b"old")
        with pytest.raises(OutputError, match="disk is full") as error:
            atomic_write(disk / "a.csv", b"x" * 1_000_000)
        assert "voll" in error.value.say("de")
        assert (disk / "a.csv").read_bytes() == b"old"
        assert names(disk) == ["a.csv"]


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("wait", [0.0, 0.02, 0.05])
def test_killed_while_writing(tmp_path, wait):
    """A writer that never pauses is killed: the file is one of the whole ones."""
    program = (
        "import sys; from qmgis.io.disk.atomic import atomic_write\n"
        "for n in range(10**9):\n"
        "    atomic_write(sys.argv[1], bytes([n % 256]) * 3_000_000)\n"
        "    print(n, flush=True)\n"
    )
    target = tmp_path / "results.gpkg"
    with subprocess.Popen([sys.executable, "-c", program, str(target)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
    content = target.read_bytes()
    assert len(content) == 3_000_000
    assert len(set(content)) == 1


def test_files_that_belong_together_change_together(tmp_path):
    atomic_files(tmp_path, {"a.csv": b"old", "run.json": b"old"})
    (tmp_path / "notes.txt").write_bytes(b"mine")
    atomic_files(tmp_path, {"a.csv": b"new", "run.json": b"new"})
    assert [(tmp_path / name).read_bytes() for name in ("a.csv", "run.json", "notes.txt")] == [b"new", b"new", b"mine"]
    assert names(tmp_path) == ["a.csv", "notes.txt", "run.json"]


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
@pytest.mark.parametrize("when", [1, 2, 3])
def test_none_of_the_files_changes_where_one_cannot_be_synced(tmp_path, monkeypatch, fault, when):
    """A full disk may show in the sync only, after the first files were written well."""
    files = ("a.csv", "b.csv", "run.json")
    atomic_files(tmp_path, dict.fromkeys(files, b"old"))
    calls = []

    def sync(path):
        calls.append(path)
        if len(calls) == when:
            raise fault

    monkeypatch.setattr(atomic, "_sync", sync)
    with pytest.raises(OutputError if isinstance(fault, OSError) else KeyboardInterrupt):
        atomic_files(tmp_path, dict.fromkeys(files, b"new"))
    assert [(tmp_path / name).read_bytes() for name in files] == [b"old"] * 3
    assert names(tmp_path) == sorted(files)


def test_a_folder_in_the_way_of_the_last_keeps_the_first(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"old")
    (tmp_path / "run.json").mkdir()
    with pytest.raises(OutputError, match="there is a folder of that name"):
        atomic_files(tmp_path, {"a.csv": b"new", "run.json": b"new"})
    assert (tmp_path / "a.csv").read_bytes() == b"old"


def test_what_a_killed_run_left_goes_with_the_next(tmp_path):
    old, other = tmp_path / "part_0123abcd_a.csv", tmp_path / "part_0123abcd_mine.csv"
    for file in (old, other):
        file.write_bytes(b"half")
        os.utime(file, (time.time() - 7200,) * 2)
    fresh = tmp_path / "part_4567abcd_a.csv"
    fresh.write_bytes(b"another run at work")
    atomic_files(tmp_path, {"a.csv": b"new"})
    assert names(tmp_path) == ["a.csv", other.name, fresh.name]
