"""Training: from a request to a finished run. The valid split chooses the weights; the test split is not touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from genre_core.datasets.splits import leak_report
from genre_core.errors import TrainingError
from genre_core.evaluation.report import score_report, split_verdict
from genre_core.jobs import Journal, Status, StopAsked, perform, prepare
from genre_core.models.batches import at_once
from genre_core.models.serve import open_classifier
from genre_core.params import fingerprint
from genre_core.paths import Root
from genre_core.runs import FORMAT_VERSION, MANIFEST, Run, leak_record, predict_role, unused_title, versions
from genre_core.runs.changes import changing
from genre_core.runs.facts import LEAKY
from genre_core.training.crossval import cross_validate
from genre_core.training.fit import Part
from genre_core.training.history import History
from genre_core.training.learners import Learned, Task
from genre_core.training.material import Material, Plan, divide, plan
from genre_core.training.outcome import Outcome
from genre_core.training.recipe import TrainRequest
from genre_core.training.state import STATE


def train(request: TrainRequest, root: Root, *, progress: Callable[[Status], None] | None = None) -> Run:
    """Train a model in this process and save the run.

    Parameters
    ----------
    request : TrainRequest
        What to train on what, and how.
    root : Root
        Where data sets and features lie, and the run goes.
    progress : callable, optional
        Called with a `Status` whenever there is something to say.

    Raises
    ------
    ParameterError, DatasetError, AudioError
        If the request, the data set or a track cannot be used.
    TrainingError
        If there is nothing to keep: stopped before the first epoch, no numbers left after an explosion, no tracks.
    """
    request.resolve()
    folder = prepare("train", request.to_dict(), root, name=request.model)
    try:
        return perform(folder, root, lambda journal: work(request.to_dict(), root, journal), listener=progress)
    except StopAsked:
        raise TrainingError("The training was stopped before its first epoch, so there is no run. Train again.") from None


def work(values: dict[str, Any], root: Root, journal: Journal) -> Run:
    """Do the training that `values`, a request's `to_dict`, asks for; where its folder holds a state, go on from there."""
    if (journal.folder / MANIFEST).is_file():
        Run.load(journal.folder).refuse_to_continue()
    asked = plan(TrainRequest.from_dict(values), root, journal)
    if not asked.request.has_folds:
        return _finish(asked, _once(asked))
    outcome = cross_validate(asked)
    _save(asked, outcome.learned, outcome.material)
    return _finish(asked, outcome)


def _once(asked: Plan) -> Outcome:
    divided = divide(asked)
    split, material = divided.split, divided.material
    learner = asked.learner()
    learner.check(len(divided.train_rows))
    learner.start()
    part = Part(fingerprint=fingerprint([asked.dataset.fingerprint, split.fingerprint]))
    learned = learner.learn(Task(material.segments, divided.train_rows, divided.valid_rows, part))
    _save(asked, learned, material)
    classifier = open_classifier(asked.journal.folder)
    predictions = predict_role(classifier, asked.dataset, split, "valid", asked.reading, asked.store)
    leaks = leak_report(split, asked.dataset, asked.pairs)
    return Outcome(learned, material, split, leaks, "valid", predictions)


def _save(asked: Plan, learned: Learned, material: Material) -> None:
    journal = asked.journal
    epochs = len(History(journal.folder).entries)
    journal.report("training", "Saving the run", progress=1.0, epoch=epochs, epochs=max(epochs, journal.status.epochs))
    features = material.segments.features
    count = at_once((values.shape[1:] for values in features), most=64)
    sample = tuple(np.asarray(values[:: max(1, len(values) // count)][:count]) for values in features)
    learned.save(journal.folder, sample)


def _finish(asked: Plan, outcome: Outcome) -> Run:
    folder, recipe, dataset = asked.journal.folder, asked.recipe, asked.dataset
    outcome.predictions.save(folder / f"predictions_{outcome.role}.npz")
    artists = asked.artists(outcome.predictions.track_ids)
    report = score_report(outcome.predictions, artists, leaky=outcome.split.leaky)
    history = History(folder).entries
    learned = outcome.learned
    state = "stopped" if learned.stopped else "finished"
    facts = {"scaler": [], **learned.facts}
    manifest = {
        "format_version": FORMAT_VERSION,
        "id": folder.name,
        "title": asked.request.title,
        "note": "",
        "state": state,
        "model": recipe.spec.name,
        "preset": asked.request.preset,
        "features": [feature.to_dict() for feature in recipe.features],
        "segments": recipe.segments.to_dict(),
        "config": recipe.config.to_dict(),
        "training": recipe.training.to_dict(),
        "genres": list(dataset.genres),
        "scaler": facts.pop("scaler"),
        "fitted": facts,
        "calibration": None,
        "split": outcome.split.to_dict(),
        "leaks": leak_record(outcome.leaks),
        "folds": outcome.folds,
        "dataset": {
            "name": dataset.name,
            "title": dataset.title,
            "note": dataset.note,
            "fingerprint": asked.whole.fingerprint,
            "given": bool(dataset.given),
        },
        "seed": recipe.training.seed,
        "versions": versions(),
        "scores": {outcome.role: report},
        "history": history,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "test_openings": [],
        **({"search": asked.request.search} if asked.request.search else {}),
    }
    with changing(folder.parent):
        if (folder / MANIFEST).is_file():  # stopped, then continued: what the user has called it stays
            earlier = Run.load(folder)
            manifest |= {"title": earlier.title, "note": earlier.note}
        elif not asked.request.title:
            title = f"{recipe.spec.title} ({LEAKY})" if outcome.split.leaky else recipe.spec.title
            manifest["title"] = unused_title(title, asked.root)
        run = Run(folder, manifest)
        run.save()
    if not learned.stopped:
        (folder / STATE).unlink(missing_ok=True)  # a stopped training may be continued
    _say(asked.journal, run, report)
    return run


def _say(journal: Journal, run: Run, report: dict[str, Any]) -> None:
    words = "Stopped; its best weights are kept: " if run.state == "stopped" else ""
    right = report[run.judged_level]["intervals"]["accuracy"]
    interval = "" if right["low"] is None else f" [{right['low']:.0%}, {right['high']:.0%}]"
    judged = "tracks, each by a net that had not heard it," if run.folds else f"valid {run.judged_level}"
    told = split_verdict(run.manifest, role=run.judged_role)
    split = told["title"] if run.folds else f"split {told['title']}"
    epochs = len(run.history)
    journal.report(
        run.state,
        f"{words}{right['value']:.0%}{interval} of {report[f'n_{run.judged_level}']} {judged} right ({split})",
        progress=1.0,
        seconds_left=0.0,
        epoch=epochs,
        epochs=epochs if run.folds else run.training.get("epochs", 0),
        result={"run": run.id},
    )
