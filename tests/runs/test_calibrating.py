"""A finished run is made honest, and what is stored of it agrees with what it serves."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.datasets.library import load_dataset
from genre_core.datasets.store import FeatureStore
from genre_core.errors import ParameterError, RunError
from genre_core.evaluation.calibration import best_temperature, cross_tempered, with_temperature
from genre_core.evaluation.likeness import fit_likeness
from genre_core.evaluation.metrics import log_loss
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.reliability import brier, reliability
from genre_core.evaluation.report import score_report
from genre_core.inference import Predictor
from genre_core.paths import Root
from genre_core.runs import CARD, Run, calibrating
from genre_core.runs.calibrating import calibrate
from genre_core.runs.run import LIKENESS
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train
from tests.runs.samples import ROLES, save
from tests.tiny_run import noise
from tests.training.conftest import make_tones
from tests.training.gappy import make_gappy
from tests.training.given_numbers import make_songs


class Made(NamedTuple):
    """A run before and after, and its predictions and scores as they were."""

    root: Root
    run: Run
    before: dict[str, Predictions]
    scores: dict[str, dict]


def made(root: Root, request: TrainRequest, *, test: bool = False) -> Made:
    run = train(request, root)
    if test:
        run.open_test(root)
    before, scores = {role: run.predictions(role) for role in run.scores}, run.scores
    return Made(root, calibrate(run, root), before, scores)


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Judged out of fold, on numbers of which a third lacks a feature."""
    root = Root(tmp_path_factory.mktemp("folded"))
    make_gappy(root, shown=0.45)
    return made(root, TrainRequest("transfer", "gappy", split="", folds=3, preset="gaussian"))


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Judged on valid tracks, with its test split opened before."""
    root = Root(tmp_path_factory.mktemp("split"))
    make_songs(root, n_tracks=20)
    return made(root, TrainRequest("logistic", "songs", "by_artist", config={"C": 100.0}), test=True)


@pytest.fixture(params=["folded", "split"])
def either(request: pytest.FixtureRequest) -> Made:
    return request.getfixturevalue(request.param)


def test_the_temperature_is_the_best_of_the_judged_tracks(either: Made) -> None:
    found = either.run.calibration
    assert found is not None
    assert found["role"] == either.run.judged_role
    assert found["temperature"] == best_temperature(either.before[found["role"]])
    assert abs(np.log(found["temperature"])) > 0.05


def test_says_what_it_mends(either: Made) -> None:
    found, folds = either.run.calibration, either.run.folds
    assert found is not None
    before = either.before[found["role"]]
    after = with_temperature(before, found["temperature"]) if folds is None else cross_tempered(before, folds["of"])
    for name, measure in (("brier", brier), ("log_loss", log_loss)):
        measured = [measure(its.y_true, its.posteriors) for its in (before, after)]
        assert found[name] == pytest.approx(measured)
    mended = with_temperature(before, found["temperature"])
    assert brier(mended.y_true, mended.posteriors) < brier(before.y_true, before.posteriors)
    errors = [reliability(its.y_true, its.posteriors).error for its in (before, after)]
    assert found["calibration_error"] == pytest.approx(errors)


def test_predictions_scores_and_manifest_agree(either: Made) -> None:
    run = Run.load(either.run.folder)
    assert run.manifest == either.run.manifest
    assert run.calibration is not None
    assert set(run.scores) == set(either.before)
    for role, before in either.before.items():
        now = run.predictions(role)
        expected = with_temperature(before, run.calibration["temperature"])
        np.testing.assert_array_equal(now.segment_posteriors, expected.segment_posteriors)
        np.testing.assert_array_equal(now.segment_y_pred, before.segment_y_pred)
        np.testing.assert_array_equal(now.track_ids, before.track_ids)
        assert run.scores[role] == json.loads(json.dumps(score_report(now, run.artists(now, either.root))))
        assert run.scores[role]["segments"]["accuracy"] == pytest.approx(either.scores[role]["segments"]["accuracy"])


def test_the_test_split_takes_the_same_temperature(split: Made) -> None:
    assert set(split.before) == {"valid", "test"}
    assert len(split.run.test_openings) == 1
    again = split.run.open_test(split.root)
    np.testing.assert_array_equal(again.segment_posteriors, split.run.predictions("test").segment_posteriors)


def test_the_classifier_gives_what_is_stored(split: Made) -> None:
    run, stored = Run.load(split.run.folder), split.run.predictions()
    dataset, store = load_dataset("songs", split.root.datasets), FeatureStore(split.root.features)
    for place, track_id in enumerate(stored.track_ids):
        values = store.get(dataset.by_id[str(track_id)], run.features[0], run.segments).values
        scores = run.classifier()(values)
        its = stored.segment_posteriors[stored.segment_track == place]
        np.testing.assert_allclose(scores.posterior, its, atol=1e-5)


def test_most_songs_named_rightly_lie_within_the_limit(either: Made) -> None:
    likeness = either.run.likeness()
    assert likeness is not None
    assert np.isfinite(likeness.limit)
    assert likeness.limit > 0
    assert len(likeness.centres) == 3
    far = likeness.mean[None] + 50 * likeness.std[None]
    assert likeness.distances(far)[0] > likeness.limit


def test_the_limit_of_valid_tracks_is_that_of_those_named_rightly(split: Made) -> None:
    run, likeness = split.run, split.run.likeness()
    assert likeness is not None
    dataset, store = load_dataset("songs", split.root.datasets), FeatureStore(split.root.features)
    stored, classifier = run.predictions(), run.classifier()
    embeddings = np.stack(
        [
            classifier(store.get(dataset.by_id[str(track_id)], run.features[0], run.segments).values).embedding.mean(axis=0)
            for track_id in stored.track_ids
        ]
    )
    right = split.before["valid"].y_pred == stored.y_true
    assert 0 < right.sum() < len(right)
    assert likeness.limit == pytest.approx(np.quantile(likeness.distances(embeddings)[right], 0.99), rel=1e-3)


def test_out_of_fold_the_limit_is_that_of_songs_the_judging_clouds_had_not_met(folded: Made) -> None:
    """Tracks that lack a feature are judged like the others, but tell nothing of where songs lie."""
    run, likeness, judged = folded.run, folded.run.likeness(), folded.before["folds"]
    assert likeness is not None
    assert run.folds is not None
    dataset, store = load_dataset("gappy", folded.root.datasets), FeatureStore(folded.root.features)
    tracks = [dataset.by_id[str(track_id)] for track_id in judged.track_ids]
    classifier = run.classifier()
    embeddings = np.stack(
        [
            classifier(*(store.get(track, its, run.segments).values for its in run.features)).embedding.mean(axis=0, dtype=float)
            for track in tracks
        ]
    )
    whole = np.isfinite(embeddings).all(axis=1)
    assert (whole.sum(), len(whole)) == (24, 36)
    np.testing.assert_allclose(likeness.mean, embeddings[whole].mean(axis=0), atol=1e-4)
    fold = np.array([run.folds["of"][track.id] for track in tracks])
    distances = np.full(36, np.nan)
    for number in range(3):
        others, its = whole & (fold != number), whole & (fold == number)
        distances[its] = fit_likeness(embeddings[others], judged.y_true[others]).distances(embeddings[its])
    right = judged.y_pred == judged.y_true
    limit = np.quantile(distances[whole & right], 0.99)
    assert likeness.limit == pytest.approx(limit, rel=1e-5)
    assert limit != pytest.approx(np.quantile(distances[whole], 0.99), rel=1e-4)  # those named wrongly have no say


# What is refused


def untouched(run: Run) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.folder.iterdir()}


def test_calibrated_twice(folded: Made) -> None:
    before = untouched(folded.run)
    with pytest.raises(RunError, match=r"is calibrated already \(temperature \d+\.\d\d\)"):
        calibrate(folded.run, folded.root)
    assert untouched(folded.run) == before


def test_leaky(tmp_path: Path) -> None:
    roles = dict.fromkeys(ROLES, "mixed")
    leaks = {
        "badge": "✖ segments cross",
        "verdict": "segments cross",
        "tracks": [],
        "artists": [],
        "hashes": [],
        "near_duplicates": [],
        "artists_known": False,
        "segments": True,
    }
    given = {"name": "segment_random", "seed": 0, "unit": "segment", "roles": roles, "genres": [], "train_share": 1.0}
    run = save(tmp_path / "runs" / "leaky", split=given, leaks=leaks)
    with pytest.raises(RunError, match=r"'Try \(leaky\)' has met the tracks it is judged on.*Split by track"):
        calibrate(run, Root(tmp_path))


def test_shipped(tmp_path: Path) -> None:
    root = Root(tmp_path, shipped=tmp_path / "shipped")
    run = save(root.shipped / "demo")
    (run.folder / CARD).write_text("A card.")
    with pytest.raises(RunError, match="'Try' comes with the product and cannot be calibrated: nothing changes it"):
        calibrate(run, root)
    assert [path.name for path in root.shipped.iterdir()] == ["demo"]


def test_two_at_once_calibrate_once(split: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one to come finds at its end that another was faster, and leaves all as it is."""
    late = copy(split.run, split.root)
    before = {role: split.before[role] for role in late.scores}
    for role, predictions in before.items():
        predictions.save(late.folder / f"predictions_{role}.npz")
    real = calibrating._likeness

    def meanwhile(run: Run, judged: Predictions, root: Root):
        monkeypatch.undo()
        calibrate(Run.load(late.folder), root)
        return real(run, judged, root)

    monkeypatch.setattr(calibrating, "_likeness", meanwhile)
    with pytest.raises(RunError, match="is calibrated already"):
        calibrate(late, split.root)
    left = Run.load(late.folder)
    assert left.calibration == split.run.calibration
    for role in late.scores:
        assert np.array_equal(left.predictions(role).segment_posteriors, split.run.predictions(role).segment_posteriors)


def copy(run: Run, root: Root, **changes: object) -> Run:
    """An uncalibrated run on the same data set whose files are those of another."""
    folder = root.runs / f"copy-{len(list(root.runs.iterdir()))}"
    folder.mkdir()
    for path in run.folder.iterdir():
        if path.is_file() and path.name != LIKENESS:
            (folder / path.name).write_bytes(path.read_bytes())
    copied = Run(folder, {**run.manifest, "id": folder.name, "calibration": None, **changes})
    copied.save()
    return copied


def test_a_data_set_that_has_changed(split: Made) -> None:
    manifest = split.run.manifest
    run = copy(split.run, split.root, dataset={**manifest["dataset"], "fingerprint": "0123456789ab"})
    before = untouched(run)
    with pytest.raises(RunError, match=r"The data set 'songs' has changed since .* was trained\. Train again"):
        calibrate(run, split.root)
    assert untouched(run) == before


def test_a_former_version_of_the_data_set_will_do(tmp_path: Path) -> None:
    from genre_core.datasets.versions import relabel, save_version

    root = Root(tmp_path)
    dataset = make_songs(root)
    run = train(TrainRequest("logistic", "songs", "by_artist"), root)
    save_version(relabel(dataset, {"blues.0": "metal"}), root.datasets)
    assert calibrate(run, root).calibration is not None


def test_nothing_named_rightly_tells_no_limit(split: Made) -> None:
    run = copy(split.run, split.root)
    stored = run.predictions()
    wrong = np.eye(3, dtype=np.float32)[(stored.segment_y_true + 1) % 3]
    replace(stored, segment_posteriors=wrong).save(run.folder / "predictions_valid.npz")
    before = untouched(run)
    with pytest.raises(ParameterError, match="named rightly"):
        calibrate(run, split.root)
    assert untouched(run) == before


def test_by_command(split: Made) -> None:
    run = copy(split.run, split.root)
    asked = ["--root", str(split.root.path), "calibrate", run.id]
    done = CliRunner().invoke(main, [*asked, "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["run"] == run.id
    assert said["calibration"] == Run.load(run.folder).calibration
    again = CliRunner().invoke(main, asked)
    assert again.exit_code == 1
    assert "is calibrated already" in again.stderr
    words = CliRunner().invoke(main, [*asked[:-1], copy(split.run, split.root).id]).stdout
    assert "temperature" in words
    assert "Brier score" in words


# What serves


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Taught on sound: what serves can hear it."""
    root = Root(tmp_path_factory.mktemp("tones"))
    make_tones(root, n_tracks=5)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("genre_core.parallel.n_cores", lambda: 1)  # short tones are not worth a process of their own
        return made(root, TrainRequest("transfer", "tones", "by_artist", genres=("high", "noise"), preset="gaussian"))


def test_what_serves_gives_what_is_stored(tones: Made) -> None:
    run, stored = Run.load(tones.run.folder), tones.run.predictions()
    dataset, predictor = load_dataset("tones", tones.root.datasets), Predictor.from_run(run)
    for place, track_id in enumerate(stored.track_ids):
        prediction = predictor.classify(dataset.by_id[str(track_id)].path)
        its = stored.segment_posteriors[stored.segment_track == place]
        np.testing.assert_allclose(prediction.segment_posteriors, its, atol=1e-4)
        np.testing.assert_allclose(prediction.posterior, stored.posteriors[place], atol=1e-4)


def test_noise_is_no_music_whatever_the_genres(tones: Made) -> None:
    prediction = Predictor.from_run(tones.run).predict(noise(6.0))
    assert (prediction.decision, prediction.unlike) == ("not_sure", "no music")
    assert prediction.reason.startswith("It sounds like no music")
    assert len(prediction.tags) == 50
    chances = [chance for _, chance in prediction.tags]
    assert chances == sorted(chances, reverse=True)
    assert prediction.tags[0][0] in prediction.reason


def test_a_run_whose_likeness_is_gone_says_so(folded: Made, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for path in folded.run.folder.iterdir():
        if path.is_file() and path.name != LIKENESS:
            (folder / path.name).write_bytes(path.read_bytes())
    with pytest.raises(RunError, match=r"where the training songs lie.*train it again"):
        Predictor.from_run(Run.load(folder))
