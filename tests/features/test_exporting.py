import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features import FEATURES
from genre_core.features.exporting import as_csv, as_json, as_npz
from genre_core.features.spectral import LogMel, Mfcc, Spectrogram, Spectrum
from genre_core.features.summary import Summary57

SR = 22050


def clip(seconds=0.5):
    y = 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * SR)) / SR)
    return Clip((y + 0.01 * np.random.default_rng(0).normal(size=y.size)).astype(np.float32), SR, name="tone.wav")


def table(text):
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1
    return rows[0], rows[1:]


@pytest.mark.parametrize("name", list(FEATURES))
def test_every_feature_comes_back_bit_by_bit(name):
    """From all three files, with an axis as long as its values."""
    feature, sound = FEATURES[name](), clip(1.5)
    values = feature.of(sound)
    head, rows = table(as_csv(feature, values))
    numbers = np.array([[float(cell or "nan") for cell in row[1:]] for row in rows]).astype(np.float32)
    np.testing.assert_array_equal(numbers.T if values.ndim == 2 else numbers[:, 0], values)
    assert len(set(head)) == len(head)
    found = json.loads(as_json(feature, values, clip=sound))
    np.testing.assert_array_equal(np.array(found["values"], dtype=np.float32), values)
    kind = {"rows", "frequencies", "tempi"} & set(found)
    assert len(kind) == 1
    assert len(found[kind.pop()]) == len(values)
    assert found["feature"] == feature.to_dict()
    with np.load(io.BytesIO(as_npz(feature, values)), allow_pickle=False) as arrays_found:
        np.testing.assert_array_equal(arrays_found["values"], values)
        if values.ndim == 2:
            assert len(found["times"]) == arrays_found["times"].size == values.shape[1]


def test_columns_say_what_they_are():
    feature = Mfcc(n_mfcc=2, hop_length=441)
    head, rows = table(as_csv(feature, feature.of(clip()), start_seconds=5.0))
    assert head == ["time [s]", "MFCC 1", "MFCC 2"]
    assert [float(row[0]) for row in rows[:3]] == pytest.approx([5.0, 5.02, 5.04])
    feature = LogMel(n_mels=16)
    head, _ = table(as_csv(feature, feature.of(clip())))
    assert head[1:] == [f"{hz:.9g} Hz [dB]" for hz in feature.frequencies]


def test_a_spectrum_has_a_line_a_frequency():
    feature = Spectrum(scale="dB")
    values = feature.of(clip())
    head, rows = table(as_csv(feature, values))
    assert head == ["frequency [Hz]", "value [dB]"]
    loudest = max(rows, key=lambda row: float(row[1]))
    assert float(loudest[0]) == pytest.approx(440, abs=11)
    found = json.loads(as_json(feature, values))
    assert "times" not in found
    assert found["unit"] == "dB"
    assert len(found["frequencies"]) == len(found["values"]) == 1025


def test_summary_columns_keep_their_names():
    feature = Summary57()
    head, rows = table(as_csv(feature, np.arange(57, dtype=np.float32)))
    assert head == ["name", "value"]
    assert [row[0] for row in rows] == list(Summary57.COLUMNS)


def test_json_says_which_sound_and_how():
    feature, sound = Spectrogram(n_fft=256, hop_length=128), clip()
    found = json.loads(as_json(feature, feature.of(sound), clip=sound, start_seconds=1.5))
    assert found["clip"] == {
        "name": "tone.wav",
        "sample_rate": SR,
        "start_seconds": 1.5,
        "seconds": 0.5,
        "sha256": sound.sha256,
    }
    assert found["times"][0] == 1.5
    assert found["title"] == "Spectrogram"
    with np.load(io.BytesIO(as_npz(feature, feature.of(sound), clip=sound)), allow_pickle=False) as arrays_found:
        assert json.loads(str(arrays_found["about"]))["clip"]["name"] == "tone.wav"


@given(values=arrays(np.float32, array_shapes(min_dims=1, max_dims=2, max_side=6), elements=st.floats(width=32)))
@settings(max_examples=60)
def test_what_is_no_number_is_empty_or_null_and_all_else_exact(values):
    feature = Mfcc(n_mfcc=13)
    expected = np.where(np.isfinite(values), values, np.float32(np.nan))
    _, rows = table(as_csv(feature, values))
    numbers = np.array([[float(cell or "nan") for cell in row[1:]] for row in rows]).astype(np.float32)
    np.testing.assert_array_equal(numbers.T if values.ndim == 2 else numbers[:, 0], expected)
    found = json.loads(as_json(feature, values), parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    np.testing.assert_array_equal(np.array(found["values"], dtype=np.float32), expected)


def test_other_shapes_are_refused():
    for write in (as_csv, as_json, as_npz):
        with pytest.raises(ParameterError, match=r"Received: shape \(1, 2, 3\)"):
            write(Mfcc(), np.zeros((1, 2, 3), np.float32))
