"""Files of TOML that ship with the program, and a city's own of the same kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.resources import as_file, files
from pathlib import Path
from typing import TypeVar

from qmgis.errors import LayerFileError
from qmgis.model import Problem

__all__ = ["faulty", "of_files", "of_named", "shipped"]

T = TypeVar("T")
Read = tuple[T, list[Problem]]


def shipped(*names: str, read: Callable[[Path], Read[T]]) -> T:
    """Return what a folder or file of the program says.

    Parameters
    ----------
    names
        The way to it, below the package.
    read
        Returns what it says, and every fault.

    Raises
    ------
    LayerFileError
        It has faults; all are listed.

    Examples
    --------
    >>> "walk.toml" in shipped("modes", read=lambda folder: ([file.name for file in folder.iterdir()], []))
    True
    """
    with as_file(files("qmgis").joinpath(*names)) as place:
        found, wrong = read(place)
    if wrong:
        raise faulty(wrong)
    return found


def of_files(paths: Iterable[Path], read: Callable[[Path], Read[T]]) -> Read[dict[str, T]]:
    """Return what files say by their names without ending, and every fault; a file with faults says nothing.

    Examples
    --------
    >>> of_files([Path("a.toml")], lambda file: (file.suffix, []))
    ({'a': '.toml'}, [])
    """
    found: dict[str, T] = {}
    problems: list[Problem] = []
    for path in paths:
        one, wrong = read(path)
        problems += wrong
        if not wrong:
            found[path.stem] = one
    return found, problems


def of_named(folder: Path, names: Iterable[str], read: Callable[[Path], Read[T | None]]) -> Read[dict[str, T]]:
    """Return what the files of a folder with some names say (`of_files`); a file that is not there is left out.

    Examples
    --------
    >>> of_named(Path("nowhere"), ["a"], lambda file: (file.suffix, []))
    ({}, [])
    """
    there = (file for name in names if (file := folder / f"{name}.toml").is_file())
    found, problems = of_files(there, read)
    return {key: one for key, one in found.items() if one is not None}, problems


def faulty(problems: Iterable[Problem]) -> LayerFileError:
    """Return the error that lists problems, one a line.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> faulty([Problem("error", Text("Fehlt.", "Is missing."))]).en
    'Is missing.'
    """
    told = list(problems)
    return LayerFileError("\n".join(one.say("en") for one in told), de="\n".join(one.say("de") for one in told))
