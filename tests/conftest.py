"""What holds for every test."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def main_stays() -> Iterator[None]:
    """Streamlit's AppTest puts the page it runs in the place of the main module, which a spawned process would then import."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
