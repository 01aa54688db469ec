"""A run against the same training on corrected labels."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from genre_core.datasets.library import load_dataset
from genre_core.datasets.versions import relabel, save_version
from genre_core.errors import RunError
from genre_core.paths import find_root
from genre_core.runs.corrected import compare_corrected, request_again, trained_again
from tests.compared import GENRES, judged, save_run, songs

N = 30


@pytest.fixture
def pair(tmp_path):
    """Wrong about six songs, two of which are relabelled as it says; then right about three more."""
    first = songs(tmp_path, N, n_artists=10)
    before = judged(np.arange(N) >= 6)
    new = {track_id: GENRES[before.y_pred[place]] for place, track_id in enumerate(before.track_ids[:2].tolist())}
    second = save_version(relabel(load_dataset("songs", tmp_path / "datasets"), new), tmp_path / "datasets")
    y_true = before.y_true.copy()
    y_true[:2] = before.y_pred[:2]
    posteriors = before.segment_posteriors.copy()
    for track in (2, 3, 4):
        posteriors[before.segment_track == track] = np.where(np.arange(3) == y_true[track], 0.8, 0.1)
    after = replace(before, y_true=y_true, segment_posteriors=posteriors)
    runs = [
        save_run(tmp_path, name, predictions, dataset={"name": "songs", "title": "S", "note": "", "fingerprint": its.fingerprint})
        for name, predictions, its in (("before", before, first), ("after", after, second))
    ]
    return (*runs, find_root(tmp_path))


def test_labels_and_training_are_told_apart(pair):
    before, after, root = pair
    found = compare_corrected(before, after, root)
    assert found.relabelled == {"song.000": ("blues", "metal"), "song.001": ("metal", "rock")}
    assert (found.accuracy_former, found.n_left_out) == (pytest.approx(24 / 30), 0)
    assert found.found.scores_b["accuracy"] == pytest.approx(26 / 30)
    assert found.found.scores_a["accuracy"] == pytest.approx(29 / 30)
    assert found.found.over == "artists"
    assert "As it was: 0.80. The same verdicts by the corrected labels: 0.87. Trained again on them: 0.97" in found.words
    assert json.loads(json.dumps(found.to_dict()))["before"] == "before"


def test_a_track_that_the_later_run_did_not_judge_does_not_count(pair, tmp_path):
    before, after, root = pair
    predictions = after.predictions()
    fewer = replace(
        predictions,
        track_ids=predictions.track_ids[:-3],
        y_true=predictions.y_true[:-3],
        **{
            name: getattr(predictions, name)[:-6]
            for name in ("segment_track", "start_seconds", "end_seconds", "segment_posteriors")
        },
    )
    other = save_run(tmp_path, "fewer", fewer, dataset=after.manifest["dataset"])
    found = compare_corrected(before, other, root)
    assert (found.n_left_out, found.found.n, found.accuracy_former) == (3, 27, pytest.approx(21 / 27))


def test_only_versions_of_one_data_set_are_compared(pair, tmp_path):
    before, _, root = pair
    with pytest.raises(RunError, match=r"Expected two runs on two versions of one data set.*the same version"):
        compare_corrected(before, before, root)
    other = save_run(tmp_path, "other", before.predictions(), dataset={"name": "x", "title": "X", "note": "", "fingerprint": "1"})
    with pytest.raises(RunError, match="'before' on S and 'other' on X"):
        compare_corrected(before, other, root)


def test_the_same_recipe_on_another_version_is_found(pair, tmp_path):
    before, after, _ = pair
    other = save_run(tmp_path, "other", after.predictions(), dataset=after.manifest["dataset"], seed=7)
    assert [run.id for run in trained_again(before, [before, after, other])] == ["after"]


def test_tracks_that_lie_elsewhere_are_told_before_the_difference(pair, tmp_path):
    before, after, root = pair
    roles = {**after.manifest["split"]["roles"], "song.007": "train"}
    moved = save_run(
        tmp_path,
        "moved",
        after.predictions(),
        dataset=after.manifest["dataset"],
        split={"name": "by_artist", "seed": 0, "roles": roles},
    )
    assert compare_corrected(before, after, root).n_moved == 0
    found = compare_corrected(before, moved, root)
    assert found.n_moved == 1
    assert found.words.startswith("But 1 tracks lie in another fold or role than before")
    assert "train --again before" in found.words


def test_a_run_is_asked_for_again_as_it_was_asked_for(pair):
    before, after, _ = pair
    (before.folder / "request.json").write_text(
        json.dumps({"kind": "train", "model": "ann", "dataset": "songs", "title": "Mine"})
    )
    assert request_again(before) == {"model": "ann", "dataset": "songs", "title": "before, labels corrected", "keeps": "before"}
    with pytest.raises(RunError, match="What was asked for when 'after' was trained is not known here"):
        request_again(after)
