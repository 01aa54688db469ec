from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genre_core.errors import RunError
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.report import score_report
from genre_core.features import FEATURES
from genre_core.files import write_json
from genre_core.paths import Root
from genre_core.runs import FORMAT_VERSION, Run, find_run, list_runs, scan_runs, versions

GENRES = ("blues", "metal")


def manifest(name: str = "20260101-000000-ann", **changes: Any) -> dict[str, Any]:
    """A manifest as a training writes it."""
    values = {
        "format_version": FORMAT_VERSION,
        "id": name,
        "title": "Try",
        "state": "finished",
        "model": "ann",
        "features": [FEATURES["summary57"]().to_dict()],
        "segments": {"segment_seconds": 3.0, "hop_seconds": 3.0},
        "config": {"name": "ann", "dropout": 0.3},
        "training": {"name": "train", "epochs": 2},
        "genres": list(GENRES),
        "scaler": [{"mean": [0.0], "std": [1.0]}],
        "split": {"name": "by_artist", "seed": 0, "roles": {"a": "train", "b": "valid", "c": "test", "d": "test"}},
        "dataset": {"name": "demo", "title": "Demo", "note": "synthesised", "fingerprint": "0123456789ab"},
        "seed": 0,
        "versions": versions(),
        "scores": {},
        "history": [{"epoch": 1, "valid_loss": 2.0}, {"epoch": 2, "valid_loss": 1.0}, {"epoch": 3, "valid_loss": 1.5}],
        "created": "2026-01-01T00:00:00+00:00",
        "test_openings": [],
    }
    return {**values, **changes}


def save(folder: Path, **changes: Any) -> Run:
    folder.mkdir(parents=True)
    run = Run(folder, manifest(folder.name, **changes))
    run.save()
    return run


def predictions(genres: tuple[str, ...] = GENRES) -> Predictions:
    posteriors = np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2]], np.float32)
    return Predictions(genres, np.array(["c", "d"]), [0, 1], [0, 0, 1], [0.0, 3.0, 0.0], [3.0, 6.0, 3.0], posteriors)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "root", shipped=tmp_path / "shipped")


def test_what_was_saved_is_loaded(root: Root) -> None:
    saved = save(root.runs / "one")
    run = Run.load(root.runs / "one")
    assert run.manifest == saved.manifest
    assert run.features == (FEATURES["summary57"](),)
    assert (run.genres, run.split_name, run.dataset_note, run.best_epoch) == (GENRES, "by_artist", "synthesised", 2)
    assert run.track_ids("test") == ["c", "d"]
    assert [path.name for path in run.folder.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "damaged file"),
        ("{", "damaged file"),
        ("[]", "something else"),
        ("{}", "something else"),
        (b"\xff\xfe", "damaged file"),
        (manifest(format_version=FORMAT_VERSION + 1), "written by a newer Genrescope .*Update"),
        (manifest(format_version=0), "written by an older Genrescope .*Train it again"),
        (manifest(genres=None), "must hold genres"),
        (manifest(genres=[]), "damaged"),
        (manifest(features=[{"name": "nothing"}]), "no feature named 'nothing'"),
        (manifest(features=["log_mel"]), "damaged"),
        (manifest(segments={"hop_seconds": 9.0}), "must not exceed"),
        (manifest(created="yesterday"), "damaged"),
        (manifest(split={"name": "by_artist", "roles": {"a": "judge"}}), "a role that does not exist"),
        (manifest(split={}), "damaged"),
        (manifest(dataset={"name": "demo"}), "lacks 'fingerprint'"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why_and_harms_no_other(root: Root, content: Any, message: str) -> None:
    good = save(root.runs / "good")
    bad = root.runs / "bad"
    bad.mkdir()
    raw = content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content)).encode()
    (bad / "manifest.json").write_bytes(raw)
    with pytest.raises(RunError, match=message):
        Run.load(bad)
    runs, damaged = scan_runs(root)
    assert [run.id for run in runs] == [good.id]
    assert [entry.folder for entry in damaged] == [bad]
    with pytest.raises(RunError, match=message):
        find_run("bad", root)


def test_every_missing_key_is_named(root: Root) -> None:
    for key in set(manifest()) - {"format_version"}:
        values = {name: value for name, value in manifest().items() if name != key}
        with pytest.raises(RunError, match=key):
            Run(root.runs, values)


def test_a_folder_without_manifest_is_no_run(root: Root) -> None:
    (root.runs / "training").mkdir(parents=True)
    assert list_runs(root) == []
    with pytest.raises(RunError, match="no finished run"):
        Run.load(root.runs / "training")
    with pytest.raises(RunError, match="no finished run"):
        Run.load(root.runs / "nowhere")


def test_newest_first_and_own_before_shipped(root: Root) -> None:
    for place, name, created in (
        (root.shipped, "demo", "2027-01-01T00:00:00+00:00"),
        (root.runs, "old", "2026-01-01T00:00:00+00:00"),
        (root.runs, "new", "2026-06-01T00:00:00+00:00"),
    ):
        save(place / name, created=created)
    assert [run.id for run in list_runs(root)] == ["new", "old", "demo"]


def test_a_run_is_found_by_id_beginning_or_path(root: Root) -> None:
    one, two = save(root.runs / "abc-1"), save(root.runs / "abd-2")
    assert find_run("abc-1", root).id == find_run("abc", root).id == find_run(str(one.folder), root).id == one.id
    with pytest.raises(RunError, match="Several runs begin with 'ab'"):
        find_run("ab", root)
    with pytest.raises(RunError, match=f"no run named 'x'.*{two.id}"):
        find_run("x", root)
    with pytest.raises(RunError, match="no run named ''"):
        find_run("", root)


def test_a_shipped_run_is_read_and_never_written(root: Root) -> None:
    run = save(root.shipped / "demo", test_openings=["2026-01-01T00:00:00+00:00"])
    predictions().save(run.folder / "predictions_test.npz")
    (run.folder / "card.md").write_text("# Demo")
    before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    assert run.is_shipped
    assert run.open_test(root).track_ids.tolist() == ["c", "d"]
    for act in (run.save, run.delete):
        with pytest.raises(RunError, match="comes with the product"):
            act()
    assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == before


def test_an_own_run_can_be_deleted(root: Root) -> None:
    run, other = save(root.runs / "one"), save(root.runs / "two")
    run.delete()
    assert [left.id for left in list_runs(root)] == [other.id]
    assert not run.folder.exists()


def test_predictions_of_other_genres_are_refused(root: Root) -> None:
    run = save(root.runs / "one")
    predictions(("metal", "blues")).save(run.folder / "predictions_valid.npz")
    with pytest.raises(RunError, match="must have the run's genres blues, metal"):
        run.predictions("valid")


def test_report_counts_tracks_and_segments() -> None:
    report = score_report(predictions())
    assert (report["n_tracks"], report["n_segments"]) == (2, 3)
    assert (report["tracks"]["accuracy"], report["segments"]["accuracy"]) == (0.5, pytest.approx(1 / 3))
    json.dumps(report, allow_nan=False)


def test_json_that_cannot_be_written_leaves_the_former_file(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"a": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "x.json", {"a": float("nan")})
    assert json.loads((tmp_path / "x.json").read_text()) == {"a": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]
