"""Local knowledge about Musterstadt's programme areas: invented notes, some for the public."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["notes_file"]

NOTES = (
    ("QM-01", "2023-06-14", "residents", "Der Weg zur Kita führt über die Brücke; viele nehmen das Auto.", True),
    ("QM-01", "2024-09-02", "provider", "Der Neubau an der Ringstraße ist seit dem Frühjahr bezogen.", False),
    ("QM-02", "2024-03-18", "administration", "Das Büro ist im Herbst umgezogen und liegt jetzt im Gebiet.", True),
)


def notes_file(areas: Collection[str]) -> dict[str, str]:
    """Return ``notes.toml`` by its name, with the notes on programme areas that there are.

    Examples
    --------
    >>> print(notes_file(["QM-02"])["notes.toml"], end="")
    [[note]]
    area = "QM-02"
    date = 2024-03-18
    role = "administration"
    text = "Das Büro ist im Herbst umgezogen und liegt jetzt im Gebiet."
    public = true
    """
    blocks = [
        f'[[note]]\narea = "{area}"\ndate = {day}\nrole = "{role}"\ntext = "{text}"\n'
        f"public = {str(is_public).lower()}\n"
        for area, day, role, text, is_public in NOTES
        if area in areas
    ]
    return {"notes.toml": "\n".join(blocks)} if blocks else {}
