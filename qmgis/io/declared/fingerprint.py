"""What a layer file says, as one number: equal for equal content, whatever its comments, order and blanks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qmgis.model import fingerprint

__all__ = ["fingerprint_of"]

TEXTS = frozenset({"title", "note", "description", "definition"})


def fingerprint_of(table: Mapping[str, Any]) -> str:
    """Return the sha256 of a parsed file.

    Every key counts, titles and credits too, since results bear them. Comments, the order of keys and the blanks inside
    of texts for people do not count; `qmgis.io.declared.schema.to_text` drops those blanks as well.

    Examples
    --------
    >>> fingerprint_of({"title": "Kita  A", "unit": "m2"}) == fingerprint_of({"unit": "m2", "title": "Kita A"})
    True
    """
    return fingerprint({key: _plain(value) if key in TEXTS else _nested(value) for key, value in table.items()})


def _nested(value: Any) -> Any:
    """Return a value with the texts of the tables inside it, such as those of editions."""
    if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
        return [{key: _plain(v) if key in TEXTS else v for key, v in entry.items()} for entry in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return " ".join(value.split()) if isinstance(value, str) else value
