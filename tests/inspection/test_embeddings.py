"""Where a run places tracks: what is computed agrees with what serves, is computed once, and what has no place is named."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile

from genre_core.datasets.library import save_dataset
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError, RunError
from genre_core.inference import Predictor
from genre_core.inspection.embeddings import not_embedded, track_embeddings, tracks_seen
from genre_core.inspection.neighbours import nearest
from genre_core.inspection.place_work import work
from genre_core.jobs import perform, prepare
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train
from tests.tiny_run import make_run, tone
from tests.training.gappy import make_gappy

ROLES = {"a": "train", "b": "train", "c": "valid", "d": "test"}


class Made(NamedTuple):
    root: Root
    run: Run
    dataset: Dataset


def make(folder: Path, *, run_id: str = "tiny-one") -> Made:
    """Four tones, and a run that hears low and high."""
    root, tracks = Root(folder), []
    for number, track_id in enumerate(ROLES):
        path = folder / f"{track_id}.wav"
        clip = tone(200 + 900 * number, 3.3 + number)
        soundfile.write(path, clip.y, clip.sr, subtype="FLOAT")
        tracks.append(Track(track_id, ("low", "high")[number // 2], path, track_id, clip.seconds, clip.sha256))
    dataset = Dataset("tones", tuple(tracks))
    save_dataset(dataset, root.datasets)
    said = {"name": "tones", "title": "Tones", "fingerprint": dataset.fingerprint}
    return Made(root, make_run(root.runs / run_id, run_id=run_id, dataset=said, roles=ROLES), dataset)


def test_a_track_lies_where_the_served_model_puts_its_file(tmp_path: Path) -> None:
    made = make(tmp_path)
    found = track_embeddings(made.run, made.root, ["c", "a"])
    assert found.track_ids == ("c", "a")
    assert found.values.dtype == np.float32
    assert found.left_out == {}
    for track_id, values in zip(found.track_ids, found.values, strict=True):
        heard = Predictor.from_run(made.run).classify(str(made.dataset.by_id[track_id].path))
        np.testing.assert_allclose(values, heard.embedding, rtol=1e-5)


def others(made: Made) -> Dataset:
    """Two tones that the run never learned from, in a data set of their own."""
    tracks = []
    for hertz in (250, 3000):
        path, clip = made.root.path / f"other-{hertz}.wav", tone(hertz, 3.3)
        soundfile.write(path, clip.y, clip.sr, subtype="FLOAT")
        tracks.append(Track(f"other-{hertz}", "low" if hertz < 1000 else "high", path, None, clip.seconds, clip.sha256))
    dataset = Dataset("others", tuple(tracks), title="Other tones")
    save_dataset(dataset, made.root.datasets)
    return dataset


def test_tracks_of_another_data_set_lie_where_the_model_puts_their_files(tmp_path: Path) -> None:
    made = make(tmp_path)
    other = others(made)
    own = track_embeddings(made.run, made.root)
    assert not_embedded(made.run, made.root, dataset=other) == ["other-250", "other-3000"]
    found = track_embeddings(made.run, made.root, dataset=other)
    assert found.track_ids == ("other-250", "other-3000")
    assert found.fingerprint != own.fingerprint
    assert not_embedded(made.run, made.root, dataset=other) == []
    heard = Predictor.from_run(made.run).classify(str(other.tracks[1].path))
    np.testing.assert_allclose(found.values[1], heard.embedding, rtol=1e-5)
    assert nearest(found, heard.embedding, 1)[0].track_id == "other-3000"


def test_another_data_set_without_audio_is_refused(tmp_path: Path) -> None:
    made = make(tmp_path)
    silent = Dataset("numbers", (Track("x", "low", None, None, 3.0, "0" * 64),), title="Numbers")
    with pytest.raises(
        DatasetError, match=r"'Numbers' came as numbers without audio, so a model cannot hear its tracks\. Choose"
    ):
        track_embeddings(made.run, made.root, dataset=silent)


def test_the_job_places_a_data_set_and_goes_on_where_it_was(tmp_path: Path) -> None:
    made = make(tmp_path)
    other = others(made)
    track_embeddings(made.run, made.root, ["other-250"], dataset=other)
    values = {"run": made.run.id, "dataset": "others"}
    said: list[str] = []
    result = perform(
        prepare("place", values, made.root),
        made.root,
        lambda journal: work(values, made.root, journal),
        listener=lambda status: said.append(status.message),
    )
    assert said[-1] == "2 songs have their place"
    assert result == {"run": made.run.id, "dataset": "others", "tracks": 2, "left_out": {}}
    assert not_embedded(made.run, made.root, dataset=other) == []


def test_it_is_computed_once_and_added_to(tmp_path: Path) -> None:
    made, steps = make(tmp_path), []

    def progress(done: int, total: int, seconds_left: float | None) -> None:
        steps.append((done, total))

    first = track_embeddings(made.run, made.root, ["a"], progress)
    assert steps == [(0, 1), (1, 1)]
    assert not_embedded(made.run, made.root) == ["b", "c"]
    both = track_embeddings(made.run, made.root, ["b", "a"], progress)
    assert steps[2:] == [(0, 1), (1, 1)]
    np.testing.assert_array_equal(both.values[1], first.values[0])
    assert both.fingerprint == first.fingerprint
    steps.clear()
    (made.run.folder / "model.onnx").touch()  # neither model nor features are read again
    track_embeddings(made.run, made.root, ["a", "b"], progress)
    assert steps == []


def test_what_was_done_stays_when_it_is_stopped(tmp_path: Path) -> None:
    made = make(tmp_path)

    def stop_after_two(done: int, total: int, seconds_left: float | None) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        track_embeddings(made.run, made.root, list(ROLES), stop_after_two)
    assert not_embedded(made.run, made.root, list(ROLES)) == ["c", "d"]


def test_another_model_or_label_is_another_fingerprint(tmp_path: Path) -> None:
    made = make(tmp_path)
    before = track_embeddings(made.run, made.root).fingerprint
    other = make_run(made.root.runs / "tiny-two", run_id="tiny-one", dataset=made.run.manifest["dataset"], roles=ROLES, scale=0.1)
    assert track_embeddings(other, made.root).fingerprint != before


def test_a_damaged_file_is_computed_anew(tmp_path: Path) -> None:
    made = make(tmp_path)
    before = track_embeddings(made.run, made.root)
    [path] = (made.root.inspections / made.run.id).iterdir()
    path.write_bytes(b"no npz")
    np.testing.assert_array_equal(track_embeddings(made.run, made.root).values, before.values)


def test_the_test_part_is_left_alone_until_it_was_opened(tmp_path: Path) -> None:
    made = make(tmp_path)
    assert tracks_seen(made.run) == ["a", "b", "c"]
    assert track_embeddings(made.run, made.root).track_ids == ("a", "b", "c")
    made.run.manifest["test_openings"] = ["2026-11-22T12:00:00+00:00"]
    assert tracks_seen(made.run) == ["a", "b", "c", "d"]


def test_a_file_that_has_gone_is_named_and_tried_again(tmp_path: Path) -> None:
    made = make(tmp_path)
    path = made.dataset.by_id["b"].path
    assert path is not None
    sound = path.read_bytes()
    path.unlink()
    found = track_embeddings(made.run, made.root, ["a", "b", "x"])
    assert found.track_ids == ("a",)
    assert "b.wav" in found.left_out["b"]
    assert found.left_out["x"] == "It is not in the data set any more."
    path.write_bytes(sound)
    assert track_embeddings(made.run, made.root, ["a", "b"]).track_ids == ("a", "b")


def test_numbers_with_gaps_are_named_and_no_nan_comes_out(tmp_path: Path) -> None:
    root = Root(tmp_path)
    make_gappy(root)
    run = train(TrainRequest("transfer", "gappy", split="", folds=3, preset="gaussian"), root)
    found = track_embeddings(run, root)
    lacking = {track_id for track_id in run.track_ids("folds") if int(track_id.split(".")[1]) % 3 == 0}
    assert set(found.left_out) == lacking
    assert "lack a feature" in found.left_out["blues.0"]
    assert np.isfinite(found.values).all()
    assert len(found.track_ids) == 36 - len(lacking)
    assert not_embedded(run, root) == []


def test_a_data_set_that_is_not_here(tmp_path: Path) -> None:
    run = make_run(tmp_path / "runs" / "one", dataset={"name": "songs", "title": "My songs"}, roles=ROLES)
    with pytest.raises(DatasetError, match=r"learned from the data set 'My songs', which is not here.*under the name 'songs'"):
        track_embeddings(run, Root(tmp_path))


def test_a_model_that_has_gone(tmp_path: Path) -> None:
    made = make(tmp_path)
    (made.run.folder / "model.onnx").unlink()
    with pytest.raises(RunError, match="There is no model at"):
        track_embeddings(made.run, made.root)
