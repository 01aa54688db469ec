"""Caches of what a model listened to: apart from the others, since reading a net's graph loads what no other page needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from genre_core.audio import Clip
from genre_core.features.base import segment_features
from genre_core.inference import Predictor
from genre_core.inspection.attention import Attention, only, without
from genre_core.inspection.faithfulness import Faithfulness
from genre_core.inspection.faithfulness_work import load_faithfulness
from genre_core.inspection.layers import Activation, Inside, inside
from genre_core.inspection.occlusion import occlude
from genre_core.inspection.tags import TagsOverTime, tags_over_time
from genre_core.parallel import Progress
from genre_core.resynthesis.levels import within_full_scale
from genre_core.runs import MANIFEST, Run
from pages.ui import cached
from pages.ui.cached import stamp
from pages.ui.root import root


@dataclass(frozen=True)
class Asked:
    """What is asked of a clip: an empty genre means the one that the model names."""

    genre: str
    fill: str
    detail: str


def _of(run: Run) -> tuple[str, int]:
    return str(run.folder), stamp(run.folder / MANIFEST)


@st.cache_resource(max_entries=2, show_spinner=False)
def _listener(folder: str, changed: int) -> Predictor:
    # Several patches are asked about at a time, a thread each.
    return Predictor.from_run(Run.load(Path(folder)), threads=1)


def is_made(run: Run, clip: Clip, asked: Asked) -> bool:
    """Whether the map is there already."""
    return _key(run, clip, asked) in cached.own_shelf().kept


def attention(run: Run, clip: Clip, asked: Asked, progress: Progress | None = None) -> Attention:
    """The map of a clip, kept while the visitor is here; raises what `occlude` raises."""

    def make() -> Attention:
        genre = asked.genre or None
        return occlude(_listener(*_of(run)), clip, genre=genre, fill=asked.fill, detail=asked.detail, progress=progress)

    return cached.own_shelf().get(_key(run, clip, asked), make, lambda found: found.values.nbytes)


def _key(run: Run, clip: Clip, asked: Asked) -> tuple[Any, ...]:
    return ("attention", clip.sha256, *_of(run), asked)


def parts(clip: Clip, found: Attention, share: float, key: str) -> tuple[Clip, Clip]:
    """What mattered alone, and all but it, neither beyond full scale."""
    kind = f"listened {key} {share:g}"

    def sounding(part: Clip) -> Clip:
        return within_full_scale(part, part.y)

    alone = cached.rebuilt(clip, f"{kind} only", lambda: sounding(only(clip, found, share)))
    rest = cached.rebuilt(clip, f"{kind} without", lambda: sounding(without(clip, found, share)))
    return alone, rest


def checked(run: Run, role: str) -> Faithfulness | None:
    """What was measured last of a run's maps on one part; None where nothing was."""
    return _checked(*_of(run), role, stamp(root().inspections / run.id), _run=run)


@st.cache_resource(max_entries=8, show_spinner=False)
def _checked(folder: str, changed: int, role: str, found: int, _run: Run) -> Faithfulness | None:
    return load_faithfulness(_run, root(), role)


def net(run: Run) -> Inside:
    """The net of a run, opened; raises `RunError` where it has none."""
    return _net(*_of(run), _run=run)


@st.cache_resource(max_entries=4, show_spinner=False)
def _net(folder: str, changed: int, _run: Run) -> Inside:
    return inside(_run)


def segments_of(run: Run, clip: Clip) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the segments that a run hears of a clip [s]."""
    _, starts, stops = _inputs(clip.sha256, *_of(run), _run=run, _clip=clip)
    return starts, stops


def activations(run: Run, clip: Clip, segment: int) -> list[Activation]:
    """What each layer of a run's net says of a segment of a clip; raises what `Inside.activations` raises."""
    return _activations(clip.sha256, *_of(run), segment, _run=run, _clip=clip)


@st.cache_resource(max_entries=16, scope="session", show_spinner=False)
def _activations(sha256: str, folder: str, changed: int, segment: int, _run: Run, _clip: Clip) -> list[Activation]:
    values, _, _ = _inputs(sha256, folder, changed, _run=_run, _clip=_clip)
    return net(_run).activations(*(each[segment] for each in values))


@st.cache_resource(max_entries=2, scope="session", show_spinner=False)
def _inputs(sha256: str, folder: str, changed: int, _run: Run, _clip: Clip) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    found = [segment_features(_clip, feature, _run.segments) for feature in _run.features]
    return [each.values for each in found], found[0].start_seconds, found[0].end_seconds


def tags(run: Run, clip: Clip) -> TagsOverTime:
    """Which tags the pretrained net of a run hears when; raises what `tags_over_time` raises."""
    return _tags(clip.sha256, *_of(run), _run=run, _clip=clip)


@st.cache_data(max_entries=8, scope="session", show_spinner="Listening ...")
def _tags(sha256: str, folder: str, changed: int, _run: Run, _clip: Clip) -> TagsOverTime:
    return tags_over_time(_run.features, _run.segments, _clip)
