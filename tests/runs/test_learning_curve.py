"""Runs alike but for their share of the training tracks are points of one curve; others are passed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genre_core.errors import RunError
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.runs.learning_curve import SHARES, learning_curve, request_share
from tests.compared import judged, save_run, songs

N_VALID = 8
HISTORY = [
    {"epoch": 1, "loss": 1.0, "accuracy": 0.5, "valid_loss": 0.9, "valid_accuracy": 0.6, "seconds": 2.0},
    {"epoch": 2, "loss": 0.5, "accuracy": 0.8, "valid_loss": 1.1, "valid_accuracy": 0.6, "seconds": 3.0},
]


def saved(root: Path, name: str, n_train: int, share: float, right: int, **changes) -> Run:
    """A run that learned from `n_train` tracks and names `right` of eight valid tracks rightly."""
    split = changes.pop("split", {"name": "by_artist", "seed": 0, "train_share": share})
    roles = {**{f"song.{number:03d}": "valid" for number in range(N_VALID)}, **{f"train.{n}": "train" for n in range(n_train)}}
    predictions = judged([True] * right + [False] * (N_VALID - right))
    values = {"split": {"roles": roles, **split}, "history": HISTORY, **changes}
    return save_run(root, name, predictions, **values)


def test_points_go_from_few_tracks_to_many_and_what_is_missing_is_told(tmp_path):
    whole = saved(tmp_path, "whole", 20, 1.0, 6, created="2026-01-01T00:00:00+00:00")
    half = saved(tmp_path, "half", 10, 0.5, 4)
    found = learning_curve(whole, [whole, half])
    assert [(point.run, point.n_tracks, point.train_share) for point in found.points] == [("half", 10, 0.5), ("whole", 20, 1.0)]
    assert [point.scores["accuracy"].value for point in found.points] == [0.5, 0.75]
    assert all(point.scores["accuracy"].low is not None for point in found.points)
    assert {point.train_accuracy for point in found.points} == {0.5}  # the epoch of the least loss on valid was kept
    assert found.missing == (0.1, 0.25, 0.75)
    assert found.n_valid == N_VALID
    assert found.missing_seconds == pytest.approx((0.1 + 0.25 + 0.75) * 5 / 1.0)
    json.dumps(found.to_dict(), allow_nan=False)
    assert learning_curve(half, [whole, half]).points == found.points


def test_of_one_share_the_latest_counts_but_for_the_run_itself(tmp_path):
    first = saved(tmp_path, "first", 10, 0.5, 4, created="2026-01-01T00:00:00+00:00")
    later = saved(tmp_path, "later", 10, 0.5, 5, created="2026-01-02T00:00:00+00:00")
    whole = saved(tmp_path, "whole", 20, 1.0, 6)
    runs = [later, first, whole]
    assert [point.run for point in learning_curve(whole, runs).points] == ["later", "whole"]
    assert [point.run for point in learning_curve(first, runs).points] == ["first", "whole"]


@pytest.mark.parametrize(
    "changes",
    [
        {"config": {"name": "ann", "dropout": 0.6}},
        {"training": {"name": "train", "epochs": 3}},
        {"model": "cnn"},
        {"seed": 1},
        {"segments": {"segment_seconds": 5.0, "hop_seconds": 5.0}},
        {"dataset": {"name": "songs", "title": "Songs", "note": "", "fingerprint": "1"}},
        {"split": {"name": "by_artist", "seed": 1, "train_share": 0.5}},
        {"split": {"name": "by_track", "seed": 0, "train_share": 0.5}},
        {"folds": {"count": 2, "seed": 0, "grouped_by": "artist", "of": {}}},
    ],
)
def test_a_run_that_differs_otherwise_is_no_point(tmp_path, changes):
    whole = saved(tmp_path, "whole", 20, 1.0, 6)
    other = saved(tmp_path, "other", 10, 0.5, 4, **changes)
    assert [point.run for point in learning_curve(whole, [whole, other]).points] == ["whole"]


def test_other_valid_tracks_make_no_point(tmp_path):
    whole = saved(tmp_path, "whole", 20, 1.0, 6)
    other = save_run(
        tmp_path,
        "other",
        judged([True] * 8, first=50),
        split={
            "name": "by_artist",
            "seed": 0,
            "train_share": 0.5,
            "roles": {f"song.{number:03d}": "valid" for number in range(50, 58)},
        },
    )
    assert len(learning_curve(whole, [whole, other]).points) == 1


def test_a_model_without_epochs_has_no_training_accuracy_and_no_time(tmp_path):
    found = learning_curve(saved(tmp_path, "whole", 20, 1.0, 6, history=[]), [])
    assert (found.points[0].train_accuracy, found.missing_seconds) == (None, None)
    assert found.missing == SHARES[:-1]


def test_folds_have_no_curve_and_the_way_out_is_told(tmp_path):
    run = saved(tmp_path, "folds", 20, 1.0, 6, folds={"count": 2, "seed": 0, "grouped_by": "artist", "of": {}})
    with pytest.raises(RunError, match=r"trained once.*Received: 'folds', 2 folds. Train its model once"):
        learning_curve(run, [run])
    run = saved(tmp_path, "unjudged", 20, 1.0, 6, scores={})
    with pytest.raises(RunError, match="no score on valid tracks"):
        learning_curve(run, [run])


def test_the_missing_shares_are_asked_for_as_the_run_was(tmp_path):
    dataset = songs(tmp_path, N_VALID, n_artists=4)
    run = saved(tmp_path, "whole", 20, 1.0, 6, dataset={"name": "songs", "fingerprint": dataset.fingerprint})
    with pytest.raises(RunError, match="was asked for when 'whole' was trained is not known here"):
        request_share(run, 0.5, Root(tmp_path))
    asked = {"kind": "train", "model": "ann", "dataset": "songs", "split": "by_artist", "train_share": 1.0}
    (run.folder / "request.json").write_text(json.dumps(asked), encoding="utf-8")
    assert request_share(run, 0.25, Root(tmp_path)) == {
        "model": "ann",
        "dataset": "songs",
        "split": "by_artist",
        "train_share": 0.25,
        "title": "whole, 25 % of the training tracks",
    }
    changed = saved(tmp_path, "former", 20, 1.0, 6)
    (changed.folder / "request.json").write_text(json.dumps(asked), encoding="utf-8")
    with pytest.raises(RunError, match=r"'songs' has changed since 'former' was trained.*Train it again"):
        request_share(changed, 0.25, Root(tmp_path))
