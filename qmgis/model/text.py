"""Words for people, in German and English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from qmgis.i18n import number, say

Lang = Literal["de", "en"]
LANGS: tuple[Lang, ...] = ("de", "en")

__all__ = ["Lang", "Text", "count_text", "day_text", "limit_text", "words"]


@dataclass(frozen=True)
class Text:
    """A text in both languages.

    Examples
    --------
    >>> Text(de="Arbeitslosigkeit", en="Unemployment").to("de")
    'Arbeitslosigkeit'
    """

    de: str
    en: str

    def to(self, lang: Lang) -> str:
        """Return the text in one language."""
        return self.de if lang == "de" else self.en


def day_text(day: date) -> Text:
    """Return a day as people write it; a time, such as one of a frame, is its day.

    Examples
    --------
    >>> day_text(date(2024, 5, 1))
    Text(de='01.05.2024', en='1 May 2024')
    """
    months = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
              "November", "December")  # fmt: skip
    return Text(f"{day:%d.%m.%Y}", f"{day.day} {months[day.month - 1]} {day.year}")


def count_text(value: float) -> Text:
    """Return a whole number as people write it.

    Examples
    --------
    >>> count_text(1234)
    Text(de='1.234', en='1,234')
    """
    return Text(number(value, "de"), number(value, "en"))


def limit_text(within_m: float | None, within_min: float | None = None) -> Text:
    """Return how far somebody goes at most.

    Examples
    --------
    >>> limit_text(1500).de, limit_text(None, 7.5).de
    ('1.500 m', '7,5 min')
    """
    value, unit = (within_m, "m") if within_min is None else (within_min, "min")
    value = float("nan") if value is None else value
    digits = 0 if value == round(value) else 1
    return Text(*(f"{number(value, lang, digits=digits)} {unit}" for lang in LANGS))


def words(key: str, **values: object) -> Text:
    """Return a text of the catalogue in both languages; a `Text` among the values is put in by language.

    Examples
    --------
    >>> words("words.area")
    Text(de='Gebiet', en='Area')
    """
    both = {
        lang: say(key, lang, **{name: v.to(lang) if isinstance(v, Text) else v for name, v in values.items()})
        for lang in LANGS
    }
    return Text(both["de"], both["en"])
