"""The lives of programme areas: their events in order, what holds on a day, deadlines, figures, what lies in them."""

from qmgis.lifecycle._deadlines import AGREED, deadlines, later
from qmgis.lifecycle._figures import key_figures, lone
from qmgis.lifecycle._history import areas_on, events_of, history, implied, standings_on, timeline
from qmgis.lifecycle._machine import ALLOWED, Course, Fault, Standing, Step, walk
from qmgis.lifecycle._points import TOLERANCE_M, check_points, street_list

__all__ = [
    "AGREED",
    "ALLOWED",
    "TOLERANCE_M",
    "Course",
    "Fault",
    "Standing",
    "Step",
    "areas_on",
    "check_points",
    "deadlines",
    "events_of",
    "history",
    "implied",
    "key_figures",
    "later",
    "lone",
    "standings_on",
    "street_list",
    "timeline",
    "walk",
]
