"""Before and after the end of funding: readiness beside the deadline, exit plan, watch, portfolio."""

from qmgis.readiness._exit import TASKS, exit_plan
from qmgis.readiness._page import SECTIONS, one_page
from qmgis.readiness._portfolio import bars, portfolio
from qmgis.readiness._profile import QUADRANTS, Signals, profile_counts, readiness, signals
from qmgis.readiness._watch import post_exit_watch

__all__ = [
    "QUADRANTS", "SECTIONS", "TASKS", "Signals", "bars", "exit_plan", "one_page", "portfolio", "post_exit_watch",
    "profile_counts", "readiness", "signals",
]  # fmt: skip
