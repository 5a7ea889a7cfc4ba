"""A headless browser for the tests of pages."""

from pathlib import Path

import pytest

ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts"


@pytest.fixture(scope="session")
def artefacts():
    """The folder for screenshots, which git ignores."""
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS


@pytest.fixture
def visit(chromium, tmp_path):
    """Open the bytes of a page and note what it asks for, says and breaks; the policy may be switched off."""
    contexts = []

    def opened(content: bytes, *, policy: bool = True, width: int = 1400, height: int = 900):
        context = chromium.new_context(
            bypass_csp=not policy, offline=False, viewport={"width": width, "height": height}, locale="en-US"
        )
        contexts.append(context)
        tab = context.new_page()
        tab.asked, tab.said = [], []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.on("console", lambda message: tab.said.append(message.text))
        tab.on("pageerror", lambda error: tab.said.append(str(error)))
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_bytes(content)
        tab.goto(file.as_uri())
        tab.wait_for_selector("[data-ready=true]", timeout=20_000)
        return tab

    yield opened
    for context in contexts:
        context.close()
