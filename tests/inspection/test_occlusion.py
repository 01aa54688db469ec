"""Occlusion: a burst that alone decides is found, what is taken and what stays add up, and every kind of row is asked rightly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.errors import AudioError, ParameterError
from genre_core.features.base import Feature
from genre_core.features.spectral import LogMel, Mel
from genre_core.features.stft import Spectra
from genre_core.inference import Predictor
from genre_core.inspection.attention import Attention, only, without
from genre_core.inspection.fills import FILLS
from genre_core.inspection.occlusion import DETAILS, N_BANDS, Span, groups_apart, log_odds, occlude, spans_heard
from genre_core.inspection.patches import FADE_SECONDS, Grid, Patches
from genre_core.params import param
from tests.inspection.bursts import BURST, BURST_HZ, burst, listener
from tests.runs.gaussian_run import gaussian_run
from tests.tiny_run import SR, make_run, noise, tone

GRID = Grid(0.5, 4)


@dataclass(frozen=True)
class Treble(Feature):
    """Mean power above 3 kHz of what a segment hears, shape (1,)."""

    name: ClassVar[str] = "treble"
    per_frame: ClassVar[bool] = False
    context_seconds: float = param(0.0, "Stretch", unit="s", low=0.0, high=60.0)

    def __call__(self, spectra: Spectra) -> np.ndarray:
        power = spectra.power(n_fft=1024, hop_length=256)
        return np.array([np.sqrt(power[140:].mean())], np.float32)

    def shape(self, n_samples: int) -> tuple[int, ...]:
        return (1,)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A run that goes by the power in low and in high bands."""
    return Predictor.from_run(make_run(tmp_path_factory.mktemp("runs") / "tiny", feature=Mel(n_mels=32), scale=0.02), threads=1)


def place_of(found, seconds: float, hertz: float) -> tuple[int, int]:
    return int(np.searchsorted(found.band_edges, hertz) - 1), int(np.searchsorted(found.time_edges, seconds) - 1)


@pytest.mark.parametrize(("fill", "elsewhere"), [("quiet", 0.05), ("mean", 0.5)])
def test_the_burst_that_decides_is_the_patch_that_matters(tiny, fill, elsewhere):
    found = occlude(tiny, burst(), genre="high", fill=fill, grid=Grid(1.0, 6))
    at = place_of(found, sum(BURST) / 2, BURST_HZ)
    assert found.values[at] == found.values.max() > 0
    rest = found.values.copy()
    rest[at[0], at[1] - 1 : at[1] + 2] = 0  # a frame reaches a little over the edges
    rest[0] = 0  # the hum speaks for low, and so against high
    assert abs(rest).max() < elsewhere * found.values.max()
    assert found.values[0].min() < 0


def test_noise_as_loud_is_the_same_to_a_model_that_goes_by_power(tiny):
    quiet, noisy = (occlude(tiny, burst(), genre="high", fill=fill, grid=Grid(1.0, 6)).values for fill in ("quiet", "noise"))
    assert abs(noisy).max() < 0.3 * quiet.max()


def test_without_the_burst_the_verdict_is_another_and_alone_it_is_the_same(tiny):
    clip = burst(3.0, between=(1.0, 2.0))
    assert tiny.predict(clip).genre == "high"
    found = occlude(tiny, clip, grid=Grid(0.5, 6))
    assert found.genre == "high"
    share = 4 / found.values.size  # two patches of the burst, and those that its fades reach
    assert tiny.predict(without(clip, found, share)).genre == "low"
    assert tiny.predict(only(clip, found, share)).genre == "high"


@settings(max_examples=25)
@given(st.floats(0.01, 1.0), st.integers(1, 9), st.floats(0.1, 3.0), st.integers(0, 99))
def test_what_mattered_and_the_rest_add_up_to_the_clip(share, n_bands, patch_seconds, seed):
    clip = noise(2.0, seed=seed)
    found = _made_up(clip, Grid(patch_seconds, n_bands), seed)
    assert np.allclose(only(clip, found, share).y + without(clip, found, share).y, clip.y, atol=1e-6)
    assert (only(clip, found, share).n_samples, only(clip, found, share).sr) == (clip.n_samples, clip.sr)
    assert np.allclose(only(clip, found, 1.0).y, clip.y, atol=1e-5)


@settings(max_examples=25)
@given(st.integers(1, 12), st.floats(0.08, 4.0), st.integers(300, 40000))
def test_patches_divide_a_clip_and_sum_to_it(n_bands, patch_seconds, n_samples):
    clip = Clip(np.random.default_rng(0).normal(size=n_samples).astype(np.float32), SR)
    grid = Grid(patch_seconds, n_bands)
    patches = Patches(clip, grid.time_edges(clip.seconds), grid.band_edges(SR / 2))
    assert np.allclose(patches.bands.sum(axis=0), clip.y, atol=1e-5)
    assert np.allclose(patches.over_time(np.ones(patches.n_times)), 1)
    each = [patches.over_time(row) for row in np.eye(patches.n_times)]
    assert np.allclose(np.sum(each, axis=0), 1, atol=1e-6)
    assert np.all(np.diff(patches.time_edges) > 0)


def test_a_band_holds_its_tone_and_no_patch_clicks():
    clip = tone(1000.0, 2.0)
    patches = Patches(clip, Grid(0.5, 8).time_edges(2.0), Grid(0.5, 8).band_edges(SR / 2))
    energy = patches.energy.sum(axis=1) / patches.energy.sum()
    assert energy[int(np.searchsorted(patches.band_edges, 1000.0)) - 1] > 0.999
    gains = np.zeros((8, 4), np.float32)
    gains[:, 1] = 1
    spectrum = abs(np.fft.rfft(patches.part(gains)))  # a hard edge of this tone leaves a thousandth as far off as 4 kHz
    assert spectrum[4 * SR // 11025 * 1000 :].max() < 1e-4 * spectrum.max()


def test_models_that_hear_three_seconds_are_asked_as_often_for_a_minute_as_for_six_seconds():
    counts = []
    for seconds in (6.0, 60.0):
        predictor, model = listener(Treble())
        found = occlude(predictor, burst(seconds), grid=GRID)
        assert model.asked == found.n_evaluations * (2 if seconds > 96 else 1)
        counts.append(found.n_evaluations)
    assert counts == [1 + 7 * 4, 1 + 7 * 4]  # six patches a segment, and the fall of the one before


@pytest.mark.parametrize(
    "segments",
    [
        SegmentConfig(),
        SegmentConfig(segment_seconds=2.0, hop_seconds=0.5),
        SegmentConfig(segment_seconds=1.3, hop_seconds=1.1, skip_start_seconds=0.7, skip_end_seconds=0.4),
        SegmentConfig(segment_seconds=30.0, hop_seconds=30.0),
    ],
    ids=["side by side", "overlapping", "odd", "whole"],
)
@pytest.mark.parametrize("context_seconds", [0.0, 5.0], ids=["itself", "around"])
def test_together_gives_what_one_patch_at_a_time_gives(segments, context_seconds):
    clip = Clip(burst(7.3).y + noise(7.3).y, SR)
    predictor, _ = listener(Treble(context_seconds=context_seconds), segments=segments)
    found = occlude(predictor, clip, grid=GRID)
    patches = Patches(clip, found.time_edges, found.band_edges)
    quiet = FILLS["quiet"].make(patches, np.random.default_rng(0)) - patches.bands
    before = log_odds(predictor.posteriors(clip)[:, 0])
    assert found.genre == "yes"
    for band, column in np.ndindex(found.values.shape):
        gains = np.zeros(found.values.shape, np.float32)
        gains[band, column] = 1
        left = log_odds(predictor.posteriors(Clip(clip.y + patches.part(gains, quiet), SR))[:, 0])
        assert found.values[band, column] == pytest.approx((before - left).mean(), abs=1e-3 * float(found.values.max()))


def test_two_features_at_two_rates_are_heard_together():
    predictor, _ = listener(Treble(), Treble(sr=16000, context_seconds=6.0))
    found = occlude(predictor, burst(9.0), grid=GRID)
    at = place_of(found, sum(BURST) / 2, BURST_HZ)
    assert found.values[at] == found.values.max()
    assert spans_heard(predictor, burst(9.0)) == [(0.0, 6.0), (0.0, 6.0), (3.0, 9.0)]


def test_runs_that_numpy_serves_are_asked_like_any_other(tmp_path):
    found = occlude(Predictor.from_run(gaussian_run(tmp_path / "run")), noise(4.0), grid=Grid(1.0, 3))
    assert np.isfinite(found.values).all()
    assert found.values.shape == (3, 4)


@settings(max_examples=60)
@given(
    st.integers(1, 40),
    st.floats(0.3, 2.0),
    st.lists(st.tuples(st.floats(0, 30), st.floats(0.5, 12)), min_size=1, max_size=12),
)
def test_no_segment_hears_two_columns_of_a_group(n_times, patch_seconds, places):
    edges = np.arange(n_times + 1) * patch_seconds
    spans = [Span(min(start, edges[-1] - 0.1), min(start, edges[-1] - 0.1) + length) for start, length in sorted(places)]
    groups, heard_by = groups_apart(edges, spans)
    together = np.sum(groups, axis=0) if groups else np.zeros(n_times)
    for (first, stop), span in zip(heard_by, spans, strict=True):
        assert all(group[first:stop].sum() <= 1 for group in groups)
        assert together[first:stop].min() == 1  # each column that somebody hears is asked about, once
        assert edges[first] - FADE_SECONDS < span.start + patch_seconds
    assert together.max() <= 1


def test_the_detail_bounds_how_often_a_model_is_asked(tiny):
    for detail, most in DETAILS.items():
        found = occlude(tiny, noise(4.0), detail=detail)
        assert found.n_evaluations - 1 <= most
        assert found.values.shape[0] == N_BANDS


def test_progress_is_told_and_may_stop_it(tiny):
    told: list[tuple[int, int]] = []

    def progress(done, total, seconds_left):
        told.append((done, total))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        occlude(tiny, noise(3.0), grid=GRID, progress=progress)
    assert told == [(0, 24), (1, 24), (2, 24), (3, 24)]


def test_the_same_question_has_the_same_answer(tiny):
    first, second = (occlude(tiny, noise(3.0), fill="mean", grid=GRID, seed=5).values for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, occlude(tiny, noise(3.0), fill="mean", grid=GRID, seed=6).values)


def test_noise_is_as_loud_as_what_it_replaces_and_the_mean_fills_silence():
    clip = burst()
    patches = Patches(clip, GRID.time_edges(6.0), GRID.band_edges(SR / 2))
    rng = np.random.default_rng(0)
    loud = patches.energy > 1e-2 * patches.energy.max()
    ratio = patches.energy_of(FILLS["noise"].make(patches, rng))[loud] / patches.energy[loud]
    assert ratio == pytest.approx(1, abs=0.25)
    mean = FILLS["mean"].make(patches, rng)
    assert patches.energy_of(mean).sum() == pytest.approx(patches.energy.sum(), rel=0.2)
    before, after = (energy[-1] / energy[-1].sum() for energy in (patches.energy, patches.energy_of(mean)))
    assert before.max() > 0.9  # one patch holds the burst
    assert after.max() < 0.4  # it has become a sound that goes on all the time


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"genre": "polka"}, r"There is no genre named 'polka'\. Choose one of: high, low, neither\."),
        ({"fill": "beep"}, r"There is no fill named 'beep'\. Choose one of: mean, noise, quiet\."),
        ({"detail": "finest"}, r"There is no detail named 'finest'\. Choose one of: coarse, fine, medium\."),
        ({"clip": Clip(np.zeros(SR * 3, np.float32), SR, "rest.wav")}, r"Received: silence in rest\.wav\."),
        ({"clip": Clip(np.ones(SR * 121, np.float32), SR)}, r"at most 120 s\. Received: 121\.0 s\. Cut out a part first\."),
    ],
)
def test_what_cannot_be_asked_is_said(tiny, changes, message):
    with pytest.raises(ParameterError, match=message):
        occlude(tiny, **{"clip": noise(3.0), **changes})


def test_what_is_too_short_or_another_sound_is_said(tiny):
    with pytest.raises(AudioError, match=r"Expected at least 0\.5 s of sound\. Received: 0\.30 s in 'noise'\."):
        occlude(tiny, noise(0.3))
    found = _made_up(noise(2.0), GRID, 0)
    with pytest.raises(ParameterError, match=r"The map is of 2\.00 s of sound\. Received: a clip of 3\.00 s\."):
        only(noise(3.0), found)
    with pytest.raises(ParameterError, match=r"share must lie in \(0, 1\]\. Received: share=0"):
        found.salient(0)
    with pytest.raises(ParameterError, match=r"at least 0\.08 s.*Received: patch_seconds=0\.01"):
        Grid(0.01, 4)
    with pytest.raises(ParameterError, match=r"at least one band\. Received: n_bands=0"):
        Grid(1.0, 0)


def test_as_plain_values(tiny):
    values = occlude(tiny, noise(3.0), grid=GRID).to_dict()
    assert values["n_evaluations"] == 25
    assert np.shape(values["fall_of_log_odds"]) == (4, 6)
    assert (len(values["time_edges_seconds"]), len(values["band_edges_hz"])) == (7, 5)
    assert sum(values["posterior"].values()) == pytest.approx(1, abs=1e-5)


def test_a_low_passed_model_is_not_asked_about_what_it_cannot_hear(tmp_path):
    predictor = Predictor.from_run(make_run(tmp_path / "dull", feature=LogMel(n_mels=32, sr=12000)))
    assert occlude(predictor, noise(3.0), grid=GRID).band_edges[-1] == pytest.approx(6000)


def _made_up(clip: Clip, grid: Grid, seed: int):

    times, bands = grid.time_edges(clip.seconds), grid.band_edges(clip.sr / 2)
    values = np.random.default_rng(seed).normal(size=(len(bands) - 1, len(times) - 1)).astype(np.float32)
    return Attention("yes", "quiet", times, bands, values, np.array([0.7, 0.3], np.float32), ("yes", "no"), 1)
