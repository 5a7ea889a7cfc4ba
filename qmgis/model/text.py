"""Words for people, in German and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qmgis.i18n import say

Lang = Literal["de", "en"]
LANGS: tuple[Lang, ...] = ("de", "en")

__all__ = ["Lang", "Text", "words"]


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
