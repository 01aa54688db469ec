"""A band that was cut off is told from music that merely grows softer upwards."""

import numpy as np
import pytest
import scipy.signal

from genre_core.audio.bandwidth import upper_limit_hz
from genre_core.audio.clip import Clip
from genre_core.audio.decode import decode
from tests.audio.sounds import file_bytes

SR = 22050
NOISE = np.random.default_rng(0).normal(0, 0.1, 6 * SR).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 11025, 16000])
def test_a_former_sample_rate_is_seen(rate):
    limit = upper_limit_hz(Clip(NOISE, SR).resample(rate).resample(SR))
    assert limit == pytest.approx(rate / 2, rel=0.04)


def test_a_low_pass_filter_is_seen_through_a_codec_and_at_any_gain():
    low = scipy.signal.sosfilt(scipy.signal.cheby2(12, 90, 6000, fs=SR, output="sos"), NOISE)
    heard = decode(file_bytes("ogg", (0.02 * low[:, None]).astype(np.float32), SR))
    assert upper_limit_hz(heard) == pytest.approx(5600, abs=500)


@pytest.mark.parametrize(
    "y",
    [
        NOISE,
        scipy.signal.lfilter([1], [1, -0.97], NOISE),  # 30 dB softer at the top than at the bottom
        np.sin(2 * np.pi * 440 * np.arange(3 * SR) / SR),
        np.zeros(SR),
        np.ones(SR),
        np.zeros(10),
    ],
    ids=["noise", "soft above", "a tone", "silence", "a constant", "few samples"],
)
def test_what_was_not_cut_off_goes_to_half_the_rate(y):
    assert upper_limit_hz(Clip(y.astype(np.float32), SR)) == SR / 2
