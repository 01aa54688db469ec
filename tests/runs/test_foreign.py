"""Predictions of another tool: read as they are, refused with the line that is wrong, and served like a run without a model."""

from __future__ import annotations

import numpy as np
import pytest

from genre_core.errors import DatasetError, RunError
from genre_core.evaluation.metrics import scores
from genre_core.inference import Predictor
from genre_core.paths import find_root
from genre_core.runs import default_run, list_runs
from genre_core.runs.comparing import compare_runs
from genre_core.runs.exporting import export_run
from genre_core.runs.foreign import import_predictions
from tests.compared import judged, save_run, songs

TABLE = "track,true,blues,Rock\na,blues,0.9,0.1\nb,rock,0.7,0.3\nc,Rock,0.2,0.8\n"


@pytest.fixture
def root(tmp_path):
    return find_root(tmp_path)


def taken(root, text, **asked):
    return import_predictions(text.encode(), root, name="theirs.csv", **asked)


def test_a_table_becomes_a_run_that_is_judged(root):
    run = taken(root, TABLE)
    assert (run.title, run.genres, run.has_model, run.judged_role) == ("theirs", ("blues", "rock"), False, "valid")
    found = run.predictions()
    assert found.track_ids.tolist() == ["a", "b", "c"]
    assert found.posteriors == pytest.approx(np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]]))
    expected = scores(np.array([0, 1, 1]), found.posteriors, run.genres)
    assert run.scores["valid"]["tracks"]["accuracy"] == expected.accuracy == pytest.approx(2 / 3)
    assert list_runs(root)[0].id == run.id
    assert run.manifest["leaks"]["badge"].startswith("? what it learned from")
    assert {entry.name for entry in run.folder.iterdir()} == {"manifest.json", "predictions_valid.npz"}


def test_what_others_write_differently_is_read(root):
    text = "sep=;\nFile Name;LABEL;prob_rock;p_hip-hop;confidence\na;hip hop;0,2;0,8;1\n".replace("0,2", "0.2").replace(
        "0,8", "0.8"
    )
    run = taken(root, text, title="Theirs")
    assert (run.genres, run.title) == (("hiphop", "rock"), "Theirs")
    assert run.predictions().posteriors == pytest.approx(np.array([[0.8, 0.2]]))


def test_segments_come_in_the_order_of_time_and_make_their_track(root):
    lines = ["a,blues,3,6,0.4,0.6", "b,rock,0,3,0.1,0.9", "a,blues,0,3,0.8,0.2"]
    found = taken(root, "\n".join(["track,true,start_seconds,end_seconds,blues,rock", *lines])).predictions()
    assert found.segment_track.tolist() == [0, 0, 1]
    assert found.start_seconds.tolist() == [0, 3, 0]
    assert found.posteriors[0] == pytest.approx([0.6, 0.4])


def test_labels_lengths_and_artists_come_from_the_data_set(tmp_path, root):
    dataset = songs(tmp_path, 6, n_artists=3)
    rows = [f"{track.id},0.8,0.1,0.1" for track in dataset.tracks]
    run = taken(root, "\n".join(["track,blues,metal,rock", *rows]), dataset="songs")
    assert (run.dataset_name, run.dataset_fingerprint) == ("songs", dataset.fingerprint)
    assert run.predictions().end_seconds.tolist() == [3.0] * 6
    assert (run.scores["valid"]["over"], run.scores["valid"]["n_groups"]) == ("artists", 3)
    assert run.scores["valid"]["tracks"]["accuracy"] == pytest.approx(1 / 3)


def test_a_truth_that_is_not_the_data_sets_is_counted(tmp_path, root):
    dataset = songs(tmp_path, 6, n_artists=0)
    right = [f"{track.id},{track.genre},0.8,0.1,0.1" for track in dataset.tracks]
    assert taken(root, "\n".join(["track,true,blues,metal,rock", *right]), dataset="songs").note == ""
    wrong = [*right[:4], *(f"{track.id},blues,0.8,0.1,0.1" for track in dataset.tracks[4:])]
    note = taken(root, "\n".join(["track,true,blues,metal,rock", *wrong]), dataset="songs").note
    assert note == "2 of 6 true genres in the table are not the labels of 'songs': it is judged by the table's."


def test_decimals_may_be_written_with_a_comma(root):
    run = taken(root, "track;true;blues;rock\na;blues;0,75;0,25\n")
    assert run.predictions().posteriors == pytest.approx(np.array([[0.75, 0.25]]))


def test_it_is_compared_with_a_run_of_our_own(tmp_path, root):
    dataset = songs(tmp_path, 30, n_artists=0)
    learned = {"dataset": {"name": "songs", "title": "Songs", "note": "", "fingerprint": dataset.fingerprint}}
    ours = save_run(tmp_path, "ours", judged(np.arange(30) < 25), **learned)
    rows = [f"{track.id},0.8,0.1,0.1" for track in dataset.tracks]
    [pair] = compare_runs([ours, taken(root, "\n".join(["track,blues,metal,rock", *rows]), dataset="songs")], root)
    assert (pair.found.n, pair.found.scores_b["accuracy"]) == (30, pytest.approx(1 / 3))


def test_it_holds_no_model_and_says_so(root):
    run = taken(root, TABLE)
    for act in (lambda: Predictor.from_run(run), lambda: export_run(run)):
        with pytest.raises(RunError, match="'theirs' holds predictions of another tool and no model"):
            act()
    assert default_run(root).is_shipped


def test_two_of_one_second_and_one_title_are_both_kept(root):
    first, second = taken(root, TABLE), taken(root, TABLE)
    assert first.id != second.id
    assert {run.title for run in (first, second)} == {"theirs", "theirs 2"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least two columns in theirs.csv. Received: an empty file"),
        ("song,true,blues,rock\na,blues,1,0\n", "Expected a column 'track' in theirs.csv"),
        ("track,blues,rock\na,1,0\n", "Expected a column 'true'"),
        ("track,true,predicted\na,blues,rock\n", "each of at least two genres in theirs.csv. Received beside the others: none"),
        ("track,true,blues,p_blues,rock\na,blues,1,0,0\n", "Expected one column a genre"),
        ("track,true,blues,rock\n", "Expected a line a track below the names"),
        ("track,true,blues,rock\na,blues,0.5,0.1\n", r"line 2: expected probabilities .* a sum of 0.6. Scores become"),
        ("track,true,blues,rock\na,blues,90,10\n", r"a sum of 100. Divide percentages by 100"),
        ("track,true,blues,rock\na,blues,1.5,-0.5\n", r"line 2: expected probabilities .* a least of -0.5"),
        (
            "track,true,blues,rock\na,blues,1,0\nb,rock,nan,1\n",
            r"line 3: expected a number in the column 'blues'. Received: 'nan'",
        ),
        ("track,true,blues,rock\na,blues,much,0\n", "expected a number in the column 'blues'. Received: 'much'"),
        (
            "track,true,blues,rock\na,jazz,1,0\n",
            r"line 2: expected a true genre that has a column \(blues, rock\). Received: 'jazz'",
        ),
        ("track,true,blues,rock\na,,1,0\n", "line 2: expected the true genre of 'a'. Received: none"),
        ("track,true,blues,rock\n,blues,1,0\n", "line 2: expected a track. Received: none"),
        ("track,true,blues,rock\na,blues,1,0\na,blues,1,0\n", "line 3: expected one line for 'a', or its segments"),
        ("track,true,start,end,blues,rock\na,blues,0,3,1,0\na,rock,3,6,1,0\n", "line 3: expected the same genre as before"),
        ("track,true,start,end,blues,rock\na,blues,5,3,1,0\n", "line 2: expected a segment that begins at 0 s or later"),
        ("track\0true", "Expected a CSV table in theirs.csv. Received: other bytes"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_leaves_nothing(root, text, words):
    with pytest.raises(RunError, match=words):
        taken(root, text)
    assert not root.runs.is_dir() or not list(root.runs.glob("*"))


def test_tracks_of_another_data_set_are_refused(tmp_path, root):
    songs(tmp_path, 6, n_artists=0)
    with pytest.raises(DatasetError, match=r"must be some of the data set 'songs', by their ids, such as 'song.000'"):
        taken(root, TABLE, dataset="songs")
    with pytest.raises(DatasetError, match="There is no data set named 'none'"):
        taken(root, TABLE, dataset="none")


def test_a_file_that_is_not_there_is_said(root, tmp_path):
    with pytest.raises(RunError, match=r"The predictions in .*nowhere.csv cannot be read: No such file"):
        import_predictions(tmp_path / "nowhere.csv", root)
