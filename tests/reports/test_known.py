"""What profiles share: for one area only what it needs, with the same result as for all."""

from __future__ import annotations

import pytest

from qmgis.reports import profile_html
from qmgis.runs.compute import compute
from qmgis.runs.report import profile
from qmgis.runs.shared import known


@pytest.mark.parametrize("area", ["01010405", "QM-01"])
def test_one_area_alone_gives_the_same_profile(hostile, shared, area):
    alone = known(hostile, areas=(area,))
    assert profile_html(profile(alone, area)) == profile_html(profile(shared, area))
    assert set(alone.told) <= {area}


def test_overlays_change_no_number(hostile):
    with_them, without = (compute(hostile, "mss-2024", overlays=overlays) for overlays in (True, False))
    assert with_them.table.equals(without.table)
    assert (with_them.recipe.id, with_them.warnings) == (without.recipe.id, without.warnings)
