import numpy as np
import pytest

from genre_core.audio import Clip
from genre_core.errors import ParameterError


def test_samples_are_float32_and_read_only():
    y = np.linspace(-1, 1, 100)
    clip = Clip(y, 100)
    assert clip.y.dtype == np.float32
    assert clip.seconds == 1.0
    assert clip.peak == 1.0
    with pytest.raises(ValueError, match="read-only"):
        clip.y[0] = 0
    y[0] = 5
    with pytest.raises(ParameterError, match="one channel"):
        Clip(np.zeros((2, 5)), 100)


def test_hash_follows_the_sound_alone():
    y = np.linspace(-1, 1, 100, dtype=np.float32)
    assert Clip(y, 100, "a").sha256 == Clip(y.copy(), 100, "b").sha256
    assert len({Clip(y, 100).sha256, Clip(y, 200).sha256, Clip(-y, 100).sha256}) == 3


def test_slice_and_its_limits():
    clip = Clip(np.arange(100) / 100, 10)
    np.testing.assert_array_equal(clip.slice(1, 2).y, clip.y[10:20])
    assert clip.slice(9, 50).seconds == 1.0
    with pytest.raises(ParameterError, match="region"):
        clip.slice(11, 12)


def test_silence():
    assert Clip(np.zeros(10), 10).is_silent
    assert Clip(np.zeros(0), 10).is_silent
    assert not Clip(np.full(10, 0.01), 10).is_silent
