"""``python -m qmgis``: the command line."""

from qmgis.cli.main import main

if __name__ == "__main__":
    main()
