"""The Evaluate page on runs with and without folds, intervals and a data set; the tables that show scores."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.evaluation.intervals import Interval
from genre_core.evaluation.metrics import GenreScores, ScoreReport
from genre_core.paths import find_root
from genre_core.runs import Run
from pages.ui import tables

APP = str(Path(__file__).resolve().parents[2] / "app.py")


def copied(root: Path, **changes) -> Run:
    """The shipped dense network as a run of the user's own, with other words in its manifest."""
    folder = root / "runs" / "mine"
    shutil.copytree(find_root().shipped / "demo-ann", folder)
    (folder / "card.md").unlink()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "id": "mine", "title": "Mine", **changes}), encoding="utf-8")
    return Run.load(folder)


def folded(root: Path) -> Run:
    run = copied(root)
    shutil.copy(run.folder / "predictions_valid.npz", run.folder / "predictions_folds.npz")
    run.manifest["folds"] = {"count": 4, "seed": 0, "grouped_by": "artist", "of": dict.fromkeys(run.roles, 0)}
    run.manifest["scores"]["folds"] = run.manifest["scores"]["valid"]
    run.save()
    return run


def visit(root: Path, monkeypatch, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/4_Evaluate.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert not app.error
    return app


def words(app: AppTest) -> str:
    text = "\n".join(str(element.value) for kind in (app.markdown, app.caption) for element in kind)
    return text.replace("\\", "")  # titles are escaped for Markdown


def test_scores_intervals_and_badge_stay_when_the_data_set_is_not_here(tmp_path, monkeypatch):
    run = copied(tmp_path)
    app = visit(tmp_path, monkeypatch, run="mine")
    kept = run.scores["valid"]["tracks"]["intervals"]
    for metric, name in zip(app.metric, ("accuracy", "macro_f1", "mean_average_precision", "roc_auc"), strict=True):
        score = Interval.from_dict(kept[name])
        assert (f"{metric.value} {metric.delta}", score.over) == (str(score), "artists")
    assert "40 tracks of the valid split. Demo (synthesised), split by artist: ✔ nothing crosses." in words(app)
    assert "interval over 10 artists" in words(app)


def test_what_crosses_is_said_beside_the_score(tmp_path, monkeypatch):
    crossing = {"tracks": [], "artists": ["Nina"], "hashes": [], "artists_known": True}
    copied(tmp_path, leaks={**crossing, "badge": "✖ 1 artist crosses", "verdict": "1 artist crosses"})
    assert "✖ 1 artist crosses. In brackets" in words(visit(tmp_path, monkeypatch, run="mine"))


def test_a_run_with_folds_opens_on_all_tracks_out_of_fold(tmp_path, monkeypatch):
    folded(tmp_path)
    app = visit(tmp_path, monkeypatch, run="mine")
    assert "40 tracks, each judged out of fold. Demo (synthesised), 4 folds by artist: ✔ nothing crosses." in words(app)
    app = visit(tmp_path, monkeypatch, run="mine", split="valid", level="segments")
    assert "400 segments of the valid split. Demo (synthesised), split by artist: ? data set not here" in words(app)


def test_rows_of_runs_name_score_split_and_badge(tmp_path):
    run = folded(tmp_path)
    [row] = tables.runs([run])
    accuracy = str(Interval.from_dict(run.scores["folds"]["tracks"]["intervals"]["accuracy"]))
    assert "[" in accuracy
    assert (row["accuracy [95 %]"], row["split"], row["judged on"]) == (
        accuracy,
        "✔ 4 folds by artist: nothing crosses",
        "all 40 tracks, out of fold",
    )
    [short] = tables.short_runs([run])
    assert short["judged on"] == "all 40 tracks, out of fold, ✔ 4 folds by artist"
    assert short["accuracy [95 %]"] == accuracy


@pytest.mark.parametrize("damage", [{"scores": {}}, {"scores": {"valid": {"n_tracks": 3, "tracks": {"accuracy": 0.5}}}}])
def test_rows_of_runs_without_intervals_still_stand(tmp_path, damage):
    [row] = tables.runs([copied(tmp_path, **damage)])
    assert row["accuracy [95 %]"] in ("n/a", "0.50")


def test_why_a_score_has_no_interval_is_said_once():
    held, alone = Interval(0.5, 0.25, 0.75), Interval(1.0, reason="Only one of the artists has this genre")
    names = ("precision", "recall", "f1", "average_precision", "roc_auc")
    rows = tuple(
        GenreScores(genre, 4, 4, 1.0, 1.0, 1.0, 1.0, 1.0, intervals=dict.fromkeys(names, score))
        for genre, score in (("blues", held), ("jazz", alone), ("rock", alone))
    )
    report = ScoreReport(12, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, None, 0.0, rows)
    assert tables.no_interval(report) == {"only one of the artists has this genre.": "Jazz, rock"}
    assert tables.genre_scores(report)[0]["F1"] == "0.50 [0.25, 0.75]"
    assert tables.genre_scores(report)[1]["average precision"] == "1.00"
