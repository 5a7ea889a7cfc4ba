"""The profile of an area on two to four pages: sections of words, pictures and tables, as PDF and as HTML."""

from qmgis.reports._canvas import Canvas, canvas_of
from qmgis.reports._html import profile_html
from qmgis.reports._make import profile_of
from qmgis.reports._material import UNDECIDED, Course, Judged, Level, Life, Material, Role, Subject
from qmgis.reports._pdf import profile_pdf, profile_pictures
from qmgis.reports._profile import Picture, Profile, Section, Table
from qmgis.reports._sections import Maker

__all__ = [
    "UNDECIDED",
    "Canvas",
    "Course",
    "Judged",
    "Level",
    "Life",
    "Maker",
    "Material",
    "Picture",
    "Profile",
    "Role",
    "Section",
    "Subject",
    "Table",
    "canvas_of",
    "profile_html",
    "profile_of",
    "profile_pdf",
    "profile_pictures",
]
