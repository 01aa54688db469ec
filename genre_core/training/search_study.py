"""Optuna's side of a search: the study on disk or in a database, what it proposes next, and what became of each trial.

A trial is proposed by a tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kegl, Algorithms for hyper-parameter
optimization, NIPS 2011) whose chance follows from the search's seed and the trial's number alone, so that a search that was
broken off goes on as it would have gone. Importance is PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023).
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genre_core.errors import TrainingError
from genre_core.training.search_record import COMPLETE, ENOUGH_TRIALS, FAILED, PRUNED, RUNNING, TrialRecord
from genre_core.training.search_request import Metric

STUDY = "study.db"
STARTUP_TRIALS, WARMUP_EPOCHS = 5, 4
"""No trial is given up before so many are complete, nor in its first epochs: slow starters are not bad ones."""
TOP_SHARE = 0.25
"""Importance is for being among this share of the trials."""

_WORKER, _BROKEN, _EPOCHS, _WHY, _SECONDS = "worker", "broken off ", "epochs", "why", "seconds"


class Pruned(Exception):  # noqa: N818 - a verdict, not an error
    """A trial is given up: at this epoch most others were better."""


class Study:
    """A study that one or several workers take trials from.

    Parameters
    ----------
    folder : Path
        Where `study.db` lies if there is no `url`.
    url : str
        Of a database that several machines share; empty for the file.
    name : str
        Of the study; workers that give the same one work on the same search.
    metric : Metric
    seed : int
        Of what is proposed.
    worker : str
        Who takes trials here: those that it did not bring to an end are tried again when it comes back.

    Raises
    ------
    TrainingError
        If the database cannot be opened.
    """

    def __init__(self, folder: Path, *, url: str, name: str, metric: Metric, seed: int, worker: str, prune: bool = True) -> None:
        import optuna

        optuna.logging.disable_default_handler()
        logging.getLogger("alembic").setLevel(logging.WARNING)
        self.optuna, self.name, self.seed, self.worker = optuna, name, seed, worker
        self.is_shared = bool(url)
        self.place = url or f"sqlite:///{folder / STUDY}"
        pruner = optuna.pruners.MedianPruner(STARTUP_TRIALS, WARMUP_EPOCHS) if prune else optuna.pruners.NopPruner()
        with self._spoken():
            # SQLite gives up after 5 s where another worker writes; a slow disk needs longer.
            patient = {"connect_args": {"timeout": 60}} if self.place.startswith("sqlite") else None
            self.study = optuna.create_study(
                storage=optuna.storages.RDBStorage(self.place, engine_kwargs=patient),
                study_name=name,
                direction="minimize" if metric.lower_is_better else "maximize",
                pruner=pruner,
                load_if_exists=True,
            )

    def begin(self, start: dict[str, Any]) -> None:
        """Propose the settings as they are first, and again what this worker left unfinished."""
        with self._spoken():
            trials = self.study.get_trials(deepcopy=False)
            if not trials and start:
                self.study.enqueue_trial(start)
            for trial in trials:
                # In a file of its own nobody else can have begun one; in a shared database a trial without a name is another's.
                owner = trial.user_attrs.get(_WORKER, "" if self.is_shared else self.worker)
                if trial.state.name == "RUNNING" and owner == self.worker:
                    self._give_back(trial.number, trial.params)

    def ask(self) -> Any:
        """The next trial, this worker's own from now on."""
        with self._spoken():
            trial = self.study.ask()
            trial.set_user_attr(_WORKER, self.worker)
            index = trial.number - sum(number < trial.number for number in self._broken())
            seed = (self.seed * 100_003 + index) % 2**32
            self.study.sampler = self.optuna.samplers.TPESampler(seed=seed)
        return trial

    def values(self, trial: Any, suggest: Any) -> Any:
        """What `suggest(trial)` gives."""
        with self._spoken():
            return suggest(trial)

    def epoch(self, trial: Any, epoch: int, score: float) -> None:
        """Note a score on the way; raises `Pruned` where most trials were better by then."""
        with self._spoken():
            trial.set_user_attr(_EPOCHS, epoch)
            trial.report(score, epoch)
            given_up = trial.should_prune()
        if given_up:
            raise Pruned

    def end(self, trial: Any, state: str, *, score: float | None = None, seconds: float = 0.0, why: str = "") -> None:
        """Write down how a trial ended."""
        states = self.optuna.trial.TrialState
        with self._spoken():
            trial.set_user_attr(_SECONDS, round(seconds, 3))
            if why:
                trial.set_user_attr(_WHY, why)
            ended = {COMPLETE: states.COMPLETE, PRUNED: states.PRUNED, FAILED: states.FAIL}[state]
            self.study.tell(trial, score if state == COMPLETE else None, state=ended)

    def give_back(self, trial: Any) -> None:
        """Leave a trial that is not brought to its end here to whoever asks next."""
        with self._spoken():
            self._give_back(trial.number, trial.params)

    def trials(self) -> tuple[TrialRecord, ...]:
        """All trials of all workers that count, numbered from 1 in order of start.

        Left out are those that wait, and those that broke off: they are tried again.
        """
        with self._spoken():
            broken = self._broken()
            kept = [trial for trial in self.study.get_trials(deepcopy=False) if trial.number not in broken]
        begun = [trial for trial in kept if trial.state.name != "WAITING"]
        return tuple(_record(trial, number) for number, trial in enumerate(begun, start=1))

    def importance(self, trials: Sequence[TrialRecord]) -> dict[str, float]:
        """Share of each parameter in what tells good trials from the others, largest first; empty with too few `trials`."""
        complete = [trial for trial in trials if trial.state == COMPLETE]
        if len(complete) < ENOUGH_TRIALS or len({trial.score for trial in complete}) < 2:
            return {}
        with self._spoken():
            evaluator = self.optuna.importance.PedAnovaImportanceEvaluator(target_quantile=TOP_SHARE)
            found = self.optuna.importance.get_param_importances(self.study, evaluator=evaluator)
        return {name: round(float(share), 4) for name, share in found.items()}

    def _give_back(self, number: int, params: dict[str, Any]) -> None:
        self.study.set_user_attr(f"{_BROKEN}{number}", value=True)  # a note a trial: two workers never write the same one
        self.study.tell(number, state=self.optuna.trial.TrialState.FAIL)
        self.study.enqueue_trial(params)

    def _broken(self) -> set[int]:
        """Numbers of trials that were not brought to their end, and were proposed again."""
        return {int(name.removeprefix(_BROKEN)) for name in self.study.user_attrs if name.startswith(_BROKEN)}

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """Say in a sentence what is wrong with the database."""
        import sqlalchemy.exc

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", self.optuna.exceptions.ExperimentalWarning)
                yield
        except ImportError as error:
            raise TrainingError(
                f"The database {hidden(self.place)} needs a driver that is not installed ({error.__cause__ or error}). "
                "Install it, as pip install psycopg[binary] for postgresql://, or name the one you have: postgresql+psycopg2://."
            ) from error
        except (sqlalchemy.exc.SQLAlchemyError, self.optuna.exceptions.StorageInternalError) as error:
            said = str(getattr(error, "orig", None) or error.__cause__ or error).splitlines()[0]
            raise TrainingError(
                f"The search's database {hidden(self.place)} does not answer as one: {said.rstrip('.')}. Expected a URL like "
                "postgresql://user@host/name or sqlite:////folder/study.db of a database that can be written."
            ) from error


def hidden(url: str) -> str:
    """A database's URL as it may be shown: without its password."""
    import sqlalchemy

    try:
        return sqlalchemy.make_url(url).render_as_string(hide_password=True)
    except sqlalchemy.exc.ArgumentError:
        return repr(url.rpartition("@")[2])


def _record(trial: Any, number: int) -> TrialRecord:
    noted, state = trial.user_attrs, {"COMPLETE": COMPLETE, "PRUNED": PRUNED, "FAIL": FAILED}.get(trial.state.name, RUNNING)
    began = trial.datetime_start.timestamp() if trial.datetime_start else None
    return TrialRecord(
        number,
        state,
        dict(trial.params),
        float(trial.value) if state == COMPLETE and trial.value is not None else None,
        int(noted.get(_EPOCHS, 0)),
        noted.get(_SECONDS, round(time.time() - began, 1) if state == RUNNING and began else None),
        str(noted.get(_WHY, "")),
    )
