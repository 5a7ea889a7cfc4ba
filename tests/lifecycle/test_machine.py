"""Which event may be in which phase; mergers, splits and re-entries; the arithmetic of published portfolios."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.errors import DataError
from qmgis.lifecycle import ALLOWED, walk
from qmgis.model import EVENT_TYPES, PHASES, Event

FUNDED = {"P5", "P6", "P7", "P8"}


def ev(area: str, kind: str, day: str, *, others: tuple[str, ...] = (), until: str | None = None) -> Event:
    return Event(area, kind, date.fromisoformat(day), date.fromisoformat(until) if until else None, others)


def standing(events: list[Event], area: str):
    return [step.standing for step in walk(events).steps if step.programme_area == area][-1]


def running(events: list[Event], day: str) -> set[str]:
    last = {s.programme_area: s.standing for s in walk(events).steps if s.event.on <= date.fromisoformat(day)}
    return {area for area, one in last.items() if one.phase in FUNDED}


def test_a_whole_life_goes_through_the_phases():
    life = [
        ("propose", "P2"), ("study_start", "P4"), ("designate", "P5"), ("office_open", "P6"), ("concept_adopt", "P7"),
        ("extend", "P7"), ("interim_balance", "P7"), ("transition_start", "P8"), ("final_balance", "P8"), ("end", "P9"),
        ("reentry", "P5"),
    ]  # fmt: skip
    events = [ev("A", kind, f"20{10 + year}-01-01") for year, (kind, _) in enumerate(life)]
    course = walk(reversed(events))
    assert [step.standing.phase for step in course.steps] == [phase for _, phase in life]
    assert course.faults == ()
    assert course.steps[-1].standing.begun == date(2020, 1, 1)
    assert course.steps[-2].standing.ended == date(2019, 1, 1)
    assert course.steps[-1].standing.ended is None


def test_a_concept_from_before_the_designation_counts_when_the_office_opens():
    events = [ev("A", "study_start", "2016-01-01"), ev("A", "concept_adopt", "2017-01-01"),
              ev("A", "designate", "2018-01-01"), ev("A", "office_open", "2018-06-01")]  # fmt: skip
    assert [step.standing.phase for step in walk(events).steps] == ["P4", "P4", "P5", "P7"]


@pytest.mark.parametrize("kind", ["extend", "reduce", "merge", "split", "prolong", "office_open", "interim_balance",
                                  "transition_start", "final_balance", "end"])  # fmt: skip
def test_nothing_of_a_running_area_comes_before_its_designation(kind):
    course = walk([ev("A", kind, "2017-01-01", others=("B",), until="2030-01-01"), ev("A", "designate", "2018-01-01")])
    assert [fault.kind for fault in course.faults] == ["before_designation"]
    assert [step.event.type for step in course.steps] == ["designate"]


@pytest.mark.parametrize("kind", [kind for kind in EVENT_TYPES if kind not in ("reentry", "final_balance")])
def test_after_the_end_only_a_re_entry_and_the_last_balance(kind):
    events = [ev("A", "designate", "2005-01-01"), ev("A", "end", "2017-01-01"),
              ev("A", kind, "2018-01-01", others=("B",), until="2030-01-01")]  # fmt: skip
    fault = walk(events).faults[0]
    assert (fault.kind, fault.day) == ("after_end", date(2017, 1, 1))


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ([ev("A", "designate", "2005-01-01"), ev("A", "designate", "2006-01-01")], "already_designated"),
        ([ev("A", "designate", "2005-01-01"), ev("A", "study_start", "2006-01-01")], "already_designated"),
        ([ev("A", "designate", "2005-01-01"), ev("A", "reentry", "2006-01-01")], "reentry_without_end"),
        ([ev("A", "study_start", "2003-01-01"), ev("A", "end", "2004-01-01"), ev("A", "designate", "2005-01-01")],
         "end_before_designation"),
        ([ev("A", "study_start", "2003-01-01"), ev("A", "propose", "2004-01-01")], "out_of_order"),
        ([ev("A", "designate", "2005-01-01"), ev("A", "final_balance", "2006-01-01")], "out_of_order"),
        ([ev("A", "designate", "2005-01-01"), ev("A", "merge", "2006-01-01")], "without_others"),
        ([ev("A", "designate", "2005-01-01"), ev("A", "merge", "2006-01-01", others=("A", "B"))], "without_others"),
        ([ev("A", "designate", "2005-01-01"), ev("A", "split", "2006-01-01", others=("A",))], "without_others"),
        ([ev("A", "designate", "2005-01-01"), ev("A", "prolong", "2006-01-01")], "without_until"),
        ([ev("A", "designate", "2005-01-01", until="2020-01-01"),
          ev("A", "prolong", "2006-01-01", until="2020-01-01")], "not_longer"),
        ([ev("A", "designate", "2005-01-01"), ev("B", "designate", "2005-01-01"), ev("B", "end", "2006-01-01"),
          ev("A", "merge", "2007-01-01", others=("B",))], "other_ended"),
        ([ev("A", "designate", "2005-01-01"), ev("B", "designate", "2005-01-01"),
          ev("A", "merge", "2007-01-01", others=("B",)), ev("B", "merge", "2007-01-01", others=("A",))], "other_ended"),
    ],
)  # fmt: skip
def test_what_cannot_have_been_is_told_by_its_kind(events, kind):
    assert [fault.kind for fault in walk(events).faults] == [kind]


def test_a_study_may_be_given_up():
    one = standing([ev("A", "study_start", "2003-01-01"), ev("A", "end", "2004-01-01")], "A")
    assert (one.phase, one.ended, one.begun) == ("P0", None, None)


def test_a_merged_area_goes_on_in_the_oldest_term_unless_it_is_designated_itself():
    old = [ev("A", "designate", "1999-03-01"), ev("B", "designate", "2005-01-01")]
    merged = [ev("A", "merge", "2021-01-01", others=("C",)), ev("B", "merge", "2021-01-01", others=("C",))]
    new = standing(old + merged, "C")
    assert (new.phase, new.begun, new.predecessors, new.inherited) == ("P5", date(1999, 3, 1), ("A", "B"), True)
    assert standing(old + merged, "A").successors == ("C",)
    own = standing([*old, *merged, ev("C", "designate", "2021-01-01")], "C")
    assert (own.begun, own.predecessors, own.inherited) == (date(2021, 1, 1), ("A", "B"), False)


def test_an_area_that_takes_another_in_keeps_its_own_term():
    events = [ev("A", "designate", "1999-03-01"), ev("B", "designate", "2005-01-01"),
              ev("A", "merge", "2021-01-01", others=("B",))]  # fmt: skip
    one = standing(events, "B")
    assert (one.begun, one.predecessors) == (date(2005, 1, 1), ("A",))


def test_what_is_left_of_a_split_may_keep_its_id():
    events = [ev("A", "designate", "2005-01-01"), ev("A", "split", "2010-01-01", others=("A", "B"))]
    assert running(events, "2010-01-01") == {"A", "B"}
    gone = [ev("A", "designate", "2005-01-01"), ev("A", "split", "2010-01-01", others=("C", "B"))]
    assert running(gone, "2010-01-01") == {"C", "B"}
    assert standing(gone, "C").begun == date(2005, 1, 1)


def test_prolonging_moves_the_agreed_end_only():
    events = [ev("A", "designate", "2005-01-01", until="2020-01-01"),
              ev("A", "prolong", "2019-01-01", until="2022-01-01")]  # fmt: skip
    one = standing(events, "A")
    assert (one.until, one.begun) == (date(2022, 1, 1), date(2005, 1, 1))


def test_berlin_1999_to_2005():
    """15 areas in 1999; of 17 there in 2005 three end and 16 come: 30; two are extended (DOMAIN N10)."""
    events = [ev(f"{n:02d}", "designate", "1999-03-01") for n in range(15)]
    events += [ev(f"{n:02d}", "designate", "2001-01-01") for n in range(15, 17)]
    events += [ev(f"{n:02d}", "end", "2005-01-01") for n in range(3)]
    events += [ev(f"{n:02d}", "designate", "2005-01-01") for n in range(17, 33)]
    events += [ev(f"{n:02d}", "extend", "2005-01-01") for n in (5, 6)]
    assert walk(events).faults == ()
    assert len(running(events, "1999-12-31")) == 15
    assert len(running(events, "2004-12-31")) == 17
    assert len(running(events, "2005-01-01")) == 30 == 14 + 16


def test_berlin_2020_and_2021():
    """34 areas; nine end, two become one, eight come, others are reduced and extended: 32 (DOMAIN N11)."""
    areas = [f"{n:02d}" for n in range(34)]
    events = [ev(area, "designate", "2009-01-01") for area in areas]
    events += [ev(area, "end", "2021-01-01") for area in areas[:9]]
    events += [ev(area, "merge", "2021-01-01", others=("Rixdorf",)) for area in areas[9:11]]
    events += [ev(f"new{n}", "designate", "2021-01-01") for n in range(8)]
    events += [ev(areas[11], "reduce", "2021-01-01"), ev(areas[12], "extend", "2021-01-01")]
    assert walk(events).faults == ()
    assert len(running(events, "2020-12-31")) == 34
    assert len(running(events, "2021-01-01")) == 32 == 34 - 9 - 1 + 8


def test_every_event_leads_somewhere_from_every_phase_where_it_is_allowed():
    assert set(ALLOWED) == set(EVENT_TYPES)
    assert all(phases <= set(PHASES) for phases in ALLOWED.values())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(EVENT_TYPES), st.integers(0, 40)), max_size=25))
def test_each_event_is_a_step_or_a_fault_and_the_portfolio_balances(drawn):
    """Areas that run = those that began less those that ended, counted by hand from the steps."""
    others = {"A": ("B",), "B": ("C",), "C": ("D",)}
    start = date(2000, 1, 1)
    events = [
        Event(area, kind, start + timedelta(days=day), start + timedelta(days=day + 9), others[area])
        for area, kind, day in drawn
    ]
    course = walk(events)
    own = [step for step in course.steps if step.programme_area == step.event.programme_area]
    assert sorted(map(repr, [step.event for step in own] + [fault.event for fault in course.faults])) == sorted(
        map(repr, events)
    )
    days = [step.event.on for step in course.steps]
    assert days == sorted(days)
    phase: dict[str, str] = {}
    balance = 0
    for step in course.steps:
        was, now = phase.get(step.programme_area, "P0") in FUNDED, step.standing.phase in FUNDED
        balance += now - was
        phase[step.programme_area] = step.standing.phase
        if step.programme_area == step.event.programme_area:
            assert was or step.event.type in ("designate", "reentry") or not now
        assert (step.standing.phase == "P9") == (step.standing.ended is not None)
    assert balance == sum(one in FUNDED for one in phase.values())


def test_an_event_checks_itself():
    with pytest.raises(DataError, match="is no event of a programme area; events are propose"):
        ev("A", "ende", "2020-01-01")
    with pytest.raises(DataError, match="name a later day"):
        ev("A", "prolong", "2020-01-01", until="2020-01-01")
