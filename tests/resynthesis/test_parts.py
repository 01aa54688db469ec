import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.errors import AudioError
from genre_core.resynthesis import harmonic, parts, percussive
from tests.resynthesis.sounds import SR, impulses, level_db, sine, song


def test_the_parts_add_up_to_the_clip():
    clip = song()
    lasting, striking = parts(clip)
    np.testing.assert_allclose(lasting.y + striking.y, clip.y, atol=1e-6)
    np.testing.assert_array_equal(harmonic(clip).y, lasting.y)
    np.testing.assert_array_equal(percussive(clip).y, striking.y)
    assert lasting.sr == striking.sr == SR


def test_a_tone_lasts_and_an_impulse_strikes():
    tone, hit = sine(440.0), impulses([20000])
    assert level_db(harmonic(tone).y) > level_db(percussive(tone).y) + 15
    assert level_db(percussive(hit).y) > level_db(harmonic(hit).y) + 15


def test_full_scale_is_not_left():
    y = np.sign(song().y) * np.float32(1.0)
    assert max(part.peak for part in parts(Clip(y, SR))) <= 1.0


def test_silence_stays_and_nothing_is_refused():
    assert harmonic(Clip(np.zeros(100, np.float32), SR)).peak == 0
    with pytest.raises(AudioError, match="at least one sample"):
        percussive(Clip(np.zeros(0, np.float32), SR))
