"""The job that checks a run's maps, and where its result lies: `inspections/<run>/faithfulness-<fingerprint>.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genre_core.datasets.notebook import Notebook, State
from genre_core.datasets.tracks import Track
from genre_core.errors import AudioError, GenreError, ParameterError
from genre_core.inference import Predictor
from genre_core.inspection.faithfulness import Deletion, Faithfulness, Fall, fall_of
from genre_core.inspection.measured import judged_songs, keep_result, model_fingerprint, newest
from genre_core.inspection.robustness import drawn_tracks
from genre_core.jobs import Journal
from genre_core.jobs.job import FAITHFULNESS
from genre_core.parallel import Countdown
from genre_core.params import fingerprint
from genre_core.paths import Root
from genre_core.runs import Run, find_run

KIND = FAITHFULNESS
N_TRACKS = 30

_METHOD = 1
"""Raised when the same request begins to give other numbers."""


@dataclass(frozen=True)
class Noted:
    """What is written down of a track as soon as it is known."""

    genre: str = ""
    probability: float = 0.0
    salient: float = 0.0
    random: float = 0.0
    loudest: float = 0.0


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be heard: a run, some of its judged tracks, and how its maps are checked."""

    run: Run
    role: str
    tracks: tuple[Track, ...]
    how: Deletion
    seed: int
    n_asked: int
    folder: Path
    of_model: str

    @property
    def memory(self) -> Path:
        """What has been found of each track so far, in lines."""
        what = {"model": self.of_model, "how": self.how.fingerprint, "seed": self.seed, "method": _METHOD}
        return self.folder / f"{KIND}-{fingerprint(what)}.jsonl"

    @property
    def result(self) -> Path:
        sounds = [[track.id, track.sha256, track.artist] for track in self.tracks]
        how = {"how": self.how.fingerprint, "seed": self.seed, "asked": self.n_asked, "method": _METHOD}
        return self.folder / f"{KIND}-{fingerprint({'model': self.of_model, 'role': self.role, 'sounds': sounds, **how})}.json"


def make_plan(values: Mapping[str, Any], root: Root) -> Plan:
    """What a request asks for: `run`, and perhaps `role`, `tracks` (how many), `seed`, `how` (values of `Deletion`).

    Raises
    ------
    RunError
        If there is no such run, it was not judged on that part, or its test split has not been opened.
    DatasetError
        If its data set is not here, or (`NoAudioError`) holds numbers without audio.
    ParameterError
        If a value does not fit.
    """
    run = find_run(str(values["run"]), root)
    role = str(values.get("role") or run.judged_role)
    n_tracks, seed = int(values.get("tracks") or N_TRACKS), int(values.get("seed") or 0)
    try:
        how = Deletion(**(values.get("how") or {}))
    except TypeError as error:
        raise ParameterError(f"Expected values of a deletion test. Received: others ({error}).") from error
    tracks = drawn_tracks(judged_songs(run, role, root), n_tracks, seed=seed)
    return Plan(run, role, tuple(tracks), how, seed, n_tracks, root.inspections / run.id, model_fingerprint(run))


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Check the maps that `make_plan` understands; a track that has been heard is not heard again.

    Raises
    ------
    GenreError
        What `make_plan` raises; or why not a single track could be heard.
    """
    plan = make_plan(values, root)
    predictor = Predictor.from_run(plan.run, threads=1)
    countdown = Countdown(journal.counting("working", "Hearing songs with parts taken away"), len(plan.tracks))
    falls: list[Fall] = []
    problems: list[tuple[str, str]] = []
    with Notebook(plan.memory, Noted, {"method": _METHOD}) as notebook:
        for track in plan.tracks:
            state: State = (track.sha256, 0, 0)
            noted = notebook.recall(state)
            if noted is None:
                try:
                    noted = _noted(predictor, track, plan, journal)
                    notebook.note(state, noted)
                except (AudioError, ParameterError) as error:
                    problems.append((track.id, str(error)))
            if noted is not None:
                falls.append(Fall(track.id, artist=track.artist, **asdict(noted)))
            countdown.step()
    if not falls:
        raise GenreError(f"None of the {len(plan.tracks)} tracks could be heard. The first: {problems[0][1]}")
    found = Faithfulness(plan.run.id, plan.role, plan.how, tuple(falls), plan.seed, plan.n_asked, tuple(problems))
    keep_result(plan.result, plan.of_model, found)
    words = f"Without what maps call important the probability falls by {found.salient}, at random by {found.random}"
    result = {"run": plan.run.id, "role": plan.role, "file": str(plan.result), "tracks": len(falls), "failed": len(problems)}
    journal.report("finished", words, progress=1.0, seconds_left=0.0, result=result)
    return result


def _noted(predictor: Predictor, track: Track, plan: Plan, journal: Journal) -> Noted:
    def heeding(done: int, total: int, seconds_left: float | None) -> None:
        journal.heed_stop()

    fall = fall_of(predictor, track.clip(), plan.how, seed=plan.seed, progress=heeding)
    return Noted(fall.genre, fall.probability, fall.salient, fall.random, fall.loudest)


def load_faithfulness(run: Run, root: Root, role: str | None = None) -> Faithfulness | None:
    """The newest result of the model as it is now, on one part or on any; None where nothing was measured of it."""
    return newest(run, root, KIND, role, Faithfulness.from_dict)
