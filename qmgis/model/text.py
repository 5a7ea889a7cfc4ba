"""Words for people, in German and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["de", "en"]

__all__ = ["Lang", "Text"]


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
