"""Files appear whole or not at all: a temporary name beside them, a sync, a rename."""

from __future__ import annotations

import errno
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from qmgis.errors import OutputError

_STALE = 3600.0  # seconds after which a temporary file belongs to a run that was killed

__all__ = ["atomic_file", "atomic_files", "atomic_write"]

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST}


def atomic_write(path: str | os.PathLike[str], content: bytes) -> None:
    """Write bytes to a file, or leave the file that is there untouched.

    Parameters
    ----------
    path
        The file; missing folders above it are made.
    content
        All of its bytes.

    Raises
    ------
    OutputError
        If the folder cannot be written or the disk is full; no part of the new file is left.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     atomic_write(folder + "/run.json", b"{}")
    ...     Path(folder, "run.json").read_bytes()
    b'{}'
    """
    with atomic_file(path) as temporary, temporary.open("xb") as file:
        file.write(content)


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary name to write to; it takes the file's place when the block ends well.

    The temporary name, ``part_<digits>_<name>``, is in the same folder and keeps the suffix, so that every writer
    accepts it. If the block fails it goes, with whatever lies beside it under that name, and the old file stays.

    Raises
    ------
    OutputError
        If the folder cannot be written or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_file(folder + "/areas.csv") as temporary:
    ...         written = temporary.write_text("area")
    ...     sorted(file.name for file in Path(folder).iterdir())
    ['areas.csv']
    """
    target, temporary = _names(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _sync(temporary)
        temporary.replace(target)
        if os.name != "nt":
            _sync(target.parent)
    except OutputError:
        raise
    except OSError as error:
        raise _explained(error, Path(path)) from error
    finally:
        _clear(temporary)


def atomic_files(folder: str | os.PathLike[str], files: Mapping[str, bytes]) -> None:
    """Write files that belong together: all are on the disk before the first takes its place, and then all do at once.

    Whatever fails or is killed before leaves every old file; between the first new name and the last lies less than
    the time that a write takes. The last of the files is renamed last.

    Raises
    ------
    OutputError
        If the folder cannot be written or the disk is full; then nothing has changed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     atomic_files(folder, {"areas.csv": b"area", "run.json": b"{}"})
    ...     sorted(file.name for file in Path(folder).iterdir())
    ['areas.csv', 'run.json']
    """
    names = {name: _names(Path(folder) / name) for name in files}
    current = Path(folder)
    try:
        for name, (target, temporary) in names.items():
            current = target
            target.parent.mkdir(parents=True, exist_ok=True)
            _clear_stale(target)
            temporary.write_bytes(files[name])
            _sync(temporary)
        for current, _ in names.values():
            if current.is_dir():
                raise IsADirectoryError(errno.EISDIR, "a folder", str(current))
        for current, temporary in names.values():
            temporary.replace(current)
        for parent in {target.parent for target, _ in names.values()} if os.name != "nt" else ():
            _sync(parent)
    except OSError as error:
        raise _explained(error, current) from error
    finally:
        for _, temporary in names.values():
            _clear(temporary)


def _names(path: str | os.PathLike[str]) -> tuple[Path, Path]:
    """Return a file, links followed, and its temporary name."""
    target = Path(os.path.realpath(path))
    return target, target.with_name(f"part_{secrets.token_hex(4)}_{target.name}")


def _clear_stale(target: Path) -> None:
    """Remove what killed runs left of a file."""
    with suppress(OSError):
        for entry in target.parent.iterdir():
            old = re.fullmatch(r"part_[0-9a-f]{8}_(.+)", entry.name)
            if old and old[1] == target.name and time.time() - entry.stat().st_mtime > _STALE:
                entry.unlink()


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear(temporary: Path) -> None:
    """Remove a temporary file and its companions (journals), if they are there."""
    with suppress(OSError):
        for leftover in [entry for entry in temporary.parent.iterdir() if entry.name.startswith(temporary.name)]:
            leftover.unlink()


def _explained(error: OSError, path: Path) -> OutputError:
    """Return the sentence for a fault of the disk."""
    folder = path.parent
    if error.errno in _FULL:
        return OutputError(
            f"{path} was not written, the disk is full: free some space or choose another folder.",
            de=f"{path} wurde nicht geschrieben, der Datenträger ist voll: Platz schaffen oder einen anderen Ordner "
            "wählen.",
        )
    if error.errno in _DENIED:
        return OutputError(
            f"{path} was not written, the folder {folder} is not writable: choose another folder or ask for the right.",
            de=f"{path} wurde nicht geschrieben, in den Ordner {folder} darf nicht geschrieben werden: einen anderen "
            "Ordner wählen oder das Recht dazu geben lassen.",
        )
    if error.errno in _NO_FOLDER:
        return OutputError(
            f"{path} was not written, {folder} is not a folder: choose another folder.",
            de=f"{path} wurde nicht geschrieben, {folder} ist kein Ordner: einen anderen Ordner wählen.",
        )
    if error.errno == errno.EISDIR:
        return OutputError(
            f"{path} was not written, there is a folder of that name: remove it or choose another name.",
            de=f"{path} wurde nicht geschrieben, es gibt einen Ordner dieses Namens: ihn entfernen oder einen anderen "
            "Namen wählen.",
        )
    reason = error.strerror or str(error)
    return OutputError(
        f"{path} was not written ({reason}): check the disk and the folder, then try again.",
        de=f"{path} wurde nicht geschrieben ({reason}): Datenträger und Ordner prüfen, dann noch einmal versuchen.",
    )
