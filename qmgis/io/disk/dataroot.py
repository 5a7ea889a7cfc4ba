"""Where the data are: the folders that are searched, and the fingerprint of every file that is used."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PureWindowsPath

from qmgis.errors import LayerFileError, SourceError
from qmgis.model import InputFile, words

__all__ = ["DataRoot", "city_folder", "csv_tables", "data_root", "sha256"]

REPOSITORY = Path(__file__).resolve().parents[3]
_COMPANIONS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True)
class DataRoot:
    """The folders that hold the data, in the order in which they are searched."""

    folders: tuple[Path, ...]

    def find(self, path: str, *, folder: bool = False) -> Path:
        """Return the file that a layer file names, or where asked the ``folder``; the first root that has it wins.

        Raises
        ------
        SourceError
            If the path leaves the data root, or no folder has the file.
        """
        parts = PureWindowsPath(path)
        if re.match(r"\s*\w{3,}:", path):
            raise _error("check.path_is_address", path=_short(path))
        if not path.strip() or parts.is_absolute() or parts.drive or parts.root or ".." in parts.parts:
            raise _error("check.path_leaves", path=_short(path))
        for root in self.folders:
            found = root.joinpath(*parts.parts)
            if _is_file(found) or (folder and _is_folder(found)):
                if not found.resolve().is_relative_to(root.resolve()):
                    raise _error("check.link_leaves", path=_short(path))
                return found
        raise _error("check.no_file", path=_short(path), folders=", ".join(str(folder) for folder in self.folders))

    def inputs(self, path: str) -> tuple[InputFile, ...]:
        """Return the fingerprints of a file, for a shapefile of its companions, for a folder of its tables."""
        file = self.find(path, folder=True)
        if file.is_dir():
            return tuple(InputFile(f"{path.rstrip('/')}/{one.name}", sha256(one)) for one in csv_tables(file))
        suffixes = _COMPANIONS if file.suffix.lower() == ".shp" else ()
        others = [other for other in sorted(file.parent.glob(f"{_literal(file.stem)}.*")) if suffixes]
        files = [other for other in others if other.suffix.lower() in suffixes and other.is_file()] or [file]
        folder = path.replace("\\", "/").rpartition("/")[0]
        return tuple(InputFile(f"{folder}/{entry.name}".lstrip("/"), sha256(entry)) for entry in files)


def data_root(city: Path, *, data: Path | str | None = None, env: Mapping[str, str] | None = None) -> DataRoot:
    """Return where a city's files are searched.

    Parameters
    ----------
    city
        The folder with ``city.toml``.
    data
        The folder that the user names, first of all.
    env
        The environment; ``QMGIS_DATA`` comes second. Then ``data`` beside the city's ``layers``, then the
        repository's ``data``.

    Raises
    ------
    SourceError
        If a folder is named that is not there.

    Examples
    --------
    >>> root = data_root(Path("layers/musterstadt"), env={})
    >>> root.folders[-1].name
    'data'
    """
    named = [("--data", data), ("QMGIS_DATA", (os.environ if env is None else env).get("QMGIS_DATA"))]
    folders = []
    for name, value in named:
        if value:
            folder = Path(value).expanduser()
            if not folder.is_dir():
                raise _error("check.no_data_folder", name=name, folder=str(folder))
            folders.append(folder)
    folders += [city.resolve().parent.parent / "data", REPOSITORY / "data"]
    return DataRoot(tuple(dict.fromkeys(folders)))


def csv_tables(folder: Path) -> list[Path]:
    """Return the CSV files of a folder by name, however their ending is written; none where it is no folder.

    Examples
    --------
    >>> csv_tables(Path("nowhere"))
    []
    """
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.suffix.lower() == ".csv" and one.is_file())


def sha256(file: Path) -> str:
    """Return the sha256 of a file's content; counted once for each path, size and time of change."""
    stat = file.stat()
    return _sha256(str(file.resolve()), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4096)
def _sha256(path: str, _changed: int, _size: int) -> str:
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_file(path: Path) -> bool:
    """Tell whether a file is there; a name that no system allows is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _short(path: str) -> str:
    return path if len(path) <= 120 else path[:119] + "…"


def _literal(stem: str) -> str:
    """Escape the signs that ``glob`` reads as patterns."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in stem)


def _error(key: str, **values: object) -> SourceError:
    text = words(key, **values)
    return SourceError(text.en, de=text.de)


def city_folder(folder: Path) -> Path:
    """Return the folder with ``city.toml``: the one named, or the only city in its ``layers``.

    Raises
    ------
    LayerFileError
        There is no city, or more than one.

    Examples
    --------
    >>> city_folder(Path("layers/musterstadt")).name
    'musterstadt'
    """
    if (folder / "city.toml").is_file():
        return folder
    cities = sorted(folder.glob("layers/*/city.toml"))
    if len(cities) == 1:
        return cities[0].parent
    text = words("check.no_city", folder=str(folder))
    raise LayerFileError(text.en, de=text.de)
