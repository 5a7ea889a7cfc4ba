"""Zip files, opened with suspicion: caps on entries, ratio and size; no path leaves the folder, no links."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from qmgis.errors import SourceError
from qmgis.i18n import number

MAX_ENTRIES = 10_000
MAX_BYTES = 4_000_000_000
MAX_RATIO = 200
SMALL = 10_000_000  # below this many bytes no ratio is suspicious
_CHUNK = 1 << 20

__all__ = ["MAX_BYTES", "MAX_ENTRIES", "MAX_RATIO", "check", "extract", "unpacked_bytes"]


def check(path: Path) -> tuple[str, ...]:
    """Return the names of the files in a zip, after looking at what it claims to be.

    Raises
    ------
    SourceError
        If it is no zip, has too many or too large entries, a path that leads outside, or a link.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SourceError(
            f"{path.name} is not a zip file, or a broken one.", de=f"{path.name} ist keine oder eine defekte Zip-Datei."
        ) from error
    if len(entries) > MAX_ENTRIES:
        raise _refused(path, f"{len(entries)} entries are too many", f"{len(entries)} Einträge sind zu viele")
    for entry in entries:
        _check_entry(path, entry)
    total, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if total > MAX_BYTES or (total > SMALL and total > MAX_RATIO * max(packed, 1)):
        raise _refused(
            path,
            f"it unpacks from {packed / 1e6:.1f} to {total / 1e6:,.0f} MB, which looks like a zip bomb",
            f"sie würde von {number(packed / 1e6, 'de', digits=1)} auf {number(total / 1e6, 'de')} MB anwachsen, "
            "wie eine Zip-Bombe",
        )
    names = [entry.filename for entry in entries if not entry.is_dir()]
    if len({name.lower() for name in names}) != len(names):
        raise _refused(path, "it holds two files of one name", "sie enthält zwei Dateien mit einem Namen")
    return tuple(names)


def unpacked_bytes(path: Path) -> int:
    """Return how many bytes a checked zip claims to hold; `extract` lets no entry be larger than that.

    Raises
    ------
    SourceError
        As `check`.
    """
    check(path)
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _check_entry(path: Path, entry: zipfile.ZipInfo) -> None:
    """Raise if an entry leads outside, is a link, or is locked."""
    name = entry.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or ":" in name or "\x00" in name:
        raise _refused(
            path,
            f'"{entry.filename[:80]}" leads outside of the folder',
            f'"{entry.filename[:80]}" führt aus dem Ordner hinaus',
        )
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind and kind not in (stat.S_IFREG, stat.S_IFDIR):
        raise _refused(path, f'"{entry.filename[:80]}" is a link', f'"{entry.filename[:80]}" ist eine Verknüpfung')
    if entry.flag_bits & 1:
        raise _refused(path, "it is locked with a password", "sie ist mit einem Kennwort geschützt")


def extract(path: Path, folder: Path, *, wanted: Callable[[str], bool] = lambda _: True) -> tuple[Path, ...]:
    """Unpack the wanted files of a checked zip below a folder; the caps hold while unpacking, whatever it claims.

    Returns
    -------
    tuple of Path
        The files written, in the order of the zip.

    Raises
    ------
    SourceError
        As `check`, and if an entry is larger than it claims or broken.
    """
    names = [name for name in check(path) if wanted(name)]
    written = []
    left = MAX_BYTES
    with zipfile.ZipFile(path) as archive:
        for name in names:
            target = folder.joinpath(*PurePosixPath(name.replace("\\", "/")).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            left -= _unpack(archive, name, target, min(left, archive.getinfo(name).file_size), path)
            written.append(target)
    return tuple(written)


def _unpack(archive: zipfile.ZipFile, name: str, target: Path, limit: int, path: Path) -> int:
    """Write one entry, at most ``limit`` bytes, and return its size."""
    size = 0
    try:
        with archive.open(name) as source, target.open("xb") as sink:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise _refused(path, f'"{name}" is larger than it claims', f'"{name}" ist größer als angegeben')
                sink.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refused(path, f'"{name}" is broken', f'"{name}" ist defekt') from error
    return size


def _refused(path: Path, en: str, de: str) -> SourceError:
    """Return the error of a zip that is not opened."""
    return SourceError(f"{path.name} was not opened: {en}.", de=f"{path.name} wurde nicht geöffnet: {de}.")
