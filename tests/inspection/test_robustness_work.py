"""The job: what a low-pass does to a run that goes by treble, what is heard twice, and what is refused."""

import json
import shutil

import pytest

from genre_core.datasets.library import save_dataset
from genre_core.datasets.tracks import Dataset, NoAudioError
from genre_core.errors import DatasetError, GenreError, RunError
from genre_core.inspection import copies
from genre_core.inspection.copies import hear, remembered
from genre_core.inspection.measured import model_fingerprint
from genre_core.inspection.robustness_work import load_robustness, make_plan, work
from genre_core.jobs import Journal, StopAsked, perform, prepare
from genre_core.paths import Root
from genre_core.runs import Run
from tests.inspection.tones import tones_run

ASKED = {"run": "tiny-one", "transforms": ["softer", "low_pass_4k"], "processes": 1}


@pytest.fixture
def root(tmp_path) -> Root:
    root = Root(tmp_path)
    tones_run(root)
    return root


def measure(root: Root, **changes):
    values = {**ASKED, **changes}
    folder = prepare("robustness", values, root)
    return perform(folder, root, lambda journal: work(values, root, journal))


def test_a_model_that_goes_by_treble_is_renamed_by_a_low_pass_and_not_by_gain(root):
    result = measure(root)
    found = load_robustness(Run.load(root.runs / "tiny-one"), root)
    first, softer, low_pass = found.rows()
    assert result["tracks"] == first.n_tracks == 6
    assert (first.accuracy.value, softer.n_flips) == (1.0, 0)
    assert (low_pass.n_flips, low_pass.accuracy.value) == (3, 0.5)
    assert {flip.before for flip in found.flips("low_pass_4k")} == {"high"}
    assert low_pass.flips.over == "artists"
    assert (found.role, found.heard_before, found.problems) == ("valid", False, ())


def test_nothing_is_heard_twice_and_more_tracks_cost_only_those(root, monkeypatch):
    measure(root, tracks=2)
    heard = []

    def counted(job):
        heard.append((job.track.id, sorted(job.copies)))
        return hear(job)

    monkeypatch.setattr(copies, "hear", counted)
    measure(root, tracks=2)
    assert heard == []
    measure(root, tracks=3)
    assert [names for _, names in heard] == [["low_pass_4k", "softer", "untouched"]]
    measure(root, tracks=3, transforms=["softer", "low_pass_4k", "noise"])
    assert [names for _, names in heard[1:]] == [["noise"]] * 3
    assert len(list((root.inspections / "tiny-one").glob("robustness-*.json"))) == 3


def test_a_stopped_measurement_keeps_what_it_has_heard_and_goes_on(root, monkeypatch):
    values = {**ASKED, "tracks": 4}
    folder = prepare("robustness", values, root)
    progress_of = Journal.counting

    def stopping(journal, state, doing):
        inner = progress_of(journal, state, doing)

        def progress(done, total, seconds_left=None):
            if done == 2:
                (journal.folder / "stop").touch()
            inner(done, total, seconds_left)

        return progress

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "counting", stopping)
        with pytest.raises(StopAsked):
            perform(folder, root, lambda journal: work(values, root, journal))
    plan = make_plan(values, root)
    assert len(plan.so_far().tracks) == 2
    assert load_robustness(plan.run, root) is None
    (folder / "stop").unlink()
    assert perform(folder, root, lambda journal: work(values, root, journal))["tracks"] == 4


def test_what_was_measured_of_another_model_counts_no_more(root):
    measure(root)
    run = Run.load(root.runs / "tiny-one")
    before = model_fingerprint(run)
    model = run.folder / "model.onnx"
    shutil.copy(model, run.folder / "kept")
    model.write_bytes(model.read_bytes() + b"\0")
    assert model_fingerprint(run) != before
    assert load_robustness(run, root) is None
    shutil.move(run.folder / "kept", model)
    assert load_robustness(run, root) is not None
    assert load_robustness(run, root, "folds") is None


def test_a_song_that_is_gone_is_named_and_the_others_are_heard(root):
    (root.datasets / "tones" / "audio" / "high-5200.wav").unlink()
    assert measure(root)["failed"] == 1
    found = load_robustness(Run.load(root.runs / "tiny-one"), root)
    [(track, why)] = found.problems
    assert (track, found.rows()[0].n_tracks) == ("high.5200", 5)
    assert "high-5200.wav" in why


def test_where_nothing_can_be_heard_it_fails_and_says_why(root):
    shutil.rmtree(root.datasets / "tones" / "audio")
    with pytest.raises(GenreError, match=r"None of the 6 tracks could be heard. The first: "):
        measure(root)


def test_damaged_lines_of_the_memory_are_heard_again(root):
    plan = make_plan(ASKED, root)
    plan.memory.parent.mkdir(parents=True)
    plan.memory.write_bytes(b'{"sound": 1}\nnot json\n{"sound": "a", "copy": "b", "poste')
    assert remembered(plan.memory) == {}
    assert measure(root)["tracks"] == 6
    assert len(remembered(plan.memory)) == 18


def test_where_nothing_can_be_written_it_says_so(root):
    root.inspections.mkdir()
    (root.inspections / "tiny-one").write_text("a file where a folder should be")
    with pytest.raises(RunError, match=r"What the run said of copies cannot be noted in .*copies-.*\.jsonl"):
        measure(root)


def test_a_damaged_result_is_said(root):
    measure(root)
    path = make_plan(ASKED, root).result
    path.write_text(json.dumps({"model": make_plan(ASKED, root).of_model, "tracks": 3}))
    with pytest.raises(RunError, match="Expected what was measured of a run's robustness"):
        load_robustness(Run.load(root.runs / "tiny-one"), root)
    path.write_text("{")
    with pytest.raises(RunError, match=r"robustness-.*json is damaged"):
        load_robustness(Run.load(root.runs / "tiny-one"), root)


def test_the_test_split_is_not_opened_by_it(tmp_path):
    root = Root(tmp_path)
    tones_run(root, role="test")
    with pytest.raises(RunError, match="The test split of 'Tiny' has not been opened"):
        make_plan({**ASKED, "role": "test"}, root)
    with pytest.raises(RunError, match=r"has no tracks of the part 'valid'. It was judged on: none"):
        make_plan(ASKED, root)


def test_other_songs_and_no_songs_are_refused(root):
    dataset = Dataset("tones", make_plan(ASKED, root).tracks[:5])
    save_dataset(dataset, root.datasets)
    with pytest.raises(RunError, match="has changed since 'Tiny' was trained"):
        make_plan(ASKED, root)
    mute = tuple(type(track)(track.id, track.genre, None, None, 3.0, track.sha256) for track in dataset.tracks)
    save_dataset(Dataset("tones", mute), root.datasets)
    with pytest.raises(NoAudioError, match="there is no sound to hear"):
        make_plan(ASKED, root)
    shutil.rmtree(root.datasets)
    with pytest.raises(DatasetError, match="tones"):
        make_plan(ASKED, root)
