"""The same area in every run of the city, and where the series breaks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qmgis.explanation._facts import Break, Edition, Named, Note
from qmgis.explanation._steps import flag_at, group_at, named_at
from qmgis.model import Outcome
from qmgis.model.reading import name_of, settings_of, value_at

__all__ = ["breaks_of", "editions_of", "in_order", "note_of"]


def in_order(outcome: Outcome, editions: Sequence[Outcome]) -> list[Outcome]:
    """Return all editions by year, with the run itself; each run once."""
    by_run = {one.run.key: one for one in (*editions, outcome)}
    return sorted(by_run.values(), key=lambda one: (one.run.year, one.run.key))


def note_of(outcome: Outcome, other: Outcome, area: str) -> Note:
    """Return whether an id means the same area in another run.

    Examples
    --------
    >>> note_of(toy_outcome(), toy_outcome(), "01010405"), note_of(toy_outcome(), toy_outcome(), "nowhere")
    ('', 'absent')
    """
    if area not in other.table.index:
        return "absent"
    if outcome.areas.vintage == other.areas.vintage:
        return ""
    names = [value_at(one, area, "name") for one in (outcome, other)]
    return "other_vintage" if None in names or names[0] == names[1] else "other_name"


def editions_of(outcome: Outcome, area: str, runs: Sequence[Outcome]) -> tuple[Edition, ...]:
    """Return what every run says of an area; no classes where the id belongs to another area."""
    return tuple(_edition(outcome, other, area) for other in runs)


def _edition(outcome: Outcome, other: Outcome, area: str) -> Edition:
    note, run = note_of(outcome, other, area), other.run
    head = (run.key, run.title, run.year, run.method, other.areas.vintage, note)
    if note == "absent":
        return Edition(*head, name="")
    if note == "other_name":
        return Edition(*head, name=name_of(other, area))
    return Edition(
        *head,
        name=name_of(other, area),
        status=named_at(other, area, "status_class"),
        dynamics=named_at(other, area, "dynamics_class"),
        group=group_at(other, area),
        attention=flag_at(other, area),
        left_out=str(value_at(other, area, "left_out") or ""),
    )


def breaks_of(runs: Sequence[Outcome]) -> tuple[Break, ...]:
    """Return the breaks between runs that follow each other.

    Examples
    --------
    >>> breaks_of([toy_outcome(), toy_outcome()])
    ()
    """
    found = []
    for before, after in pairwise(runs):
        redefined = _redefined(before, after)
        kinds = {
            "areas": before.areas.vintage != after.areas.vintage,
            "method": before.run.method != after.run.method or settings_of(before) != settings_of(after),
            "definition": bool(redefined),
            "change_years": before.change_years != after.change_years,
        }
        if any(kinds.values()):
            held = tuple(kind for kind, is_so in kinds.items() if is_so)
            years = (before.run.year, after.run.year)
            found.append(Break(before.run.key, after.run.key, years, held, redefined))
    return tuple(found)


def _redefined(before: Outcome, after: Outcome) -> tuple[Named, ...]:
    """Return the indicators of both runs whose definition is told differently."""
    titles = {column.key.removeprefix("value_"): column.title for column in after.columns}
    keys = [key for key in titles if f"value_{key}" in before.table and f"value_{key}" in after.table]
    return tuple(Named(key, titles[key]) for key in keys if before.definitions.get(key) != after.definitions.get(key))
