"""Finds the one declared object in every file of a folder."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

__all__ = ["collect"]


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
