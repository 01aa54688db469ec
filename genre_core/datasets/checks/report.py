"""The report of a check: what was found, kept beside the data set with the state of the data set that it is of."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genre_core.datasets.checks.kinds import GRAVITIES, gravity
from genre_core.datasets.places import folder_of, has_head, no_such
from genre_core.datasets.tracks import Dataset, Problem
from genre_core.errors import DatasetError
from genre_core.files import why_not_written, write_json

REPORT = "report.json"
FORMAT = 1


@dataclass(frozen=True)
class Pair:
    """Two tracks that hold the same recording.

    Attributes
    ----------
    first, second : str
        Ids of the tracks.
    kind : str
        `exact` (equal audio) or `near` (another encoding, gain or cut).
    score : float
        Share of the peaks of the part they share that both have; 1 for equal audio.
    offset_seconds : float
        What sounds at t in the second sounds at t + offset_seconds in the first.
    """

    first: str
    second: str
    kind: str
    score: float
    offset_seconds: float


@dataclass(frozen=True)
class Report:
    """What a check of a data set found.

    Attributes
    ----------
    dataset, fingerprint : str
        Name of the data set and its fingerprint when it was checked.
    created : str
        When, in ISO 8601.
    n_tracks : int
        Tracks looked at.
    method : str
        How near-duplicates were looked for, in words.
    problems : tuple of Problem
        Gravest first.
    pairs : tuple of Pair
        Tracks that hold the same recording.
    """

    dataset: str
    fingerprint: str
    created: str
    n_tracks: int
    method: str
    problems: tuple[Problem, ...]
    pairs: tuple[Pair, ...]

    def is_stale(self, dataset: Dataset) -> bool:
        """Whether tracks, labels or audio of the data set have changed since."""
        return self.fingerprint != dataset.fingerprint

    @property
    def counts(self) -> dict[str, int]:
        """Number of problems by gravity, `{"grave": 0, "doubtful": 2, "remark": 1}`."""
        found = Counter(gravity(problem.kind) for problem in self.problems)
        return {level: found[level] for level in GRAVITIES}

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Report:
        """Inverse of `to_dict`; KeyError, TypeError or ValueError where a value is missing or of another type."""
        problems = tuple(Problem(**{**entry, "tracks": tuple(entry["tracks"])}) for entry in values["problems"])
        pairs = tuple(Pair(**entry) for entry in values["pairs"])
        words = {key: str(values[key]) for key in ("dataset", "fingerprint", "created", "method")}
        return cls(**words, n_tracks=int(values["n_tracks"]), problems=problems, pairs=pairs)


def save_report(report: Report, root_datasets: Path) -> None:
    """Keep a report as `report.json` in its data set's folder, in place of the one before.

    Raises
    ------
    DatasetError
        If there is no such data set, or its folder cannot be written.
    """
    folder = folder_of(report.dataset, root_datasets)
    if not has_head(folder):
        raise no_such(report.dataset, root_datasets)
    try:
        write_json(folder / REPORT, report.to_dict())
    except OSError as error:
        raise DatasetError(f"The report on {report.dataset!r} cannot be written to {folder}: {why_not_written(error)}") from error


def load_report(name: str, root_datasets: Path) -> Report | None:
    """The report of the last check of a data set; None where there is none, or none that this version can read.

    Ask `Report.is_stale` whether it still speaks of the data set as it is.
    """
    try:
        values = json.loads((folder_of(name, root_datasets) / REPORT).read_bytes())
        return Report.from_dict(values) if values["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None  # checking again costs minutes at most, and makes a new one
