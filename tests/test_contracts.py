"""What every entry of a table promises: a new one is tested the moment it is listed."""

import re

import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.features import FEATURES, feature_from_dict
from genre_core.features.base import Feature
from genre_core.features.stft import Spectra

SR = 22050
SOUNDS = {
    "silence": np.zeros(SR, np.float32),
    "noise": np.random.default_rng(0).normal(0, 0.1, SR).astype(np.float32),
    "a tenth of a second": np.random.default_rng(1).normal(0, 0.1, SR // 10).astype(np.float32),
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
        seen = {feature().fingerprint}
        for name, declared in feature.params().items():
            for option in declared.options:
                if option != declared.default and not (name == "n_fft" and option < 512):
                    seen.add(feature(**{name: option}).fingerprint)
        n_choices = sum(
            option != declared.default and not (name == "n_fft" and option < 512)
            for name, declared in feature.params().items()
            for option in declared.options
        )
        assert len(seen) == 1 + n_choices


def test_no_two_features_share_a_fingerprint():
    assert len({feature().fingerprint for feature in FEATURES.values()}) == len(FEATURES)
