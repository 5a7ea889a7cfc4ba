"""Finds the one declared object in every file of a folder, and the names at a door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

__all__ = ["collect", "door"]


def collect(package: str, name: str) -> dict[str, Any]:
    """Return the objects called ``name`` in the modules of ``package``, by their ``key``, sorted by key.

    Parameters
    ----------
    package
        Dotted name of the folder, such as ``"qmgis.io.exports"``.
    name
        The agreed name of the object, such as ``"EXPORT"``. Modules that begin with ``_`` are private.

    Raises
    ------
    TypeError
        If a module declares no such object, or two declare the same key: a fault of the program.

    Examples
    --------
    >>> "mss" in collect("qmgis.methods", "METHOD")
    True
    """
    found: dict[str, Any] = {}
    for module in iter_modules(import_module(package).__path__):
        if module.name.startswith("_"):
            continue
        entry = getattr(import_module(f"{package}.{module.name}"), name, None)
        if entry is None:
            raise TypeError(f"{package}.{module.name} declares no {name}")
        if entry.key in found:
            raise TypeError(f"two modules of {package} declare the key {entry.key!r}")
        found[entry.key] = entry
    return dict(sorted(found.items()))


def door(
    package: str, names: Mapping[str, str], *, rooms: Mapping[str, str] = MappingProxyType({})
) -> Callable[[str], Any]:
    """Return what gives a package's names when they are first asked for, so that importing it stays light.

    Parameters
    ----------
    package
        Dotted name of the package.
    names
        Each name and the module that it comes from.
    rooms
        Each name that is a module itself, and which.

    Examples
    --------
    >>> door("qmgis", {"zscore": "qmgis.core.stats"})("zscore").__name__
    'zscore'
    """

    def named(name: str) -> Any:
        if name in rooms:
            return import_module(rooms[name])
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(names[name]), name)

    return named
