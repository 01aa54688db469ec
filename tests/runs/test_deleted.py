from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from genre_core.errors import RunError
from genre_core.jobs.job import ALIVE
from genre_core.jobs.locks import FileLock
from genre_core.paths import Root
from genre_core.runs import deleted_runs, list_runs, restore_run
from tests.runs.samples import save, whole_run


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "root", shipped=tmp_path / "shipped")


def test_a_deletion_is_undone_byte_by_byte(root: Root) -> None:
    run, other = whole_run(root.runs / "one"), save(root.runs / "two")
    before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    entry, gone = run.delete()
    assert (entry.id, entry.title, entry.folder.parent) == (run.id, run.title, root.runs / ".deleted")
    assert gone == []
    assert [left.id for left in list_runs(root)] == [other.id]
    assert [kept.id for kept in deleted_runs(root)] == [run.id]
    assert restore_run(run.id, root).manifest == run.manifest
    assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == before
    assert deleted_runs(root) == []


def test_what_was_deleted_last_is_named_first(root: Root) -> None:
    for name in ("one", "two"):
        entry, _ = save(root.runs / name).delete()
        age(entry.folder, days=2 if name == "one" else 1)
    assert [entry.id for entry in deleted_runs(root)] == ["two", "one"]


def age(folder: Path, *, days: float) -> None:
    mark = folder / "deleted.json"
    when = datetime.now(UTC) - timedelta(days=days)
    mark.write_text(json.dumps({**json.loads(mark.read_text()), "deleted": when.isoformat()}))


def test_after_seven_days_the_next_deletion_removes_it_for_good(root: Root) -> None:
    old, recent, last = (save(root.runs / name) for name in ("old", "recent", "last"))
    entries = [run.delete()[0] for run in (old, recent)]
    for entry, days in zip(entries, (7.1, 6.9), strict=True):
        age(entry.folder, days=days)
    _, gone = last.delete()
    assert [entry.id for entry in gone] == ["old"]
    assert [entry.id for entry in deleted_runs(root)] == ["last", "recent"]
    assert not gone[0].folder.exists()


def test_the_same_name_can_be_deleted_twice_and_the_last_comes_back(root: Root) -> None:
    save(root.runs / "one", title="First").delete()
    age(deleted_runs(root)[0].folder, days=1)
    save(root.runs / "one", title="Second").delete()
    assert restore_run("one", root).title == "Second"
    with pytest.raises(RunError, match="'First' cannot come back: there is a run one again"):
        restore_run("one", root)
    list_runs(root)[0].delete()
    assert {entry.title for entry in deleted_runs(root)} == {"First", "Second"}


def test_what_was_never_deleted_cannot_come_back(root: Root) -> None:
    save(root.runs / "one").delete()
    with pytest.raises(RunError, match=r"no deleted run named 'two'.*There are: one"):
        restore_run("two", root)


def test_a_run_whose_training_still_lives_stays(root: Root) -> None:
    run = save(root.runs / "one")
    status = run.folder / "status.json"
    status.write_text('{"state": "training", "pid": 1, "created": 0.0, "updated": 0.0}')
    alive = FileLock(run.folder / ALIVE)
    assert alive.acquire()
    try:
        with pytest.raises(RunError, match=r"still going on. Stop it first"):
            run.delete()
    finally:
        alive.release()
    assert [left.id for left in list_runs(root)] == [run.id]
    run.delete()  # its process has gone, whatever it last said
    assert list_runs(root) == []


@pytest.mark.parametrize("mark", ["", "{", "[]", '{"deleted": "2026-01-01", "name": "x"}', '{"deleted": "now", "name": 3}'])
def test_a_damaged_mark_loses_no_run(root: Root, mark: str) -> None:
    entry, _ = save(root.runs / "one").delete()
    (entry.folder / "deleted.json").write_text(mark)
    assert restore_run("one", root).id == "one"


def test_a_mark_cannot_send_a_run_elsewhere(root: Root) -> None:
    entry, _ = save(root.runs / "one").delete()
    (entry.folder / "deleted.json").write_text(json.dumps({"deleted": datetime.now(UTC).isoformat(), "name": "../../away"}))
    assert restore_run("one", root).folder == root.runs / "one"


def test_strange_things_among_the_deleted_are_left_alone(root: Root) -> None:
    (root.runs / ".deleted" / "strange").mkdir(parents=True)
    (root.runs / ".deleted" / "file").write_text("x")
    save(root.runs / "one").delete()
    assert [entry.id for entry in deleted_runs(root)] == ["one"]
    assert (root.runs / ".deleted" / "strange").is_dir()
