"""The method profiles that ship with qmgis."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from qmgis.errors import LayerFileError, UnknownKeyError, did_you_mean
from qmgis.io.schema import to_text
from qmgis.model import Profile

__all__ = ["profile", "profile_of", "profiles"]


@cache
def profiles() -> Mapping[str, Profile]:
    """Return the shipped profiles by key, sorted.

    Examples
    --------
    >>> "mss-2021" in profiles()
    True
    """
    entries = sorted(files("qmgis").joinpath("profiles").iterdir(), key=lambda entry: entry.name)
    found = [
        profile_of(tomllib.loads(entry.read_text(encoding="utf-8")), file=entry.name)
        for entry in entries
        if entry.name.endswith(".toml")
    ]
    return MappingProxyType({entry.key: entry for entry in found})


def profile(key: str) -> Profile:
    """Return a shipped profile, or say which there are.

    Raises
    ------
    UnknownKeyError
        If there is no such profile.

    Examples
    --------
    >>> profile("mss-2021").status
    ('unemployment', 'transfer', 'child_poverty')
    """
    known = profiles()
    if key not in known:
        raise UnknownKeyError(
            f'There is no method profile "{key}".{did_you_mean(key, known)}',
            de=f'Es gibt kein Methodenprofil "{key}".{did_you_mean(key, known, lang="de")}',
        )
    return known[key]


def profile_of(table: Mapping[str, Any], *, file: str) -> Profile:
    """Return a profile from the table of a TOML file.

    Raises
    ------
    LayerFileError
        If keys are unknown or missing; all are named.
    """
    known = {entry.name: entry for entry in fields(Profile)}
    unknown = [key for key in table if key not in known]
    needed = [name for name, entry in known.items() if entry.default is MISSING and name not in table]
    if unknown or needed:
        odd, lacking = ", ".join(unknown) or "–", ", ".join(needed) or "–"
        hints = "".join(did_you_mean(key, known) for key in unknown)
        tips = "".join(did_you_mean(key, known, lang="de") for key in unknown)
        raise LayerFileError(
            f"{file}: unknown keys: {odd}; missing keys: {lacking}.{hints}",
            de=f"{file}: unbekannte Schlüssel: {odd}; fehlende Schlüssel: {lacking}.{tips}",
        )
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Profile(**{**values, "title": to_text(table["title"])})
