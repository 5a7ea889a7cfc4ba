"""Phases in words."""

from __future__ import annotations

from qmgis.i18n import say

__all__ = ["phase_words"]


def phase_words(phase: object, lang: str) -> str:
    """Return a phase with its name; a dash where there is none.

    Examples
    --------
    >>> phase_words("P7", "de"), phase_words(None, "en")
    ('P7 Umsetzung', '–')
    """
    return f"{phase} {say(f'lifecycle.phase_{phase}', lang)}" if isinstance(phase, str) and phase else "–"
