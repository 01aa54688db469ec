"""The doubtful labels of a run's data set: flipped ones are found, and what is needed is said; on the command line too."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.datasets.checks import Pair, Report, save_report
from genre_core.datasets.library import load_dataset
from genre_core.datasets.tracks import Dataset, Track
from genre_core.datasets.versions import relabel, save_version
from genre_core.errors import RunError
from genre_core.inspection.doubted import doubted_labels, exact_pairs
from genre_core.inspection.embeddings import track_embeddings
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train
from tests.training.given_numbers import make_songs

FLIPPED = {"blues.3": "pop", "pop.7": "blues"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """Numbers of songs, two labels of which are flipped."""
    root = Root(tmp_path_factory.mktemp("doubted"), shipped=tmp_path_factory.mktemp("none"))
    save_version(relabel(make_songs(root), FLIPPED), root.datasets)
    return root


@pytest.fixture(scope="module")
def run(root: Root) -> Run:
    return train(TrainRequest("logistic", "songs", split="", folds=3), root)


def test_flipped_labels_come_first(root: Root, run: Run) -> None:
    found = doubted_labels(run, root, track_embeddings(run, root))
    assert {its.track_id for its in found.suspects[:2]} == set(FLIPPED)
    assert {its.track_id: its.given for its in found.suspects[:2]} == FLIPPED
    assert (found.n_tracks, found.n_left_out, found.compared, found.placed) == (30, 0, False, True)


def test_a_check_of_the_data_set_tells_of_recordings_with_two_labels(root: Root, run: Run) -> None:
    dataset = load_dataset("songs", root.datasets)
    pairs = (Pair("metal.1", "pop.2", "near", 0.9, 0.0),)
    save_report(Report("songs", dataset.fingerprint, "2026-11-22", 30, "by ear", (), pairs), root.datasets)
    found = doubted_labels(run, root)
    assert {its.track_id for its in found.suspects if "conflict" in its.kinds} == {"metal.1", "pop.2"}
    assert (found.compared, found.placed) == (True, False)
    (root.datasets / "songs" / "report.json").unlink()


def test_equal_audio_is_known_without_a_check() -> None:
    def track(name: str, sha256: str) -> Track:
        return Track(name, "blues", None, None, 1.0, sha256)

    dataset = Dataset("d", (track("a", "1"), track("b", "2"), track("c", "1"), track("d", ""), track("e", "")))
    assert [(pair.first, pair.second) for pair in exact_pairs(dataset)] == [("a", "c")]


def test_a_run_without_folds_is_refused_with_what_to_do(root: Root, run: Run) -> None:
    without = Run(run.folder, {**run.manifest, "folds": None})
    with pytest.raises(RunError, match=r"trained without folds.*Train the same model with 5 folds"):
        doubted_labels(without, root)


def test_the_command_lists_them(root: Root, run: Run) -> None:
    def call(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["--root", str(root.path), "labels", *arguments])
        return done.exit_code, done.output

    code, text = call(run.id)
    assert code == 0
    assert "pop.7: blues, rather pop? Support 0." in text
    assert "of 30 labels are doubtful" in text
    assert "python -m genre_core check songs" in text
    code, text = call(run.id, "--json")
    rows = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert rows[-1]["suspects"] == len(rows) - 1
    assert {"track_id", "given", "suggested", "quality", "kinds", "reasons"} <= set(rows[0])
    code, text = call(run.id, "--csv")
    assert text.splitlines()[0].endswith("track_id,given,suggested,doubt,support,near,kinds,reasons")
    assert "Choose --csv or --json" in call(run.id, "--csv", "--json")[1]
    single = train(TrainRequest("logistic", "songs", "by_artist"), root)
    code, text = call(single.id, "--json")
    assert code == 1
    assert "Train the same model with 5 folds" in json.loads(text)["error"]["message"]
