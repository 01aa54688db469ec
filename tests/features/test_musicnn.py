from __future__ import annotations

import json
import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import musicnn_parity
from genre_core import paths
from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.errors import FeatureError, ParameterError, RunError
from genre_core.features import FEATURES, feature_from_dict
from genre_core.features.backbones import BACKBONES, N_FRAMES, Net, open_net, place
from genre_core.features.base import segment_features
from genre_core.features.musicnn import LAYERS, MUSICNN_MEL, SPARED_FRAMES, Backbone, windows
from genre_core.features.stft import Spectra
from genre_core.runs import Run
from tests import research
from tests.runs.samples import manifest

SR = 16000
SECONDS_3 = 3 * SR


def noise(n_samples: int = SECONDS_3, *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, n_samples).astype(np.float32)


def sine(frequency: float, amplitude: float = 0.3, n_samples: int = SECONDS_3) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * frequency * np.arange(n_samples) / SR)).astype(np.float32)


# The picture


def test_silence_is_zero_and_a_sine_peaks_in_its_band() -> None:
    assert not MUSICNN_MEL(Spectra(np.zeros(SECONDS_3, np.float32), sr=SR)).any()
    mel = MUSICNN_MEL(Spectra(sine(1000.0), sr=SR))
    assert mel.shape == MUSICNN_MEL.shape(SECONDS_3) == (96, N_FRAMES + 1)
    assert abs(MUSICNN_MEL.frequencies[mel[:, 90].argmax()] - 1000) < 40


def test_ten_times_the_amplitude_adds_two_where_it_is_loud() -> None:
    soft, loud = (MUSICNN_MEL(Spectra(sine(1000.0, amplitude), sr=SR))[:, 90].max() for amplitude in (0.05, 0.5))
    assert loud - soft == pytest.approx(2, abs=0.01)


def test_equals_librosa_on_the_nets_scale() -> None:
    import librosa

    y = noise() + sine(440.0)
    mel = librosa.feature.melspectrogram(y=y, sr=SR, n_fft=512, hop_length=256, n_mels=96, pad_mode="constant")
    np.testing.assert_allclose(MUSICNN_MEL(Spectra(y, sr=SR)), np.log10(1 + 10000 * mel), atol=1e-4)


# The windows


@given(n_frames=st.integers(1, 1500))
def test_windows_cover_a_sound_and_hold_nothing_else(n_frames: int) -> None:
    frames = np.repeat(np.arange(n_frames, dtype=np.float32)[:, None], 2, axis=1)
    cut = windows(frames)
    assert cut.shape[1:] == (N_FRAMES, 2)
    heard = np.unique(cut[..., 0])
    assert heard[0] == (n_frames > N_FRAMES)  # the first frame is spared where the others suffice
    assert n_frames - 1 - SPARED_FRAMES <= heard[-1] < n_frames
    assert n_frames - heard[0] - len(heard) <= SPARED_FRAMES
    assert (len(cut) - 1) * N_FRAMES < n_frames <= len(cut) * N_FRAMES + SPARED_FRAMES + 1


# The net


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_has_a_name_for_each_of_its_numbers(layer: str) -> None:
    feature = Backbone(layer=layer)
    (n_values,) = feature(Spectra(noise(), sr=SR)).shape
    assert (n_values,) == feature.shape(SECONDS_3)
    assert len(set(feature.rows)) == n_values


def test_tags_are_log_odds_and_pooled_is_both_pools() -> None:
    net = open_net("msd_musicnn")
    mel = windows(MUSICNN_MEL(Spectra(noise(), sr=SR)).T)
    tags, log_odds, mean_pool, max_pool = net(mel, ("tags", "log_odds", "mean_pool", "max_pool"))
    np.testing.assert_allclose(tags, 1 / (1 + np.exp(-log_odds)), atol=1e-6)
    assert (max_pool >= mean_pool - 1e-5).all()
    pooled = Backbone(layer="pooled")(Spectra(noise(), sr=SR))
    np.testing.assert_allclose(pooled, np.concatenate([mean_pool, max_pool], axis=1)[0], atol=1e-5)


def test_a_long_sound_is_the_mean_of_its_windows() -> None:
    y = noise(SECONDS_3 * 2)
    frames = MUSICNN_MEL(Spectra(y, sr=SR)).T[1:]
    (each,) = open_net("msd_musicnn")(np.stack([frames[:N_FRAMES], frames[-N_FRAMES:]]), ("penultimate",))
    np.testing.assert_allclose(Backbone(layer="penultimate")(Spectra(y, sr=SR)), each.mean(axis=0), atol=1e-4)


def test_overlapping_windows_and_their_deviations() -> None:
    frames = np.arange(1 + 4 * N_FRAMES, dtype=np.float32)[:, None]
    assert [len(windows(frames, overlap=share)) for share in (0.0, 0.5, 0.67)] == [4, 7, 10]
    y = noise(SECONDS_3 * 2)
    y[:SECONDS_3] = 0
    plain, both = Backbone(overlap=0.5), Backbone(overlap=0.5, spread=True)
    mean, deviation = np.split(both(Spectra(y, sr=SR)), 2)
    np.testing.assert_allclose(mean, plain(Spectra(y, sr=SR)), atol=1e-5)
    (each,) = open_net("msd_musicnn")(windows(MUSICNN_MEL(Spectra(y, sr=SR)).T, overlap=0.5), ("log_odds",))
    np.testing.assert_allclose(deviation, each.std(axis=0), atol=1e-4)
    assert deviation.min() > 0
    assert both.rows[50:52] == ("rock, deviation", "pop, deviation")
    assert both.shape(y.size) == (100,)


def test_like_sounds_have_like_tags() -> None:
    feature = Backbone()
    of_noise, of_sine, again = (feature(Spectra(y, sr=SR)) for y in (noise(), sine(440.0), noise(seed=1)))
    assert np.corrcoef(of_noise, again)[0, 1] > np.corrcoef(of_noise, of_sine)[0, 1]


def test_threads_share_a_net_and_segments_equal_single_calls() -> None:
    clip, feature = Clip(noise(SECONDS_3 * 3), SR, "noise"), Backbone()
    found = segment_features(clip, feature, SegmentConfig()).values
    parts = [clip.y[start : start + SECONDS_3] for start in range(0, clip.y.size, SECONDS_3)]
    with ThreadPoolExecutor(3) as pool:
        alone = list(pool.map(lambda y: feature(Spectra(y, sr=SR)), parts))
    np.testing.assert_allclose(found, alone, atol=1e-4)


def test_travels_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Backbone(layer="pooled"))) == Backbone(layer="pooled")


# Whose weights


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of nets that holds a copy of the shipped one."""
    shutil.copy(place("msd_musicnn"), tmp_path)
    monkeypatch.setattr(paths, "BACKBONES", tmp_path)
    return tmp_path / "msd_musicnn.onnx"


def test_a_missing_net_is_told(elsewhere: Path) -> None:
    elsewhere.unlink()
    with pytest.raises(FeatureError, match=r"pretrained net msd_musicnn.*no such file.*make musicnn"):
        Backbone()(Spectra(noise(), sr=SR))


def test_an_altered_net_is_refused(elsewhere: Path) -> None:
    content = bytearray(elsewhere.read_bytes())
    content[len(content) // 2] ^= 1
    elsewhere.write_bytes(content)
    with pytest.raises(FeatureError, match=r"SHA-256 f7ae8ab4a449.*altered or damaged.*make musicnn"):
        Backbone()(Spectra(noise(), sr=SR))


def test_a_feature_says_which_weights_it_asks() -> None:
    values = Backbone().to_dict()
    assert values["weights"] == BACKBONES["msd_musicnn"].sha256[:12]
    assert feature_from_dict(json.loads(json.dumps(values))) == Backbone()
    assert feature_from_dict({"name": "backbone"}) == Backbone()
    with pytest.raises(FeatureError, match=r"other weights of the net msd_musicnn: 0123456789ab\. Received: .*Train it again"):
        feature_from_dict({**values, "weights": "0123456789ab"})


def test_other_weights_are_another_feature(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Backbone().fingerprint
    monkeypatch.setitem(BACKBONES, "msd_musicnn", BACKBONES["msd_musicnn"]._replace(sha256="1" * 64))
    assert Backbone().fingerprint != before


def test_a_run_of_another_net_is_refused_in_words(tmp_path: Path) -> None:
    values = manifest(features=[{**Backbone().to_dict(), "weights": "0123456789ab"}])
    with pytest.raises(RunError, match=r"cannot be used here\. This was learned from other weights"):
        Run(tmp_path, values)


def test_a_run_of_a_net_that_is_not_here_is_not_called_damaged(tmp_path: Path) -> None:
    values = manifest(features=[{**Backbone().to_dict(), "net": "mtt_musicnn"}])
    with pytest.raises(RunError, match=r"cannot be used here\. This was learned from the pretrained net mtt_musicnn"):
        Run(tmp_path, values)


def test_an_unknown_net_or_layer_lists_those_there_are() -> None:
    with pytest.raises(ParameterError, match="net must be one of msd_musicnn"):
        Backbone(net="yamnet")
    with pytest.raises(ParameterError, match="layer must be one of tags, penultimate"):
        Backbone(layer="logits")


def test_the_licence_and_the_hash_lie_beside_the_net() -> None:
    assert "Permission to use, copy, modify" in (paths.BACKBONES / "LICENSE-musicnn.txt").read_text(encoding="utf-8")
    card = (paths.BACKBONES / "card.md").read_text(encoding="utf-8")
    assert all(spec.sha256 in card for spec in BACKBONES.values())
    assert {path.stem for path in paths.BACKBONES.glob("*.onnx")} >= set(BACKBONES)
    assert FEATURES["backbone"] is Backbone


# What was published


@pytest.mark.real_songs
def test_says_what_was_published() -> None:
    folder = research.GTZAN.parent
    published, audio = musicnn_parity.published_tags(folder), musicnn_parity.clips(folder)
    shared = [track_id for track_id in published if track_id in audio]
    for track_id in shared[:: len(shared) // 3][:3]:
        found = musicnn_parity.compare((track_id, audio[track_id], published[track_id]))
        assert found.passed, found


@pytest.mark.real_songs
def test_what_lies_farthest_comes_of_the_resampler() -> None:
    folder = research.GTZAN.parent
    job = ("jazz.00050", musicnn_parity.clips(folder)["jazz.00050"], musicnn_parity.published_tags(folder)["jazz.00050"])
    found = musicnn_parity.compare(job, prepare=musicnn_parity.older)
    assert found.correlation > 0.995
    assert found.difference < 0.003


def test_a_net_is_asked_once_for_all_its_layers() -> None:
    """Several features of one net, and segments that come again, cost one look; what was long ago is asked anew."""
    real, asked = open_net("msd_musicnn"), []

    class Counted:
        def run(self, names: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
            asked.append(len(inputs["mel"]))
            return real.session.run(names, inputs)

    net = Net("msd_musicnn", Counted())
    mel = np.random.default_rng(0).random((3, 187, 96), dtype=np.float32)
    odds, penultimate = net(mel, ("log_odds", "penultimate"))
    (again,) = net(mel[[2, 0, 2]], ("mean_pool",))
    assert asked == [3]
    np.testing.assert_array_equal(again, real(mel[[2, 0, 2]], ("mean_pool",))[0])
    assert (odds.shape, penultimate.shape) == ((3, 50), (3, 200))
    net(np.concatenate([mel[:1], mel[:1] + 1]), ("tags",))
    assert asked == [3, 1]
    net._said.clear()
    net(mel[:1], ("tags",))
    assert asked == [3, 1, 1]
