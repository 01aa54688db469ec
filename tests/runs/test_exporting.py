from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.errors import RunError
from genre_core.paths import Root, find_root
from genre_core.runs import export_name, export_run, find_run, import_run, list_runs
from genre_core.runs.exporting import safe_name
from tests.runs.samples import members, save, whole_run

HELD = {"manifest.json", "model.onnx", "predictions_valid.npz", "predictions_test.npz", "history.jsonl", "request.json"}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "root", shipped=tmp_path / "shipped")


def test_holds_what_serving_and_judging_need_and_nothing_of_this_machine(root: Root) -> None:
    run = whole_run(root.runs / "one")
    for name in ("checkpoint.keras", "log.txt", "status.json", "alive.lock", "state.npz"):
        (run.folder / name).write_text("private")
    (run.folder / "request.json").write_text(json.dumps({"model": "tiny", "folder": str(root.path), "other": "C:\\Users\\Zoë"}))
    held = members(export_run(run))
    assert set(held) == HELD
    assert all(str(root.path).encode() not in content for content in held.values())
    assert json.loads(held["request.json"]) == {"model": "tiny"}
    for name in HELD - {"manifest.json", "request.json"}:
        assert held[name] == (run.folder / name).read_bytes()


def test_the_same_run_gives_the_same_bytes(root: Root) -> None:
    run = whole_run(root.runs / "one")
    assert export_run(run) == export_run(run)


def test_predictions_that_nobody_has_seen_stay_here(root: Root) -> None:
    run = whole_run(root.runs / "one")
    run.manifest["scores"].pop("test")
    run.manifest["test_openings"] = []
    assert "predictions_test.npz" not in members(export_run(run))


def test_a_run_without_its_model_says_so(root: Root) -> None:
    with pytest.raises(RunError, match=r"cannot be exported: There is no model at"):
        export_run(save(root.runs / "one"))


def test_the_shipped_runs_travel(tmp_path: Path) -> None:
    shipped = find_root(tmp_path)
    for run in list_runs(shipped):
        other = Root(tmp_path / run.id, shipped=tmp_path / "none")
        came = import_run(export_run(run), other)
        assert came.scores == run.scores
        assert not came.is_shipped
        came.rename("Mine")
        assert find_run(run.id, other).title == "Mine"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("20261121-064700-ann", "20261121-064700-ann"),
        ("Größe: 3/4?", "Gr-e-3-4"),
        ("../../etc", "etc"),
        ("con", "run-con"),
        ("NUL.txt", "run-NUL.txt"),
        ("...", "run"),
        ("音楽", "run"),
    ],
)
def test_a_file_name_that_every_system_takes(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text(max_size=200))
def test_no_text_becomes_a_path(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(name) <= 84
    assert Path(name).name == name
    assert name[0] not in ".-"
    assert name[-1] not in ".- "
    assert name.isascii()


def test_the_file_is_named_after_the_run(root: Root) -> None:
    assert export_name(whole_run(root.runs / "one", run_id="a b")) == "a-b.genrerun.zip"
