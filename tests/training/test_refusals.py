"""What cannot be learned from is refused in words, before TensorFlow is loaded or a feature computed for nothing."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.store import FeatureStore
from genre_core.errors import ParameterError, RunError, TrainingError
from genre_core.models import MODELS
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train
from tests.training.conftest import make_tones

SHORT = {"segment_seconds": 0.5, "hop_seconds": 0.4}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root(tmp_path_factory.mktemp("refused"))
    make_tones(root, n_tracks=5)
    whole = load_dataset("tones", root.datasets)
    kept = [track for track in whole.tracks if track.genre != "noise"]
    save_dataset(replace(whole, name="lonely", tracks=(*kept, whole.tracks[-1])), root.datasets)
    save_dataset(replace(whole, name="plain", tracks=tuple(t for t in whole.tracks if t.genre == "high")), root.datasets)
    return root


@pytest.mark.parametrize("model", ["ann", "svm"])
def test_a_genre_of_one_track(root: Root, model: str) -> None:
    with pytest.raises(
        TrainingError, match=r"at least two tracks.*one track of noise in 'lonely'.*train on the others: high,low"
    ):
        train(TrainRequest(model, "lonely", "by_track"), root)


@pytest.mark.parametrize("model", ["ann", "svm"])
def test_a_data_set_of_one_genre(root: Root, model: str) -> None:
    with pytest.raises(TrainingError, match=r"at least two genres to tell apart\. Received: high in 'plain'"):
        train(TrainRequest(model, "plain", "by_track"), root)


@pytest.mark.parametrize("folds", [0, 3])
def test_a_batch_larger_than_what_there_is(root: Root, folds: int) -> None:
    request = TrainRequest("ann", "tones", "by_artist", folds=folds, segments=SHORT, training={"batch_size": 512})
    with pytest.raises(TrainingError, match=r"\d+ train segments\. Received: batch_size=512\. Choose \d+, or add tracks"):
        train(request, root)
    assert "tensorflow" not in sys.modules


def test_a_net_that_would_shrink_its_input_to_nothing(root: Root) -> None:
    request = TrainRequest("cnn", "tones", "by_artist", segments=SHORT)
    with pytest.raises(ParameterError, match=r"segments of 0\.5 s, of which nothing is left at .* Cut longer segments"):
        train(request, root)
    assert "tensorflow" not in sys.modules


@pytest.mark.parametrize("model", sorted(name for name, spec in MODELS.items() if spec.features[0].name == "summary57"))
def test_numbers_that_are_none(root: Root, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = FeatureStore.get

    def damaged(self: FeatureStore, *asked: object) -> object:
        found = read(self, *asked)
        return replace(found, values=np.full_like(found.values, np.nan))

    monkeypatch.setattr(FeatureStore, "get", damaged)
    monkeypatch.setattr("genre_core.datasets.rows.FeatureStore.get", damaged)
    with pytest.raises(TrainingError, match=r"(?i)nan|finite"):
        train(
            TrainRequest(model, "tones", "by_artist", segments=SHORT, training={} if model != "ann" else {"batch_size": 8}), root
        )


def test_a_run_of_a_later_version(root: Root, tmp_path: Path) -> None:
    run = train(TrainRequest("tree", "tones", "by_artist", segments=SHORT), root)
    path = run.folder / "manifest.json"
    path.write_text(path.read_text().replace('"format_version": 5', '"format_version": 99'))
    with pytest.raises(RunError, match=r"written by a newer Genrescope \(format 99; this one reads up to 5\)\. Update it"):
        Run.load(run.folder)
