"""The map of a run: kept, never stale, read with what the run said; as a job and on the command line."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from genre_core import jobs
from genre_core.__main__ import main
from genre_core.datasets.library import load_dataset
from genre_core.datasets.versions import relabel, save_version
from genre_core.inspection import mapped
from genre_core.inspection.embedding_map import MapConfig
from genre_core.inspection.embeddings import track_embeddings
from genre_core.inspection.mapped import judged_predictions, make_map, map_rows, mapped_tracks, stored_layout
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train
from tests.training.given_numbers import make_songs

TSNE = MapConfig("tsne", neighbours=5)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root(tmp_path_factory.mktemp("mapped"), shipped=tmp_path_factory.mktemp("shipped"))
    make_songs(root)
    return root


@pytest.fixture(scope="module")
def run(root: Root) -> Run:
    return train(TrainRequest("logistic", "songs", "by_artist"), root)


def call(root: Root, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--root", str(root.path), *arguments])
    return done.exit_code, done.output


def test_it_is_made_once_and_follows_from_all_that_it_is_made_of(root: Root, run: Run) -> None:
    embeddings, layout = make_map(run, root, TSNE)
    found = stored_layout(run, root, TSNE, embeddings)
    assert found is not None
    np.testing.assert_array_equal(found.points, layout.points)
    for other in (TSNE.replace(seed=1), TSNE.replace(neighbours=6), MapConfig("umap", neighbours=5)):
        assert stored_layout(run, root, other, embeddings) is None
    fewer = replace(embeddings, track_ids=embeddings.track_ids[1:], values=embeddings.values[1:])
    assert stored_layout(run, root, TSNE, fewer) is None
    assert stored_layout(run, root, TSNE, replace(embeddings, fingerprint="other")) is None


def test_rows_say_what_the_run_said(root: Root, run: Run) -> None:
    embeddings, layout = make_map(run, root, MapConfig("pca"))
    rows = {
        row.track_id: row for row in map_rows(embeddings, layout, load_dataset("songs", root.datasets), judged_predictions(run))
    }
    valid = run.predictions("valid")
    assert set(rows) == {*run.track_ids("train"), *run.track_ids("valid")}
    for place, track_id in enumerate(valid.track_ids.tolist()):
        row = rows[track_id]
        assert row.predicted == run.genres[valid.y_pred[place]]
        assert row.confidence == pytest.approx(valid.posteriors[place].max())
        assert row.is_right == (valid.y_pred[place] == valid.y_true[place])
    learned = rows[run.track_ids("train")[0]]
    assert (learned.predicted, learned.confidence, learned.is_right) == (None, None, None)
    assert learned.genre == learned.track_id.split(".")[0]
    assert learned.artist is not None


def test_of_many_tracks_the_judged_ones_come_first(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    valid = run.track_ids("valid")
    monkeypatch.setattr(mapped, "MOST_TRACKS", len(valid) + 2)
    drawn = mapped_tracks(run)
    assert len(drawn) == len(valid) + 2
    assert set(valid) < set(drawn)
    assert drawn == mapped_tracks(run) != mapped_tracks(run, seed=1)


def test_the_job_makes_what_the_page_reads(root: Root, run: Run) -> None:
    config = MapConfig("tsne", neighbours=4, seed=7)
    from genre_core.commands.job import do_work

    folder = jobs.prepare("map", {"run": run.id, "config": config.to_dict()}, root)
    result = do_work(folder, root)
    embeddings = track_embeddings(run, root)
    assert stored_layout(run, root, config, embeddings) is not None
    assert result == {"run": run.id, "method": "tsne", "tracks": len(embeddings.track_ids), "left_out": {}}
    assert jobs.Job(folder).status().message == f"{len(embeddings.track_ids)} tracks on a map by t-SNE"


def test_the_command_prints_points(root: Root, run: Run) -> None:
    code, said = call(root, "map", run.id, "--method", "pca", "--csv")
    assert code == 0
    table = [line for line in said.splitlines() if not line.startswith(("Laying", "Placing")) and " tracks on a map" not in line]
    rows = list(csv.DictReader(io.StringIO("\n".join(table))))
    assert len(rows) == len(mapped_tracks(run))
    assert set(rows[0]) == {"track_id", "x", "y", "genre", "predicted", "confidence", "right", "artist"}
    code, said = call(root, "map", run.id, "--method", "pca", "--json")
    found = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert found[-1]["tracks"] == len(found) - 1 == len(rows)
    assert found[-1]["judged"] == len(run.track_ids("valid"))
    assert 0 < sum(found[-1]["shares"]) <= 1
    code, said = call(root, "map", run.id, "--method", "pca")
    assert "tracks by PCA" in said
    assert "% of the variance" in said
    assert "page Inspect" in said


def test_what_cannot_be_mapped_is_said(root: Root, run: Run) -> None:
    assert "Choose --csv or --json" in call(root, "map", run.id, "--csv", "--json")[1]
    code, said = call(root, "map", run.id, "--method", "tsne", "--neighbours", "1")
    assert code == 1
    assert "neighbours must lie in [2, 100]. Received: neighbours=1" in said
    code, said = call(root, "map", "nothing", "--json")
    assert json.loads(said)["error"]["kind"] == "run"
    assert code == 1


def test_a_corrected_label_makes_no_map_stale(tmp_path: Path) -> None:
    """The run learned from the former version, which is still there: its map stays as it is."""
    root = Root(tmp_path)
    dataset = make_songs(root, n_tracks=6)
    run = train(TrainRequest("logistic", "songs", "by_artist"), root)
    before, _ = make_map(run, root, MapConfig("pca"))
    save_version(relabel(dataset, {"blues.0": "pop"}), root.datasets)
    after, _ = make_map(run, root, MapConfig("pca"))
    assert after.fingerprint == before.fingerprint
