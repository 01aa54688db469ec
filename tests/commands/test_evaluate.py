import json
from pathlib import Path

import pytest
import soundfile
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.datasets.library import save_dataset
from genre_core.datasets.tracks import Dataset, Track
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
    assert (found["split"], found["role"], found["n_tracks"], found["n_segments"]) == ("by_track", "test", 7, 14)
    assert found["tracks"]["accuracy"] == pytest.approx(6 / 7)
    assert found["tracks"]["intervals"]["accuracy"]["over"] == "artists"
    assert len(Run.load(root / "runs" / "tiny-one").test_openings) == found["test_openings"] == 1


def test_words_name_split_counts_and_interval(root):
    code, outcome = evaluate(root)
    assert code == 0
    assert "test of split by_track" in outcome.stdout
    assert "7 tracks: accuracy 0.857 [" in outcome.stdout
    assert "over 2 artists" in outcome.stdout


def test_another_data_set_is_scored_whole_and_unmapped_genres_reported(root):
    make_dataset(root, "other", {"High": [5000, 6001], "low": [100], "tango": [440]})
    code, found = evaluate(root, "--dataset", "other", "--json")
    assert code == 0
    assert (found["role"], found["n_tracks"], found["coverage"]) == ("whole", 3, 0.75)
    assert (found["matched"], found["unmapped"]) == ({"High": "high", "low": "low"}, {"tango": 1})
    assert found["tracks"]["accuracy"] == 1
    assert Run.load(root / "runs" / "tiny-one").test_openings == ()


def test_fewer_than_two_common_genres_are_refused(root):
    make_dataset(root, "other", {"low": [100], "tango": [440]})
    code, found = evaluate(root, "--dataset", "other", "--json")
    assert code == 1
    assert "At least two genres" in found["error"]["message"]


def test_split_and_dataset_together_are_refused(root):
    code, outcome = evaluate(root, "--dataset", "other", "--split", "valid")
    assert code == 2
    assert "Give one of both" in outcome.stderr
