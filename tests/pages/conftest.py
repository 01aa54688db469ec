"""What every test of a page in this process needs: nothing is started beside it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def nothing_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No demo songs are made and no process stands by: both would outlive the test."""
    for asks in ("pages.ui.page", "pages.ui.classify.lecture"):
        monkeypatch.setattr(f"{asks}.ensure_demo", lambda: None)
    monkeypatch.setenv("GENRE_STAND_BY", "0")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a page places the few tracks of a test itself."""
    monkeypatch.setattr("pages.ui.caches_map.PATIENCE_SECONDS", 600.0)
