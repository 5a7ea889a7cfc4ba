"""Arrays that took long to make, kept in a folder: by what they were made of, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from qmgis.errors import OutputError
from qmgis.io.disk.atomic import atomic_file

__all__ = ["Arrays", "Cache"]

VERSION = 1  # to be raised with every change of what is kept or how it is made
FOLDER = ".qmgis"
Arrays = dict[str, np.ndarray]


class Cache:
    """Keeps arrays in ``.qmgis`` beside the data, where that cannot be written in the user's own cache folder."""

    def __init__(self, folder: Path) -> None:
        self.folders = (*([folder / FOLDER] if _is_open(folder) else []), _own())

    def get(self, name: str, made_of: Mapping[str, object], make: Callable[[], Arrays]) -> Arrays:
        """Return arrays as they were kept, or make and keep them; what is damaged is made again.

        Parameters
        ----------
        name
            For people who look into the folder.
        made_of
            Everything that the arrays depend on.
        """
        kept = self.find(name, made_of)
        if kept is not None:
            return kept
        made = make()
        self.keep(name, made_of, made)
        return made

    def find(self, name: str, made_of: Mapping[str, object]) -> Arrays | None:
        """Return arrays as they were kept; None where they were not, or are damaged."""
        for folder in self.folders:
            kept = _read(folder / _file(name, made_of))
            if kept is not None:
                return kept
        return None

    def keep(self, name: str, made_of: Mapping[str, object], made: Arrays, *, alone: bool = False) -> None:
        """Keep arrays in the first folder that can be written; ``alone``: instead of all others of that name."""
        file = _file(name, made_of)
        for folder in self.folders:
            with suppress(OutputError, OSError):
                _write(folder / file, made)
                if alone:
                    _clear(folder, name, but=file)
                break


def _file(name: str, made_of: Mapping[str, object]) -> str:
    text = json.dumps({**made_of, "version": VERSION}, sort_keys=True, default=str)
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:24]}.npz"


def _clear(folder: Path, name: str, *, but: str) -> None:
    """Remove what was kept under a name before; a digest follows the name, and nothing else."""
    for one in folder.iterdir():
        rest = one.name.removeprefix(f"{name}-").removesuffix(".npz")
        if (
            one.name.startswith(f"{name}-")
            and one.name != but
            and len(rest) == 24
            and set(rest) <= set("0123456789abcdef")
        ):
            one.unlink()


def _is_open(folder: Path) -> bool:
    """Tell whether a folder may be written; one that is marked read-only is left alone even by those who could."""
    try:
        marked = bool(folder.stat().st_mode & 0o222)
    except OSError:
        return False
    return marked and os.access(folder, os.W_OK)


def _own() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    return Path(base).expanduser() / "qmgis"


def _read(file: Path) -> Arrays | None:
    """Return the arrays of a file; None where it is not there or damaged."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return None


def _write(file: Path, made: Arrays) -> None:
    with atomic_file(file) as temporary, temporary.open("xb") as stream:
        np.savez(stream, **made)  # type: ignore[arg-type]
