"""Long work beside the pages: one thread a question, with its progress, that can be stopped and leaves nothing then."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any, Literal

from qmgis.errors import QmgisError
from qmgis.model import Text, words

__all__ = ["Job", "Jobs", "State", "jobs"]

State = Literal["running", "done", "failed", "stopped"]
Tell = Callable[[float], None]

_log = logging.getLogger(__name__)


class _Stopped(Exception):
    """The work was asked to end."""


@dataclass(eq=False)
class Job:
    """Work on one question: how far it is (0-1), and in the end what came of it or why nothing did."""

    state: State = "running"
    share: float = 0.0
    result: Any = None
    fault: Text | None = None
    ended: Event = field(default_factory=Event)
    stop: Event = field(default_factory=Event)

    @property
    def seen(self) -> Job:
        """The job as it is now: a page that looks twice must not see two states."""
        return copy(self)


class Jobs:
    """Questions that are being answered, and the last answers.

    Parameters
    ----------
    at_once
        Most questions at the same time; a further one is refused with a sentence.
    kept
        Most answers that are kept; the oldest goes first.

    Examples
    --------
    >>> some = Jobs()
    >>> some.ask("2 + 2", lambda tell: 4, wait=5).result
    4
    """

    def __init__(self, *, at_once: int = 3, kept: int = 24) -> None:
        self._at_once, self._kept = at_once, kept
        self._lock = Lock()
        self._known: OrderedDict[Hashable, Job] = OrderedDict()
        self._working = 0  # threads; one that was stopped counts until it has noticed

    def ask(self, key: Hashable, work: Callable[[Tell], Any], *, wait: float = 0.0) -> Job:
        """Return the job of a question, begun now if there is none; wait for it at most so many seconds.

        ``work`` gets a function to call with the share that is done; that call does not come back once it is stopped.
        """
        with self._lock:
            job = self._known.get(key)
            if job is None:
                if self._working >= self._at_once:
                    return Job("failed", fault=words("asked.busy", count=self._working), ended=_set())
                self._working += 1
                job = self._known[key] = Job()
                self._forget_old()
                Thread(target=self._run, args=(key, job, work), name="job", daemon=True).start()
            self._known.move_to_end(key)
        job.ended.wait(wait)
        return job

    def known(self, key: Hashable) -> Job | None:
        """Return the job of a question without beginning one."""
        return self._known.get(key)

    def stop(self, key: Hashable) -> None:
        """End the work on a question; what it has so far is thrown away."""
        with self._lock:
            job = self._known.get(key)
            if job is not None and job.state == "running":
                job.state = "stopped"
                job.stop.set()
                job.ended.set()

    def forget(self, key: Hashable) -> None:
        """Let a question that was stopped or failed be asked anew."""
        with self._lock:
            job = self._known.get(key)
            if job is not None and job.state in ("stopped", "failed"):
                del self._known[key]

    def _forget_old(self) -> None:
        for key in [key for key, job in self._known.items() if job.state != "running"][: -self._kept or None]:
            del self._known[key]

    def _run(self, key: Hashable, job: Job, work: Callable[[Tell], Any]) -> None:
        def tell(share: float) -> None:
            job.share = share
            if job.stop.is_set():
                raise _Stopped

        result, fault = None, None
        try:
            result = work(tell)
        except _Stopped:
            pass
        except QmgisError as error:
            fault = Text(error.say("de"), error.say("en"))
        except Exception:  # noqa: BLE001 - whatever it is, the page says so and the log holds the reason
            _log.exception("job failed: %s", key)
            fault = words("app.failed")
        with self._lock:
            self._working -= 1
            if job.state == "running":
                job.result, job.fault, job.share = result, fault, 1.0
                job.state = "failed" if fault else "done"
            job.ended.set()


def _set() -> Event:
    event = Event()
    event.set()
    return event


jobs = Jobs()
