"""Convolution and recurrence: a filter slides over a spectrogram, what pooling keeps, an LSTM that counts, memory that fades."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from genre_core.features.spectral import LogMel
from genre_core.resynthesis import with_clicks
from genre_core.teaching.convolving import FILTERS, alike, at_place, convolve, lit, max_pool, onset_curve
from genre_core.teaching.recurrence import counting_lstm, fading_rnn, forgetting, lstm, traces
from pages.figures.learn import patterns as figures
from pages.figures.theme import ACCENT, WARM
from pages.lessons.lesson import Lesson, Stage
from pages.lessons.song import pick_song
from pages.ui import cached, caches_learn
from pages.ui.player import Sound

SOUND = LogMel(n_mels=40, hop_length=512)
FRAME_SECONDS = SOUND.hop_length / SOUND.sr
SHOWN_FRAMES, MOST_MOVED = 128, 16
"""Of a song three seconds are seen; it can be moved by up to so many frames."""
MARGIN = 4
"""Frames before and after what is seen, so that a filter meets the song at its edges, not silence."""
BEFORE = MOST_MOVED + MARGIN
LEAST_FRAMES = 16
POOLS = (1, 2, 4, 8, 16, 32, "all")
COUNTED_SECONDS = 6.0
QUIET_FRAMES = 130


class Heard(NamedTuple):
    """Three seconds of a song, with what lies before and after them.

    Attributes
    ----------
    bright : np.ndarray
        Brightness, shape (40, BEFORE + n_frames + MARGIN).
    hertz : np.ndarray
        Centre of each band, shape (40,).
    """

    bright: np.ndarray
    hertz: np.ndarray

    @property
    def n_frames(self) -> int:
        """How many are seen."""
        return int(self.bright.shape[1]) - BEFORE - MARGIN

    def seen(self, values: np.ndarray, later: int = 0) -> np.ndarray:
        """What is seen of `values` when the song begins so many frames later, shape (40, n_frames)."""
        begin = BEFORE - later
        return values[:, begin : begin + self.n_frames]

    def passed(self, name: str, *, bias: float = 0.0, later: int = 0) -> np.ndarray:
        """What passes a filter and ReLU, shape (40, n_frames)."""
        return self.seen(np.maximum(convolve(self.bright, FILTERS[name].weights, padding="same", bias=bias), 0.0), later)


def _slide(stage: Stage) -> None:
    heard = _heard(stage)
    if heard is None:
        return
    name = _filter(stage)
    weights = FILTERS[name].weights
    at = stage.slider("Time [s]", "time", 0.0, 2.9, 1.0, 0.02)
    band = stage.slider("Band, low to high", "band", 1, len(heard.hertz), 12, 1)
    column = BEFORE + min(heard.n_frames - 1, int(at / FRAME_SECONDS))
    answers = heard.seen(convolve(heard.bright, weights, padding="same"))
    place = at_place(heard.bright, weights, band - 1, column, padding="same")
    place = replace(place, column=place.column - BEFORE)
    seen = {"frame_seconds": FRAME_SECONDS, "hertz": heard.hertz, "words": stage.words}
    stage.chart(figures.sliding(heard.seen(heard.bright), answers, place, weights, **seen), "sliding")
    stage.tell(
        "{pattern}. {count} products add up to **{answer}** here; the largest answer in sight is {largest}.",
        pattern=stage.words(FILTERS[name].answers_to),
        count=weights.size,
        answer=figures.signed(place.answer),
        largest=figures.signed(answers.max()),
    )


def _map(stage: Stage) -> None:
    heard = _heard(stage)
    if heard is None:
        return
    name = _filter(stage)
    bias = stage.slider("Bias", "bias", -0.4, 0.2, -0.05, 0.01)
    kept = heard.passed(name, bias=bias)
    passes = stage.words("what passes the filter “{filter}” and ReLU", filter=stage.words(FILTERS[name].title.lower()))
    words = (stage.words("the sound"), passes)
    stage.chart(
        figures.answered(heard.seen(heard.bright), kept, frame_seconds=FRAME_SECONDS, hertz=heard.hertz, words=words),
        "mapped",
        low=0.93,
    )
    stage.tell(
        "**{share:.0f} %** of the places say something. The same {weights} weights and one bias served all {places:,} places.",
        share=100 * (kept > 0).mean(),
        weights=FILTERS[name].weights.size,
        places=kept.size,
    )


def _pool(stage: Stage) -> None:
    heard = _heard(stage)
    if heard is None:
        return
    name = _filter(stage)
    size = stage.steps(
        "Frames pooled into one", "pool", POOLS, 8, format_func=lambda size: stage.words("all") if size == "all" else str(size)
    )
    by = stage.slider("The song begins later by [frames]", "later", 0, MOST_MOVED, 0, 1)
    before, after = heard.passed(name), heard.passed(name, later=by)
    n_frames = heard.n_frames if size == "all" else min(int(size), heard.n_frames)
    pooled, was = (max_pool(values, (1, n_frames)).values for values in (after, before))
    kept = "the largest of {count} frames in a row" if n_frames > 1 else "every frame kept"
    words = (stage.words("answers of the filter"), stage.words(kept, count=n_frames))
    stage.chart(
        figures.answered(after, pooled, frame_seconds=FRAME_SECONDS, hertz=heard.hertz, words=words, kept_frames=n_frames),
        "pooled",
        low=0.87,
    )
    stage.tell(
        "{before:,} numbers became **{after:,}**. The song came {ms:.0f} ms later: place by place the answers are "
        "**{alike:.0f} %** alike, after pooling **{pooled:.0f} %**.",
        before=after.size,
        after=pooled.size,
        ms=1000 * FRAME_SECONDS * by,
        alike=_percent(before, after),
        pooled=_percent(was, pooled),
    )


def _count(stage: Stage) -> None:
    clip = pick_song(stage)
    if clip is None:
        return
    clip = caches_learn.middle(clip, COUNTED_SECONDS)
    threshold = stage.slider("Threshold", "threshold", 0.05, 0.95, 0.3, 0.05)
    keep = stage.slider("Forget gate", "keep", 0.9, 1.0, 1.0, 0.005, format="%.3f")
    curve = onset_curve(np.asarray(cached.feature_values(clip, SOUND)))
    steps = lstm(curve[:, None], forgetting(counting_lstm(threshold=threshold), keep))
    stage.chart(figures.counted(curve, threshold, steps, frame_seconds=FRAME_SECONDS), "counted", low=0.77)
    strokes = FRAME_SECONDS * np.flatnonzero(steps.input_gate[:, 0] > 0.5)
    stage.listen(clip, "strokes", sounds=[Sound("a click where it counted", with_clicks(clip, strokes))], title="counted song")
    opened = "The gate opened **{count} times** in {seconds:.0f} s; the memory ends at **{memory:.1f}**."
    stage.tell(opened, count=strokes.size, seconds=clip.seconds, memory=steps.cell[-1, 0])


def _fade(stage: Stage) -> None:
    keep = stage.slider("The simple cell keeps, each frame [%]", "simple", 0, 100, 90, 1) / 100
    gate = stage.slider("The LSTM's forget gate [%]", "gate", 90.0, 100.0, 100.0, 0.1) / 100
    stroke = np.zeros((QUIET_FRAMES, 1))
    stroke[0] = 1.0
    simple = traces(stroke, fading_rnn(keep), 0)
    gated = traces(stroke, forgetting(counting_lstm(), gate), 0)
    stage.chart(
        figures.fading([("simple cell", simple, WARM), ("LSTM cell", gated, ACCENT)], frame_seconds=FRAME_SECONDS), "fade"
    )
    second = round(1 / FRAME_SECONDS)
    stage.tell(
        "One second after the stroke, {frames} frames later, the simple cell remembers **{simple:.0f} %** of it, the LSTM cell "
        "**{gated:.0f} %**.",
        frames=second,
        simple=100 * simple[second],
        gated=100 * gated[second],
    )


def _percent(before: np.ndarray, after: np.ndarray) -> float:
    return max(0.0, 100 * alike(before, after))


def _filter(stage: Stage) -> str:
    return str(stage.menu("Filter", "filter", tuple(FILTERS), "onset", format_func=lambda name: stage.words(FILTERS[name].title)))


def _heard(stage: Stage) -> Heard | None:
    clip = pick_song(stage)
    if clip is None:
        return None
    bright = lit(np.asarray(cached.feature_values(clip, SOUND)))[:, : BEFORE + SHOWN_FRAMES + MARGIN]
    if bright.shape[1] < BEFORE + LEAST_FRAMES + MARGIN:
        stage.lack("This song is shorter than a second. Choose a longer one.")
        return None
    return Heard(bright, SOUND.frequencies)


LESSON = Lesson("patterns", 10, {"slide": _slide, "map": _map, "pool": _pool, "count": _count, "fade": _fade})
