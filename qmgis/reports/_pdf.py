"""A profile as a tagged PDF by Typst: the template is a file, all content is data that is never read as markup."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any

from qmgis.errors import OutputError
from qmgis.reports._profile import Profile

__all__ = ["profile_pdf", "profile_pictures"]

# Accessible as PDF/UA-1 asks for it; equal profiles give equal bytes, so the day of making is none.
STANDARD = "ua-1"
_EPOCH = 0
# Of so many sections a paper is set closer from the start; of more than so many pages it is tried still closer.
MANY, PAGES, CLOSEST = 10, 4, 2
_LOCK = threading.Lock()


def profile_pdf(profile: Profile) -> bytes:
    """Return a profile as a PDF on A4: tagged, with title, language and alt texts (PDF/UA-1).

    Raises
    ------
    OutputError
        If the page could not be set.

    Examples
    --------
    >>> from qmgis.reports import Profile
    >>> empty = Profile("1", "#[*$", "Gebietsprofil", "Stadt", "2024", "", (), (), "", "Seite", "de")
    >>> made = profile_pdf(empty)
    >>> made[:5], made == profile_pdf(empty)
    (b'%PDF-', True)
    """
    return _set(profile)[0]


def profile_pictures(profile: Profile, *, ppi: float = 110.0) -> list[bytes]:
    """Return the pages of a profile as PNG pictures."""
    made = _compiled(profile, _set(profile)[1], format="png", ppi=ppi)
    return list(made) if isinstance(made, list) else [made]


def _set(profile: Profile) -> tuple[bytes, int]:
    """Return a profile as a PDF and how close it is set: closer where it would be longer than four pages."""
    close = 1 if len(profile.sections) >= MANY else 0
    while True:
        made = _compiled(profile, close, format="pdf", pdf_standards=[STANDARD], timestamp=_EPOCH)
        content = bytes(made[0] if isinstance(made, list) else made)
        if close == CLOSEST or len(re.findall(rb"/Type\s*/Page\b", content)) <= PAGES:
            return content, close
        close += 1


def _compiled(profile: Profile, close: int, **asked: Any) -> Any:
    content = json.dumps(asdict(profile), ensure_ascii=False)
    import typst

    try:
        with _LOCK:  # one compiler holds fonts and template; it answers one question at a time
            inputs = {"profile": content, "close": str(close)}
            return _compiler().compile(_template(), sys_inputs=inputs, **asked)
    except typst.TypstError as error:
        raise OutputError(
            f"The profile of {profile.area} could not be set as a page ({error}); report this as a fault of qmgis.",
            de=f"Das Profil von {profile.area} ließ sich nicht setzen ({error}); bitte als Fehler von qmgis melden.",
        ) from error


@cache
def _template() -> bytes:
    return files("qmgis.reports").joinpath("profile.typ").read_bytes()


@cache
def _compiler() -> Any:
    import typst

    return typst.Compiler(_template(), ignore_system_fonts=True)
