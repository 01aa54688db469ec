"""Every row of MODELS keeps the contract."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from genre_core.errors import ParameterError
from genre_core.features import FEATURES
from genre_core.models import MODELS, model_spec
from genre_core.training.recipe import TRAINING, TrainRequest, training_config

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(MODELS))
def test_row_is_complete(name: str) -> None:
    spec = MODELS[name]
    assert spec.name == name == spec.config.name
    assert spec.good_for in {"quick", "classic", "deep", "pretrained"}
    assert spec.summary.endswith(".")
    assert spec.reference
    assert spec.features
    assert all(feature.name in FEATURES for feature in spec.features)
    assert callable(spec.build)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_defaults_fit_and_survive_dict(name: str) -> None:
    spec = MODELS[name]
    assert spec.config.from_dict(spec.config().to_dict()) == spec.config()
    training_config(spec)
    recipe = TrainRequest(name).resolve()
    assert recipe.features == spec.features
    length = recipe.segments.length(spec.features[0].sr)
    assert all(size > 0 for feature in spec.features for size in feature.shape(length))


@pytest.mark.parametrize(("name", "preset"), [(name, preset) for name, spec in MODELS.items() for preset in spec.presets])
def test_presets_resolve_and_say_what_they_are(name: str, preset: str) -> None:
    recipe, spec = TrainRequest(name, preset=preset).resolve(), MODELS[name]
    values = spec.presets[preset]
    assert values.title
    assert values.note.endswith(".")
    assert recipe.features == (values.features or spec.features)
    assert recipe != TrainRequest(name).resolve()
    assert {**recipe.config.to_dict(), **values.config} == recipe.config.to_dict()
    assert TrainRequest.from_dict(TrainRequest(name, preset=preset).to_dict()).preset == preset


def test_every_system_of_the_field_is_here() -> None:
    wanted = "ann rnn lstm rnn_lstm cnn_small cnn rcnn crnn_lstm ae_cnn fusion svm knn knn_kl kmeans_kl gmm logistic tree forest"
    assert set(wanted.split()) <= set(MODELS)
    assert {spec.family for spec in MODELS.values()} == set(TRAINING)


def test_an_unknown_preset_lists_those_there_are() -> None:
    with pytest.raises(ParameterError, match=r"lstm has no preset 'best'\. It has: source"):
        TrainRequest("lstm", preset="best").resolve()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_parameter_says_what_it_does(name: str) -> None:
    for key, declared in MODELS[name].config.params().items():
        assert declared.label, key
        assert declared.help, key


def test_unknown_name_lists_the_names() -> None:
    with pytest.raises(ParameterError, match=r"no model named 'x'.*ann.*cnn_small"):
        model_spec("x")


def test_serving_and_listing_load_no_training_library() -> None:
    code = (
        "import sys, genre_core.models, genre_core.models.serve, genre_core.runs, genre_core.jobs\n"
        "print([name for name in ('tensorflow', 'keras', 'sklearn', 'pandas', 'librosa', 'streamlit') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
