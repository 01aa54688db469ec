"""A finished run is made honest: its probabilities by one temperature, its verdicts by what is unlike its songs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from genre_core.errors import RunError
from genre_core.evaluation.calibration import best_temperature, cross_tempered, with_temperature
from genre_core.evaluation.likeness import Likeness, fit_likeness, with_limit
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.reliability import brier, reliability
from genre_core.evaluation.report import score_report
from genre_core.evaluation.rows import log_loss
from genre_core.paths import Root
from genre_core.runs.changes import changing
from genre_core.runs.embedding import mean_embeddings
from genre_core.runs.run import LIKENESS, Run

if TYPE_CHECKING:
    from genre_core.datasets.tracks import Dataset


def calibrate(run: Run, root: Root) -> Run:
    """Give a run its temperature, and write down where its songs lie.

    Both are chosen on tracks that it was not taught: out of fold where it has folds, else the valid tracks. Its stored
    predictions and scores become those with the temperature; what orders genres within a segment stays.

    Parameters
    ----------
    run : Run
        Finished, not leaky, not calibrated before.
    root : Root
        Where its data set and features lie.

    Returns
    -------
    Run
        As it now is. Its manifest's `calibration` holds the `temperature`, the `role` it was chosen on, and `log_loss`, `brier`
        and `calibration_error` of tracks before and after. With folds the ones after are of temperatures that the judged fold
        did not choose.

    Raises
    ------
    RunError
        If it is leaky, shipped or calibrated already, or its data set has changed.
    GenreError
        If a track can no longer be read.
    """
    _refuse_if_calibrated(run)
    run.refuse_if_shipped("calibrated")
    if run.is_leaky:
        raise RunError(
            f"{run.title!r} has met the tracks it is judged on, so nothing honest can be chosen there. Split by track."
        )
    role = run.judged_role
    before = run.predictions(role)
    temperature = best_temperature(before)
    after = cross_tempered(before, run.folds["of"]) if run.folds else with_temperature(before, temperature)
    kept = {its: run.predictions(its) for its in run.scores}
    artists = {its: run.artists(predictions, root) for its, predictions in kept.items()}
    likeness = _likeness(run, before, root)
    record = {
        "temperature": temperature,
        "role": role,
        "log_loss": [log_loss(its.y_true, its.posteriors) for its in (before, after)],
        "brier": [brier(its.y_true, its.posteriors) for its in (before, after)],
        "calibration_error": [reliability(its.y_true, its.posteriors).error for its in (before, after)],
    }
    with changing(run.folder.parent):
        now = Run.load(run.folder)
        _refuse_if_calibrated(now)  # another process may have done it while this one computed
        scores: dict[str, Any] = {}
        for its, predictions in kept.items():
            mended = with_temperature(predictions, temperature)
            mended.save(run.folder / f"predictions_{its}.npz")
            scores[its] = score_report(mended, artists[its])
        likeness.save(run.folder / LIKENESS)
        changed = Run(run.folder, {**now.manifest, "scores": scores, "calibration": record})
        changed.save()
    return changed


def _refuse_if_calibrated(run: Run) -> None:
    if run.calibration is not None:
        raise RunError(f"{run.title!r} is calibrated already (temperature {run.calibration['temperature']:.2f}).")


def _likeness(run: Run, judged: Predictions, root: Root) -> Likeness:
    """Where the songs lie that it learned from; the limit is that of songs it was not taught and named rightly."""
    from genre_core.datasets.given import provide
    from genre_core.datasets.store import FeatureStore
    from genre_core.datasets.versions import load_learned

    dataset = load_learned(run.dataset_name, root.datasets, run.dataset_fingerprint)
    if dataset.fingerprint != run.dataset_fingerprint:
        raise RunError(f"The data set {dataset.name!r} has changed since {run.title!r} was trained. Train again, then calibrate.")
    store = FeatureStore(root.features)
    provide(dataset, [(feature, run.segments) for feature in run.features], root.datasets, store)
    ids = [str(track_id) for track_id in judged.track_ids]
    right = judged.y_pred == judged.y_true
    embeddings, there = mean_embeddings(run, dataset, ids, store)
    if run.folds is None:
        learned = run.track_ids("train")
        songs, known = mean_embeddings(run, dataset, learned, store)
        found = fit_likeness(songs[known], _genres(run, dataset, learned)[known])
        return with_limit(found, found.distances(embeddings[there & right]))
    genres, fold = judged.y_true, np.array([run.folds["of"][track_id] for track_id in ids])
    distances = np.full(len(ids), np.nan)
    for number in np.unique(fold):
        others = fit_likeness(embeddings[there & (fold != number)], genres[there & (fold != number)])
        its = there & (fold == number)
        distances[its] = others.distances(embeddings[its])
    return with_limit(fit_likeness(embeddings[there], genres[there]), distances[there & right])


def _genres(run: Run, dataset: Dataset, ids: Iterable[str]) -> np.ndarray:
    return np.array([run.genres.index(dataset.by_id[track_id].genre) for track_id in ids])
