"""Streets of OpenStreetMap: an extract, read once, into a network for each mode."""

from qmgis.io.osm._build import Built, network_of_streets
from qmgis.io.osm._prepare import DRAWN, Extract, Ground
from qmgis.io.osm._read import Streets, read_streets

__all__ = ["DRAWN", "Built", "Extract", "Ground", "Streets", "network_of_streets", "read_streets"]
