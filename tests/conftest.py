"""What holds for every test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import PurePath

import pytest

LONG_FIRST = (
    "training/test_trainer.py",
    "browser/test_jobs.py",
    "faults/test_kills.py",
    "browser/test_flow.py",
    "datasets/test_demo.py",
    "browser/test_visitors.py",
    "training/test_whole_way.py",
    "browser/test_player.py",
    "browser/test_links.py",
    "browser/test_looks.py",
    "browser/test_dashboard.py",
)
"""Files that take longest, one that computes beside one that waits for a browser: begun last, one of them would be waited for."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        name = "/".join(PurePath(item.path).parts[-2:])
        return LONG_FIRST.index(name) if name in LONG_FIRST else len(LONG_FIRST)

    items.sort(key=place)  # files stay whole: the sort is stable


@pytest.fixture(autouse=True)
def main_stays() -> Iterator[None]:
    """Streamlit's AppTest puts the page it runs in the place of the main module, which a spawned process would then import."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
