"""What can go wrong, as a tree.

::

    QmgisError
      DataError (ValueError)         the data cannot mean what the caller says
        MissingColumnError
        VintageError
        CrsError
        NotEnoughDataError
      LayerFileError (ValueError)    a file in layers/ is wrong; every problem in one message
      UnknownKeyError (LookupError)  no such method, layer, export, page; known ones and "did you mean"
      SourceError (OSError)          a file or service did not answer, or is not what it says
      OutputError (OSError)          a result could not be written; nothing half-written is left

Every error says in one sentence what is wrong, where, and what to do, in English (``str(error)``) and in
German (``error.say("de")``).
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "CrsError",
    "DataError",
    "LayerFileError",
    "MissingColumnError",
    "NotEnoughDataError",
    "OutputError",
    "QmgisError",
    "SourceError",
    "UnknownKeyError",
    "VintageError",
    "did_you_mean",
    "every_name",
]


class QmgisError(Exception):
    """Base of all errors of qmgis; carries its sentence in English and in German.

    Examples
    --------
    >>> error = DataError("No rows.", de="Keine Zeilen.")
    >>> str(error), error.say("de")
    ('No rows.', 'Keine Zeilen.')
    """

    def __init__(self, en: str, *, de: str) -> None:
        super().__init__(en)
        self.en = en
        self.de = de

    def __str__(self) -> str:
        return self.en

    def say(self, lang: str) -> str:
        """Return the sentence in the language asked for (``"de"`` or ``"en"``)."""
        return self.de if lang == "de" else self.en


class DataError(QmgisError, ValueError):
    """The data cannot mean what the caller says."""


class MissingColumnError(DataError):
    """A column that is named is not there."""


class VintageError(DataError):
    """Two versions of the areas were about to be mixed."""


class CrsError(DataError):
    """Coordinates are in no, or in the wrong, reference system."""


class NotEnoughDataError(DataError):
    """Too few areas, or no spread at all, for what was asked."""


class LayerFileError(QmgisError, ValueError):
    """A file in ``layers/`` is wrong; the message lists every problem."""


class UnknownKeyError(QmgisError, LookupError):
    """There is no such method, layer, export or page."""


class SourceError(QmgisError, OSError):
    """A file or service did not answer, or is not what it says it is."""


class OutputError(QmgisError, OSError):
    """A result could not be written; nothing half-written is left behind."""


def did_you_mean(word: str, known: Iterable[str], *, lang: str = "en") -> str:
    """Return a hint such as ``Did you mean "S1"?``, or the known words, or nothing.

    Examples
    --------
    >>> did_you_mean("unemploymnt", ["unemployment", "transfer"])
    ' Did you mean "unemployment"?'
    >>> did_you_mean("xyz", ["a", "b"], lang="de")
    ' Bekannt sind: a, b.'
    """
    words = sorted(known)
    lowered = {name.lower(): name for name in words}
    close = get_close_matches(word.lower(), list(lowered), n=1, cutoff=0.6)
    if close:
        asked = "Meinten Sie" if lang == "de" else "Did you mean"
        return f' {asked} "{lowered[close[0]]}"?'
    if not words:
        return ""
    listed = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return f" Bekannt sind: {listed}." if lang == "de" else f" Known are: {listed}."


def every_name(word: str, known: Iterable[str], *, lang: str = "en") -> str:
    """Return what was probably meant, and every name there is in its own order: of columns and sheets of a file.

    Examples
    --------
    >>> every_name("Einwoner", ["Name", "Einwohner"])
    ' Did you mean "Einwohner"? There are: "Name", "Einwohner".'
    >>> every_name("x", ["b", "a"], lang="de")
    ' Vorhanden sind: "b", "a".'
    """
    names = list(dict.fromkeys(known))
    close = did_you_mean(word, names, lang=lang)
    listed = ", ".join(f'"{name}"' for name in names)
    there = "Vorhanden sind" if lang == "de" else "There are"
    return f"{close if close.endswith('?') else ''} {there}: {listed}." if names else ""
