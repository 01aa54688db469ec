"""A training on numbers of which some tracks lack a feature."""

from __future__ import annotations

import numpy as np
import pytest

from genre_core.datasets.library import load_dataset
from genre_core.datasets.tracks import NoAudioError
from genre_core.errors import TrainingError
from genre_core.evaluation.report import score_of
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.fitting import recipe_for
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train
from tests.training.gappy import FEATURES, make_gappy


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root(tmp_path_factory.mktemp("gaps"))
    make_gappy(root)
    return root


def test_folds_judge_all_tracks_by_what_they_have(root: Root) -> None:
    run: Run = train(TrainRequest("transfer", "gappy", split="", folds=3, preset="gaussian"), root)
    assert run.scores["folds"]["n_tracks"] == 36
    assert score_of(run.scores["folds"], "accuracy").value > 0.9
    assert run.features == FEATURES  # two features of one name keep their parameters
    assert np.isfinite(run.predictions("folds").segment_posteriors).all()
    whole = tuple(np.zeros((1, *feature.shape(48000)), np.float32) for feature in FEATURES)
    assert run.classifier()(*whole).posterior.shape == (1, 3)


@pytest.mark.parametrize("preset", ["with_columns", "penultimate", "pooled"])
def test_a_preset_that_reads_something_else_is_refused(root: Root, preset: str) -> None:
    dataset = load_dataset("gappy", root.datasets)
    with pytest.raises(NoAudioError, match=f"transfer with the preset '{preset}' needs .*, so nothing else can be computed"):
        recipe_for(TrainRequest("transfer", "gappy", split="", folds=3, preset=preset), dataset)


def test_other_heads_say_that_something_is_missing(root: Root) -> None:
    request = TrainRequest("transfer", "gappy", split="", folds=3, preset="gaussian", config={"head": "softmax"})
    with pytest.raises(TrainingError, match="NaN or infinite values, which nothing can be learned from"):
        train(request, root)
