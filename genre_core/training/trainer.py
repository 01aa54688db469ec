"""Training: from a request to a finished run. The valid split chooses the weights; the test split is not touched."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from genre_core.datasets.library import load_dataset
from genre_core.datasets.splits import SPLITS, Split
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.datasets.tracks import Dataset
from genre_core.errors import TrainingError, unknown_name
from genre_core.models.networks import export_onnx, fit_scaler
from genre_core.models.serve import OnnxClassifier
from genre_core.paths import Root
from genre_core.runs import FORMAT_VERSION, Reading, Run, predict_dataset, score_report, versions
from genre_core.training import jobs
from genre_core.training.fit import fit
from genre_core.training.journal import Journal, Status, StopAsked
from genre_core.training.locks import FileLock
from genre_core.training.recipe import Recipe, TrainRequest

_QUEUE_LOCK = ".training.lock"
_LOOK_SECONDS = 0.3


def train(
    request: TrainRequest,
    root: Root,
    *,
    progress: Callable[[Status], None] | None = None,
    folder: Path | None = None,
) -> Run:
    """Train a model in this process and save the run.

    Parameters
    ----------
    request : TrainRequest
        What to train on what, and how.
    root : Root
        Where data sets and features lie, and the run goes.
    progress : callable, optional
        Called with a `Status` whenever there is something to say.
    folder : Path, optional
        A folder that `jobs.prepare` made; a new one if not given.

    Raises
    ------
    ParameterError, DatasetError, AudioError
        If the request, the data set or a track cannot be used.
    TrainingError
        If there is nothing to keep: stopped before the first epoch, no numbers left after an explosion, no tracks.
    """
    recipe = request.resolve()
    folder = jobs.prepare(request, root) if folder is None else folder
    alive, turn = FileLock(folder / jobs.ALIVE), FileLock(root.runs / _QUEUE_LOCK)
    if not alive.acquire(wait_seconds=5.0):
        raise TrainingError(f"Another process trains in {folder} already. Wait for it, or start a new training.")
    journal = Journal(folder, progress)
    try:
        _wait_for_turn(turn, journal, root)
        return _train(request, recipe, root, journal)
    except StopAsked:
        journal.report("stopped", "Stopped before the first epoch: there was nothing to keep.")
        raise TrainingError("The training was stopped before its first epoch, so there is no run. Train again.") from None
    except KeyboardInterrupt:
        journal.report("interrupted", "The training was broken off. Train again.")
        raise
    except Exception as error:  # whatever it was, the page that waits must learn of it; it is raised again
        journal.fail(error)
        raise
    finally:
        turn.release()
        alive.release()


def _wait_for_turn(turn: FileLock, journal: Journal, root: Root) -> None:
    """One training at a time, oldest first: two would fight for the same cores."""
    while _older_waits(journal, root) or not turn.acquire():
        journal.report("queued", "Waiting for another training to end", often=True)
        journal.heed_stop()
        time.sleep(_LOOK_SECONDS)


def _older_waits(journal: Journal, root: Root) -> bool:
    mine = (journal.status.created, journal.folder.name)
    for job in jobs.list_jobs(root):
        status = job.status()
        if status.state == "queued" and job.id != journal.folder.name and (status.created, job.id) < mine:
            return True
    return False


def _train(request: TrainRequest, recipe: Recipe, root: Root, journal: Journal) -> Run:
    journal.report("preparing", "Reading the data set")
    dataset = load_dataset(request.dataset, root.datasets)
    if request.split not in SPLITS:
        raise unknown_name("split", request.split, SPLITS)
    split: Split = SPLITS[request.split].build(dataset, seed=request.split_seed)
    store = FeatureStore(root.features)
    _extract(dataset, recipe, store, journal)
    journal.report("preparing", "Starting TensorFlow")
    _start_keras(recipe)
    journal.heed_stop()
    train_set = _gather(dataset, split.ids("train"), recipe, store)
    valid_set = _gather(dataset, split.ids("valid"), recipe, store)
    shapes = tuple(values.shape[1:] for values in train_set[0])
    model = recipe.spec.build(recipe.config, shapes, len(dataset.genres))
    scaler = [fit_scaler(model, train_set[0][0])]
    stopped = fit(model, train_set, valid_set, recipe.training, journal)

    journal.report("training", "Saving the run", progress=1.0, epoch=len(journal.history), epochs=recipe.training.epochs)
    model.save(journal.folder / "checkpoint.keras")
    sample = tuple(values[:: max(1, len(values) // 64)][:64] for values in valid_set[0])
    export_onnx(model, journal.folder / "model.onnx", sample)
    reading = Reading(dataset.genres, recipe.features, recipe.segments)
    classifier = OnnxClassifier(journal.folder / "model.onnx")
    predictions = predict_dataset(classifier, dataset, split.ids("valid"), reading, store)
    predictions.save(journal.folder / "predictions_valid.npz")
    state = "stopped" if stopped else "finished"
    manifest = {
        "format_version": FORMAT_VERSION,
        "id": journal.folder.name,
        "title": request.title or recipe.spec.title,
        "state": state,
        "model": recipe.spec.name,
        "features": [feature.to_dict() for feature in recipe.features],
        "segments": recipe.segments.to_dict(),
        "config": recipe.config.to_dict(),
        "training": recipe.training.to_dict(),
        "genres": list(dataset.genres),
        "scaler": scaler,
        "split": split.to_dict(),
        "dataset": {"name": dataset.name, "title": dataset.title, "note": dataset.note, "fingerprint": dataset.fingerprint},
        "seed": recipe.training.seed,
        "versions": versions(),
        "scores": {"valid": score_report(predictions)},
        "history": journal.history,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "test_openings": [],
    }
    run = Run(journal.folder, manifest)
    run.save()
    accuracy = float(np.mean(predictions.y_pred == predictions.y_true))
    words = "Stopped; its best weights are kept" if stopped else "Finished"
    journal.report(
        state,
        f"{words}: {accuracy:.0%} of {len(predictions.y_true)} valid tracks right (split {split.title})",
        progress=1.0,
        seconds_left=0.0,
        epoch=len(journal.history),
        epochs=recipe.training.epochs,
    )
    return run


def _extract(dataset: Dataset, recipe: Recipe, store: FeatureStore, journal: Journal) -> None:
    """Compute the features that are not stored yet."""

    def progress(done: int, total: int, seconds_left: float | None = None) -> None:
        message = f"Computing features: {done} of {total} tracks"
        journal.report("preparing", message, often=done < total, progress=done / max(total, 1), seconds_left=seconds_left)

    requests = [(feature, recipe.segments) for feature in recipe.features]
    problems = extract_all(dataset, requests, store, progress=progress, should_stop=lambda: journal.stop_asked)
    journal.heed_stop()
    if problems:
        names = ", ".join(problem.file for problem in problems[:3])
        raise TrainingError(
            f"{len(problems)} track(s) of {dataset.name!r} cannot be used, {names} among them: {problems[0].message} "
            "Import the data set again, so that it holds what can be read."
        )


def _start_keras(recipe: Recipe) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(recipe.training.seed)
    if recipe.training.deterministic:
        tf.config.experimental.enable_op_determinism()


def _gather(
    dataset: Dataset, track_ids: list[str], recipe: Recipe, store: FeatureStore
) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Features of the segments of some tracks, one array a feature, and their genre indices, shape (n_segments,)."""
    tracks = [dataset.by_id[track_id] for track_id in track_ids]
    if not tracks:
        raise TrainingError("Both the train and the valid split need tracks. Received: none in one of them. Use another split.")
    arrays = []
    for feature in recipe.features:
        parts = [store.get(track, feature, recipe.segments).values for track in tracks]
        counts = [len(part) for part in parts]
        values = np.empty((sum(counts), *parts[0].shape[1:]), np.float32)  # (n_segments, *feature shape)
        # From the end, each part freed once copied: the peak is one data set, not two.
        stop = len(values)
        while parts:
            part = parts.pop()
            values[stop - len(part) : stop] = part
            stop -= len(part)
        if not np.isfinite(values).all():
            raise TrainingError(f"The feature {feature.name} holds NaN or infinite values for some track. Check the data set.")
        arrays.append(values)
    genres = np.repeat([dataset.genres.index(track.genre) for track in tracks], counts)  # (n_segments,)
    return tuple(arrays), genres.astype(np.int64)
