"""Trainings on random segments, on some genres and on a share of the training tracks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from genre_core.audio.decode import decode
from genre_core.datasets.library import load_dataset
from genre_core.datasets.splits import Split, make_split
from genre_core.features.base import segment_features
from genre_core.jobs.journal import read_status
from genre_core.paths import Root
from genre_core.runs import Run, export_run, import_run


def load(trained: Path, name: str) -> Run:
    return Run.load(trained / "runs" / json.loads((trained / "notes.json").read_text())[name])


def test_random_segments_are_learned_from_and_judged_apart(trained: Path) -> None:
    run, dataset = load(trained, "leaky"), load_dataset("tones", trained / "datasets")
    split = Split.from_dict(run.manifest["split"])
    learned, judged = [], 0
    for track in dataset.tracks:
        its = segment_features(decode(track.path), run.features[0], run.segments)
        roles = split.segment_roles(track.id, len(its.values))
        learned.append(its.values[np.array(roles) == "train"])
        judged += roles.count("valid")
    # The scaler knows the segments to learn from and no others.
    mean = np.concatenate(learned).mean(axis=0, dtype=float)
    np.testing.assert_allclose(run.manifest["scaler"][0]["mean"], mean, rtol=1e-6)
    predictions = run.predictions("valid")
    assert len(predictions.segment_track) == judged == run.scores["valid"]["n_segments"]
    places = set(zip(predictions.track_ids[predictions.segment_track], predictions.start_seconds, strict=True))
    test = run.open_test(Root(trained))
    assert not places & set(zip(test.track_ids[test.segment_track], test.start_seconds, strict=True))
    assert set(predictions.track_ids) & set(test.track_ids)  # tracks in both: that is the leak


def test_a_leaky_training_says_so_in_all_it_leaves(trained: Path, tmp_path: Path) -> None:
    run = load(trained, "leaky")
    assert "leaky" in run.title
    assert "leaky" in run.manifest["title"]
    assert run.manifest["split"]["title"] == "random segments (leaky)"
    assert run.manifest["leaks"]["verdict"] == "leaky: segments of 30 songs cross"
    assert run.scores["valid"]["leaky"] is True
    assert "valid segments right (split random segments (leaky))" in read_status(run.folder).message
    taken = import_run(export_run(run), Root(tmp_path))
    assert (taken.title, taken.is_leaky, taken.leaks) == (run.title, True, run.leaks)


def test_some_genres_and_a_share_of_their_training_tracks(trained: Path) -> None:
    run, dataset = load(trained, "part"), load_dataset("tones", trained / "datasets")
    assert run.genres == ("high", "noise")
    assert run.split_title == "by artist, only high, noise, 40 % of the training tracks"
    assert run.dataset_fingerprint == dataset.fingerprint
    whole = make_split(dataset, "by_artist", genres=run.genres)
    assert run.track_ids("valid") == whole.ids("valid")
    assert set(run.track_ids("train")) < set(whole.ids("train"))
    assert {dataset.by_id[track_id].genre for track_id in run.roles} == {"high", "noise"}
    opened = run.open_test(Root(trained))
    assert opened.track_ids.tolist() == whole.ids("test")
    assert opened.segment_posteriors.shape[1] == 2
    artists = {dataset.by_id[track_id].artist for track_id in run.track_ids("train")}
    assert len(run.track_ids("train")) == 2 * len(artists) == 4
    assert run.leaks is not None
    assert run.leaks.verdict == "nothing crosses"


@pytest.mark.parametrize("role", ["valid", "test"])
def test_tracks_of_a_leaky_run_are_scored_by_the_segments_of_that_role(trained: Path, role: str) -> None:
    run = load(trained, "leaky")
    predictions = run.open_test(Root(trained)) if role == "test" else run.predictions(role)
    shares = len(predictions.segment_track) / len(predictions.track_ids)
    assert 1.0 <= shares < 3.0
    assert run.judged_level == "segments"
