import json
from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.params import Config, param


@dataclass(frozen=True)
class Sample(Config):
    name: ClassVar[str] = "sample"
    bands: int = param(128, "Bands", low=16, high=256)
    width: float = param(1.5, "Width", unit="s", low=0.5, high=10.0)
    log: bool = param(True, "Log")
    window: str = param("hann", "Window", options=("hann", "hamming"))


samples = st.builds(Sample, st.integers(16, 256), st.floats(0.5, 10), st.booleans(), st.sampled_from(["hann", "hamming"]))


@given(samples)
def test_round_trip_through_json(config):
    again = Sample.from_dict(json.loads(json.dumps(config.to_dict())))
    assert again == config
    assert again.fingerprint == config.fingerprint
    assert len(config.fingerprint) == 12


@given(samples, samples)
def test_fingerprint_tells_configs_apart(one, other):
    assert (one.fingerprint == other.fingerprint) == (one == other)


def test_fingerprint_changes_with_version_and_name():
    class Newer(Sample):
        version: ClassVar[int] = 2

    class Renamed(Sample):
        name: ClassVar[str] = "renamed"

    assert len({Sample().fingerprint, Newer().fingerprint, Renamed().fingerprint}) == 3
    assert Sample().fingerprint == Sample(bands=128.0).fingerprint


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"bands": 0}, r"bands must lie in \[16, 256\]. Received: bands=0"),
        ({"bands": 20.5}, "bands must be a whole number"),
        ({"bands": True}, "bands must be a finite number"),
        ({"width": float("nan")}, "width must be a finite number"),
        ({"width": "wide"}, "width must be a finite number"),
        ({"log": 1}, "log must be true or false"),
        ({"window": "box"}, "window must be one of hann, hamming. Received: window='box'"),
        ({"window": 3}, "window must be text"),
        ({"bandz": 3}, "sample has no parameter bandz. It has: bands, width, log, window"),
        ({"name": "other"}, "Expected the parameters of 'sample'. Received those of 'other'"),
    ],
)
def test_refusals_say_what_was_expected(values, words):
    with pytest.raises(ParameterError, match=words):
        Sample.from_dict(values)


def test_replace_checks():
    assert Sample().replace(bands=16).bands == 16
    with pytest.raises(ParameterError, match="no parameter odd"):
        Sample().replace(odd=1)
    with pytest.raises(ParameterError, match="must lie in"):
        Sample().replace(bands=1)


def test_title_carries_the_unit():
    assert [declared.title for declared in Sample.params().values()] == ["Bands", "Width [s]", "Log", "Window"]
