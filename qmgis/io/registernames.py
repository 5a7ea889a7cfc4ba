"""Names of persons in a register of organisations: refused where certain, asked about where likely."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from qmgis.io.ids import with_more
from qmgis.io.reading import row_of, shown
from qmgis.io.registerread import Around, Typed
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
_TWO_NAMES = re.compile(r"[A-ZÄÖÜ][a-zäöüßéèç]+(?:-[A-ZÄÖÜ]?[a-zäöüß]+)?(?: [A-ZÄÖÜ]\.)?(?: (?:von|van|de|zu))? "
                        r"[A-ZÄÖÜ][a-zäöüßéèç]+(?:-[A-ZÄÖÜ][a-zäöüß]+)?")  # fmt: skip
_SORTED_NAMES = re.compile(r"[A-ZÄÖÜ][a-zäöüß-]+, [A-ZÄÖÜ][a-zäöüß-]+")


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
    if named and not organisation.search(whole) and (_TWO_NAMES.fullmatch(whole) or _SORTED_NAMES.fullmatch(whole)):
        return "likely"
    return ""


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
