"""A profile as a tagged PDF by Typst: the template is a file, all content is data that is never read as markup."""

from __future__ import annotations

import json
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
    made = _compiled(profile, format="pdf", pdf_standards=[STANDARD], timestamp=_EPOCH)
    return bytes(made[0] if isinstance(made, list) else made)


def profile_pictures(profile: Profile, *, ppi: float = 110.0) -> list[bytes]:
    """Return the pages of a profile as PNG pictures."""
    made = _compiled(profile, format="png", ppi=ppi)
    return list(made) if isinstance(made, list) else [made]


def _compiled(profile: Profile, **asked: Any) -> Any:
    content = json.dumps(asdict(profile), ensure_ascii=False)
    import typst

    try:
        with _LOCK:  # one compiler holds fonts and template; it answers one question at a time
            return _compiler().compile(_template(), sys_inputs={"profile": content}, **asked)
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
