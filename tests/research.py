"""Real songs and published tables to compare with, where they lie beside the project; they are never part of it."""

from __future__ import annotations

import os
from pathlib import Path

GTZAN = Path(os.environ.get("GENRE_RESEARCH") or Path(__file__).resolve().parents[2] / "shared" / "data") / "gtzan"
"""A part of GTZAN with its tables. The variable GENRE_RESEARCH names another folder than the one beside the project."""

SAID = (
    f"Compared with the real songs in {GTZAN}."
    if GTZAN.is_dir()
    else f"No real songs lie in {GTZAN}: the tests that compare with them were left out."
)
