import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio import Clip
from genre_core.errors import ParameterError
from genre_core.teaching.describing import FLOOR_DB, SOUND_NUMBERS, column_of, describe

SR = 22050
TIME = np.arange(2 * SR) / SR


def numbers(y, sr=SR):
    return dict(zip(SOUND_NUMBERS, describe(Clip(np.asarray(y, np.float32), sr, "sound")), strict=True))


def test_a_tone_is_as_bright_as_its_frequency():
    found = numbers(0.5 * np.sin(2 * np.pi * 3000 * TIME))
    assert found["brightness"] == pytest.approx(3.0, abs=0.1)
    assert found["loudness"] == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.01)
    assert found["roughness"] == pytest.approx(100 * 2 * 3000 / SR, rel=0.02)
    assert found["breadth"] < 0.8  # noise is 3 kHz broad


def test_noise_is_broader_than_a_tone_and_a_pulsing_tone_livelier_than_a_held_one():
    tone = 0.5 * np.sin(2 * np.pi * 500 * TIME)
    noise = 0.1 * np.random.default_rng(0).normal(size=TIME.size)
    assert numbers(noise)["breadth"] > 2.5 > numbers(tone)["breadth"]
    pulsing = tone * (np.sin(2 * np.pi * 2 * TIME) > 0)
    assert numbers(pulsing)["liveliness"] > 10 > numbers(tone)["liveliness"]


@given(gain_db=st.floats(-30, 0))
@settings(max_examples=8, deadline=None)
def test_a_softer_sound_is_only_softer(gain_db):
    y = 0.5 * np.sin(2 * np.pi * 440 * TIME[:SR]) + 0.02 * np.random.default_rng(1).normal(size=SR)
    loud, soft = numbers(y), numbers(10 ** (gain_db / 20) * y)
    assert soft["loudness"] - loud["loudness"] == pytest.approx(gain_db, abs=0.01)
    for name in ("brightness", "breadth", "roughness", "liveliness"):
        assert soft[name] == pytest.approx(loud[name], rel=1e-2, abs=1e-2)


def test_silence_has_numbers_too():
    found = describe(Clip(np.zeros(SR, np.float32), SR, "silence"))
    assert np.isfinite(found).all()
    assert found[column_of("loudness")] == FLOOR_DB


def test_each_number_has_words_for_an_axis():
    assert SOUND_NUMBERS["brightness"].axis == "Brightness [kHz]"
    assert all(number.title and number.unit and number.meaning for number in SOUND_NUMBERS.values())
    with pytest.raises(ParameterError, match=r"no number of a sound named 'colour'\. Choose one of: breadth, brightness"):
        column_of("colour")
