"""Values of old areas on new ones: which crosswalk serves, and the table that it gives."""

from qmgis.boundaries._made import Made, made_crosswalk
from qmgis.boundaries._table import Carried, carried
from qmgis.boundaries._way import Way, way_between

__all__ = ["Carried", "Made", "Way", "carried", "made_crosswalk", "way_between"]
