"""What every entry of a table promises: a new one is tested the moment it is listed."""

import contextlib
import re

import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.features import FEATURES, feature_from_dict
from genre_core.features.base import Feature, Timed
from genre_core.features.stft import Spectra

SR = 22050
SOUNDS = {
    "silence": np.zeros(SR, np.float32),
    "noise": np.random.default_rng(0).normal(0, 0.1, SR).astype(np.float32),
    "a tenth of a second": np.random.default_rng(1).normal(0, 0.1, SR // 10).astype(np.float32),
    "one sample": np.ones(1, np.float32),
    "a constant": np.ones(2047, np.float32),
    "a click": np.eye(1, 5000, 2500, dtype=np.float32)[0],
    "far below hearing": np.random.default_rng(2).normal(0, 1e-20, 5000).astype(np.float32),
}

every_feature = pytest.mark.parametrize("feature", list(FEATURES.values()), ids=list(FEATURES))


@every_feature
class TestFeature:
    @pytest.mark.filterwarnings("error")
    @pytest.mark.parametrize("sound", list(SOUNDS))
    def test_gives_the_shape_it_declares_in_finite_float32(self, feature: type[Feature], sound: str):
        y = SOUNDS[sound]
        values = feature()(Spectra(y, sr=SR))
        assert values.shape == feature().shape(y.size)
        assert values.dtype == np.float32
        assert np.isfinite(values).all()

    def test_gives_the_shape_it_declares_with_each_choice(self, feature: type[Feature]):
        y = SOUNDS["noise"][: SR // 4]
        for name, declared in feature.params().items():
            for value in declared.options or (declared.low, declared.high):
                try:
                    config = feature(**{name: value})
                except ParameterError:
                    continue  # it does not go together with the defaults of the others
                values = config(Spectra(y, sr=config.sr))
                assert values.shape == config.shape(y.size), (name, value)
                assert np.isfinite(values).all(), (name, value)

    def test_is_deterministic(self, feature: type[Feature]):
        first, second = (feature()(Spectra(SOUNDS["noise"], sr=SR)) for _ in range(2))
        np.testing.assert_array_equal(first, second)

    def test_leaves_the_samples_as_they_were(self, feature: type[Feature]):
        y = SOUNDS["noise"].copy()
        feature()(Spectra(y, sr=SR))
        np.testing.assert_array_equal(y, SOUNDS["noise"])

    def test_is_listed_by_its_name_and_says_its_shape(self, feature: type[Feature]):
        assert FEATURES[feature.name] is feature
        assert feature.title
        assert re.search(r"shape \(.+\)", feature.__doc__ or "")

    def test_every_parameter_has_a_label(self, feature: type[Feature]):
        assert all(declared.label for declared in feature.params().values())

    def test_is_written_down_and_read_back(self, feature: type[Feature]):
        changed = feature(sr=16000)
        assert feature_from_dict(changed.to_dict()) == changed
        with pytest.raises(ParameterError, match="has no parameter colour"):
            feature_from_dict({"name": feature.name, "colour": 1})

    def test_each_choice_changes_the_fingerprint(self, feature: type[Feature]):
        made = [feature()]
        for name, declared in feature.params().items():
            for option in declared.options:
                if option != declared.default:
                    with contextlib.suppress(ParameterError):  # a low sample rate has no room for the highest notes
                        made.append(feature(**{name: option}))
        assert len(made) > 3
        assert len({config.fingerprint for config in made}) == len(made)

    def test_frames_have_times_and_rows_say_what_they_are(self, feature: type[Feature]):
        config = feature()
        if not isinstance(config, Timed) or not config.per_frame:
            return
        n_rows, n_frames = config.shape(3 * SR)
        np.testing.assert_allclose(config.times(n_frames), np.arange(n_frames) * config.hop_length / config.sr)
        assert feature(hop_length=256).shape(3 * SR)[1] == 1 + 3 * SR // 256
        axes = [np.asarray(getattr(config, name)) for name in ("frequencies", "tempi") if hasattr(config, name)]
        axes += [np.asarray(config.rows)] if config.rows else []
        assert [axis.shape for axis in axes] == [(n_rows,)]
        if hasattr(config, "frequencies"):
            assert (np.diff(config.frequencies) > 0).all()


def test_no_two_features_share_a_fingerprint():
    assert len({feature().fingerprint for feature in FEATURES.values()}) == len(FEATURES)
