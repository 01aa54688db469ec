"""Caches of what copies of songs do to verdicts: apart from the others, since making copies loads what no other page needs."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from genre_core.audio import Clip
from genre_core.inspection.copies import key_of, seconds_a_copy
from genre_core.inspection.robustness import Robustness, Row
from genre_core.inspection.robustness_work import Plan, load_robustness, make_plan
from genre_core.inspection.transforms import TRANSFORMS
from genre_core.runs import MANIFEST, Run
from pages.ui import cached
from pages.ui.cached import stamp
from pages.ui.root import root


def measured(run: Run, role: str) -> Robustness | None:
    """What was measured last of a run on one part; None where nothing was."""
    return _measured(str(run.folder), role, stamp(run.folder / MANIFEST), stamp(root().inspections / run.id), _run=run)


@st.cache_resource(max_entries=8, show_spinner=False)
def _measured(folder: str, role: str, changed: int, found: int, _run: Run) -> Robustness | None:
    return load_robustness(_run, root(), role)


def rows(found: Robustness) -> list[Row]:
    """Its rows, with intervals."""
    heard = tuple(track.track_id for track in found.tracks)
    return _rows(found.run, found.role, heard, tuple(found.transforms), str(root().inspections), _found=found)


@st.cache_data(max_entries=16, show_spinner=False)
def _rows(run: str, role: str, heard: tuple[str, ...], names: tuple[str, ...], folder: str, _found: Robustness) -> list[Row]:
    return _found.rows()


def plan(run: Run, role: str, n_tracks: int) -> Plan:
    """What would be heard; raises what `make_plan` raises."""
    known = stamp(root().datasets / run.dataset_name / "dataset.json")
    return _plan(str(run.folder), role, n_tracks, stamp(run.folder / MANIFEST), known, str(root().path), _run=run)


@st.cache_resource(max_entries=8, show_spinner=False)
def _plan(folder: str, role: str, n_tracks: int, changed: int, known: int, place: str, _run: Run) -> Plan:
    return make_plan({"run": _run.id, "role": role, "tracks": n_tracks}, root())


def seconds_each(memory: Path) -> float | None:
    """How long a copy takes one process [s]; None where none was heard yet."""
    return _seconds_each(str(memory), stamp(memory))


@st.cache_data(max_entries=8, show_spinner=False)
def _seconds_each(memory: str, changed: int) -> float | None:
    return seconds_a_copy(Path(memory))


def copy_of(clip: Clip, name: str) -> Clip:
    """A clip after a transform of the table."""
    transform = TRANSFORMS[name]
    return cached.rebuilt(clip, f"copy.{key_of(transform)}", lambda: transform(clip))
