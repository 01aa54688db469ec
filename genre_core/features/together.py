"""Segments of a sound with several features each, a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.errors import RunError
from genre_core.features.base import Feature, SegmentFeatures
from genre_core.features.streamed import Cutter

BATCH = 32
"""Segments computed and scored at a time."""


def batches(sound: Iterable[Clip], features: Sequence[Feature], segments: SegmentConfig) -> Iterator[list[SegmentFeatures]]:
    """Features of a few segments at a time, one entry a feature.

    Parameters
    ----------
    sound : iterable of Clip
        Blocks of one sound in order.
    features : sequence of Feature
    segments : SegmentConfig

    Raises
    ------
    AudioError
        If the sound is too short for a segment.
    RunError
        If the features cut the sound into different numbers of segments.
    """
    cutters = [Cutter(feature, segments) for feature in features]
    waiting: list[list[SegmentFeatures]] = [[] for _ in cutters]
    for clip in sound:
        for cutter, queue in zip(cutters, waiting, strict=True):
            for part in cutter.push(clip):
                queue.append(part)
                if len(cutters) == 1 and len(queue) >= BATCH:
                    yield [_stack(queue)]
                    queue.clear()
        yield from _even(waiting)
    for cutter, queue in zip(cutters, waiting, strict=True):
        queue.extend(cutter.finish())
    yield from _even(waiting)
    # Lengths rounded at two rates may make one tail of a sample or two more; beyond that the cuts don't belong together.
    if any(len(queue) > 1 for queue in waiting):
        raise RunError("The run's features cut this sound into different numbers of segments. Train it with one sample rate.")


def _even(waiting: list[list[SegmentFeatures]]) -> Iterator[list[SegmentFeatures]]:
    """Take from every queue as many segments as the shortest holds, a batch at a time."""
    ready = min(len(queue) for queue in waiting)
    for start in range(0, ready, BATCH):
        yield [_stack(queue[start : min(start + BATCH, ready)]) for queue in waiting]
    for queue in waiting:
        del queue[:ready]


def _stack(parts: list[SegmentFeatures]) -> SegmentFeatures:
    return SegmentFeatures(
        np.concatenate([part.values for part in parts]),  # (n_segments, *feature shape)
        np.concatenate([part.start_seconds for part in parts]),
        np.concatenate([part.end_seconds for part in parts]),
    )
