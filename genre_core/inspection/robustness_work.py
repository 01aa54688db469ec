"""The job that measures robustness, and where its result lies: `inspections/<run>/robustness-<fingerprint>.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre_core.datasets.tracks import Track
from genre_core.errors import GenreError, ParameterError
from genre_core.inspection.copies import Known, hear_all, key_of, remembered, wanted_copies
from genre_core.inspection.measured import judged_songs, keep_result, model_fingerprint, newest
from genre_core.inspection.robustness import Copied, Robustness, drawn_tracks
from genre_core.inspection.transforms import Transform, chosen_transforms
from genre_core.jobs import Journal
from genre_core.jobs.job import ROBUSTNESS as KIND
from genre_core.params import fingerprint
from genre_core.paths import Root
from genre_core.runs import Run, find_run

N_TRACKS = 40
"""Heard where nobody says how many: two of a hundred flips more or less are then chance."""


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
    run = find_run(str(values["run"]), root)
    role = str(values.get("role") or run.judged_role)
    n_tracks, seed = int(values.get("tracks") or N_TRACKS), int(values.get("seed") or 0)
    if n_tracks < 1:
        raise ParameterError(f"At least one track must be heard. Received: tracks={n_tracks}.")
    transforms = chosen_transforms(list(values.get("transforms") or ()))
    tracks = judged_songs(run, role, root)
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
    keep_result(plan.result, plan.of_model, found)
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
    return newest(run, root, KIND, role, Robustness.from_dict)
