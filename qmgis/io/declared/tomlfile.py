"""A TOML file as a table, or the one reason why it is none, in words for people."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from qmgis.io.declared.schema import Place
from qmgis.model import Problem, words

__all__ = ["read_toml"]

# What the parser says, and the words for it; the first that fits counts.
_REASONS = (
    (r"character '\\[xu]", "check.toml_hidden"),
    (r"Cannot (overwrite|declare|redefine|mutate)|Duplicate", "check.toml_twice"),
    (r"Unterminated|Illegal character|Unescaped|Escaped|Invalid hex", "check.toml_quotes"),
    (r"Unclosed|Expected ']", "check.toml_bracket"),
    (r"Expected '='|Invalid statement|Invalid initial", "check.toml_statement"),
    (r"Expected newline", "check.toml_rest"),
    (r"Invalid value|date", "check.toml_value"),
)


def read_toml(file: Path) -> tuple[dict[str, Any] | None, Place, list[Problem]]:
    """Return the table of a file, where it stands, and what is wrong with it as TOML."""
    place = Place(f"{file.parent.resolve().name}/{file.name}")
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, place, [Problem("error", words("check.not_utf8"), file=place.file)]
    except OSError:
        return None, place, [Problem("error", words("check.cannot_open"), file=place.file)]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    place = Place(place.file, text)
    try:
        return tomllib.loads(text), place, []
    except (ValueError, RecursionError) as error:
        return None, place, [_fault(error, place)]


def _fault(error: Exception, place: Place) -> Problem:
    """Return what keeps a text from being TOML, with its line where the parser knows it."""
    said = str(error)
    keys = [key for pattern, key in _REASONS if re.search(pattern, said)] if "(at " in said else []
    line = re.search(r"line (\d+)", said)
    row = int(line.group(1)) if line else place.text.count("\n") + 1 if "end of document" in said else None
    return Problem(
        "error", words("check.not_toml", reason=words(keys[0] if keys else "check.toml_else")), file=place.file, row=row
    )
