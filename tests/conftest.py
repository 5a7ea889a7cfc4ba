"""Fixtures for all rooms; real data are found through QMGIS_DATA or ../shared/data."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from tests import toy

# Examples are the same in every run, and a busy machine is no failure.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder with the real tables, or a skip that says what is missing."""
    for folder in (os.environ.get("QMGIS_DATA"), ROOT.parent / "shared" / "data"):
        if folder and (Path(folder) / "berlin").is_dir():
            return Path(folder)
    pytest.skip("the real tables are absent: set QMGIS_DATA, or put them at ../shared/data")


@pytest.fixture(scope="session")
def toy_outcome():
    """The outcome of the toy city's newest run."""
    return toy.toy_outcome()


@pytest.fixture(scope="session")
def toy_city():
    """The toy city, shared: nouns are frozen."""
    return toy.toy_city()


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, headless, one for all tests; or a skip that says what is missing."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is absent: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()
