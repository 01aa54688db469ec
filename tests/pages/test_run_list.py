"""The list of runs on its page: what a visitor changes there is changed on disk, and what is wrong is said in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import jobs
from genre_core.paths import Root, find_root
from genre_core.runs import Run, deleted_runs, export_run, find_run, import_run
from pages.ui.page import PAGES
from pages.ui.words import plain
from tests.runs.samples import members, pack, whole_run

APP = str(Path(__file__).resolve().parents[2] / "app.py")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """Two runs of the user beside the shipped ones; no job starts."""
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    monkeypatch.setattr(jobs, "start", lambda kind, values, root, *, name="": jobs.Job(root.runs / "started"))
    monkeypatch.setattr("genre_core.jobs.spawning.stand_by", lambda: None)
    found = find_root()
    whole_run(found.runs / "one", run_id="one", title="Wide net", note="jazz is weak")
    whole_run(found.runs / "two", run_id="two", title="Narrow net")
    return found


def visit(*ticked: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page(PAGES["train"].file)
    if ticked:
        app.query_params["runs"] = ",".join(ticked)
    return app.run()


def words(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.success, app.markdown, app.caption)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def table(app: AppTest) -> list[dict[str, object]]:
    [listed] = [table.value for table in app.dataframe if "judged on" in table.value]
    return listed.to_dict("records")


def press(app: AppTest, label: str) -> AppTest:
    [button] = [button for button in app.button if button.label == label]
    return button.click().run()


def test_every_run_is_listed_with_score_note_and_origin(root: Root) -> None:
    app = visit()
    assert not app.exception
    rows = {row["run"]: row for row in table(app)}
    assert rows["Wide net"]["note"] == "jazz is weak"
    assert rows["Wide net"]["origin"] == "own"
    assert {row["origin"] for row in table(app)} == {"own", "shipped"}
    assert "1 artist crosses" in str(rows["Wide net"]["split"])
    assert str(rows["Wide net"]["accuracy [95 %]"]).startswith("1.00")
    assert "Tick a run" in words(app)


def test_the_list_is_found_in(root: Root) -> None:
    app = visit()
    app.text_input(key="train.find").set_value("JAZZ wide").run()
    assert [row["run"] for row in table(app)] == ["Wide net"]
    app.text_input(key="train.find").set_value("no such thing *").run()
    assert not app.exception
    assert "No run speaks of" in words(app)


def test_a_title_and_a_note_are_saved(root: Root) -> None:
    app = visit("one")
    app.text_input(key="train.title.one").set_value("Größeres Netz")
    app.text_area(key="train.note.one").set_value("First\nsecond")
    app = press(app, "Save")
    assert not app.exception
    run = find_run("one", root)
    assert (run.title, run.note) == ("Größeres Netz", "First\nsecond")
    assert {"Größeres Netz", "Narrow net"} <= {row["run"] for row in table(app)}
    app.text_input(key="train.title.one").set_value("")
    app = press(app, "Save")
    assert "A title needs 1 to 120 characters" in app.error[0].value
    assert find_run("one", root).title == "Größeres Netz"


def test_a_deletion_can_be_undone_as_long_as_it_is_said(root: Root) -> None:
    app = press(visit("one"), "Delete")
    assert not app.exception
    assert not (root.runs / "one").exists()
    assert "Deleted “Wide net”. Kept for 7 days." in words(app)
    app.text_input(key="train.find").set_value("net").run()
    assert "Deleted “Wide net”" in words(app)  # it stays while the visitor goes on
    app = press(app, "Undo")
    assert find_run("one", root).note == "jazz is weak"
    assert "Deleted" not in words(app)


def test_several_are_deleted_and_brought_back_together(root: Root) -> None:
    app = press(visit("one", "two"), "Delete these 2 runs")
    assert {entry.id for entry in deleted_runs(root)} == {"one", "two"}
    assert "Deleted 2 runs" in words(app)
    press(app, "Undo")
    assert deleted_runs(root) == []


def test_what_was_deleted_earlier_comes_back_from_the_menu(root: Root) -> None:
    find_run("one", root).delete()
    app = press(visit(), "Bring back")
    assert not app.exception
    assert find_run("one", root).title == "Wide net"


def test_a_run_that_another_visitor_deleted_meanwhile_is_said(root: Root) -> None:
    app = visit("one")
    find_run("one", root).delete()
    [button] = [button for button in app.button if button.label == "Delete"]
    app = button.click().run()
    assert not app.exception
    assert find_run("two", root)


def test_a_shipped_run_can_be_exported_and_not_changed(root: Root) -> None:
    app = visit("demo-ann")
    assert "can be exported, not changed" in words(app)
    assert not [button for button in app.button if button.label in ("Save", "Delete")]
    assert [button for button in app.get("download_button") if button.proto.label == "Export"]


def test_runs_on_the_same_tracks_are_compared_and_others_are_not(root: Root) -> None:
    app = visit("one", "two")
    assert "All judged on the same 1 valid track." in words(app)
    app = visit("one", "demo-ann")
    assert not app.exception
    assert "judged on different data sets" in words(app).replace("\\", "")
    assert "All judged" not in words(app)


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    turn = app.session_state["train.import.turn"]
    return app.file_uploader(key=f"train.import.{turn}").upload(name, content, "application/zip").run()


def test_an_exported_run_is_imported_and_ticked(root: Root, tmp_path: Path) -> None:
    teacher = whole_run(tmp_path / "elsewhere" / "three", run_id="three", title="From the teacher", seed=5)
    content = export_run(teacher)
    app = upload(visit(), "three.genrerun.zip", content)
    assert not app.exception
    assert "Imported “From the teacher”" in words(app)
    [row] = [row for row in table(app) if row["run"] == "From the teacher"]
    assert row["origin"] == "imported"
    assert app.text_input(key="train.title.three").value == "From the teacher"
    assert "opened 2 times" in words(app)
    app = upload(app, "three.genrerun.zip", content)
    assert "is here already" in words(app)
    assert [run for run in root.runs.iterdir() if run.name.startswith("three")] == [root.runs / "three"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("text", "a file that is none"), ("cut", "only a part of one"), ("bomb", "may unpack to"), ("escape", "evil")],
)
def test_a_wrong_file_is_a_sentence_with_its_name(root: Root, name: str, message: str) -> None:
    good = export_run(find_run("one", root))
    held = members(good)
    content = {
        "text": b"I am a text",
        "cut": good[: len(good) // 2],
        "bomb": pack({**held, "request.json": bytes(2_000_000)}),
        "escape": pack({**held, "../evil": b"x"}),
    }[name]
    before = sorted(path.name for path in root.runs.iterdir())
    app = upload(visit(), f"{name}.zip", content)
    assert not app.exception
    said = "\n".join(error.value for error in app.error).replace("\\", "")
    assert f"{name}.zip" in said
    assert message in said
    assert sorted(path.name for path in root.runs.iterdir() if path.name != ".runs.lock") == before


def test_a_title_from_elsewhere_draws_no_picture(root: Root, tmp_path: Path) -> None:
    evil = "![x](http://example.org/x.png) <b> $a$ :red[b]"
    import_run(export_run(whole_run(tmp_path / "elsewhere" / "x", run_id="evil", title=evil, seed=6)), root)
    app = press(visit("evil"), "Delete")
    assert not app.exception
    for said in (words(app), plain(evil)):
        assert "![" not in said
        assert "](" not in said
        assert "://" not in said


def test_damaged_runs_are_named_and_the_others_listed(root: Root) -> None:
    (root.runs / "two" / "manifest.json").write_text("{")
    app = visit()
    assert not app.exception
    assert "damaged file" in words(app)
    assert "Wide net" in {row["run"] for row in table(app)}


def test_without_any_run_the_list_says_what_to_do(tmp_path: Path, root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.pickers.runs", list)
    app = visit()
    assert not app.exception
    assert "No run is here yet. Train a model above, or import a run" in words(app)


def test_a_run_trained_in_folds_is_judged_out_of_fold(root: Root) -> None:
    run = find_run("two", root)
    report = run.scores["valid"]
    folds = {"count": 2, "seed": 0, "grouped_by": "artist", "of": {"b": 0, "c": 1}}
    history = [{"part": "fold 1", "epoch": 1, "loss": 1.0, "valid_loss": 1.0}, {"part": "all", "epoch": 1, "loss": 0.9}]
    manifest = {**run.manifest, "folds": folds, "history": history, "scores": {"folds": report}, "test_openings": []}
    (run.folder / "manifest.json").write_text(json.dumps(manifest))
    assert Run.load(run.folder).judged_role == "folds"
    app = visit("one", "two")
    assert not app.exception
    [row] = [row for row in table(app) if row["run"] == "Narrow net"]
    assert row["judged on"] == "all 1 track, out of fold"
    assert "judged on different tracks" in words(app).replace("\\", "")
