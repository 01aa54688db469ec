import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.features.chroma import PITCH_CLASSES
from genre_core.features.stft import Spectra
from genre_core.features.tonality import Chroma, ChromaCqt, ConstantQ, Tonnetz, tonnetz_matrix

SR = 22050
E4, G4, A4 = 329.63, 392.0, 440.0


def nearest(values: np.ndarray, wanted: float) -> int:
    return int(np.abs(values - wanted).argmin())


@pytest.mark.parametrize("frequency_hz", [65.4, 110.0, 440.0, 1760.0])
def test_a_note_is_seen_where_it_is(sine, frequency_hz):
    feature = ConstantQ()
    frame = feature(Spectra(sine(frequency_hz, seconds=2.0), sr=SR))[:, 40]
    assert frame.argmax() == nearest(feature.frequencies, frequency_hz)


@pytest.mark.parametrize("feature", [Chroma(), ChromaCqt()])
def test_two_notes_give_two_classes(sine, feature):
    values = feature(Spectra(sine(E4, 0.3, 3.0) + sine(G4, 0.3, 3.0), sr=SR))[:, 60]
    assert {PITCH_CLASSES[row] for row in np.argsort(values)[-2:]} == {"E", "G"}
    assert np.sort(values)[-3] < 0.6 * np.sort(values)[-2]


@pytest.mark.parametrize("feature", [Chroma(), ChromaCqt()])
@pytest.mark.parametrize("cents", [-40, 30])
def test_a_mistuned_piece_stays_in_its_classes(sine, feature, cents):
    shift = 2 ** (cents / 1200)
    y = sum(sine(frequency * shift, 0.2, 3.0) for frequency in (220.0, 440.0, E4, 2 * E4))
    values = feature(Spectra(y, sr=SR))[:, 60]
    assert {PITCH_CLASSES[row] for row in np.argsort(values)[-2:]} == {"A", "E"}


def test_the_first_note_says_where_c_is(sine):
    y = sine(A4, seconds=2.0)
    for fmin in (55.0, 36.71, 61.74):
        values = ChromaCqt(fmin=fmin, n_octaves=5)(Spectra(y, sr=SR))[:, 40]
        assert PITCH_CLASSES[values.argmax()] == "A"


def test_neighbours_on_the_circle_of_fifths_lie_near_each_other(sine):
    """C and G are a fifth apart, C and F sharp opposite each other."""
    places = tonnetz_matrix()
    np.testing.assert_allclose(np.hypot(places[0], places[1]), 1.0)
    np.testing.assert_allclose(np.hypot(places[4], places[5]), 0.5)
    fifths = places[:2]
    assert np.linalg.norm(fifths[:, 0] - fifths[:, 7]) == pytest.approx(2 * np.sin(np.pi / 12))
    assert np.linalg.norm(fifths[:, 0] - fifths[:, 6]) == pytest.approx(2.0)
    heard = Tonnetz()(Spectra(sine(A4, seconds=2.0), sr=SR))[:, 40]
    assert np.linalg.norm(places - heard[:, None], axis=0).argmin() == PITCH_CLASSES.index("A")


@pytest.mark.filterwarnings("ignore:n_fft=")
def test_equal_to_librosa(sound):
    import librosa

    spectra = Spectra(sound, sr=SR)
    magnitude = np.abs(librosa.cqt(sound, sr=SR))
    np.testing.assert_allclose(ConstantQ(scale="linear")(spectra), magnitude, atol=2e-6 * magnitude.max())
    np.testing.assert_allclose(ConstantQ()(spectra), librosa.amplitude_to_db(magnitude), atol=0.05)
    np.testing.assert_allclose(Chroma()(spectra), librosa.feature.chroma_stft(y=sound, sr=SR), atol=1e-4)
    np.testing.assert_allclose(ChromaCqt()(spectra), librosa.feature.chroma_cqt(y=sound, sr=SR), atol=1e-4)
    np.testing.assert_allclose(Tonnetz()(spectra), librosa.feature.tonnetz(y=sound, sr=SR), atol=1e-4)


def test_silence_has_no_pitch():
    spectra = Spectra(np.zeros(5000), sr=SR)
    for feature in (Chroma(), ChromaCqt(), Tonnetz(), ConstantQ(scale="linear")):
        assert not feature(spectra).any()


@pytest.mark.parametrize(
    ("feature", "values", "words"),
    [
        (ConstantQ, {"n_bins": 120}, r"half the sample rate, 11025 Hz.*120 notes \(n_bins\), fmin=32.7.*Choose fewer notes"),
        (ChromaCqt, {"n_octaves": 9}, r"9 octaves \(n_octaves\).*Choose fewer octaves"),
        (Tonnetz, {"sr": 8000}, "half the sample rate, 4000 Hz"),
        (ConstantQ, {"hop_length": 100}, "hop_length must be one of"),
    ],
)
def test_notes_beyond_half_the_rate_are_refused(feature, values, words):
    with pytest.raises(ParameterError, match=words):
        feature(**values)


def test_rows_and_units():
    assert Chroma().rows[:3] == ("C", "C♯", "D")
    assert len(Tonnetz().rows) == 6
    assert (ConstantQ().value_unit, ConstantQ(scale="linear").value_unit) == ("dB", "magnitude")
    assert ConstantQ().frequencies[45] == pytest.approx(440.0)
