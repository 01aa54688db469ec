"""A search of settings: trains a model again and again, each time with other values, and keeps what the valid split says of each.

The tracks are divided and their features gathered once, for all trials; nothing here reads the test split. A trial makes no run:
the winner is trained as one, by `training.trainer`. The features' own parameters and the cuts are not searched, since each of
their values would need features of its own.
"""

from __future__ import annotations

import logging
import platform
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.datasets.library import load_dataset
from genre_core.errors import ParameterError, TrainingError
from genre_core.jobs import Journal, StopAsked, perform, prepare
from genre_core.jobs.job import SEARCH
from genre_core.jobs.journal import Status
from genre_core.models.base import Classifier
from genre_core.params import fingerprint
from genre_core.paths import Root
from genre_core.training.fit import Part
from genre_core.training.fitting import recipe_for
from genre_core.training.history import Entry
from genre_core.training.learners import Task, learner_for
from genre_core.training.material import Divided, Plan, divide, plan
from genre_core.training.recipe import Recipe
from genre_core.training.search_record import COMPLETE, FAILED, PRUNED, SearchRecord
from genre_core.training.search_request import METRICS, SearchRequest
from genre_core.training.search_space import first_trial, suggest
from genre_core.training.search_study import STUDY, Pruned, Study, hidden

_AT_ONCE = 256


def check_search(request: SearchRequest, root: Root) -> None:
    """Everything that can be said before a job begins; raises a `GenreError`. The database is opened, if one is named."""
    dataset = load_dataset(request.train.dataset, root.datasets)
    recipe_for(request.train, dataset)
    request.space()
    if request.storage:
        _study(request, root.searches, dataset.fingerprint, worker="")


def search(request: SearchRequest, root: Root, *, progress: Callable[[Status], None] | None = None) -> SearchRecord:
    """Search in this process; raises what `check_search` raises, and `StopAsked` where somebody stops it."""
    check_search(request, root)
    folder = prepare(SEARCH, request.to_dict(), root, name=f"search-{request.train.model}")
    return perform(folder, root, lambda journal: work(request.to_dict(), root, journal), listener=progress)


def work(values: dict[str, Any], root: Root, journal: Journal) -> SearchRecord:
    """Do the search that `values`, a request's `to_dict`, asks for; where its study holds trials, go on from there.

    Raises
    ------
    StopAsked
        If somebody asked for it; the trials done are kept.
    TrainingError
        If no setting could be trained.
    """
    request = SearchRequest.from_dict(values)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # functions are traced anew for each trial: no fault
    going = _Search(request, plan(request.train, root, journal))
    try:
        going.run()
    except StopAsked:
        going.write()
        done = len(going.record.tried)
        journal.report("stopped", f"Stopped; {_trials(done)} kept. {going.record.verdict}", progress=done / request.n_trials)
        raise
    finally:
        shutil.rmtree(journal.folder / _SCRATCH, ignore_errors=True)
    return going.told()


_SCRATCH = "trial"


def _study(request: SearchRequest, folder: Path, of: str, *, worker: str) -> Study:
    name, metric = request.study_name(of), METRICS[request.metric]
    return Study(folder, url=request.storage, name=name, metric=metric, seed=request.seed, worker=worker, prune=request.prune)


def _trials(count: int) -> str:
    return f"{count} trial{'' if count == 1 else 's'}"


class _Search:
    """What one call of `work` remembers."""

    def __init__(self, request: SearchRequest, asked: Plan) -> None:
        self.request, self.asked, self.journal, self.root = request, asked, asked.journal, asked.root
        self.space, self.metric = request.space(), METRICS[request.metric]
        self.divided = divide(asked)
        place = self.root.searches / self.journal.folder.name
        place.mkdir(parents=True, exist_ok=True)
        worker = f"{platform.node()}:{self.journal.folder.absolute()}"
        self.study = _study(request, place, asked.whole.fingerprint, worker=worker)
        leaky, rows = self.divided.split.leaky, self.divided.valid_rows
        level = "segments" if leaky else "tracks"
        judged = len(rows) if leaky else len(np.unique(self.divided.material.segments.tracks[rows]))
        recipe = asked.recipe
        self.record = SearchRecord(
            self.journal.folder.name,
            request.train.to_dict(),
            request.metric,
            request.n_trials,
            request.seed,
            self.study.name,
            hidden(self.study.place) if request.storage else STUDY,
            request.train.split_title,
            level,
            judged,
            tuple({**asdict(entry), "choices": list(entry.choices), "words": entry.words} for entry in self.space),
            first_trial(self.space, recipe.config, recipe.training),
            datetime.fromtimestamp(self.journal.status.created, UTC).isoformat(timespec="seconds"),
            has_test=bool(self.divided.split.ids("test")),
        )
        self.done_before, self.began = 0, 0.0

    def run(self) -> None:
        """Try one setting after the other."""
        self.study.begin(self.record.start)
        self.write()
        self.done_before, self.began = len(self.record.tried), time.monotonic()
        while self.record.n_claimed < self.request.n_trials and not self._is_late:
            self.journal.heed_stop()
            self._try()
            self.write()

    @property
    def _is_late(self) -> bool:
        return bool(self.request.minutes) and time.monotonic() - self.began > 60 * self.request.minutes

    def _try(self) -> None:
        """Train one setting and write down what came of it."""
        trial = self.study.ask()
        began = time.monotonic()
        try:
            values = self.study.values(trial, lambda asked: suggest(asked, self.space))
            self.write()

            def after_epoch(entry: Entry) -> None:
                self.study.epoch(trial, entry["epoch"], float(entry[self.metric.epoch_key]))

            score = self._train(values, after_epoch)
        except Pruned:
            self.study.end(trial, PRUNED, seconds=time.monotonic() - began)
        except StopAsked:
            self.study.give_back(trial)
            raise
        except (ParameterError, TrainingError) as error:
            self.study.end(trial, FAILED, seconds=time.monotonic() - began, why=str(error))
        else:
            self.study.end(trial, COMPLETE, score=score, seconds=time.monotonic() - began)

    def _train(self, values: dict[str, dict[str, Any]], after_epoch: Callable[[Entry], None]) -> float:
        """Score of a setting on the valid split."""
        recipe = _with(self.asked.recipe, values)
        folder = self.journal.folder / _SCRATCH
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        journal = _TrialJournal(self.journal, folder, self._say)
        divided = self.divided
        learner = learner_for(recipe, len(self.asked.dataset.genres), journal)
        learner.check(len(divided.train_rows))
        learner.start()
        part = Part(fingerprint=fingerprint([divided.split.fingerprint, values]))
        segments = divided.material.segments
        learned = learner.learn(Task(segments, divided.train_rows, divided.valid_rows, part, after_epoch=after_epoch))
        if learned.stopped:
            raise StopAsked
        return valid_score(learned.classifier, divided, self.request.metric, by_segment=self.record.level == "segments")

    def _say(self, words: str, share: float) -> None:
        n, done = self.request.n_trials, len(self.record.tried)
        said = f"Trial {done + 1} of {n}: {words[:1].lower()}{words[1:]}"
        if (best := self.record.best) is not None:
            said += f"; best trial so far {self.metric.words(best.score or 0.0)}"
        here = done - self.done_before + share
        left = (time.monotonic() - self.began) / here * (n - done - share) if here >= 1 else None
        self.journal.report("working", said, often=True, progress=min(1.0, (done + share) / n), seconds_left=left)

    def write(self) -> None:
        """What a page and a command read."""
        trials = self.study.trials()
        weights = self.study.importance(trials) if len(self.space) > 1 else {}
        self.record = replace(self.record, trials=trials, importance=weights)
        self.record.save(self.root)

    def told(self) -> SearchRecord:
        """Say how it ended."""
        record, tried = self.record, self.record.tried
        if record.best is None and tried:
            raise TrainingError(f"None of {_trials(len(tried))} could be trained. The last said: {tried[-1].why}")
        late = f" in {self.request.minutes:g} min" if self._is_late and len(tried) < self.request.n_trials else ""
        running = record.n_claimed - len(tried)
        elsewhere = f", {running} more with another machine" if running else ""
        message = f"{_trials(len(tried))}{late}{elsewhere}. {record.verdict}".rstrip(".")
        self.journal.report("finished", message, progress=1.0, seconds_left=0.0, result={"search": record.id})
        return record


class _TrialJournal(Journal):
    """The journal of one trial: what it keeps lies in a folder of its own, what it says is part of what the search says."""

    def __init__(self, outer: Journal, folder: Path, say: Callable[[str, float], None]) -> None:
        super().__init__(folder)
        self.outer, self.say = outer, say

    def report(self, state: str, message: str, *, often: bool = False, **facts: Any) -> None:
        self.say(message, float(facts.get("progress", 0.0)))

    @property
    def stop_asked(self) -> bool:
        return self.outer.stop_asked


def _with(recipe: Recipe, values: dict[str, dict[str, Any]]) -> Recipe:
    config = recipe.config.from_dict({**recipe.config.to_dict(), **values["config"]})
    training = recipe.training.from_dict({**recipe.training.to_dict(), **values["training"]})
    return replace(recipe, config=config, training=training)


def valid_score(classifier: Classifier, divided: Divided, metric: str, *, by_segment: bool = False) -> float:
    """Score of a model on the valid split: of its tracks, each the mean over its segments, or of its segments.

    Raises
    ------
    TrainingError
        If a posterior is not finite.
    """
    from genre_core.evaluation.metrics import log_loss

    segments, rows = divided.material.segments, divided.valid_rows
    blocks = [rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)]
    parts = [classifier(*(np.asarray(values[block], np.float32) for values in segments.features)).posterior for block in blocks]
    posteriors = np.concatenate(parts).astype(np.float64)  # (n_segments, n_genres)
    if not np.isfinite(posteriors).all():
        raise TrainingError("The model answers with NaN or infinite probabilities. Narrow the ranges.")
    y_true = segments.genres[rows]
    if not by_segment:
        _, first, track = np.unique(segments.tracks[rows], return_index=True, return_inverse=True)
        total = np.zeros((len(first), posteriors.shape[1]))
        np.add.at(total, track, posteriors)
        posteriors = (total / np.bincount(track)[:, None]).astype(np.float32).astype(np.float64)  # (n_tracks, n_genres)
        y_true = y_true[first]
    if metric == "accuracy":
        return float(np.mean(posteriors.argmax(axis=1) == y_true))
    return float(log_loss(y_true, posteriors))
