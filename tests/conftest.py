"""What holds for every test."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests import research

# librosa's compiled functions lie in one folder for all processes, and one that reads what another is writing may crash.
CACHES = Path(__file__).resolve().parents[1] / ".pytest_cache"
os.environ["NUMBA_CACHE_DIR"] = str(CACHES / f"numba-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")

# The processes of a run share the cores: threads of one that wait for each other on a core that another has cost both.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

gc.disable()  # until all tests are collected: nothing that is imported goes away

settings.register_profile("any machine", deadline=None)  # how long an example takes says nothing on a busy machine
settings.load_profile("any machine")

TOGETHER = {f"training/test_{name}.py": "trained runs" for name in ("trainer", "given", "splits", "search")}
"""Files whose tests share something costly: one process runs them all. Every other file is a group of its own."""

LONG_FIRST = (
    *TOGETHER,
    "browser/test_jobs.py",
    "faults/test_kills.py",
    "browser/test_flow.py",
    "datasets/test_demo.py",
    "training/test_estimators.py",
    "browser/test_visitors.py",
    "training/test_whole_way.py",
    "browser/test_player.py",
    "browser/test_links.py",
    "browser/test_looks.py",
    "browser/test_dashboard.py",
)
"""Files that take longest, one that computes beside one that waits for a browser: begun last, one of them would be waited for."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_songs: compares with songs and tables that lie beside the project, where they do")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        name = _short_name(item.nodeid)
        return LONG_FIRST.index(name) if name in LONG_FIRST else len(LONG_FIRST)

    items.sort(key=place)  # files stay whole: the sort is stable
    if not research.GTZAN.is_dir():
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("real_songs")])
        items[:] = [item for item in items if not item.get_closest_marker("real_songs")]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Set aside what is there before the first test: Streamlit would look through it for garbage after each run of a page."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(research.SAID)


class Groups(LoadFileScheduling):
    """Gives each process whole files, and files that stand together to one process."""

    def _split_scope(self, nodeid: str) -> str:
        name = _short_name(nodeid)
        return TOGETHER.get(name, name)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups:
    return Groups(config, log)


def _short_name(nodeid: str) -> str:
    """The file of a test and the folder it lies in."""
    return "/".join(nodeid.split("::", maxsplit=1)[0].split("/")[-2:])


@pytest.fixture(autouse=True)
def main_stays() -> Iterator[None]:
    """Streamlit's AppTest puts the page it runs in the place of the main module, which a spawned process would then import."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
