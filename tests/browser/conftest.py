"""A real server and a real Chromium: each test gets a fresh page, each server a root of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, sync_playwright

from genre_core.datasets.demo import make_demo
from tests.browser.chromium import find_chromium

PROJECT = Path(__file__).resolve().parents[2]


class Server:
    """A dashboard on a free port, with everything it writes below `root`."""

    def __init__(self, root: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.root = root
        self.url = f"http://localhost:{self.port}"
        self.log = (root / "server.log").open("w")
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            "--server.port",
            str(self.port),
            "--server.headless",
            "true",
        ]
        self._process = subprocess.Popen(
            [*command, "--server.fileWatcherType", "none"],
            cwd=PROJECT,
            env={**os.environ, "GENRE_HOME": str(root)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            # The health address answers before any page has run, so a test's own request stays the first.
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
            assert self._process.poll() is None, (root / "server.log").read_text()
            time.sleep(0.2)
        raise AssertionError("the server did not answer within 60 s:\n" + (root / "server.log").read_text())

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        self.log.close()


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
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=arguments)
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
