"""Local knowledge: what somebody who knows an area has written about it, with a day and a role, never a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from qmgis.errors import DataError

NoteRole = Literal["administration", "provider", "residents", "evaluation"]
NOTE_ROLES: tuple[NoteRole, ...] = get_args(NoteRole)

__all__ = ["NOTE_ROLES", "Note", "NoteRole"]


@dataclass(frozen=True)
class Note:
    """A note about an area of the city or a programme area, as free text in the language of its author.

    ``role``: from where it comes. ``is_public``: whether papers for the public may carry it.

    Examples
    --------
    >>> Note("QM-01", date(2024, 5, 2), "provider", "Neubau bezogen.").is_public
    False
    """

    area: str
    on: date
    role: NoteRole
    text: str
    is_public: bool = False

    def __post_init__(self) -> None:
        if self.role not in NOTE_ROLES or not self.area.strip() or not self.text.strip():
            raise DataError(
                f'A note about "{self.area}" is not well formed: it names an area, a role of {", ".join(NOTE_ROLES)}, '
                "and says something.",
                de=f'Eine Notiz zu "{self.area}" ist fehlerhaft: Sie nennt ein Gebiet, eine Rolle aus '
                f"{', '.join(NOTE_ROLES)} und einen Text.",
            )
