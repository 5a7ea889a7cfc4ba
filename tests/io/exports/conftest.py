"""The outcome by hand, shared."""

from __future__ import annotations

import pytest

from tests.io.exports.sample import sample_outcome

collect_ignore = ["qgis_probe.py"]  # runs in Debian's Python


@pytest.fixture(scope="session")
def outcome():
    return sample_outcome()
