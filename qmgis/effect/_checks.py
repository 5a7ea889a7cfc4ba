"""What has to hold before anything is estimated (METHODS A.9), each check with what it found."""

from __future__ import annotations

from dataclasses import dataclass

from qmgis.model import Text, words

__all__ = ["CHECKS", "FEWEST_BEFORE", "FEWEST_OTHERS", "FEWEST_TREATED", "Check", "checks_of"]

FEWEST_BEFORE, FEWEST_TREATED, FEWEST_OTHERS = 3, 10, 3
# Of the treated areas so many have to be without gaps, undivided, and like another area before.
FEWEST_WHOLE, FEWEST_ALIKE = 0.9, 0.5
CHECKS = ("balanced", "boundary", "before", "others", "overlap", "treated")


@dataclass(frozen=True)
class Check:
    """One check: whether it is passed, and a sentence that says what was found."""

    key: str
    passed: bool
    text: Text


def checks_of(
    *, treated: int, whole: int, undivided: int, before: int, others: int, alike: int, of: int
) -> tuple[Check, ...]:
    """Return every check, passed or failed.

    Parameters
    ----------
    treated
        Treated areas that started after the first edition.
    whole, undivided
        Those of them without a gap, and those on the same outlines in all editions.
    before
        Editions before the start: of those that enter, the fewest; of all where none enter, the most.
    others
        Areas that may be compared with.
    alike, of
        Treated areas that found another like them before, and those that looked for one.

    Examples
    --------
    >>> found = checks_of(treated=4, whole=4, undivided=4, before=1, others=40, alike=0, of=4)
    >>> [one.key for one in found if not one.passed]
    ['before', 'overlap', 'treated']
    """
    most = max(treated, 1)
    passed = {
        "balanced": whole >= FEWEST_WHOLE * most,
        "boundary": undivided >= FEWEST_WHOLE * most,
        "before": before >= FEWEST_BEFORE,
        "others": others >= FEWEST_OTHERS,
        "overlap": of > 0 and alike >= FEWEST_ALIKE * of,
        "treated": alike >= FEWEST_TREATED,
    }
    numbers = {"treated": treated, "whole": whole, "undivided": undivided, "before": before, "others": others,
               "alike": alike, "of": of, "fewest_before": FEWEST_BEFORE, "fewest_others": FEWEST_OTHERS,
               "fewest_treated": FEWEST_TREATED}  # fmt: skip
    return tuple(Check(key, passed[key], words(f"effect.check_{key}", **numbers)) for key in CHECKS)
