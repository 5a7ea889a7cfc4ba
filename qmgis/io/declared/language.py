"""The language of a city before anything of it is read: for errors, and light enough to be imported amid one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

__all__ = ["language_of"]


def language_of(folder: Path | str) -> Literal["de", "en"] | None:
    """Return the language that a city's file names; None where it cannot be read or names no known one.

    Examples
    --------
    >>> language_of("no-such-folder") is None
    True
    """
    files = [Path(folder) / "city.toml"]
    try:
        files = files if files[0].is_file() else sorted(Path(folder).glob("layers/*/city.toml"))
        lang = tomllib.loads(files[0].read_text("utf-8")).get("lang") if len(files) == 1 else None
    except (OSError, ValueError):
        return None
    return "de" if lang == "de" else "en" if lang == "en" else None
