import subprocess
import sys

import numpy as np
import pytest

from benchmarks.features import librosa_summary57
from genre_core.features import Summary57
from genre_core.features.stft import Spectra

SR = 22050


def column(name: str, y: np.ndarray) -> float:
    return float(Summary57()(Spectra(y, sr=SR))[Summary57.COLUMNS.index(name)])


def test_the_columns_of_the_published_table():
    assert len(set(Summary57.COLUMNS)) == len(Summary57.COLUMNS) == 57
    assert Summary57.COLUMNS[:2] == ("chroma_stft_mean", "chroma_stft_var")
    assert Summary57.COLUMNS[8:17] == (
        *("rolloff_mean", "rolloff_var", "zero_crossing_rate_mean", "zero_crossing_rate_var"),
        *("harmony_mean", "harmony_var", "perceptr_mean", "perceptr_var", "tempo"),
    )
    assert Summary57.COLUMNS[17] == "mfcc1_mean"
    assert Summary57.COLUMNS[-1] == "mfcc20_var"


def test_physics(sine):
    y = sine(1000.0, 0.5, seconds=3.0)
    assert column("spectral_centroid_mean", y) == pytest.approx(1000.0, rel=0.02)
    assert column("rms_mean", y) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)
    assert column("harmony_var", y) == pytest.approx(0.125, rel=0.02)
    assert column("perceptr_var", y) < 0.01 * column("harmony_var", y)


def test_equal_to_librosa(sound):
    found, expected = Summary57()(Spectra(sound, sr=SR)), librosa_summary57(sound)
    # A mean near zero is compared with the size of what cancelled in it: a hundred thousandth of the standard deviation.
    floor = np.zeros(57)
    floor[:-1:2][:8] = 1e-5 * np.sqrt(expected[1:16:2])
    floor[17::2] = 1e-5 * np.sqrt(expected[18::2])
    outside = {
        name: (a, b)
        for name, a, b, least in zip(Summary57.COLUMNS, found, expected, floor, strict=True)
        if abs(a - b) > 1e-4 * abs(b) + least
    }
    assert outside == {}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n_samples", [1, 2, 511, 513, 1024, 2047, 2205])
@pytest.mark.parametrize("kind", ["silent", "constant", "noise", "faint", "vanishing"])
def test_odd_clips_are_finite_and_quiet(n_samples, kind):
    random = np.random.default_rng(0).normal(size=n_samples)
    y = {"silent": 0 * random, "constant": 1 + 0 * random, "noise": random, "faint": 1e-20 * random, "vanishing": 1e-40 * random}
    values = Summary57()(Spectra(y[kind], sr=SR))
    assert values.shape == (57,)
    assert np.isfinite(values).all()


def test_no_feature_loads_a_heavy_library():
    code = """
import sys, numpy as np
from genre_core.features import FEATURES
from genre_core.features.stft import Spectra
for feature in FEATURES.values():
    feature()(Spectra(np.ones(9000), sr=22050))
heavy = {"librosa", "numba", "sklearn", "pandas", "av", "scipy.signal", "scipy.stats", "tensorflow"}
print(sorted(heavy & set(sys.modules)))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
