"""The Evaluate page on runs with and without folds, intervals and a data set; the tables that show scores."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core.evaluation.definitions import SCORE_SPECS
from genre_core.evaluation.intervals import Interval
from genre_core.evaluation.metrics import GenreScores, ScoreReport
from genre_core.evaluation.predictions import Predictions
from genre_core.paths import find_root
from genre_core.runs import Run
from pages.ui import tables
from pages.ui.evaluate.beside import PICTURES
from pages.ui.evaluate.clips import clicked
from tests.compared import judged, save_run, songs

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


# The second picture, the difference of two runs, and what a click leads to


@pytest.fixture(scope="module")
def judged_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of 60 songs by 20 artists, and runs on it: two of the same tracks, one of others."""
    root = tmp_path_factory.mktemp("judged")
    dataset = songs(root, 60, n_artists=20)
    learned = {"dataset": {"name": "songs", "title": "Songs", "note": "", "fingerprint": dataset.fingerprint}}
    save_run(root, "net", judged(np.arange(60) % 4 > 0), **learned)
    save_run(root, "tree", judged(np.arange(60) % 5 > 0), **learned)
    save_run(root, "other", judged(np.arange(30) % 3 > 0, first=30), **learned)
    save_run(root, "folded", judged(np.arange(60) % 4 > 0), role="folds", **learned)
    return root


@pytest.fixture
def seen(judged_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """For tests that write nothing."""
    monkeypatch.setenv("GENRE_HOME", str(judged_root))
    return judged_root


@pytest.fixture
def home(judged_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy, for tests that write."""
    shutil.copytree(judged_root, tmp_path / "root")
    monkeypatch.setenv("GENRE_HOME", str(tmp_path / "root"))
    return tmp_path / "root"


def of_tracks(predictions: Predictions, kept: np.ndarray) -> Predictions:
    """Predictions of some of the tracks."""
    its = kept[predictions.segment_track]
    return Predictions(
        predictions.genres,
        predictions.track_ids[kept],
        predictions.y_true[kept],
        np.cumsum(kept)[predictions.segment_track[its]] - 1,
        predictions.start_seconds[its],
        predictions.end_seconds[its],
        predictions.segment_posteriors[its],
    )


def see(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/4_Evaluate.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def everything(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


SAYS = {
    "pr": "Average precision of all combined",
    "roc": "Mean area over the genres",
    "reliability": "Calibration error 0.",
    "coverage": "0.5 is the one that Classify begins with. Shaded: 95 % interval over artists",
    "learning": "A learning curve needs this model on smaller parts of the training tracks",
    "tree": "Branches that meet further left are taken for each other more often",
    "ways": "95 % intervals over 20 artists: differences inside them may be chance",
    "artists": "20 artists, those most often mistaken first",
}


@pytest.mark.parametrize(
    ("picture", "level"), [*((name, "tracks") for name in PICTURES), ("pr", "segments"), ("reliability", "segments")]
)
def test_each_picture_is_drawn_with_what_it_says(seen, picture, level):
    app = see(run="net", picture=picture, level=level)
    assert not app.error
    assert SAYS[picture] in everything(app)
    assert PICTURES[picture][1] in [heading.value for heading in app.subheader]


def test_only_the_picture_that_is_shown_is_computed(seen, monkeypatch):
    monkeypatch.setattr("pages.ui.caches_scores.side_by_side", None)  # would be called
    app = see(run="net")
    app.pills(key="evaluate.picture").set_value("roc").run()
    assert not app.exception
    assert app.query_params["picture"] == "roc"


def test_every_score_stands_with_its_interval_meaning_and_source(seen):
    [table] = [frame.value for frame in see(run="net").dataframe if "source" in frame.value.columns]
    assert list(table["score"]) == [spec.title for spec in SCORE_SPECS.values()]
    assert all(table["what it says"].str.len() > 20)
    assert table["60 tracks [95 %]"].str.contains(r"\[").sum() >= len(SCORE_SPECS) - 2
    assert not table.isna().any().any()


def test_the_difference_of_two_runs_is_offered_where_two_are_chosen(seen):
    assert "difference" not in see(run="net").segmented_control(key="evaluate.cells").options
    app = see(run="net", against="tree", cells="difference")
    assert "Red: said more often by net than by tree; blue: less often." in everything(app)
    assert not app.error


def test_runs_on_different_tracks_have_no_difference_and_that_is_said(seen):
    app = see(run="net", against="other", cells="difference")
    assert "The two runs were judged on different tracks: 30 of 60 and 30 are the same." in everything(app)
    app = see(run="net", against="folded", cells="difference")
    assert "“folded” was not judged on the valid tracks, so there is no difference to show." in everything(app)


def test_a_run_with_folds_has_no_learning_curve_and_the_way_out_is_said(seen):
    assert "Received: 'folded', 3 folds. Train its model once" in everything(see(run="folded", picture="learning"))


def test_without_artists_the_table_says_what_it_needs(tmp_path, monkeypatch):
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    copied(tmp_path)
    assert "needs tracks whose artists are known. Received: none." in everything(see(run="mine", picture="artists"))


@pytest.mark.parametrize("picture", ["roc", "reliability", "coverage", "tree", "ways"])
def test_one_track_alone_shows_no_nan_and_no_error(tmp_path, monkeypatch, picture):
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    save_run(tmp_path, "one", judged([True]))
    app = see(run="one", picture=picture)
    assert not app.error
    assert "nan" not in everything(app).lower()
    assert "n/a" in [metric.value for metric in app.metric]  # no area


def test_a_genre_of_which_nothing_is_judged_is_named_beside_the_curves_and_the_tree(tmp_path, monkeypatch):
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    predictions = judged(np.arange(30) % 4 > 0)
    kept = predictions.y_true != 2
    save_run(tmp_path, "two", of_tracks(predictions, kept))
    assert "No curve of rock: none of the tracks judged here is of that genre." in everything(see(run="two", picture="pr"))
    assert "Left out, since none of it was judged: rock." in everything(see(run="two", picture="tree"))


def test_the_missing_shares_are_queued_with_what_they_cost(home, monkeypatch):
    run = Run.load(home / "runs" / "net")
    run.manifest["history"] = [{"epoch": 1, "loss": 1.0, "accuracy": 0.5, "valid_loss": 1.0, "seconds": 30.0}]
    run.save()
    (run.folder / "request.json").write_text(json.dumps({"kind": "train", "model": "ann", "dataset": "songs"}))
    asked = []
    monkeypatch.setattr("genre_core.jobs.start", lambda kind, values, root, name="": asked.append((kind, values, name)))
    app = see(run="net", picture="learning")
    assert "4 trainings as jobs, about 48 s of epochs." in everything(app)
    app.button(key="evaluate.learning.train").click().run()
    assert not app.exception
    assert [(kind, values["train_share"], name) for kind, values, name in asked] == [
        ("train", share, "ann") for share in (0.1, 0.25, 0.5, 0.75)
    ]


def test_two_runs_alike_but_for_their_share_are_a_curve(home):
    dataset = {"name": "songs", "title": "Songs", "note": "", "fingerprint": Run.load(home / "runs" / "net").dataset_fingerprint}
    net = Run.load(home / "runs" / "net")
    split = {**net.manifest["split"], "train_share": 0.5, "roles": net.roles}
    save_run(home, "half", judged(np.arange(60) % 2 > 0), dataset=dataset, split=split)
    app = see(run="net", picture="learning")
    assert "Each point is a run, judged on the same 60 valid tracks" in everything(app)


class Picked:
    """A selection as Streamlit hands it over."""

    def __init__(self, *points: dict) -> None:
        self.selection = self
        self.points = list(points)


def test_a_click_gives_what_its_point_holds():
    assert clicked(Picked()) == []
    assert clicked(Picked({"x": 1}, {"customdata": ["blues", "rock"]})) == ["blues", "rock"]
    assert clicked(Picked({"customdata": []})) == []
    assert clicked(Picked({"customdata": "blues"})) == ["blues"]


def test_a_cell_leads_to_its_clips_and_the_way_back_is_no_click(seen, monkeypatch):
    led = []
    picks = [["rock", "blues"], []]
    monkeypatch.setattr("pages.ui.evaluate.matrix.clickable", lambda figure, name: picks.pop(0) if picks else [])
    monkeypatch.setattr(st, "switch_page", lambda page, query_params: led.append((page, query_params)))
    app = see(run="net", level="segments")
    assert led == [("pages/5_Inspect.py", {"run": "net", "split": "valid", "true": "rock", "predicted": "blues"})]
    assert app.session_state["evaluate.led"] == 1  # the pictures of the next visit have other keys
    app.run()
    assert len(led) == 1


def test_a_cell_on_the_diagonal_asks_for_what_is_right_too(seen, monkeypatch):
    led = []
    monkeypatch.setattr("pages.ui.evaluate.matrix.clickable", lambda figure, name: ["rock", "rock"])
    monkeypatch.setattr(st, "switch_page", lambda page, query_params: led.append(query_params))
    see(run="net")
    assert led[0] == {"run": "net", "split": "valid", "true": "rock", "predicted": "rock", "right": "true"}


@pytest.mark.parametrize(
    ("picture", "module", "point", "expected"),
    [
        ("pr", "curves", ["blues", "0.50"], {"true": "blues"}),
        ("pr", "curves", ["", "0.50"], None),  # all combined
        ("reliability", "honesty", [0.7, 0.8], {"low": "0.70", "high": "0.80", "right": "true"}),
        ("coverage", "honesty", [0.65], {"low": "0.65", "right": "true"}),
        ("tree", "tree", ["blues", "metal"], {"true": "blues", "predicted": "metal"}),
    ],
)
def test_points_and_bars_lead_to_their_clips(seen, monkeypatch, picture, module, point, expected):
    led = []
    monkeypatch.setattr(f"pages.ui.evaluate.{module}.clickable", lambda figure, name: point)
    monkeypatch.setattr(st, "switch_page", lambda page, query_params: led.append(query_params))
    see(run="net", picture=picture)
    assert led == ([] if expected is None else [{"run": "net", "split": "valid", **expected}])
