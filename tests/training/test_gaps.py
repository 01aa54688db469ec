"""A training on numbers of which some tracks lack a feature."""

from __future__ import annotations

import numpy as np
import pytest

from genre_core.datasets.given import save_given
from genre_core.datasets.library import load_dataset
from genre_core.datasets.tracks import Dataset, NoAudioError, Track
from genre_core.errors import TrainingError
from genre_core.evaluation.report import score_of
from genre_core.features.base import SegmentFeatures
from genre_core.models import MODELS
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.fitting import recipe_for
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train

GENRES = ("blues", "metal", "pop")
SPEC = MODELS["transfer"]
FEATURES = SPEC.presets["gaussian"].features


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """Twelve tracks a genre of two segments; the genre shows in all columns, and every third track lacks the second feature."""
    root = Root(tmp_path_factory.mktemp("gaps"))
    rng = np.random.default_rng(5)
    tracks, values = [], [{} for _ in FEATURES]
    for index, genre in enumerate(GENRES):
        for number in range(12):
            name = f"{genre}.{number}"
            tracks.append(Track(name, genre, None, f"{genre} {number % 6}", 6.0, f"{index}{number:063}"))
            for place, (its, feature) in enumerate(zip(values, FEATURES, strict=True)):
                found = rng.standard_normal((2, *feature.shape(48000))).astype(np.float32)
                found[:, index * 9 : (index + 1) * 9] += 1.2
                if place == 1 and number % 3 == 0:
                    found[:] = np.nan
                its[name] = SegmentFeatures(found, np.array([0.0, 3.0]), np.array([3.0, 6.0]))
    given = tuple({"feature": feature.to_dict(), "segments": SPEC.segments.to_dict()} for feature in FEATURES)
    save_given(Dataset("gappy", tuple(tracks), note="numbers", given=given), values, root.datasets)
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
