from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from genre_core.__main__ import main
from genre_core.features import FEATURES
from genre_core.runs import FORMAT_VERSION, Run
from tests.runs.samples import save, whole_run


def call(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(root), "runs", *arguments])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "mine"
    folder.mkdir(parents=True)
    empty: dict[str, object] = {"config": {}, "training": {}, "versions": {}, "history": [], "scaler": [], "test_openings": []}
    manifest = {
        **empty,
        "format_version": FORMAT_VERSION,
        "id": "mine",
        "title": "My try",
        "state": "finished",
        "model": "ann",
        "preset": "",
        "fitted": {},
        "calibration": None,
        "features": [FEATURES["summary57"]().to_dict()],
        "segments": {},
        "genres": ["a", "b"],
        "split": {"name": "by_track", "seed": 0, "roles": {"x": "train"}},
        "dataset": {"name": "songs", "note": "", "fingerprint": "0"},
        "seed": 0,
        "scores": {"valid": {"n_tracks": 8, "tracks": {"accuracy": 0.5}}},
        "created": "2026-01-01T00:00:00+00:00",
    }
    Run(folder, manifest).save()
    return tmp_path


def test_lists_with_split_and_count_beside_the_score(root: Path) -> None:
    assert (
        "mine: My try, songs: accuracy 0.50, 8 valid tracks, split by track (? data set not here: not provable)"
        in call(root).stdout
    )
    rows = [json.loads(line) for line in call(root, "list", "--json").stdout.splitlines()]
    assert [row["run"] for row in rows if not row["shipped"]] == ["mine"]


def test_a_damaged_run_is_named_beside_the_others(root: Path) -> None:
    bad = root / "runs" / "bad"
    bad.mkdir()
    (bad / "manifest.json").write_text("{")
    rows = [json.loads(line) for line in call(root, "--json").stdout.splitlines()]
    assert [row["run"] for row in rows if "error" in row] == ["bad"]
    assert "mine" in [row["run"] for row in rows]
    assert {call(root, *asked).exit_code for asked in ((), ("list",), ("list", "--json"))} == {1}


def test_shows_one_without_the_roles_of_its_tracks(root: Path) -> None:
    shown = json.loads(call(root, "show", "mine", "--json").stdout)
    assert (shown["title"], "roles" in shown["split"], shown["judged_role"]) == ("My try", False, "valid")
    assert "test split opened: never" in call(root, "show", "mine").stdout


def test_best_first_on_request_and_newest_first_otherwise(root: Path) -> None:
    good = {"valid": {"n_tracks": 8, "tracks": {"accuracy": 0.9}}}
    save(root / "runs" / "good", created="2025-01-01T00:00:00+00:00", scores=good)
    save(root / "runs" / "unjudged", created="2026-02-01T00:00:00+00:00")

    def order(*arguments: str) -> list[str]:
        rows = [json.loads(line) for line in call(root, "list", *arguments, "--json").stdout.splitlines()]
        return [row["run"] for row in rows if not row["shipped"]]

    assert order() == ["unjudged", "mine", "good"]
    assert order("--sort", "score") == ["good", "mine", "unjudged"]
    said = call(root, "list", "--sort", "score").stderr
    assert "judged on different data sets" in said


def test_a_new_title_and_a_note_are_in_every_list(root: Path) -> None:
    assert json.loads(call(root, "rename", "mine", "Bester Versuch", "--json").stdout)["title"] == "Bester Versuch"
    assert json.loads(call(root, "note", "mine", "jazz is weak", "--json").stdout)["note"] == "jazz is weak"
    listed = call(root).stdout
    assert "mine: Bester Versuch" in listed
    assert "\n    jazz is weak" in listed
    assert call(root, "note", "mine", "").exit_code == 0
    assert "jazz is weak" not in call(root).stdout
    refused = call(root, "rename", "mine", "  ", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["kind"]) == (1, "parameter")


def test_a_deleted_run_comes_back(root: Path) -> None:
    assert "runs restore mine" in call(root, "delete", "mine").stdout
    assert not (root / "runs" / "mine").exists()
    again = call(root, "delete", "mine", "--json")
    assert (again.exit_code, json.loads(again.stdout)["error"]["kind"]) == (1, "run")
    assert json.loads(call(root, "list", "--deleted", "--json").stdout)["run"] == "mine"
    assert json.loads(call(root, "restore", "mine", "--json").stdout)["title"] == "My try"
    assert (root / "runs" / "mine").exists()
    assert "left to bring back" in call(root, "list", "--deleted").stderr


def test_a_run_elsewhere_is_not_deleted_where_it_could_not_come_back(root: Path) -> None:
    other = save(root / "elsewhere" / "one")
    refused = call(root, "delete", str(other.folder))
    assert (refused.exit_code, "could not come back" in refused.stderr, other.folder.exists()) == (1, True, True)


def test_a_run_goes_to_another_root_in_one_file(root: Path, tmp_path: Path) -> None:
    run = whole_run(root / "runs" / "taught", title="Für alle")
    out = json.loads(call(root, "export", "taught", "--out", str(tmp_path), "--json").stdout)
    file = tmp_path / f"{run.id}.genrerun.zip"
    assert (out["file"], out["bytes"]) == (str(file), file.stat().st_size)
    assert "is a file" in call(root, "export", "taught", "--out", str(tmp_path)).stderr
    student = tmp_path / "student"
    taken = call(student, "import", str(file), str(root / "nothing.zip"), "--json")
    rows = [json.loads(line) for line in taken.stdout.splitlines()]
    assert taken.exit_code == 1
    assert (rows[0]["title"], rows[0]["imported"], rows[0]["already_here"]) == ("Für alle", True, False)
    assert len(rows[0]["test_openings"]) == 2
    assert rows[1]["error"]["kind"] == "run"
    again = call(student, "import", str(file))
    assert (again.exit_code, "is here already" in again.stdout) == (0, True)
    listed = call(student).stdout
    assert ", imported, " in listed
    assert "1 artist crosses" in listed
    assert "test split opened 2 times" in listed


def test_a_shipped_run_refuses_every_change(root: Path) -> None:
    for arguments in (("rename", "demo-ann", "Mine"), ("note", "demo-ann", "x"), ("delete", "demo-ann")):
        refused = call(root, *arguments)
        assert refused.exit_code == 1
        assert "comes with the product" in refused.stderr
