from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from genre_core.datasets.library import save_dataset
from genre_core.datasets.splits import LeakReport
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import ParameterError, RunError
from genre_core.evaluation.report import split_verdict
from genre_core.features import FEATURES
from genre_core.parallel import as_completed
from genre_core.paths import Root
from genre_core.runs import FORMAT_VERSION, Run, by_score, changes, find_run, list_runs, scan_runs, unused_title, why_not_compared
from tests.runs.samples import GENRES, manifest, predictions, save, whole_run


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
        (manifest(created="2026-01-01T00:00:00"), "without its zone"),
        (manifest(split={"name": "by_artist", "roles": {"a": "judge"}}), "a role that does not exist"),
        (manifest(split={}), "damaged"),
        (manifest(test_openings=["never"]), "damaged"),
        (manifest(scores={"valid": {"n_tracks": 3, "tracks": {"accuracy": "high"}}}), "without numbers"),
        (manifest(scores={"luck": {}}), "scores of 'luck'"),
        (manifest(history=[{"epoch": 1, "valid_loss": "low"}]), "something else than numbers"),
        (manifest(leaks={"badge": "x"}), "lacks 'tracks'"),
        (manifest(note=None), "must hold note"),
        (manifest(format_version=True), "something else"),
        (json.dumps(manifest(seed=1)).replace('"seed": 1', '"seed": NaN'), "NaN is no number"),
        (json.dumps(manifest())[:-40], "damaged file"),
        ("[" * 100_000, "damaged file"),
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
    for key in set(manifest()) - {"format_version", "note", "leaks", "folds", "imported"}:
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


def test_a_list_is_read_again_only_where_a_manifest_changed(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    save(root.runs / "one", title="One")
    two = save(root.runs / "two", title="Two")
    assert {run.title for run in list_runs(root)} == {"One", "Two"}
    read = []
    load = Run.load
    monkeypatch.setattr(Run, "load", lambda folder: read.append(folder.name) or load(folder))
    assert {run.title for run in list_runs(root)} == {"One", "Two"}
    assert read == []
    two.rename("Zwei")
    assert {run.title for run in list_runs(root)} == {"One", "Zwei"}
    assert read == ["two"]
    (root.runs / "one" / "manifest.json").write_text("{")
    assert [entry.folder.name for entry in scan_runs(root)[1]] == ["one"]


def test_best_first_and_those_without_score_last(root: Root) -> None:
    def scored(accuracy: float) -> dict[str, Any]:
        return {"valid": {"n_tracks": 9, "tracks": {"accuracy": accuracy}}, "test": {"n_tracks": 9, "tracks": {"accuracy": 1.0}}}

    low, none, high = (
        save(root.runs / "low", scores=scored(0.2)),
        save(root.runs / "none"),
        save(root.runs / "high", scores=scored(0.9)),
    )
    assert [run.id for run in by_score([low, none, high])] == ["high", "low", "none"]


def test_a_title_that_is_taken_gets_a_number(root: Root) -> None:
    assert unused_title("Try", root) == "Try"
    save(root.runs / "a")
    assert unused_title("Try", root) == "Try 2"
    save(root.runs / "b", title="Try 2")
    save(root.runs / "c", title="Try 4")
    assert unused_title("Try", root) == "Try 3"


def test_scores_are_compared_on_the_same_tracks_only(root: Root) -> None:
    one, other = save(root.runs / "one"), save(root.runs / "other", seed=1)
    assert why_not_compared([one, other]) == why_not_compared([one]) == why_not_compared([]) == ""
    roles = save(root.runs / "roles", split={"name": "by_track", "seed": 1, "roles": {"a": "valid", "b": "train"}})
    assert "different tracks" in why_not_compared([one, roles])
    folds = save(root.runs / "folds", folds={"count": 2, "seed": 0, "grouped_by": "track", "of": {"a": 0, "b": 1}})
    assert "out of fold" in why_not_compared([one, folds])
    songs = save(root.runs / "songs", dataset={"name": "songs", "title": "Songs", "note": "", "fingerprint": "f"})
    assert "different data sets (Demo, Songs)" in why_not_compared([one, songs])
    grown = save(root.runs / "grown", dataset={"name": "demo", "title": "Demo", "note": "", "fingerprint": "f"})
    assert "different versions of the data set Demo" in why_not_compared([one, grown])


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
    for act in (run.save, run.delete, lambda: run.rename("Mine"), lambda: run.annotate("good")):
        with pytest.raises(RunError, match="comes with the product"):
            act()
    assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == before


def test_predictions_of_other_genres_are_refused(root: Root) -> None:
    run = save(root.runs / "one")
    predictions(("metal", "blues")).save(run.folder / "predictions_valid.npz")
    with pytest.raises(RunError, match="must have the run's genres blues, metal"):
        run.predictions("valid")


def test_format_1_is_read_in_the_present_format_and_its_file_stays(root: Root) -> None:
    old = {name: value for name, value in manifest("old").items() if name not in ("note", "leaks", "folds", "imported")}
    folder = root.runs / "old"
    folder.mkdir(parents=True)
    before = json.dumps({**old, "format_version": 1})
    (folder / "manifest.json").write_text(before)
    run = Run.load(folder)
    assert (run.note, run.leaks, run.folds, run.judged_role, run.is_imported) == ("", None, None, "valid", False)
    assert (folder / "manifest.json").read_text() == before
    run.annotate("mine")
    written = json.loads((folder / "manifest.json").read_text())
    assert (written["format_version"], written["note"], written["history"]) == (FORMAT_VERSION, "mine", old["history"])


def test_format_2_is_read_with_what_the_present_format_added(root: Root) -> None:
    leaks = {"badge": "✔ nothing crosses", "verdict": "nothing crosses"}
    leaks |= {"tracks": [], "artists": [], "hashes": [], "artists_known": True}
    folder = root.runs / "old"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest("old", format_version=2, leaks=leaks)))
    run = Run.load(folder)
    assert (run.split_title, run.train_share, run.is_leaky, run.judged_level) == ("by artist", 1.0, False, "tracks")
    assert run.leaks is not None
    assert (run.leaks.badge, run.leaks.near_duplicates, run.leaks.segments) == ("✔ nothing crosses", (), False)
    run.annotate("mine")
    written = json.loads((folder / "manifest.json").read_text())
    assert (written["split"]["unit"], written["leaks"]["near_duplicates"]) == ("track", [])


LEAKY_SPLIT = {"name": "segment_random", "seed": 0, "unit": "segment", "roles": {"a": "mixed", "b": "mixed"}}
LEAKY_RECORD = LeakReport(("a", "b"), (), (), True, segments=True).to_dict()


def leaky_run(root: Root, name: str, *, seed: int = 0, accuracy: float = 0.99) -> Run:
    report = {"n_tracks": 2, "n_segments": 9, "tracks": {"accuracy": 1.0}, "segments": {"accuracy": accuracy}}
    split = {**LEAKY_SPLIT, "seed": seed}
    return save(root.runs / name, title="Mine", split=split, leaks=LEAKY_RECORD, scores={"valid": report})


def test_a_leaky_run_says_so_whatever_it_is_called(root: Root) -> None:
    run = leaky_run(root, "one")
    assert (run.title, run.is_leaky, run.judged_level) == ("Mine (leaky)", True, "segments")
    run.rename("Best of all")
    assert Run.load(run.folder).title == "Best of all (leaky)"
    run.rename("A leaky one")
    assert run.title == "A leaky one"
    assert run.leaks is not None
    assert run.leaks.badge == "✖ leaky: segments of 2 songs cross"
    assert run.track_ids("valid") == run.track_ids("test") == ["a", "b"]
    assert "random segments (leaky)" in str(split_verdict(run.manifest))


def test_leaky_runs_come_last_and_are_not_held_against_honest_ones(root: Root) -> None:
    honest = save(root.runs / "honest", scores={"valid": {"n_tracks": 9, "tracks": {"accuracy": 0.2}}})
    unscored, leaky, second = save(root.runs / "none"), leaky_run(root, "leaky"), leaky_run(root, "second", accuracy=1.0)
    assert [run.id for run in by_score([leaky, unscored, second, honest])] == ["honest", "none", "second", "leaky"]
    assert "The scores of Mine (leaky) are leaky" in why_not_compared([honest, leaky])
    assert why_not_compared([leaky, second]) == ""
    assert "different random segments (leaky)" in why_not_compared([leaky, leaky_run(root, "other", seed=1)])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"split": LEAKY_SPLIT, "leaks": None}, "a leaky split without its record"),
        ({"split": {**LEAKY_SPLIT, "name": "by_artist"}, "leaks": LEAKY_RECORD}, "name and unit don't fit"),
        ({"split": {**LEAKY_SPLIT, "unit": "track"}, "leaks": LEAKY_RECORD}, "a role that does not exist"),
        ({"leaks": LEAKY_RECORD}, "a leaky split without its record, or the reverse"),
        ({"split": {**LEAKY_SPLIT, "unit": "album"}}, "roles of something unknown"),
        ({"split": {"name": "by_track", "roles": {}, "train_share": 0}}, "a share of the training tracks that is none"),
        ({"split": {"name": "by_track", "roles": {}, "genres": [1]}}, "a split of unknown genres"),
        ({"leaks": {**LEAKY_RECORD, "near_duplicates": ["a"]}}, "near-duplicates that are no pairs"),
    ],
)
def test_a_manifest_cannot_hide_that_it_is_leaky(root: Root, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError, match=message):
        save(root.runs / "one", **changes)


def test_a_run_with_folds_is_judged_on_them(root: Root) -> None:
    folds = {"count": 2, "seed": 0, "grouped_by": "artist", "of": {"c": 0, "d": 1}}
    run = save(root.runs / "one", folds=folds)
    predictions().save(run.folder / "predictions_folds.npz")
    assert (run.judged_role, run.track_ids("folds")) == ("folds", ["c", "d"])
    assert run.predictions("folds").track_ids.tolist() == ["c", "d"]
    with pytest.raises(RunError, match="trained without folds"):
        save(root.runs / "two").predictions("folds")


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        ({"count": 1, "seed": 0, "grouped_by": "artist", "of": {}}, "without a count"),
        ({"count": 2, "seed": 0, "grouped_by": "mood", "of": {}}, "grouped by"),
        ({"count": 2, "seed": 0, "grouped_by": "track", "of": {"a": 2}}, "a fold that does not exist"),
        ({"count": 2, "seed": 0, "grouped_by": "track"}, "lacks 'of'"),
    ],
)
def test_folds_that_cannot_be_are_said(root: Root, folds: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError, match=message):
        Run(root.runs, manifest(folds=folds))


def test_the_leak_report_of_the_training_comes_back_with_its_badge(root: Root) -> None:
    run = Run.load(whole_run(root.runs / "one").folder)
    assert run.leaks is not None
    assert (run.leaks.badge, run.leaks.artists, run.leaks.artists_known) == ("✖ 1 artist crosses", ("Zoë",), True)


def test_a_name_and_a_note_are_kept_as_they_are_meant(root: Root) -> None:
    run = save(root.runs / "one")
    run.rename("  Größere \n Fenster \x07 ♫ ")
    run.annotate("First line  \nsecond\n\n")
    again = Run.load(run.folder)
    assert (again.title, again.note) == (run.title, run.note) == ("Größere Fenster ♫", "First line\nsecond")
    run.annotate("")
    assert Run.load(run.folder).note == ""
    for title in ("", "  \n ", "x" * 121):
        with pytest.raises(ParameterError, match="A title needs 1 to 120 characters"):
            run.rename(title)
    with pytest.raises(ParameterError, match="4000 characters"):
        run.annotate("x" * 4001)
    assert Run.load(run.folder).title == "Größere Fenster ♫"


def test_half_a_letter_of_a_command_line_does_not_reach_the_manifest(root: Root) -> None:
    run = save(root.runs / "one")
    run.rename("a\udcffb")
    assert run.title == "ab"


def test_a_change_keeps_what_another_made_meanwhile(root: Root) -> None:
    mine = save(root.runs / "one")
    yours = Run.load(mine.folder)
    yours.annotate("yours")
    mine.rename("Mine")
    assert (mine.title, mine.note) == ("Mine", "yours")
    assert (Run.load(mine.folder).title, Run.load(mine.folder).note) == ("Mine", "yours")


def test_threads_of_one_process_take_turns(root: Root) -> None:
    run = whole_run(root.runs / "one")
    before = len(run.test_openings)
    threads = [threading.Thread(target=lambda: Run.load(run.folder).open_test(root)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Run.load(run.folder).test_openings) == before + 6


def _open_four_times(job: tuple[Path, Root]) -> None:
    folder, root = job
    for _ in range(4):
        Run.load(folder).open_test(root)


def test_two_processes_lose_no_opening_of_the_test_split(root: Root) -> None:
    run = whole_run(root.runs / "one")
    before = len(run.test_openings)
    assert len(list(as_completed(_open_four_times, [(run.folder, root)] * 2, processes=2))) == 2
    assert len(Run.load(run.folder).test_openings) == before + 8


def test_the_test_scores_are_drawn_over_artists_where_the_data_set_is_here(root: Root) -> None:
    run = whole_run(root.runs / "one", dataset={"name": "songs", "title": "", "note": "", "fingerprint": "0"})
    run.open_test(root)
    assert run.scores["test"]["over"] == "tracks"
    tracks = tuple(Track(name, "high" if name in "bc" else "low", None, f"Artist {name}", 3.0, name) for name in "abcd")
    save_dataset(Dataset("songs", tracks), root.datasets)
    assert run.artists(run.predictions("test"), root) == ["Artist c", "Artist d"]
    run.open_test(root)
    assert (run.scores["test"]["over"], run.scores["test"]["n_groups"]) == ("artists", 2)
    assert len(run.test_openings) == 4


def test_a_lock_that_is_not_given_back_is_said(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    run = save(root.runs / "one")
    monkeypatch.setattr(changes.FileLock, "acquire", lambda self, *, wait_seconds: False)
    with pytest.raises(RunError, match=r"Another process has been changing the runs .* Try again"):
        run.rename("Two")
    assert Run.load(run.folder).title == "Try"


def test_a_full_disk_is_a_sentence_and_harms_nothing(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    run = save(root.runs / "one")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("genre_core.runs.run.write_json", full)
    with pytest.raises(RunError, match=r"Nothing was changed: .*No space left on device.*Free some space"):
        run.rename("Two")
    assert (run.title, Run.load(run.folder).title) == ("Try", "Try")


def test_renaming_a_run_that_has_gone_says_so(root: Root) -> None:
    run = save(root.runs / "one")
    Run.load(run.folder).delete()
    with pytest.raises(RunError, match="no finished run"):
        run.rename("Two")
    assert not run.folder.exists()
