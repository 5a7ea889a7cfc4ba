"""How fast qmgis is beside others: `python -m benchmarks [job …] [--quick] [--json]`.

One job a module, ending in ``JOB``. Every ratio compares in one process, by turns, medians of several runs. Figures are
reported, never asserted. A peer that is not installed is skipped, and the table says so.
"""
