"""The librosa lines beside a view compute the numbers that the view shows: what a reader copies is right."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile

from benchmarks.features import SR, synthetic_music
from genre_core.audio import Clip, decode
from genre_core.errors import ParameterError
from genre_core.features import FEATURES, rhythm
from genre_core.features.stft import Spectra
from pages.ui import glossary
from pages.ui.view_words import all_view_words, read_view_words, view_words

LINES = 5
SECONDS = 6.0
NOT_FEATURES = {"waveform", "beats"}


class Shown(NamedTuple):
    """What a name in the code stands for: a feature, its parameters, and how near the numbers must come.

    `apart` is the difference allowed, as a share of the range of the values, for all but `stray` of them: ties and thresholds
    fall to either side with the last bit.
    """

    feature: str
    params: dict[str, Any] = {}  # noqa: RUF012  # an immutable tuple's default, never written to
    apart: float = 1e-4
    stray: float = 0.0


SHOWN: dict[str, dict[str, Shown]] = {
    "spectrum": {"L": Shown("spectrum", {"scale": "dB"})},
    "spectrogram": {"S": Shown("spectrogram", {"scale": "linear"})},
    "spectrogram_db": {"L": Shown("spectrogram", {"scale": "dB"})},
    "mel": {"E": Shown("mel")},
    "log_mel": {"L": Shown("log_mel")},
    "cqt": {"L": Shown("cqt", {"scale": "dB"})},
    "chroma": {"c": Shown("chroma")},
    "chroma_cqt": {"c": Shown("chroma_cqt")},
    "mfcc": {"mfcc": Shown("mfcc")},
    "f0": {"rows": Shown("f0", stray=0.01)},
    "timbre": {
        "centroid": Shown("centroid"),
        "bandwidth": Shown("bandwidth"),
        "rolloff": Shown("rolloff", stray=0.01),
        "flatness": Shown("flatness"),
    },
    "loudness": {"rms": Shown("rms"), "zcr": Shown("zcr")},
    "contrast": {"K": Shown("contrast")},
    "onset": {"O": Shown("onset_strength")},
    "tempogram": {"T": Shown("tempogram")},
    "tonnetz": {"zeta": Shown("tonnetz")},
    "harmonic": {"L": Shown("harmonic")},
    "percussive": {"L": Shown("percussive")},
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    place = tmp_path_factory.mktemp("song") / "song.wav"
    soundfile.write(place, synthetic_music(SECONDS, bpm=120.0), SR, subtype="FLOAT")
    return place


@pytest.fixture(scope="module")
def clip(path) -> Clip:
    return decode(path)


@pytest.fixture(scope="module")
def bound(path):
    """What a view's code binds, computed once a view."""
    import librosa

    @cache
    def run(name: str) -> dict[str, Any]:
        names: dict[str, Any] = {"np": np, "librosa": librosa, "path": path}
        given = set(names)
        exec(compile(view_words(name).code, f"code of the view {name}", "exec"), names)
        return {key: value for key, value in names.items() if key not in given and key != "__builtins__"}

    return run


@pytest.mark.parametrize("name", SHOWN)
def test_code_computes_what_the_view_shows(name, clip, bound):
    for variable, shown in SHOWN[name].items():
        assert shown.feature in FEATURES, f"The view {name} shows the feature {shown.feature}, which FEATURES does not hold."
        ours = FEATURES[shown.feature](**shown.params).of(clip)
        theirs = np.asarray(bound(name)[variable])
        assert ours.size == theirs.size, f"{variable}: shape {ours.shape}, librosa {theirs.shape}"
        theirs = theirs.reshape(ours.shape)
        assert np.isfinite(theirs).all()
        apart = np.abs(ours - theirs) / max(float(np.ptp(theirs)), 1e-9)
        beyond = float(np.mean(apart > shown.apart))
        assert beyond <= shown.stray, (
            f"{variable}: {beyond:.1%} of the values lie further apart, at most {apart.max():.2g} of the range"
        )


def test_the_name_bound_last_is_what_the_view_shows(bound):
    for name, shown in SHOWN.items():
        assert list(bound(name))[-1] == list(shown)[-1]


def test_code_of_the_waveform_has_the_samples_and_their_times(clip, bound):
    np.testing.assert_allclose(bound("waveform")["y"], clip.y, atol=1e-6)
    assert bound("waveform")["t"][SR] == 1.0


def test_code_of_the_beats_finds_ours(clip, bound):
    onsets = rhythm.onset_strength(Spectra(clip.y, sr=clip.sr))
    names = bound("beats")
    assert rhythm.tempo(onsets, sr=clip.sr) == pytest.approx(float(np.squeeze(names["tempo"])))
    assert len(names["beats"]) > 3
    np.testing.assert_allclose(rhythm.beats(onsets, sr=clip.sr), names["beats"], atol=512 / SR)


def test_every_view_is_tested():
    assert set(SHOWN) | NOT_FEATURES == set(all_view_words())


@pytest.mark.parametrize("name", list(all_view_words()))
class TestWords:
    def test_code_is_short_and_loads_at_our_rate(self, name):
        lines = view_words(name).code.splitlines()
        assert lines[0] == "y, sr = librosa.load(path, sr=22050)"
        assert len(lines) <= LINES
        assert max(map(len, lines)) <= 80

    def test_every_marked_term_is_in_the_glossary(self, name):
        words = view_words(name)
        assert words.terms
        assert all(glossary.meaning(term) for term in words.terms)
        assert "[[" not in glossary.linked(words.what + words.why)

    def test_texts_are_short_enough_to_be_read(self, name):
        words = view_words(name)
        for text in (words.what, words.why):
            assert 80 <= len(glossary.plain(text)) <= 340
            assert text.endswith(".")
            assert "\n" not in text

    def test_formula_is_balanced(self, name):
        formula = view_words(name).formula
        assert formula.count("{") - formula.count(r"\{") == formula.count("}") - formula.count(r"\}")
        assert formula.count(r"\begin") == formula.count(r"\end")
        assert "$" not in formula


def test_steps_of_the_mfcc_have_a_short_title_and_one_sentence():
    steps = view_words("mfcc").steps
    assert len(steps) == 7
    for words in steps.values():
        assert 2 <= len(words.title.split()) <= 3
        assert words.sentence.count(".") == 1
        assert words.sentence.endswith(".")


COMPLETE = '[v]\ntitle = "a"\nwhat = "b"\nformula = "c"\ncode = "d"\nwhy = "e"\n'


def test_a_missing_text_is_said():
    with pytest.raises(ParameterError, match=r"\[v\].*Received: no why\."):
        read_view_words(COMPLETE.replace('why = "e"\n', ""))


def test_an_empty_text_is_missing():
    with pytest.raises(ParameterError, match="no formula"):
        read_view_words(COMPLETE.replace('"c"', '" "'))


def test_an_unknown_text_is_said():
    with pytest.raises(ParameterError, match="an unknown key whatt"):
        read_view_words(COMPLETE + 'whatt = "f"\n')


def test_a_text_that_is_none_is_said():
    with pytest.raises(ParameterError, match="no title"):
        read_view_words(COMPLETE.replace('"a"', "1"))


def test_a_view_that_is_not_there_is_said():
    with pytest.raises(ParameterError, match=r"There is no view named 'wave'\. Choose one of: beats, "):
        view_words("wave")
