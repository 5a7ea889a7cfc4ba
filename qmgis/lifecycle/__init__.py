"""The lives of programme areas: their events in order, what holds on a day, deadlines, figures, what lies in them."""

from qmgis.lifecycle._assessed import assessed, assessment_faults, history_of
from qmgis.lifecycle._deadlines import AGREED, deadlines, later
from qmgis.lifecycle._figures import key_figures, lone
from qmgis.lifecycle._history import areas_on, events_of, history, implied, named, standings_on, timeline
from qmgis.lifecycle._legal import legal_check
from qmgis.lifecycle._machine import ALLOWED, Course, Fault, Standing, Step, walk
from qmgis.lifecycle._points import TOLERANCE_M, check_points, street_list
from qmgis.lifecycle._records import phases_on, record_of
from qmgis.lifecycle._streets import house_numbers
from qmgis.lifecycle._words import phase_words

__all__ = [
    "AGREED",
    "ALLOWED",
    "TOLERANCE_M",
    "Course",
    "Fault",
    "Standing",
    "Step",
    "areas_on",
    "assessed",
    "assessment_faults",
    "check_points",
    "deadlines",
    "events_of",
    "history",
    "history_of",
    "house_numbers",
    "implied",
    "key_figures",
    "later",
    "legal_check",
    "lone",
    "named",
    "phase_words",
    "phases_on",
    "record_of",
    "standings_on",
    "street_list",
    "timeline",
    "walk",
]
