"""The outcome by hand, shared, and a way to unpack a zip."""

from __future__ import annotations

import pytest

from tests.io.exports.sample import sample_outcome


@pytest.fixture(scope="session")
def outcome():
    return sample_outcome()
