"""The dashboard of a city: ``python dashboard.py [CITY]``."""

import sys

from qmgis import open_city
from qmgis.app.main import serve

if __name__ == "__main__":
    serve(open_city(sys.argv[1] if len(sys.argv) > 1 else "layers/musterstadt"))
