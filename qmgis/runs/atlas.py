"""Profiles as files: one area or all, resumable, each area's PDF and HTML put in place together."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from json import dumps, loads
from pathlib import Path

from qmgis import __version__
from qmgis.io.disk.atomic import atomic_files
from qmgis.model import Lang, Text, words
from qmgis.reports import Profile, profile_html, profile_pdf
from qmgis.runs.report import Known, profile

__all__ = ["ATLAS", "Written", "profile_files", "profile_name", "write_profiles"]

ATLAS = "profiles.json"
KINDS: Mapping[str, Callable[[Profile], bytes]] = {"pdf": profile_pdf, "html": profile_html}
_LONGEST = 80

Tell = Callable[[str, Text], None]


@dataclass(frozen=True)
class Written:
    """What was written: the areas that were made, and those that were there already."""

    folder: Path
    made: tuple[str, ...]
    kept: tuple[str, ...]


def profile_name(city: str, area: str) -> str:
    """Return the name of an area's files without ending; ids that are no file names are told apart by a digest.

    Examples
    --------
    >>> profile_name("musterstadt", "01010102")
    'musterstadt-01010102'
    >>> profile_name("stadt", "../x"), profile_name("stadt", "..:x")
    ('stadt-.._x-d6b96a97', 'stadt-.._x-71f4ab4f')
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", f"{city}-{area}")[:_LONGEST]
    return plain if plain == f"{city}-{area}" else f"{plain}-{sha256(area.encode()).hexdigest()[:8]}"


def profile_files(
    shared: Known, area: str, *, lang: Lang | None = None, kinds: Collection[str] = ("pdf", "html")
) -> dict[str, bytes]:
    """Return the files of an area's profile by name, the PDF first; only those of the ``kinds`` that are asked for.

    Raises
    ------
    UnknownKeyError
        If there is no such area.
    """
    made = profile(shared, area, lang=lang)
    name = profile_name(shared.city, area)
    return {f"{name}.{kind}": write(made) for kind, write in KINDS.items() if kind in kinds}


def write_profiles(
    shared: Known,
    folder: str | Path,
    areas: Iterable[str],
    *,
    lang: Lang | None = None,
    tell: Tell = lambda _area, _text: None,
) -> Written:
    """Write the profiles of areas into a folder; those that are there from the same recipe are kept.

    ``profiles.json`` says of which recipe, data, rules, language, view and notes the files are, and of which areas.
    Where it says the same, these areas are left alone, so that work that was stopped goes on; all others are made.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    folder, chosen = Path(folder), lang or shared.lang
    same = _made_of(shared, chosen)
    done = _done(folder / ATLAS, same)
    made, kept, asked = [], [], list(areas)
    shared.explained([area for area in asked if area not in done])
    for area in asked:
        tell(area, words("reports.step", area=area))
        name = profile_name(shared.city, area)
        if area in done and all((folder / f"{name}.{kind}").is_file() for kind in KINDS):
            kept.append(area)
            continue
        done.add(area)
        atomic_files(folder, {**profile_files(shared, area, lang=chosen), ATLAS: _said(same, done)})
        made.append(area)
    return Written(folder, tuple(made), tuple(kept))


def _made_of(shared: Known, lang: Lang) -> dict[str, str]:
    """Return what the files of a folder have in common."""
    outcome = shared.outcome
    template = b"".join(files("qmgis.reports").joinpath(name).read_bytes() for name in ("profile.typ", "profile.css"))
    return {
        "city": shared.city, "run": outcome.run.key, "recipe": outcome.recipe.id, "qmgis": __version__,
        "lang": lang, "view": "public" if shared.is_public else "internal", **shared.made_of,
        "template": sha256(template).hexdigest()[:12],
    }  # fmt: skip


def _said(content: dict[str, str], done: set[str]) -> bytes:
    return (dumps({**content, "areas": sorted(done)}, ensure_ascii=False, indent=1) + "\n").encode()


def _done(file: Path, same: dict[str, str]) -> set[str]:
    """Return the areas whose files are of the same; none where the note is of something else, or there is none."""
    try:
        told = loads(file.read_bytes())
    except (OSError, ValueError):
        return set()
    areas = told.pop("areas", None) if isinstance(told, dict) else None
    return {str(area) for area in areas} if told == same and isinstance(areas, list) else set()
