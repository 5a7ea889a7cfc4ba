"""Long work: one thread a question, told how far, stopped without a trace, bounded."""

from __future__ import annotations

import threading
import time

from qmgis.app.jobs import Jobs
from qmgis.errors import DataError


def _until(condition, seconds=5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_the_same_question_is_worked_on_once():
    some, go, calls = Jobs(), threading.Event(), []

    def work(tell):
        calls.append(1)
        tell(0.5)
        go.wait(5)
        return "answer"

    first, second = some.ask("q", work), some.ask("q", work)
    assert first is second
    assert _until(lambda: first.share == 0.5)
    assert (first.state, first.result) == ("running", None)
    go.set()
    assert some.ask("q", work, wait=5).result == "answer"
    assert calls == [1]


def test_what_is_stopped_ends_and_leaves_nothing():
    some, go, ended = Jobs(), threading.Event(), threading.Event()

    def work(tell):
        try:
            go.wait(5)
            tell(0.9)
            return "too late"
        finally:
            ended.set()

    job = some.ask("q", work)
    some.stop("q")
    assert some.ask("q", work).state == "stopped", "it does not begin again by itself"
    go.set()
    assert ended.wait(5)
    assert (job.state, job.result) == ("stopped", None)
    some.forget("q")
    assert some.known("q") is None
    assert some.ask("q", lambda tell: "anew", wait=5).result == "anew"


def test_an_answer_that_came_before_it_noticed_the_stop_is_thrown_away():
    some, go = Jobs(), threading.Event()

    def work(tell):
        go.wait(5)
        return "too late"

    job = some.ask("q", work)
    some.stop("q")
    go.set()
    time.sleep(0.05)
    assert (job.state, job.result) == ("stopped", None)


def test_no_more_than_some_at_once_and_others_are_told():
    some, go = Jobs(at_once=2), threading.Event()
    for key in "ab":
        some.ask(key, lambda tell: go.wait(5))
    refused = some.ask("c", lambda tell: 1)
    assert refused.state == "failed"
    assert "2" in refused.fault.de
    assert some.known("c") is None
    go.set()
    assert _until(lambda: all(some.known(key).state == "done" for key in "ab"))
    assert some.ask("c", lambda tell: 1, wait=5).result == 1


def test_only_the_last_answers_are_kept():
    some = Jobs(kept=3)
    for number in range(10):
        some.ask(number, lambda tell: 1, wait=5)
    assert [number for number in range(10) if some.known(number)] == [6, 7, 8, 9]


def test_a_fault_is_a_sentence_and_may_be_asked_again():
    some = Jobs()

    def wrong(tell):
        raise DataError("No.", de="Nein.")

    assert some.ask("q", wrong, wait=5).fault.de == "Nein."
    some.forget("q")
    assert some.ask("q", lambda tell: 1, wait=5).result == 1
    assert "nicht" in some.ask("z", lambda tell: 1 / 0, wait=5).fault.de
