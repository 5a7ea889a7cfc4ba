"""Names of persons in a register of organisations: refused where certain, asked about where likely."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from qmgis.io.cells.ids import with_more
from qmgis.io.cells.reading import row_of, shown
from qmgis.io.register.read import Around, Typed
from qmgis.model import Problem, words

__all__ = ["check_names", "person_in", "words_of"]

# Columns that name who decides or acts: here two plain words are likely a person.
NAMED: Mapping[str, tuple[str, ...]] = {
    "grants": ("decided_by",), "concepts": ("body",), "organisations": ("name",), "bodies": ("name",),
    "anchors": ("name",),
}  # fmt: skip
SPOKEN: Mapping[str, tuple[str, ...]] = {
    "measures": ("title", "description", "expected_effect", "outside_reason", "outputs"),
    "grants": ("purpose",), "goals": ("text", "evidence"), "assessments": ("evidence", "next_step"),
    "tasks": ("task", "note"),
}  # fmt: skip
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_PHONE = re.compile(
    r"(?<![\d/.\-])(?:\+\d{2}|0\d{2,5})[ /()\-]+\d[\d /\-]{3,}\d"
    r"|\b(?:Tel|Telefon|Fon|Mobil|Handy|Phone)\b\.?:?\s*[+(]?\d[\d /()\-]{4,}",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:Herrn?|Frau|Fr\.|Hr\.|Dr\.|Prof\.|Professor(?:in)?|Mr\.?|Mrs\.?|Ms\.?)\s+(?:(?:Dr|Prof)\.\s+)*[A-ZÄÖÜ][\w-]+"
)
_STREET = re.compile(r"^[\w-]*(?:straße|str\.|platz|weg|allee|ring|ufer|park|schule|haus|stiftung)", re.IGNORECASE)
_PARTICLES = frozenset(("von", "vom", "van", "de", "der", "den", "zu", "zur", "el", "al", "bin", "da", "di"))
_OFFICES = re.compile(
    r"\b(?:Dipl\.-\w+|(?:Ober)?[Bb]ürgermeister(?:in)?|Pfarrer(?:in)?|Vorsitzende[r]?|Ratsfrau|Ratsherrn?|Hr|Fr)[.:]*\s+"
    r"(?=[A-ZÄÖÜ])"
)


def person_in(text: str, organisation: re.Pattern[str], *, named: bool = False) -> str:
    """Return what of a person a text holds: ``mail``, ``phone``, ``title``, of a name also ``likely``; else nothing.

    ``organisation`` finds the words that tell one (`words_of`); ``named`` texts are names of bodies and organisations.

    Examples
    --------
    >>> known = words_of(("rat",))
    >>> person_in("Frau Müller", known), person_in("Anna Müller", known, named=True)
    ('title', 'likely')
    >>> person_in("Quartiersrat Nord", known, named=True), person_in("Dr.-Külz-Straße", known)
    ('', '')
    """
    if _MAIL.search(text):
        return "mail"
    if _PHONE.search(text):
        return "phone"
    for titled in _TITLE.finditer(text):
        of_a_thing = _STREET.search(titled.group().split()[-1]) or _STREET.match(text[titled.end() :].lstrip())
        if not of_a_thing and not (named and organisation.search(text)):
            return "title"
    whole = text.strip()
    if named and (_OFFICES.search(whole) or (not organisation.search(whole) and _like_name(whole))):
        return "likely"
    return ""


def _like_name(text: str) -> bool:
    """Tell whether a text is of two or three words that are written as first and family names are.

    Examples
    --------
    >>> [_like_name(one) for one in ("Fatma Yılmaz", "A. Müller", "Müller, Anna", "Leo van der Heide", "ANNA MÜLLER")]
    [True, True, True, True, True]
    >>> [_like_name(one) for one in ("Rat", "AWO Nord", "Runde am Freitag", "Q 4", "Anna")]
    [False, False, False, False, False]
    """
    first, comma, last = text.partition(",")
    parts = [one for one in (f"{last} {first}" if comma else first).split() if one not in _PARTICLES]
    initials = [one for one in parts if len(one) == 2 and one[0].isupper() and one[1] == "."]
    names = [one for one in parts if one not in initials]
    return len(names) > (0 if initials else 1) and len(parts) in (2, 3) and all(map(_written_as_name, names))


def _written_as_name(word: str) -> bool:
    parts = re.split("[-'’]", word)
    title = all(part[:1].isupper() and part.isalpha() and (part[1:].islower() or len(part) == 1) for part in parts)
    return (title and len(word) > 1) or (len(word) > 3 and word.isalpha() and word.isupper())


def words_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the words of organisations: anywhere, those of up to three letters at the end of a word."""
    parts = [re.escape(word) + (r"(?!\w)" if len(word) <= 3 else "") for word in words]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def check_names(typed: Typed, around: Around) -> list[Problem]:
    """Return an error for each column with addresses, numbers or titles of persons, a warning for likely names."""
    known = words_of(word for one in around.codes["organisation_words"].codes.values() for word in one.also)
    found = []
    for named, places in ((True, NAMED), (False, SPOKEN)):
        for table, columns in places.items():
            for column in columns:
                found += _faults(typed, (table, column), known, named=named)
    return found


def _faults(typed: Typed, where: tuple[str, str], known: re.Pattern[str], *, named: bool) -> list[Problem]:
    table, column = where
    cells: pd.Series[Any] = typed.tables[table][column].dropna()
    kinds: dict[Any, str] = {row: person_in(str(text), known, named=named) for row, text in cells.items()}
    found = []
    for kind in ("mail", "phone", "title", "likely"):
        rows = [row for row, one in kinds.items() if one == kind]
        if rows:
            said = words(f"register.person_{kind}", value=shown(cells.loc[rows[0]]))
            what = with_more(said, [(row, "") for row in rows])
            level: Any = "warning" if kind == "likely" else "error"
            found.append(
                Problem(level, what, file=typed.files[table], row=row_of(rows[0]), column=typed.head(table, column),
                        remedy=words(f"register.person_{kind}_fix"))
            )  # fmt: skip
    return found
