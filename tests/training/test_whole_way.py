"""The whole way as a user goes it: a job in a process of its own, its run, its test split, a song classified."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from genre_core.datasets.demo import make_demo
from genre_core.inference import Predictor
from genre_core.jobs import list_jobs, start
from genre_core.paths import Root
from genre_core.runs import Run, list_runs
from genre_core.training.history import read_history
from genre_core.training.recipe import TrainRequest

PROJECT = Path(__file__).resolve().parents[2]


def command_line(root: Root, *arguments: str) -> tuple[int, list[dict]]:
    """Exit code and JSON lines of `python -m genre_core`."""
    done = subprocess.run(
        [sys.executable, "-m", "genre_core", "--root", str(root.path), *arguments, "--json"],
        cwd=PROJECT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A root with a small demo set and the job that trained `ann` on it for two epochs."""
    root = Root(tmp_path_factory.mktemp("root"), shipped=tmp_path_factory.mktemp("none"))
    dataset = make_demo(root.datasets, n_tracks=5, seconds=3.0, processes=1)
    job = start("train", TrainRequest("ann", training={"epochs": 2, "batch_size": 8}).to_dict(), root, name="ann")
    status = job.wait(timeout_seconds=200)
    assert status.state == "finished", (status, job.log())
    return root, dataset, job


def test_the_job_leaves_a_run_and_its_history(trained):
    root, _, job = trained
    assert [entry.id for entry in list_jobs(root)] == [job.id]
    assert [entry["epoch"] for entry in read_history(job.folder)] == [1, 2]
    run = Run.load(job.folder)
    assert [entry.id for entry in list_runs(root)] == [run.id]
    assert set(run.scores) == {"valid"}
    assert not run.test_openings


def test_a_file_scores_as_it_did_in_training(trained):
    _, dataset, job = trained
    run = Run.load(job.folder)
    stored = run.predictions("valid")
    predictor = Predictor.from_run(run)
    for row, track_id in enumerate(stored.track_ids[:5]):
        prediction = predictor.classify(dataset.by_id[str(track_id)].path.read_bytes())
        np.testing.assert_allclose(prediction.posterior, stored.posteriors[row], atol=1e-5)


def test_the_command_line_opens_the_test_split_and_classifies(trained):
    root, dataset, job = trained
    code, (report,) = command_line(root, "evaluate", job.id)
    assert code == 0
    assert {key: report["split"][key] for key in ("name", "seed", "leaky", "badge")} == {
        "name": "by_artist",
        "seed": 0,
        "leaky": False,
        "badge": "✔ nothing crosses",
    }
    assert len(Run.load(job.folder).test_openings) == 1
    song = next(track.path for track in dataset.tracks)
    code, lines = command_line(root, "classify", str(song), str(root.path / "gone.wav"), "--run", job.id)
    assert code == 1
    assert lines[0]["genre"] in dataset.genres
    assert lines[1]["error"]["kind"] == "missing"
