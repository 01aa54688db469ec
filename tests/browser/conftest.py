"""A real server and a real Chromium: each test gets a fresh page, each server a root of its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import ConsoleMessage, sync_playwright

from genre_core.datasets.demo import make_demo
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.server import Server


def is_probe(message: ConsoleMessage) -> bool:
    """Streamlit looks for its own address below a page's path first, is told 404, and then looks at the root."""
    return "/_stcore/" in message.location.get("url", "") and "404" in message.text


@pytest.fixture(scope="session")
def songs(tmp_path_factory):
    """A root with a small demo set, made once: five songs of three seconds a genre."""
    root = tmp_path_factory.mktemp("songs")
    make_demo(root / "datasets", n_tracks=5, seconds=3.0, processes=2)
    return root


@pytest.fixture
def server(songs):
    """A dashboard that no one has visited yet."""
    started = Server(songs)
    yield started
    started.close()


@pytest.fixture(scope="session")
def browser():
    path = find_chromium()
    assert path, "no Chromium: run `python tests/browser/chromium.py`, which finds or installs one"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def page(browser):
    """A page that fails the test if the browser's console reports an error."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    tab.set_default_timeout(30_000)
    errors: list[str] = []
    tab.on("console", lambda message: errors.append(message.text) if message.type == "error" and not is_probe(message) else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()
    assert not errors, errors
