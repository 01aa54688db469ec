"""The deletion test: a map of what decides passes it, a made-up one would not; the job keeps, goes on, and refuses in words."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from genre_core.datasets.library import save_dataset
from genre_core.datasets.tracks import Dataset, NoAudioError
from genre_core.errors import DatasetError, ParameterError, RunError
from genre_core.features.spectral import Mel
from genre_core.inference import Predictor
from genre_core.inspection import faithfulness_work
from genre_core.inspection.faithfulness import Deletion, Faithfulness, Fall, fall_of, summary
from genre_core.inspection.faithfulness_work import load_faithfulness, make_plan, work
from genre_core.jobs import Journal, StopAsked, perform, prepare
from genre_core.paths import Root
from genre_core.runs import Run
from tests.inspection.bursts import burst
from tests.inspection.tones import tones_run
from tests.tiny_run import make_run

HOW = Deletion(n_random=2)
ASKED = {"run": "tiny-one", "tracks": 4, "how": {"n_random": 2}}


@pytest.fixture
def root(tmp_path) -> Root:
    root = Root(tmp_path)
    tones_run(root)
    return root


def check(root: Root, **changes):
    values = {**ASKED, **changes}
    return perform(prepare("faithfulness", values, root), root, lambda journal: work(values, root, journal))


def falls(*triples: tuple[float, float, float]) -> Faithfulness:
    return Faithfulness("r", "valid", HOW, tuple(Fall(str(n), "a", f"artist {n}", 0.9, *each) for n, each in enumerate(triples)))


def test_what_decides_weighs_more_than_chance(tmp_path):
    """The burst is a tenth of the clip: without it nothing is high; without a random tenth it mostly is."""
    predictor = Predictor.from_run(make_run(tmp_path / "tiny", feature=Mel(n_mels=32), scale=0.1))
    clip = burst(3.0, between=(1.0, 1.6))
    fall = fall_of(predictor, clip, HOW)
    assert (fall.genre, fall.probability) == ("high", pytest.approx(predictor.predict(clip).confidence))
    assert fall.salient > 0.2
    assert fall.salient > 3 * abs(fall.random)
    assert fall == fall_of(predictor, clip, HOW)


def test_of_a_long_track_its_middle_is_heard(tmp_path):
    predictor = Predictor.from_run(make_run(tmp_path / "tiny", feature=Mel(n_mels=32), scale=0.1))
    late = burst(60.0, between=(20.0, 40.0))  # nothing high in the first and last third
    assert fall_of(predictor, late, Deletion(n_random=1)).genre == "high"
    assert predictor.predict(late.slice(0, 19)).genre == "low"


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (falls((0.5, 0.1, 0.2), (0.6, 0.1, 0.2), (0.4, 0.1, 0.2)), "The maps can be believed"),
        (falls((0.1, 0.5, 0.2), (0.1, 0.6, 0.2), (0.1, 0.4, 0.2)), "The maps mislead"),
        (falls((0.1, 0.2, 0.2), (0.2, 0.1, 0.2), (0.3, 0.3, 0.2)), "not shown to be better than chance"),
        (falls((0.1, 0.2, 0.2)), "Nothing can be concluded: there is only one of the artists"),
    ],
)
def test_the_verdict_follows_from_the_interval(found, verdict):
    assert verdict in found.verdict


def test_numbers_known_by_hand():
    found = falls((0.5, 0.1, 0.3), (0.3, 0.1, 0.3))
    values = [found.salient, found.random, found.loudest, found.more_than_random, found.more_than_loudest]
    assert [each.value for each in values] == pytest.approx([0.4, 0.1, 0.3, 0.3, 0.1])
    assert (found.salient.over, found.salient.n_groups) == ("artists", 2)
    assert Faithfulness.from_dict(json.loads(json.dumps(found.to_dict()))).falls == found.falls
    assert summary(found)["more_than_random"]["value"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"removed_with": "quiet"}, r"with another fill than made it\. Received: made_with='quiet', removed_with='quiet'\."),
        ({"made_with": "beep"}, r"There is no fill named 'beep'"),
        ({"share": 0.0}, r"share must lie in \(0, 1\].*Received: share=0\.0, n_random=5, detail='coarse'\."),
        ({"n_random": 0}, r"n_random=0"),
        ({"detail": "finest"}, r"one of coarse, medium, fine.*detail='finest'"),
    ],
)
def test_a_test_that_proves_nothing_is_refused(changes, message):
    with pytest.raises(ParameterError, match=message):
        Deletion(**changes)


def test_the_job_keeps_its_result_until_the_model_is_another(root):
    result = check(root)
    run = Run.load(root.runs / "tiny-one")
    found = load_faithfulness(run, root)
    assert result["tracks"] == len(found.falls) == 4
    assert {fall.genre for fall in found.falls} == {"high", "low"}
    assert (found.role, found.groups.over, found.how.n_random) == ("valid", "artists", 2)
    assert np.isfinite([[fall.salient, fall.random, fall.loudest] for fall in found.falls]).all()
    assert load_faithfulness(run, root, "folds") is None
    run.manifest["calibration"] = {"temperature": 2.0, "role": "valid"}
    assert load_faithfulness(run, root) is None


def test_a_stopped_check_goes_on_where_it_was(root, monkeypatch):
    heard: list[str] = []

    def counted(predictor, clip, how, **options):
        heard.append(clip.sha256)
        return fall_of(predictor, clip, how, **options)

    def stopping(predictor, clip, how, **options):
        if len(heard) == 2:
            (folder / "stop").touch()
        return counted(predictor, clip, how, **options)

    monkeypatch.setattr(faithfulness_work, "fall_of", stopping)
    folder = prepare("faithfulness", ASKED, root)
    with pytest.raises(StopAsked):
        perform(folder, root, lambda journal: work(ASKED, root, journal))
    assert load_faithfulness(Run.load(root.runs / "tiny-one"), root) is None
    first, heard[:] = heard[:2], []
    monkeypatch.setattr(faithfulness_work, "fall_of", counted)
    (folder / "stop").unlink()
    perform(folder, root, lambda journal: work(ASKED, root, journal))
    assert len(heard) == 2
    assert not set(heard) & set(first)


def test_progress_counts_tracks(root):
    values, said = {**ASKED, "tracks": 2}, []
    folder = prepare("faithfulness", values, root)
    perform(folder, root, lambda journal: work(values, root, journal), listener=lambda status: said.append(status.message))
    assert "Hearing songs with parts taken away: 2 of 2" in said
    assert said[-1].startswith("Without what maps call important the probability falls by ")
    assert isinstance(Journal(folder), Journal)


def test_a_track_that_is_gone_does_not_stop_the_others(root):
    next((root.datasets / "tones" / "audio").glob("high-*.wav")).unlink()
    assert check(root, tracks=6)["failed"] == 1
    [(track, why)] = load_faithfulness(Run.load(root.runs / "tiny-one"), root).problems
    assert track.startswith("high.")
    assert "no such file" in why.lower() or "no file" in why.lower()


def test_what_cannot_be_checked_is_said(root):
    with pytest.raises(RunError, match="has not been opened: this is measured on valid"):
        make_plan({**ASKED, "role": "test"}, root)
    with pytest.raises(RunError, match="has no tracks of the part 'folds'"):
        make_plan({**ASKED, "role": "folds"}, root)
    with pytest.raises(ParameterError, match="Expected values of a deletion test"):
        make_plan({**ASKED, "how": {"n_draws": 3}}, root)
    with pytest.raises(ParameterError, match="At least one track must be heard"):
        make_plan({**ASKED, "tracks": -1}, root)


def test_without_its_songs_nothing_is_checked(root):
    plan = make_plan(ASKED, root)
    dataset = Dataset(
        "tones", tuple(replace(track, path=None) for track in plan.tracks), given=({"feature": {}, "segments": {}},)
    )
    save_dataset(dataset, root.datasets)
    with pytest.raises((NoAudioError, DatasetError, RunError)):
        make_plan(ASKED, root)
