"""What a model listened to: patches of a sound are replaced one by one, and the model is asked again.

Zeiler and Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, section 4.2, on sound instead of pictures.
The sound itself is altered, not a feature of it: so the same question is put to every model, and its answer can be heard.
"""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError, unknown_name
from genre_core.features.base import heard
from genre_core.inference import Predictor
from genre_core.inspection.attention import Attention
from genre_core.inspection.fills import fill_named
from genre_core.inspection.patches import FADE_SECONDS, Grid, Patches
from genre_core.parallel import Countdown, Progress, n_cores

DETAILS = {"coarse": 40, "medium": 80, "fine": 240}
"""How often the model may be asked, at most."""

N_BANDS = 8
PATCH_SECONDS = (0.15, 0.2, 0.3, 0.5, 0.6, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 60.0)
"""Lengths that a grid is chosen from: those of many models' segments hold them a whole number of times."""

MOST_SECONDS = 120.0
"""Longer sounds are asked about part by part: all bands of two minutes are 85 MB."""

LEAST_SHARE = 1e-6
"""Probabilities are kept so far from 0 and 1 that their log-odds stay finite."""

_SAME_SECONDS = 1e-6
_MOST_THREADS = 4


def occlude(
    predictor: Predictor,
    clip: Clip,
    *,
    genre: str | None = None,
    fill: str = "quiet",
    detail: str = "medium",
    grid: Grid | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Attention:
    """Replace each patch of a clip and see how much less the model believes in a genre.

    Log-odds, not probabilities, are compared: of a model that is 0.999 sure no patch alone takes much away, though one weighs ten
    times as much as another. Patches that no segment hears together are replaced in one go, so that a model that hears three
    seconds at a time is asked as often for half a minute as for three seconds.

    Parameters
    ----------
    predictor : Predictor
        The model with its features; any row of MODELS. Several answers are asked for at a time, so one thread for each is best:
        `Predictor.from_run(run, threads=1)`.
    clip : Clip
        At most `MOST_SECONDS`.
    genre : str, optional
        What is asked about; the likeliest genre by default.
    fill : str
        What patches are replaced with, a name in FILLS.
    detail : str
        How fine: a name in DETAILS.
    grid : Grid, optional
        The patches themselves, whatever they cost, instead of `detail`.
    seed : int
        Of noise and phases in the fills.
    progress : callable, optional
        `progress(done, total, seconds_left)` after each answer; it may raise to stop.

    Raises
    ------
    ParameterError
        If a name is unknown, or the clip is silent or too long.
    AudioError
        If the clip is too short for the model.
    RunError
        If the model gives no finite posterior.
    """
    replacement = fill_named(fill)
    if genre is not None and genre not in predictor.genres:
        raise unknown_name("genre", genre, predictor.genres)
    if clip.seconds > MOST_SECONDS:
        raise ParameterError(
            f"A map is made of at most {MOST_SECONDS:g} s. Received: {clip.seconds:.1f} s. Cut out a part first."
        )
    if clip.is_silent:
        raise ParameterError(f"A map needs a sound to take parts away from. Received: silence in {clip.name or 'the clip'}.")
    before = predictor.posteriors(clip)  # (n_segments, n_genres)
    posterior = before.mean(axis=0, dtype=np.float64).astype(np.float32)
    asked = predictor.genres.index(genre) if genre is not None else int(posterior.argmax())
    spans = spans_heard(predictor, clip)[: len(before)]
    laid = _laid(spans, clip.seconds, DETAILS[_known(detail)]) if grid is None else grid
    patches = Patches(clip, laid.time_edges(clip.seconds), laid.band_edges(highest_heard(predictor, clip.sr)))
    groups, columns = groups_apart(patches.time_edges, spans)
    work = [(group, band) for group in groups for band in range(patches.n_bands)]
    change = replacement.make(patches, np.random.default_rng(seed)) - patches.bands
    values = np.zeros((patches.n_bands, patches.n_times))
    odds = log_odds(before[:, asked])  # (n_segments,)

    def without(group: np.ndarray, band: int) -> np.ndarray:
        y = clip.y + change[band] * patches.over_time(group)
        return log_odds(predictor.posteriors(replace(clip, y=y))[:, asked])

    countdown = Countdown(progress, len(work))
    with closing(_answers(without, work)) as answers:  # whatever ends the work, no further answer is asked for
        for (group, band), left in answers:
            for segment, fall in enumerate(odds - left):
                first, stop = columns[segment]
                heard_here = np.flatnonzero(group[first:stop])  # one column, or none
                values[band, first + heard_here] += fall / len(before)
            countdown.step()
    return Attention(
        predictor.genres[asked],
        fill,
        patches.time_edges,
        patches.band_edges,
        values.astype(np.float32),
        posterior,
        predictor.genres,
        1 + len(work),
    )


def log_odds(probability: np.ndarray) -> np.ndarray:
    """`log(p / (1 - p))` of probabilities, kept `LEAST_SHARE` from 0 and 1, float64, same shape."""
    p = np.clip(np.asarray(probability, np.float64), LEAST_SHARE, 1 - LEAST_SHARE)
    return np.log(p / (1 - p))


class Span(NamedTuple):
    """What a segment hears of a clip [s]."""

    start: float
    stop: float


def spans_heard(predictor: Predictor, clip: Clip) -> list[Span]:
    """What each segment of a clip hears: itself, or with a feature that has a context, the stretch around it."""
    found: list[list[Span]] = []
    for feature in predictor.features:
        n_samples, sr = round(clip.seconds * feature.sr), feature.sr
        first, last = predictor.segments.ends(n_samples, sr=sr)
        cuts = predictor.segments.cut(n_samples, sr=sr)
        places = (heard(feature, cut.start, cut.stop, first=first, last=last) for cut in cuts)
        found.append([Span(start / sr, stop / sr) for start, stop in places])
    return [Span(min(span.start for span in its), max(span.stop for span in its)) for its in zip(*found, strict=False)]


def highest_heard(predictor: Predictor, sr: int) -> float:
    """The frequency [Hz] above which no feature hears anything, nor the clip of rate `sr` holds anything."""
    return min(sr / 2, max(float(getattr(feature, "fmax", 0.0) or feature.sr / 2) for feature in predictor.features))


def groups_apart(time_edges: np.ndarray, spans: list[Span]) -> tuple[list[np.ndarray], list[tuple[int, int]]]:
    """Columns that can be replaced in one go, since no segment hears two of them.

    Parameters
    ----------
    time_edges : np.ndarray
        Edges of the columns [s].
    spans : list of Span
        What each segment hears.

    Returns
    -------
    list of np.ndarray
        Groups of columns, bool, shape (n_times,); columns that no segment hears are in none.
    list of (int, int)
        First column and the one behind the last that each segment hears.
    """
    rises, falls = time_edges[:-1] - FADE_SECONDS / 2, time_edges[1:] + FADE_SECONDS / 2
    rises[0], falls[-1] = -np.inf, np.inf
    heard_by = []
    for span in spans:
        found = np.flatnonzero((falls > span.start + _SAME_SECONDS) & (rises < span.stop - _SAME_SECONDS))
        heard_by.append((int(found[0]), int(found[-1]) + 1))
    groups: list[np.ndarray] = []
    last: list[int] = []
    for column in range(len(rises)):
        with_it = [first for first, stop in heard_by if first <= column < stop]
        if not with_it:
            continue
        # A segment hears columns side by side: where it doesn't hear the last one of a group, it hears none before.
        place = next((place for place, other in enumerate(last) if other < min(with_it)), len(groups))
        if place == len(groups):
            groups.append(np.zeros(len(rises), bool))
            last.append(column)
        groups[place][column] = True
        last[place] = column
    return groups, heard_by


def _laid(spans: list[Span], seconds: float, n_evaluations: int) -> Grid:
    """The finest grid for which a model is asked no more often than that."""
    for patch_seconds in PATCH_SECONDS:
        grid = Grid(patch_seconds, N_BANDS)
        if len(groups_apart(grid.time_edges(seconds), spans)[0]) * N_BANDS <= n_evaluations:
            return grid
    return Grid(seconds, N_BANDS)


def _known(detail: str) -> str:
    if detail not in DETAILS:
        raise unknown_name("detail", detail, DETAILS)
    return detail


def _answers(ask: Any, work: list[tuple[np.ndarray, int]]) -> Generator[tuple[tuple[np.ndarray, int], np.ndarray], None, None]:
    """What `ask` says of each entry, in order, some at a time on threads: nothing here holds Python's lock for long."""
    from threadpoolctl import threadpool_limits

    pool = ThreadPoolExecutor(min(n_cores(), _MOST_THREADS))
    # Matrices are multiplied on one core each: further threads beside these wait for each other and cost eight times as much.
    with threadpool_limits(limits=1, user_api="blas"):
        try:
            yield from zip(work, pool.map(lambda entry: ask(*entry), work), strict=True)
        finally:
            pool.shutdown(cancel_futures=True)
