"""A real server and a real Chromium: each visitor has a browser context of its own, each server a root of its own."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from genre_core import jobs
from genre_core.datasets.demo import make_demo
from genre_core.jobs.locks import is_held
from genre_core.paths import Root
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.server import Server
from tests.browser.visitor import WAIT_SECONDS, Visitor

expect.set_options(timeout=1000 * WAIT_SECONDS)


@pytest.fixture(scope="session")
def songs(tmp_path_factory):
    """A root with a small demo set, made once: five songs of three seconds a genre. It is read, or copied."""
    root = tmp_path_factory.mktemp("songs")
    make_demo(root / "datasets", n_tracks=5, seconds=3.0, processes=1)
    return root


@pytest.fixture(scope="module")
def own_root(songs, tmp_path_factory):
    """A root for the tests of one file, with the small demo set; jobs that still go on are ended with them."""
    root = tmp_path_factory.mktemp("own")
    shutil.copytree(songs / "datasets", root / "datasets")
    yield root
    end_jobs(root)


@pytest.fixture(scope="module")
def own_server(own_root):
    """A dashboard for the tests of one file."""
    started = Server(own_root)
    yield started
    started.close()


@pytest.fixture
def server(songs):
    """A dashboard that no one has visited yet."""
    started = Server(songs)
    yield started
    started.close()


@pytest.fixture(scope="session")
def driver():
    """Playwright, which opens browsers; there is one a process."""
    assert find_chromium(), "no Chromium: run `python tests/browser/chromium.py`, which finds or installs one"
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(driver):
    started = driver.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
    yield started
    started.close()


@pytest.fixture
def visit(browser):
    """Open a page as one more visitor; the test fails if anything on it complains."""
    visitors: list[Visitor] = []

    def come(**options):
        visitors.append(Visitor(browser, **options))
        return visitors[-1].page

    yield come
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def page(visit):
    """The page of one visitor."""
    return visit()


def end_jobs(root: Path) -> None:
    """Kill what still works below a root: a test that failed leaves no training behind."""
    for job in jobs.active_jobs(Root(root)):
        pid = job.status().pid
        if pid and is_held(job.folder / "alive.lock"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module", autouse=True)
def nothing_stands_by() -> Iterator[None]:
    """Each visit of the Train page would load TensorFlow, on cores that the browser needs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENRE_STAND_BY", "0")
        yield
