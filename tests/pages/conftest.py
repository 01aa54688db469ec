"""What every test of a page in this process needs: nothing is started beside it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def nothing_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No demo songs are made and no process stands by: both would outlive the test."""
    monkeypatch.setattr("pages.ui.page.ensure_demo", lambda: None)
    monkeypatch.setattr("genre_core.jobs.spawning.stand_by", lambda: None)
