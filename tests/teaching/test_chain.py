"""The first lesson's last picture: the steps from a frame to its coefficients end where librosa ends."""

import librosa
import numpy as np

from genre_core.audio.clip import Clip
from genre_core.features.spectral import Mfcc
from genre_core.features.steps import mfcc_steps
from genre_core.teaching.matching import match_bin


def test_every_step_is_librosas():
    y = np.random.default_rng(1).normal(size=22050).astype(np.float32) * np.linspace(0.01, 0.3, 22050, dtype=np.float32)
    steps = mfcc_steps(Clip(y, 22050), at_seconds=0.5, config=Mfcc(n_mfcc=13))
    power = np.abs(librosa.stft(y)) ** 2
    mel = librosa.feature.melspectrogram(S=power, sr=22050)
    levels = librosa.power_to_db(mel)
    np.testing.assert_allclose(steps.power, power[:, steps.frame], rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(steps.energies, mel[:, steps.frame], rtol=1e-4)
    np.testing.assert_allclose(steps.levels, levels[:, steps.frame], atol=1e-3)
    np.testing.assert_allclose(steps.coefficients, librosa.feature.mfcc(y=y, n_mfcc=13)[:, steps.frame], atol=2e-3)


def test_a_bin_of_the_chain_is_a_match_with_two_waves():
    y = np.random.default_rng(2).normal(size=22050)
    steps = mfcc_steps(Clip(y, 22050), at_seconds=0.5)
    for k in (0, 40, 500, 1024):
        assert abs(match_bin(steps.windowed, k, sr=22050).magnitude ** 2 - steps.power[k]) < 1e-7
