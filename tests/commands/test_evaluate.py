import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.datasets.division import ROLES
from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.splits import LeakReport, Split, leak_report
from genre_core.datasets.tracks import Dataset, Track
from genre_core.evaluation.aggregation import AGGREGATIONS
from genre_core.evaluation.definitions import SCORE_SPECS
from genre_core.evaluation.metrics import GENRE_SCORES, SCORES
from genre_core.paths import find_root
from genre_core.runs import Run
from tests.tiny_run import make_run, tone


def make_dataset(root: Path, name: str, genres: dict[str, list[float]]) -> Dataset:
    """A data set of tones: genre -> frequencies [Hz]."""
    tracks = []
    for genre, tones in genres.items():
        for hertz in tones:
            path = root / "audio" / name / f"{genre}-{hertz}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            clip = tone(hertz, 4)
            soundfile.write(path, clip.y, clip.sr, subtype="FLOAT")
            tracks.append(Track(f"{genre}.{hertz}", genre, path, f"artist {hertz % 3}", clip.seconds, clip.sha256))
    dataset = Dataset(name, tuple(tracks))
    save_dataset(dataset, root / "datasets")
    return dataset


@pytest.fixture
def root(tmp_path):
    own = make_dataset(tmp_path, "own", {"high": [5000, 6001, 7001], "low": [100, 151, 203, 6500]})
    roles = {track.id: "test" for track in own.tracks}
    make_run(tmp_path / "runs" / "tiny-one", dataset={"name": "own", "fingerprint": own.fingerprint}, roles=roles)
    return tmp_path


def evaluate(root, *arguments):
    outcome = CliRunner().invoke(main, ["--root", str(root), "evaluate", "tiny-one", *arguments])
    return outcome.exit_code, json.loads(outcome.stdout) if "--json" in arguments else outcome


def test_the_test_split_is_scored_and_its_opening_recorded(root):
    code, found = evaluate(root, "--json")
    assert code == 0
    assert (found["role"], found["n_tracks"], found["n_segments"]) == ("test", 7, 14)
    assert (found["over"], found["n_groups"]) == ("artists", 2)
    assert found["split"] == {
        "name": "by_track",
        "title": "by track",
        "seed": 0,
        "leaky": False,
        "badge": "✔ nothing crosses",
        "verdict": "nothing crosses",
    }
    assert found["tracks"]["accuracy"] == pytest.approx(6 / 7)
    assert len(Run.load(root / "runs" / "tiny-one").test_openings) == found["test_openings"] == 1


def test_every_score_in_json_has_its_interval(root):
    _, found = evaluate(root, "--json")
    for level in ("tracks", "segments"):
        report = found[level]
        assert set(report["intervals"]) == set(SCORES)
        for scored, names in ((report, SCORES), *((row, GENRE_SCORES) for row in report["genres"])):
            for name in names:
                interval = scored["intervals"][name]
                assert interval["value"] == scored[name]
                assert interval["reason"] if interval["low"] is None else interval["low"] <= scored[name] <= interval["high"]


def test_words_tell_every_score_of_tracks_and_of_segments(root):
    _, outcome = evaluate(root)
    for spec in SCORE_SPECS.values():
        assert outcome.stdout.count(f"{spec.title} ") >= 2, spec.name


def test_ways_from_segments_stand_side_by_side(root):
    code, found = evaluate(root, "--aggregations", "--json")
    assert code == 0
    assert list(found["aggregations"]["ways"]) == list(AGGREGATIONS)
    assert found["aggregations"]["ways"]["mean"]["accuracy"] == found["tracks"]["accuracy"]
    assert found["aggregations"]["over"] == found["over"]
    _, outcome = evaluate(root, "--aggregations")
    for row in AGGREGATIONS.values():
        assert f"\n  {row.title} " in outcome.stdout
    assert "over 2 artists: differences inside them may be chance." in outcome.stdout
    assert "aggregations" not in evaluate(root, "--json")[1]


def test_artists_stand_worst_first(root):
    code, found = evaluate(root, "--artists", "--json")
    assert code == 0
    shares = [row["n_right"] / row["n_tracks"] for row in found["artists"]]
    assert shares == sorted(shares)
    assert sum(row["n_tracks"] for row in found["artists"]) == 7
    worst = found["artists"][0]
    assert sum(worst["taken_for"].values()) == worst["n_tracks"] - worst["n_right"] == 1
    _, outcome = evaluate(root, "--artists")
    assert re.search(r"tracks +accuracy +genre +taken for\n  artist \d", outcome.stdout)


def test_artists_that_nobody_named_are_asked_for(root):
    tracks = [replace(track, artist=None) for track in load_dataset("own", root / "datasets").tracks]
    save_dataset(Dataset("own", tuple(tracks)), root / "datasets")
    code, found = evaluate(root, "--artists", "--json")
    assert (code, found["artists"]) == (0, [])
    assert "needs tracks whose artists are known. Received: none." in found["no_artists"]
    assert found["tracks"]["n"] == 7
    assert "needs tracks whose artists are known" in evaluate(root, "--artists")[1].stdout


def test_words_name_split_badge_counts_and_interval(root):
    code, outcome = evaluate(root)
    assert code == 0
    assert "test of split by track\n  ✔ nothing crosses" in outcome.stdout
    assert "7 tracks: accuracy 0.86 [" in outcome.stdout
    assert re.search(r"macro F1 0\.86 \[.*\], mAP 0\.\d\d.*, AUC 0\.\d\d", outcome.stdout)
    assert "over 2 artists" in outcome.stdout
    assert "high     " in outcome.stdout


def test_a_run_whose_data_set_has_gone_keeps_its_badge(root):
    own = load_dataset("own", root / "datasets")
    run = Run.load(root / "runs" / "tiny-one")
    crossing = leak_report(Split("by_track", 0, {track.id: role for track, role in zip(own.tracks, ROLES, strict=False)}), own)
    run.manifest["leaks"] = crossing.to_dict()
    run.save()
    run.open_test(find_root(root))
    shutil.rmtree(root / "datasets" / "own")
    _, found = evaluate(root, "--split", "test", "--json")
    assert found["split"]["badge"] == crossing.badge != "✔ nothing crosses"
    assert found["over"] == "artists"  # the manifest keeps what was drawn over them


def test_folds_are_all_tracks_out_of_fold(root):
    run = Run.load(root / "runs" / "tiny-one")
    predictions = run.open_test(find_root(root))
    run.manifest["folds"] = {"count": 3, "seed": 4, "grouped_by": "artist", "of": dict.fromkeys(run.roles, 0)}
    run.manifest["leaks"] = LeakReport((), (), (), artists_known=False).to_dict()
    run.save()
    predictions.save(run.folder / "predictions_folds.npz")
    code, found = evaluate(root, "--split", "folds", "--json")
    assert code == 0
    assert (found["role"], found["split"]["name"], found["split"]["seed"]) == ("folds", "3 folds by artist", 4)
    assert found["split"]["badge"] == "? artists unknown: not provable"
    assert "out of fold, 3 folds by artist" in evaluate(root, "--split", "folds")[1].stdout


def test_another_data_set_is_scored_whole_and_unmapped_genres_reported(root):
    make_dataset(root, "other", {"High": [5003, 6004], "low": [100], "tango": [440]})
    code, found = evaluate(root, "--dataset", "other", "--json")
    assert code == 0
    assert (found["dataset"], found["role"], found["n_tracks"], found["coverage"]) == ("other", "whole", 3, 0.75)
    assert (found["matched"], found["unmapped"]) == ({"High": "high", "low": "low"}, {"tango": 1})
    assert found["tracks"]["accuracy"] == 1
    assert found["split"]["badge"] == "✔ nothing crosses"
    assert Run.load(root / "runs" / "tiny-one").test_openings == ()
    assert "Not known to the run, left out: tango (1)" in evaluate(root, "--dataset", "other")[1].stdout


def test_another_data_set_that_holds_songs_the_run_learned_from_is_marked(root):
    run = Run.load(root / "runs" / "tiny-one")
    run.manifest["split"]["roles"] = dict.fromkeys(run.roles, "train")
    run.save()
    make_dataset(root, "other", {"high": [5000, 6003], "low": [100]})
    _, found = evaluate(root, "--dataset", "other", "--json")
    assert found["split"]["badge"] == "✖ 2 songs cross, 2 artists cross"
    shutil.rmtree(root / "datasets" / "own")
    assert evaluate(root, "--dataset", "other", "--json")[1]["split"]["badge"].startswith("? its own data set not here")


def test_split_and_dataset_together_are_refused(root):
    code, outcome = evaluate(root, "--dataset", "other", "--split", "valid")
    assert code == 2
    assert "Give one of both" in outcome.stderr
