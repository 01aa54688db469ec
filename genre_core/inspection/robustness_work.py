"""The job that measures robustness, and where its result lies: `inspections/<run>/robustness-<fingerprint>.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre_core.datasets.tracks import NoAudioError, Track
from genre_core.errors import GenreError, ParameterError, RunError
from genre_core.files import why_not_written, write_json
from genre_core.inspection.copies import Known, hear_all, key_of, remembered, wanted_copies
from genre_core.inspection.robustness import Copied, Robustness, drawn_tracks
from genre_core.inspection.transforms import Transform, chosen_transforms
from genre_core.jobs import Journal
from genre_core.jobs.job import ROBUSTNESS as KIND
from genre_core.models.serve import model_file
from genre_core.params import fingerprint
from genre_core.paths import Root
from genre_core.runs import Run, find_run

N_TRACKS = 40
"""Heard where nobody says how many: two of a hundred flips more or less are then chance."""

_METHOD = 1
"""Raised when the same request begins to give other numbers."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be heard: a run, some of its judged tracks, and what is done to them."""

    run: Run
    role: str
    tracks: tuple[Track, ...]
    transforms: Mapping[str, Transform]
    seed: int
    n_asked: int
    folder: Path
    of_model: str

    @property
    def heard_before(self) -> bool:
        """Whether the model that serves has learned from these tracks: of folds, and of a leaky split, it has."""
        return self.role == "folds" or self.run.is_leaky

    @property
    def memory(self) -> Path:
        """What this model has said of copies, whoever asked for them."""
        return self.folder / f"copies-{self.of_model}.jsonl"

    @property
    def result(self) -> Path:
        sounds = [[track.id, track.genre, track.sha256] for track in self.tracks]
        copies = {name: key_of(transform) for name, transform in self.transforms.items()}
        what = {"model": self.of_model, "role": self.role, "sounds": sounds, "copies": copies, "asked": self.n_asked}
        return self.folder / f"{KIND}-{fingerprint(what)}.json"

    def gathered(self, known: Known, problems: Mapping[str, str] | None = None) -> Robustness:
        """What is known of the tracks whose copies have all been heard."""
        copies = {name: key_of(transform) for name, transform in wanted_copies(self.transforms).items()}
        heard = [
            Copied(track.id, track.genre, track.artist, {name: known[track.sha256, copy] for name, copy in copies.items()})
            for track in self.tracks
            if all((track.sha256, copy) in known for copy in copies.values())
        ]
        return Robustness(
            self.run.id,
            self.role,
            tuple(self.run.genres),
            {name: transform.title for name, transform in self.transforms.items()},
            tuple(heard),
            self.seed,
            self.n_asked,
            self.heard_before,
            tuple((problems or {}).items()),
        )

    def so_far(self) -> Robustness:
        """What is known before the work has ended."""
        return self.gathered(remembered(self.memory))


def make_plan(values: Mapping[str, Any], root: Root) -> Plan:
    """What a request asks for: `run`, and perhaps `role`, `tracks` (how many), `seed`, `transforms` (names).

    Raises
    ------
    RunError
        If there is no such run, it was not judged on that part, or its test split has not been opened.
    DatasetError
        If its data set is not here, or (`NoAudioError`) holds numbers without audio.
    ParameterError
        If a value does not fit, a transform does not exist or cannot be made on this machine.
    """
    from genre_core.datasets.versions import load_learned

    run = find_run(str(values["run"]), root)
    run.refuse_without_model()
    role = str(values.get("role") or run.judged_role)
    if role == "test" and not run.test_openings:
        raise RunError(f"The test split of {run.title!r} has not been opened: robustness is measured on valid, or out of fold.")
    ids = run.track_ids(role)
    if not ids:
        raise RunError(f"{run.title!r} has no tracks of the part {role!r}. It was judged on: {', '.join(run.scores) or 'none'}.")
    n_tracks, seed = int(values.get("tracks") or N_TRACKS), int(values.get("seed") or 0)
    if n_tracks < 1:
        raise ParameterError(f"At least one track must be heard. Received: tracks={n_tracks}.")
    transforms = chosen_transforms(list(values.get("transforms") or ()))
    dataset = load_learned(run.dataset_name, root.datasets, run.dataset_fingerprint)
    if not dataset.has_audio:
        raise NoAudioError(f"{dataset.name!r} holds numbers without audio: there is no sound to change.")
    if dataset.fingerprint != run.dataset_fingerprint:
        raise RunError(
            f"The data set {dataset.name!r} has changed since {run.title!r} was trained, so its tracks are others. Train again, "
            "or bring the former tracks back."
        )
    tracks = [dataset.by_id[track_id] for track_id in ids]
    return Plan(
        run,
        role,
        tuple(drawn_tracks(tracks, n_tracks, seed=seed)),
        transforms,
        seed,
        n_tracks,
        root.inspections / run.id,
        model_fingerprint(run),
    )


def model_fingerprint(run: Run) -> str:
    """Changes with whatever a run's posteriors follow from: weights, features, cuts, temperature."""
    path = model_file(run.folder)
    try:
        weights = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise RunError(
            f"The model of {run.title!r} cannot be read ({error.strerror or error}): {path}. Train it again."
        ) from error
    calibration = run.calibration
    return fingerprint(
        {
            "method": _METHOD,
            "weights": weights,
            "features": [feature.fingerprint for feature in run.features],
            "segments": run.segments.fingerprint,
            "temperature": None if calibration is None else calibration["temperature"],
            "genres": list(run.genres),
        }
    )


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Measure what `make_plan` understands; `processes` may be there. What has been heard is not heard again.

    Raises
    ------
    GenreError
        What `make_plan` raises; or why not a single track could be heard.
    """
    plan = make_plan(values, root)
    progress = journal.counting("working", "Hearing songs and their copies")
    known, problems = hear_all(
        plan.run.folder, plan.tracks, plan.transforms, plan.memory, progress=progress, processes=values.get("processes")
    )
    found = plan.gathered(known, problems)
    if not found.tracks:
        raise GenreError(f"None of the {len(plan.tracks)} tracks could be heard. The first: {next(iter(problems.values()))}")
    try:
        write_json(plan.result, {"model": plan.of_model, **found.to_dict()})
    except OSError as error:
        raise RunError(f"The result cannot be written to {plan.result}: {why_not_written(error)}") from error
    worst = max(found.rows()[1:], key=lambda row: row.flips.value or 0.0)
    words = (
        f"{worst.n_flips} of {worst.n_tracks} tracks are renamed by “{worst.title}”, the worst of {len(plan.transforms)} changes"
    )
    if problems:
        words += f"; {len(problems)} could not be heard"
    result = {
        "run": plan.run.id,
        "role": plan.role,
        "file": str(plan.result),
        "tracks": len(found.tracks),
        "failed": len(problems),
    }
    journal.report("finished", words, progress=1.0, seconds_left=0.0, result=result)
    return result


def load_robustness(run: Run, root: Root, role: str | None = None) -> Robustness | None:
    """The newest result of the model as it is now, on one part or on any; None where nothing was measured of it."""
    if not run.has_model:
        return None
    folder, model = root.inspections / run.id, model_fingerprint(run)
    files = sorted(folder.glob(f"{KIND}-*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in files:
        found = read_result(path, model)
        if found is not None and role in (None, found.role):
            return found
    return None


def read_result(path: Path, model: str) -> Robustness | None:
    """A result of that model; None where the file is gone, or of another model. `RunError` if it is damaged."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values.pop("model") != model:
            return None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise RunError(f"{path} is damaged ({error}). Delete it, and measure again.") from error
    return Robustness.from_dict(values)
