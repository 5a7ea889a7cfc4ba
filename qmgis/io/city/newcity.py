"""A commented city folder to start from, with invented data that checks clean and can be run."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from qmgis.errors import OutputError
from qmgis.model import Lang, words

__all__ = ["city_key", "new_city"]


def new_city(folder: Path | str, *, lang: Lang = "de") -> Path:
    """Make ``DIR/layers/<name>`` and ``DIR/data/<name>`` and return ``DIR``; ``<name>`` is made of the folder's name.

    ``lang`` is the language that the city's outputs speak.

    Raises
    ------
    OutputError
        If the folder is there and not empty, or cannot be written; then nothing is left behind.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     made = new_city(Path(parent) / "Köln-Süd")
    ...     sorted(file.parent.name for file in made.glob("layers/*/city.toml"))
    ['koeln-sued']
    """
    target = Path(folder).expanduser()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise _error("check.new_exists", folder=str(target))
    title = target.resolve().name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".qmgis-") as scratch:
            made = Path(scratch) / "new"
            _write(made, key=city_key(title), title=title, lang=lang)
            if target.is_dir():
                target.rmdir()
            shutil.move(made, target)
    except OSError as error:
        raise _error("check.new_cannot_write", folder=str(target), reason=error.strerror or str(error)) from error
    return target


def city_key(title: str) -> str:
    """Return a key of small letters, digits and hyphens for a city's name.

    Examples
    --------
    >>> city_key("Köln Süd"), city_key("…")
    ('koeln-sued', 'city')
    """
    text = unicodedata.normalize("NFC", title).casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "city"


def _write(folder: Path, *, key: str, title: str, lang: Lang) -> None:
    """Write the start with the city's key and title put in."""
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    shown = "".join(sign if sign.isprintable() else " " for sign in quoted)
    for room, below, entry in _templates():
        target = folder / room / key / below / entry.name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = entry.read_bytes().decode("utf-8")
        if entry.name.endswith(".toml"):
            text = text.replace("{{city}}", key).replace("{{title}}", shown).replace("{{lang}}", lang)
        target.write_bytes(text.encode("utf-8"))


def _templates() -> Iterator[tuple[str, str, Traversable]]:
    """Yield the files of the start: the room, the folder below the city's, the file."""
    for room in ("layers", "data"):
        for entry in _sorted(files("qmgis.io").joinpath("start", room)):
            if entry.is_dir():
                yield from ((room, entry.name, one) for one in _sorted(entry))
            else:
                yield room, "", entry


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda one: one.name)


def _error(key: str, **values: object) -> OutputError:
    text = words(key, **values)
    return OutputError(text.en, de=text.de)
