"""Files appear whole or not at all: a temporary name beside them, a sync, a rename."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qmgis.errors import OutputError

__all__ = ["atomic_file", "atomic_write"]

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
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f"part_{secrets.token_hex(4)}_{target.name}")
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
