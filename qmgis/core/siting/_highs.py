"""Linear programmes with HiGHS: what it found and what it proved, as two numbers, never its status alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from scipy.sparse import csr_array

__all__ = ["Answer", "Clock", "Model", "Programme"]

EXACT = 1e-9  # relative gap up to which HiGHS goes on
LOOKS_S = 0.1  # seconds between two looks whether to go on


class Clock:
    """The seconds that are left of a limit, and who may end the work before.

    ``look``: called now and then; what it raises ends the work, within a solver too.
    """

    def __init__(self, seconds: float, look: Callable[[], None] | None = None) -> None:
        self._end = perf_counter() + seconds
        self.look = look or _go_on

    @property
    def left(self) -> float:
        """Seconds left, at least 0."""
        return max(0.0, self._end - perf_counter())


def _go_on() -> None:
    """End nothing."""


@dataclass(frozen=True, eq=False)
class Programme:
    """Minimise ``cost`` x with ``low`` <= x <= ``high`` and ``least`` <= ``rows`` x <= ``most``.

    The first ``whole`` columns are whole numbers.
    """

    cost: np.ndarray
    high: np.ndarray
    rows: csr_array
    least: np.ndarray
    most: np.ndarray
    whole: int = 0
    low: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Answer:
    """``x``: the best columns found, None where none was. ``bound``: no columns can cost less (-inf: not known).

    ``price``: what one more of each column would cost, where no column must be whole.
    """

    x: np.ndarray | None
    bound: float
    is_infeasible: bool = False
    price: np.ndarray | None = None


class Model:
    """A programme that HiGHS holds: more rows can be added, and it goes on from where it was."""

    def __init__(self, programme: Programme) -> None:
        import highspy

        # The class that users see prints a banner to the standard output as soon as it is made; this one does not.
        self._model = highspy._core._Highs()
        self._whole = programme.whole
        for name, value in (
            ("output_flag", False), ("mip_rel_gap", EXACT), ("mip_abs_gap", 1e-6), ("random_seed", 0),
        ):  # fmt: skip
            self._model.setOptionValue(name, value)
        self._model.passModel(_model(programme))

    def add(self, rows: csr_array, most: np.ndarray) -> None:
        """Add rows: ``rows`` x <= ``most``."""
        low, start = np.full(len(most), -np.inf), rows.indptr[:-1].astype(np.int32)
        index, value = rows.indices.astype(np.int32), rows.data.astype(float)
        self._model.addRows(len(most), low, np.asarray(most, dtype=float), len(value), start, index, value)

    def solve(self, clock: Clock, *, start: np.ndarray | None = None, enough: float = np.inf) -> Answer:
        """Return the best columns found in time, and the bound proved in time; raise what the clock's ``look`` raises.

        ``start``: columns to begin with, where some are known. ``enough``: a bound above it ends the search.
        """
        import highspy

        model = self._model
        clock.look()
        model.setOptionValue("time_limit", model.getRunTime() + max(clock.left, 0.01))
        if start is not None:
            model.setSolution(len(start), np.arange(len(start), dtype=np.int32), np.asarray(start, dtype=float))
        _run(model, clock, enough)
        status, known, info = model.getModelStatus(), highspy.HighsModelStatus, model.getInfo()
        found = info.primal_solution_status == highspy.kSolutionStatusFeasible
        solution = model.getSolution()
        x = np.array(solution.col_value) if found else None
        if self._whole:
            bound = float(info.mip_dual_bound)
        else:
            bound = float(info.objective_function_value) if status == known.kOptimal else -np.inf
        price = np.array(solution.col_dual) if found and not self._whole else None
        return Answer(x, bound if np.isfinite(bound) else -np.inf, status == known.kInfeasible, price)


def _run(model: Any, clock: Clock, enough: float) -> None:
    """Run the solver, and let ``look`` or a bound above ``enough`` end it."""
    if clock.look is _go_on and np.isinf(enough):
        model.run()
        return
    import highspy

    kinds = highspy.cb.HighsCallbackType
    whole, faults = int(kinds.kCallbackMipInterrupt), list[BaseException]()
    next_look = perf_counter()

    def asked(kind: int, _said: str, now: Any, answer: Any, _data: Any) -> None:
        nonlocal next_look
        if faults or (kind == whole and now.mip_dual_bound > enough):
            answer.user_interrupt = True
        if perf_counter() < next_look:
            return
        next_look = perf_counter() + LOOKS_S
        try:
            clock.look()
        except BaseException as fault:  # noqa: BLE001 - it must not pass through the solver: it is raised behind it
            faults.append(fault)
            answer.user_interrupt = True

    model.setCallback(asked, None)
    for kind in (kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt):
        model.startCallback(kind)
    model.run()
    if faults:
        raise faults[0]


def _model(programme: Programme):  # type: ignore[no-untyped-def]
    import highspy

    rows, columns = programme.rows.shape
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, rows
    model.col_cost_, model.col_upper_ = programme.cost, programme.high
    model.col_lower_ = np.zeros(columns) if programme.low is None else programme.low
    model.row_lower_, model.row_upper_ = programme.least, programme.most
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = programme.rows.indptr.astype(np.int32)
    model.a_matrix_.index_ = programme.rows.indices.astype(np.int32)
    model.a_matrix_.value_ = programme.rows.data.astype(float)
    if programme.whole:
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger] * programme.whole + [kinds.kContinuous] * (columns - programme.whole)
    return model
