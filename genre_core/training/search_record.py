"""What a search has tried, as plain values: `search.json`, which a page reads without Optuna."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from genre_core.errors import TrainingError
from genre_core.files import write_json
from genre_core.models import MODELS
from genre_core.paths import Root
from genre_core.training.recipe import TrainRequest
from genre_core.training.search_request import METRICS, Metric

RECORD = "search.json"
COMPLETE, PRUNED, FAILED, RUNNING = "complete", "pruned", "failed", "running"
BROKEN = "broken off"
"""Of searches that older versions wrote: a trial that was not tried to its end, and was tried again under another number."""

ENOUGH_TRIALS = 10
"""Complete trials from which on importance is told; with fewer it is chance."""

KINDER = (
    "A valid score of a winner flatters: it is the best of {n} on the same {judged}, so luck is in it, the more the more were "
    "tried. {holds}"
)
_HOLDS = "What holds is the score on the test split, opened once."
_PERHAPS = "What holds is the score on songs that had no part in the choice, such as a test split, opened once."
_NO_TEST = "This split has no test track: what holds is the score on songs that had no part in the choice, from another data set."
_ENDS = {True: _HOLDS, False: _NO_TEST, None: _PERHAPS}


@dataclass(frozen=True)
class TrialRecord:
    """One setting that was tried.

    Attributes
    ----------
    number : int
        From 1 on, in order of start. What broke off and is tried again has none.
    state : str
        complete; pruned, given up early as worse than most; failed; or running.
    values : dict
        What was tried, by parameter name.
    score : float or None
        By the search's metric, on the valid split; None where it was not trained to its end.
    epochs : int
        Of a net: how many it trained.
    seconds : float or None
        How long it took.
    why : str
        Why it failed, in a sentence.
    """

    number: int
    state: str
    values: dict[str, Any] = field(default_factory=dict)
    score: float | None = None
    epochs: int = 0
    seconds: float | None = None
    why: str = ""


@dataclass(frozen=True)
class SearchRecord:
    """A search as it stands.

    Attributes
    ----------
    id : str
        Name of its folder, and of its job.
    train : dict
        The training request that its settings are put into.
    metric : str
        A name in METRICS.
    n_trials : int
        How many it is to try.
    seed : int
    study, storage : str
        Name of Optuna's study, and where it lies, without a password.
    split_title, level, n_judged : str, str, int
        What the score is of: so many tracks (or, of a leaky split, segments) of the valid split.
    space : tuple of dict
        Dimensions: place, name, title, choices, low, high, log, words.
    start : dict
        The settings as they were, where the space holds them: the first trial.
    trials : tuple of TrialRecord
    importance : dict
        Parameter name -> its share in what made trials good, largest first; empty before there are enough trials, and where one
        parameter alone is searched.
    created : str
        ISO 8601.
    has_test : bool or None
        Whether its split has test tracks, which the winner can be judged by; None where an older version did not write it down.
    """

    id: str
    train: dict[str, Any]
    metric: str
    n_trials: int
    seed: int
    study: str
    storage: str
    split_title: str
    level: str
    n_judged: int
    space: tuple[dict[str, Any], ...]
    start: dict[str, Any]
    created: str
    trials: tuple[TrialRecord, ...] = ()
    importance: dict[str, float] = field(default_factory=dict)
    has_test: bool | None = None

    @property
    def request(self) -> TrainRequest:
        """The training that its settings are put into."""
        return TrainRequest.from_dict(self.train)

    @property
    def judged_by(self) -> Metric:
        return METRICS[self.metric]

    @property
    def tried(self) -> tuple[TrialRecord, ...]:
        """Trials that are over and count."""
        return tuple(trial for trial in self.trials if trial.state in (COMPLETE, PRUNED, FAILED))

    @property
    def n_claimed(self) -> int:
        """Trials that are over and count, or that somebody works on."""
        return len(self.trials)

    @property
    def finished(self) -> tuple[TrialRecord, ...]:
        """Trials with a score, in order."""
        return tuple(trial for trial in self.trials if trial.state == COMPLETE and trial.score is not None)

    @property
    def best(self) -> TrialRecord | None:
        """The winner so far: of equals the first."""
        if not self.finished:
            return None
        sign = 1 if self.judged_by.lower_is_better else -1
        return min(self.finished, key=lambda trial: sign * (trial.score or 0.0))

    @property
    def as_it_was(self) -> TrialRecord | None:
        """The trial of the settings that the search began with; None where its ranges do not hold them all."""
        if len(self.start) < len(self.space):
            return None
        return next((trial for trial in self.finished if trial.values == self.start), None)

    @property
    def judged(self) -> str:
        """`40 valid tracks`; of random segments it says leaky, as every number does that comes from them."""
        return f"{self.n_judged} valid {self.level}{'' if self.level == 'tracks' else ' (leaky)'}"

    @property
    def caution(self) -> str:
        """What must stand beside the winner's score."""
        step = f" (one more or less is {1 / self.n_judged:.1%})" if self.metric == "accuracy" else ""
        return KINDER.format(n=len(self.tried), judged=self.judged + step, holds=_ENDS[self.has_test])

    @property
    def verdict(self) -> str:
        """Which won, and by how much it beats the settings as they were, in a sentence."""
        best, first = self.best, self.as_it_was
        if best is None:
            return "No trial has been trained to its end yet."
        words = self.judged_by.words
        if first is not None and first.score == best.score:
            kept = f"Best of {len(self.tried)}: the settings as they were, with {words(best.score or 0.0)} on {self.judged}."
            return f"{kept} Nothing better was found."
        said = f"Best of {len(self.tried)}: trial {best.number} with {words(best.score or 0.0)} on {self.judged}"
        if first is None:
            return f"{said}."
        return f"{said}; the settings as they were had {words(first.score or 0.0)}."

    @property
    def why_no_importance(self) -> str:
        """Why it is not told what mattered, in a sentence; empty where it is."""
        if len(self.space) < 2:
            return "One setting is searched: there is nothing to weigh it against."
        if self.importance:
            return ""
        n = len(self.finished)
        if n < ENOUGH_TRIALS:
            return f"What mattered is told from {ENOUGH_TRIALS} finished trials on, here {'is' if n == 1 else 'are'} {n}."
        return "All finished trials score alike: nothing mattered."

    def winner(self) -> TrainRequest:
        """The training that makes a run of the best trial.

        Raises
        ------
        TrainingError
            If there is none yet.
        """
        best = self.best
        if best is None:
            raise TrainingError(f"The search {self.id} has no winner: no trial was trained to its end. Continue it.")
        places = {entry["name"]: entry["place"] for entry in self.space}
        chosen = {place: {n: v for n, v in best.values.items() if places[n] == place} for place in ("config", "training")}
        model = self.train["model"]
        title = MODELS[model].title if model in MODELS else model
        return TrainRequest.from_dict(
            {
                **self.train,
                "title": f"Winner of {len(self.tried)} trials: {title[0].lower()}{title[1:]}",
                "config": {**self.train.get("config", {}), **chosen["config"]},
                "training": {**self.train.get("training", {}), **chosen["training"]},
                "search": {
                    "id": self.id,
                    "trial": best.number,
                    "n_trials": len(self.tried),
                    "metric": self.metric,
                    "score": best.score,
                    "words": self.caution,
                },
            }
        )

    def best_so_far(self) -> list[tuple[int, float]]:
        """Number and best score up to it, of each trial with a score."""
        found: list[tuple[int, float]] = []
        for trial in self.finished:
            score = trial.score or 0.0
            found.append((trial.number, self.judged_by.best([score, *([found[-1][1]] if found else [])])))
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Inverse of `to_dict`; raises `TrainingError` if the values are no search."""
        try:
            counted = (entry for entry in values["trials"] if entry["state"] != BROKEN)
            trials = tuple(TrialRecord(**{**entry, "number": number}) for number, entry in enumerate(counted, start=1))
            record = cls(**{**values, "trials": trials, "space": tuple(values["space"])})
            if record.metric not in METRICS:
                raise ValueError(f"metric {record.metric!r}")
            return record
        except (KeyError, TypeError, ValueError) as error:
            raise TrainingError(f"Expected what a search has tried. Received: something else ({error}).") from error

    def save(self, root: Root) -> None:
        """Write it whole."""
        folder = root.searches / self.id
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / RECORD, self.to_dict(), durable=False)


def load_search(name: str, root: Root) -> SearchRecord:
    """The search of that id, or of the one id that begins or ends so; `TrainingError` if there is none that can be read."""
    known = [folder.name for folder in _folders(root)]
    found = [known_name for known_name in known if known_name == name] or [
        known_name for known_name in known if name and (known_name.startswith(name) or known_name.endswith(name))
    ]
    if len(found) != 1:
        what = f"Several searches are named like {name!r}" if found else f"There is no search named {name!r}"
        raise TrainingError(f"{what}. Choose one of: {', '.join(found or known) or 'none yet'}.")
    return _read(root.searches / found[0])


def list_searches(root: Root) -> list[SearchRecord]:
    """All searches that can be read, newest first."""
    found = []
    for folder in _folders(root):
        try:
            found.append(_read(folder))
        except TrainingError:
            continue  # a damaged one must not hide the others
    return sorted(found, key=lambda record: (record.created, record.id), reverse=True)


def _folders(root: Root) -> list[Path]:
    return [folder for folder in root.searches.iterdir() if (folder / RECORD).is_file()] if root.searches.is_dir() else []


def _read(folder: Path) -> SearchRecord:
    try:
        facts = (folder / RECORD).stat()
    except OSError as error:
        raise TrainingError(f"The search in {folder} cannot be read: {error} Search again.") from error
    return _parsed(folder, (facts.st_mtime_ns, facts.st_size, facts.st_ino))


@lru_cache(maxsize=256)
def _parsed(folder: Path, stamp: tuple[int, ...]) -> SearchRecord:
    """The search in a folder, read again only when its stamp is another: a page asks for all of them each second and a half."""
    try:
        return SearchRecord.from_dict(json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(f"The search in {folder} cannot be read: {error} Search again.") from error
