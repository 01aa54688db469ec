"""Cross-validation: a training for each fold, so that every track is predicted by a model that has not heard it or its artist.

In the training of fold i, fold i is predicted; of the others a fifth chooses the epoch and the rest is learned from (Hastie,
Tibshirani and Friedman, The Elements of Statistical Learning, 2009, section 7.10). The model that serves is trained at the end on
all of these tracks, a net for the median of the folds' best epochs; the out-of-fold scores are those of models with less to learn
from. A model without epochs has nothing to choose, and learns from all but fold i.
"""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import numpy as np

from genre_core.datasets.folds import Folds, fold_leaks, folds_from_column, make_folds
from genre_core.datasets.splits import Split, make_split
from genre_core.errors import RunError
from genre_core.evaluation.predictions import Predictions
from genre_core.jobs.journal import StopAsked
from genre_core.params import fingerprint
from genre_core.runs import predict_dataset
from genre_core.training.fit import Part
from genre_core.training.history import History
from genre_core.training.kept import kept_folds
from genre_core.training.learners import Learner, Task
from genre_core.training.material import Material, Plan, gather
from genre_core.training.outcome import Outcome

ALL = "all tracks"


def _folds(asked: Plan) -> Folds:
    """The folds that are asked for, or those of an earlier run."""
    request, within = asked.request, None
    if request.keeps:
        return kept_folds(asked.dataset, request.keeps, asked.root)
    if request.split:
        within = make_split(asked.whole, request.split, seed=request.split_seed, genres=request.genres, pairs=asked.pairs)
    if request.folds_column:
        return folds_from_column(asked.dataset, request.folds_column, within=within)
    return make_folds(asked.dataset, request.folds, seed=request.split_seed, within=within, pairs=asked.pairs)


def cross_validate(asked: Plan) -> Outcome:
    """Train a model a fold and one on all; folds that an earlier, broken call has finished are not trained again.

    The outcome holds the model of all tracks and the out-of-fold posteriors of each.

    Raises
    ------
    StopAsked
        If somebody asks for it: what is done is kept for a continuation, but there is no run yet.
    """
    journal = asked.journal
    folds = _folds(asked)
    material = gather(asked, list(folds.of))
    learner = asked.learner()
    splits = [folds.split(index, asked.dataset, pairs=asked.pairs) for index in range(folds.n_folds)]
    learner.check(min(len(material.rows(split.ids("train"))) for split in splits))
    learner.start()
    parts = []
    for index in range(folds.n_folds):
        part = _part(asked, folds, f"fold {index + 1}", index)
        path = journal.folder / f"fold_{index + 1}.npz"
        done = _finished(path, folds, index)
        if done is None:
            done = _one_fold(asked, learner, material, splits[index], part)
            done.save(path)
        parts.append(done)
    rows = material.rows(folds.of)
    last = _part(asked, folds, ALL, folds.n_folds)
    learned = learner.learn(Task(material.segments, rows, None, last, _epochs(History(journal.folder), learner, folds)))
    if learned.stopped:
        raise StopAsked
    for index in range(folds.n_folds):
        (journal.folder / f"fold_{index + 1}.npz").unlink(missing_ok=True)
    given = {**dict.fromkeys(folds.of, "train"), **folds.held_out}
    roles = {track.id: given[track.id] for track in asked.dataset.tracks if track.id in given}
    return Outcome(
        learned,
        material,
        split=Split(asked.request.split or folds.name, folds.seed, roles, genres=asked.narrowed_to),
        leaks=fold_leaks(folds, asked.dataset, asked.pairs),
        role="folds",
        predictions=_joined(parts, list(folds.of)),
        folds={"count": folds.n_folds, "seed": folds.seed, "grouped_by": folds.grouped_by, "of": dict(folds.of)},
    )


def _one_fold(asked: Plan, learner: Learner, material: Material, split: Split, part: Part) -> Predictions:
    rows = {role: material.rows(split.ids(role)) for role in ("train", "valid")}
    if not learner.stages:  # there is no epoch to choose: all other folds are learned from
        rows["train"] = np.union1d(rows["train"], rows["valid"])
    learned = learner.learn(Task(material.segments, rows["train"], rows["valid"], part))
    if learned.stopped:
        raise StopAsked
    return predict_dataset(learned.classifier, asked.dataset, split.ids("test"), asked.reading, asked.store)


def _epochs(history: History, learner: Learner, folds: Folds) -> dict[str, int]:
    """For each stage, the median of the folds' best epochs."""
    found = {}
    for index, stage in enumerate(learner.stages):
        best = [
            history.best_epoch(Part(f"fold {fold + 1}").stage(stage, index, len(learner.stages)).name)
            for fold in range(folds.n_folds)
        ]
        found[stage] = math.ceil(statistics.median(best))
    return found


def _part(asked: Plan, folds: Folds, name: str, index: int) -> Part:
    n_parts = folds.n_folds + 1
    return Part(name, fingerprint([asked.dataset.fingerprint, folds.fingerprint, name]), (index / n_parts, (index + 1) / n_parts))


def _finished(path: Path, folds: Folds, index: int) -> Predictions | None:
    """What a fold that was finished earlier has predicted; None where it must be trained."""
    try:
        found = Predictions.load(path)
    except RunError:  # none yet, or damaged
        return None
    expected = [track_id for track_id, fold in folds.of.items() if fold == index]
    return found if sorted(found.track_ids.tolist()) == sorted(expected) else None


def _joined(parts: list[Predictions], order: list[str]) -> Predictions:
    """The predictions of all folds as one, tracks in the given order."""
    places = {str(track_id): (part, row) for part in parts for row, track_id in enumerate(part.track_ids)}
    found = [places[track_id] for track_id in order]
    rows = [(part, np.flatnonzero(part.segment_track == row)) for part, row in found]
    return Predictions(
        parts[0].genres,
        np.array(order, dtype=np.str_),
        np.array([part.y_true[row] for part, row in found]),
        np.repeat(np.arange(len(order)), [len(its) for _, its in rows]),
        np.concatenate([part.start_seconds[its] for part, its in rows]),
        np.concatenate([part.end_seconds[its] for part, its in rows]),
        np.concatenate([part.segment_posteriors[its] for part, its in rows]),
    )
