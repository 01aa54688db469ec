"""A division that an earlier run had, on another version of its data set."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genre_core.datasets.versions import leave_out, relabel
from genre_core.errors import DatasetError, RunError, TrainingError
from genre_core.paths import find_root
from genre_core.training.kept import kept_folds, kept_split
from tests.compared import judged, save_run, songs

N = 30


@pytest.fixture
def made(tmp_path):
    return songs(tmp_path, N, n_artists=10), find_root(tmp_path)


def run_of(root, name="former", **changes):
    return save_run(root.path, name, judged([True] * N), **changes)


def folds_of(dataset, count=3):
    return {"count": count, "seed": 4, "grouped_by": "artist", "of": {its.id: n % count for n, its in enumerate(dataset.tracks)}}


def test_roles_stay_where_labels_change_and_tracks_go(made):
    dataset, root = made
    roles = {its.id: ("train", "valid", "test")[n % 3] for n, its in enumerate(dataset.tracks)}
    run_of(root, split={"name": "by_artist", "seed": 4, "roles": roles})
    later = leave_out(relabel(dataset, {"song.000": "rock"}), {"song.004"})
    found = kept_split(later, "former", root)
    assert found.roles == {track_id: role for track_id, role in roles.items() if track_id != "song.004"}
    assert (found.name, found.seed) == ("by_artist", 4)


def test_folds_stay_and_what_was_held_out_stays_so(made):
    dataset, root = made
    of = folds_of(dataset)["of"]
    held = {"song.000": "test"}
    inside = {track_id: fold for track_id, fold in of.items() if track_id not in held}
    roles = {**dict.fromkeys(of, "train"), **held}
    run_of(root, folds={**folds_of(dataset), "of": inside}, split={"name": "by_artist", "seed": 4, "roles": roles})
    found = kept_folds(leave_out(dataset, {"song.004"}), "former", root)
    assert found.of == {track_id: fold for track_id, fold in inside.items() if track_id != "song.004"}
    assert (found.held_out, found.n_folds, found.grouped_by, found.seed) == (held, 3, "artist", 4)


def test_what_cannot_be_kept_is_said(made):
    dataset, root = made
    run_of(root)
    with pytest.raises(TrainingError, match=r"Expected a run with folds, to keep them. Received: 'former'"):
        kept_folds(dataset, "former", root)
    with pytest.raises(RunError, match="There is no run named 'nobody'"):
        kept_split(dataset, "nobody", root)
    with pytest.raises(TrainingError, match="keeps the division of a run on the same data set"):
        kept_split(replace(dataset, name="other"), "former", root)
    run_of(root, "folded", folds=folds_of(dataset))
    gone = {track_id for track_id, fold in folds_of(dataset)["of"].items() if fold == 1}
    with pytest.raises(DatasetError, match="Tracks lie in each of the folds 0 to 2"):
        kept_folds(leave_out(dataset, gone), "folded", root)
