"""Files appear whole or not at all: failures, a full disk, a folder that may not be written, kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qmgis.errors import OutputError
from qmgis.io.atomic import atomic_file, atomic_write
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
        "import sys; from qmgis.io.atomic import atomic_write\n"
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
