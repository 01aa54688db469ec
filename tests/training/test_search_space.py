"""What a search tries, read off declared parameters; nothing is trained."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import dataclass
from typing import ClassVar

import optuna
import pytest

from genre_core.errors import ParameterError
from genre_core.models import MODELS
from genre_core.params import Config, Param, param
from genre_core.training.recipe import TRAINING
from genre_core.training.search_space import Dimension, first_trial, ranges_of, request_values, search_space, suggest


@dataclass(frozen=True)
class Net(Config):
    name: ClassVar[str] = "net"
    dropout: float = param(0.3, "Dropout", low=0.0, high=0.9, search=(0.0, 0.6))
    l2: float = param(1e-4, "L2 penalty", low=0.0, high=0.1, search=(1e-6, 1e-2), log=True)
    batch_norm: bool = param(True, "Batch norm", search=(True, False))
    width: float = param(1.0, "Width", options=(0.5, 1.0, 2.0))
    units: int = param(64, "Units", low=1, high=512)


@dataclass(frozen=True)
class Training(Config):
    name: ClassVar[str] = "train"
    learning_rate: float = param(1e-3, "Learning rate", low=1e-6, high=1.0, search=(1e-4, 1e-2), log=True)
    batch_size: int = param(32, "Batch size", unit="segments", low=1, high=1024, search=(16, 32, 64))
    optimizer: str = param("adam", "Optimizer", options=("adam", "sgd"))
    seed: int = param(0, "Seed", low=0, high=100)


DEFAULT = {
    "dropout": [0.0, 0.6],
    "l2": [1e-6, 1e-2],
    "batch_norm": [True, False],
    "learning_rate": [1e-4, 1e-2],
    "batch_size": [16, 32, 64],
}


def trials(space, n=40):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    asked = [study.ask() for _ in range(n)]
    return asked, [suggest(trial, space) for trial in asked]


@pytest.fixture(autouse=True)
def quiet():
    optuna.logging.set_verbosity(optuna.logging.WARNING)


def test_what_is_declared_is_searched_model_first():
    space = search_space(Net(), Training())
    assert ranges_of(space) == DEFAULT
    assert [dimension.place for dimension in space] == ["config"] * 3 + ["training"] * 2
    assert [dimension.name for dimension in space if dimension.log] == ["l2", "learning_rate"]


def test_suggestions_are_values_of_a_request():
    space = search_space(Net(), Training())
    asked, found = trials(space)
    for trial, values in zip(asked, found, strict=True):
        assert values == request_values(trial.params, space)
        assert 0.0 <= Net.from_dict(values["config"]).dropout <= 0.6
        assert Training.from_dict(values["training"]).batch_size in (16, 32, 64)
    assert {values["config"]["batch_norm"] for values in found} == {True, False}


def test_by_ratio_each_decade_is_tried_alike():
    _, found = trials(search_space(Net(), Training()), 200)
    below = sum(math.log10(values["training"]["learning_rate"]) < -3 for values in found)
    assert 70 < below < 130


def test_ranges_narrow_add_and_take_out():
    ranges = json.loads(
        '{"learning_rate": [3e-4, 1e-3], "l2": null, "dropout": null, "batch_norm": null, "units": [16, 128], '
        '"width": [0.5, 2], "optimizer": ["sgd", "adam"], "batch_size": [8, 16]}'
    )
    space = {dimension.name: dimension for dimension in search_space(Net(), Training(), ranges)}
    assert list(space) == ["width", "units", "learning_rate", "batch_size", "optimizer"]
    assert (space["units"].low, space["units"].high, space["units"].choices) == (16, 128, ())
    assert space["width"].choices == (0.5, 2.0)
    assert (space["batch_size"].low, space["batch_size"].high) == (8, 16)
    _, found = trials(tuple(space.values()))
    assert all(isinstance(values["config"]["units"], int) and 16 <= values["config"]["units"] <= 128 for values in found)
    assert all(3e-4 <= values["training"]["learning_rate"] <= 1e-3 for values in found)


def test_a_space_comes_back_from_its_ranges():
    space = search_space(Net(), Training(), {"units": [8, 9, 10], "l2": None})
    again = json.loads(json.dumps(ranges_of(space)))
    assert search_space(Net(), Training(), {**dict.fromkeys(DEFAULT), **again}) == space


def test_the_settings_as_they_are_come_first_where_the_space_holds_them():
    space = search_space(Net(), Training(), {"dropout": [0.4, 0.5]})
    assert first_trial(space, Net(), Training()) == {"l2": 1e-4, "batch_norm": True, "learning_rate": 1e-3, "batch_size": 32}
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    study.enqueue_trial(first_trial(space, Net(), Training()))
    assert suggest(study.ask(), space)["training"] == {"learning_rate": 1e-3, "batch_size": 32}


def test_dimensions_in_words():
    said = [dimension.words for dimension in search_space(Net(), Training())]
    assert said == [
        "Dropout: 0 to 0.6",
        "L2 penalty: 1e-06 to 0.01 (by ratio)",
        "Batch norm: True or False",
        "Learning rate: 0.0001 to 0.01 (by ratio)",
        "Batch size [segments]: 16, 32 or 64",
    ]


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"learning_rat": [0.1, 0.2]}, "There is no parameter to search named 'learning_rat'. Choose one of: batch_norm, "),
        ({"learning_rate": []}, r"A search of learning_rate needs \[low, high\] or a list of values, all different. Received: "),
        ({"learning_rate": [0.1]}, "To fix it, set it instead"),
        ({"learning_rate": [0.1, 0.1]}, "all different"),
        ({"batch_size": [16, 32, 16]}, "all different"),
        ({"optimizer": ["adam"]}, "needs a list of values, all different"),
        ({"learning_rate": [1e-2, 1e-3]}, "A range begins at its lower end"),
        ({"learning_rate": [1e-9, 1e-3]}, r"learning_rate must lie in \[1e-06, 1\]. Received: learning_rate=1e-09"),
        (
            {"learning_rate": 0.1},
            r"What to try of learning_rate is \[low, high\] or a list of values. Received: learning_rate=0.1",
        ),
        ({"optimizer": "adam"}, "What to try of optimizer is a list of values"),
        ({"optimizer": ["adam", "lion"]}, "optimizer must be one of adam, sgd. Received: optimizer='lion'"),
        ({"l2": [0, 0.01]}, "l2 is searched by ratio, so its range begins above 0"),
        ({"units": [1.5, 3]}, "units must be a whole number"),
        ({"dropout": [0.1, float("nan")]}, "dropout must be a finite number"),
        ({"seed": [0, 100]}, "seed is not searched: the best one would be luck"),
        (dict.fromkeys(DEFAULT), "There is nothing to search. Give a range for one parameter at least. Parameters: batch_norm, "),
        (["dropout"], "Ranges are given by name"),
    ],
)
def test_what_is_no_range_is_refused_in_a_sentence(ranges, words):
    with pytest.raises(ParameterError, match=words):
        search_space(Net(), Training(), ranges)


def test_a_name_that_two_places_declare_is_refused():
    with pytest.raises(ParameterError, match="learning_rate is a parameter of the model and of its training"):
        search_space(Training(), Training())


def test_what_is_declared_must_fit_its_own_parameter():
    with pytest.raises(ParameterError, match=r"Dropout must lie in \[0, 0.9\]. Received: Dropout=1"):
        Param(0.3, "Dropout", low=0.0, high=0.9, search=(0.0, 1.0))
    assert Dimension("config", "k", "k", low=1, high=5).holds(5)


def test_a_space_is_made_without_optuna():
    code = "import genre_core.training.search_space, sys; print('optuna' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_range_that_does_not_hold_the_present_value_is_left_out_unless_asked_for():
    small, bare = Training(batch_size=4), Net(l2=0.0, dropout=0.8)
    assert [dimension.name for dimension in search_space(bare, small)] == ["batch_norm", "learning_rate"]
    asked = search_space(bare, small, {"batch_size": [2, 4, 8], "l2": [1e-5, 1e-3]})
    assert [dimension.name for dimension in asked] == ["l2", "batch_norm", "learning_rate", "batch_size"]
    assert first_trial(asked, bare, small) == {"batch_norm": True, "learning_rate": 1e-3, "batch_size": 4}


@pytest.mark.parametrize("spec", MODELS.values(), ids=lambda spec: spec.name)
def test_every_row_has_something_to_search_that_begins_with_its_own_values(spec):
    config, training = spec.config(), TRAINING[spec.family].from_dict(spec.training)
    space = search_space(config, training)
    assert set(first_trial(space, config, training)) == {dimension.name for dimension in space}
    asked, found = trials(space, 3)
    assert [request_values(trial.params, space) for trial in asked] == found
    for values in found:
        spec.config.from_dict(values["config"])
        TRAINING[spec.family].from_dict({**spec.training, **values["training"]})
