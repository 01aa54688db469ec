from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from genre_core.__main__ import main
from genre_core.features import FEATURES
from genre_core.runs import FORMAT_VERSION, Run


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
    assert "mine: My try, songs, split by_track: valid 50.0% of 8 tracks" in call(root).stdout
    rows = [json.loads(line) for line in call(root, "list", "--json").stdout.splitlines()]
    assert [row["run"] for row in rows if not row["shipped"]] == ["mine"]


def test_a_damaged_run_is_named_beside_the_others(root: Path) -> None:
    bad = root / "runs" / "bad"
    bad.mkdir()
    (bad / "manifest.json").write_text("{")
    rows = [json.loads(line) for line in call(root, "--json").stdout.splitlines()]
    assert [row["run"] for row in rows if "error" in row] == ["bad"]
    assert "mine" in [row["run"] for row in rows]


def test_shows_and_deletes_one(root: Path) -> None:
    shown = json.loads(call(root, "show", "mine", "--json").stdout)
    assert (shown["title"], "roles" in shown["split"]) == ("My try", False)
    assert json.loads(call(root, "delete", "mine", "--json").stdout)["deleted"] == "mine"
    assert not (root / "runs" / "mine").exists()
    again = call(root, "delete", "mine", "--json")
    assert again.exit_code == 1
    assert json.loads(again.stdout)["error"]["kind"] == "run"
