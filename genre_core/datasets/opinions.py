"""What people say of a data set's labels, track by track, after hearing them: kept beside it, applied as a new version of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genre_core.datasets.library import load_dataset
from genre_core.datasets.places import changing, folder_of, has_head, no_such
from genre_core.datasets.sources.genres import canonical_genre
from genre_core.datasets.tracks import Dataset
from genre_core.datasets.versions import leave_out, relabel, save_version
from genre_core.errors import DatasetError, unknown_name
from genre_core.files import why_not_written, write_json

OPINIONS = "opinions.json"
MOST_NOTE = 2000
"""Letters of a note."""

LABEL_WRONG, BOTH_FIT, MODEL_WRONG = "label_wrong", "both_fit", "model_wrong"
VERDICTS = {
    LABEL_WRONG: "label wrong",
    BOTH_FIT: "both fit",
    MODEL_WRONG: "model wrong",
}
"""Name in the file -> words. Only a wrong label changes anything when opinions are applied."""


@dataclass(frozen=True)
class Opinion:
    """What somebody says of one track's label.

    Attributes
    ----------
    track_id : str
    verdict : str
        A name in VERDICTS; empty where there is a note alone.
    genre : str
        Of a wrong label, the right genre; empty where none of the data set's genres fits.
    note : str
        Words.
    label : str
        The label that it speaks of: what has been corrected since is not corrected again.
    run : str
        Id of the run that was inspected; empty where none was.
    said : str
        When, ISO 8601 with zone.
    """

    track_id: str
    verdict: str = ""
    genre: str = ""
    note: str = ""
    label: str = ""
    run: str = ""
    said: str = ""

    def __post_init__(self) -> None:
        if self.verdict and self.verdict not in VERDICTS:
            raise unknown_name("verdict", self.verdict, VERDICTS)
        if len(self.note) > MOST_NOTE:
            raise DatasetError(f"A note holds {MOST_NOTE} letters at most. Received: {len(self.note)}. Shorten it.")


def load_opinions(name: str, root_datasets: Path) -> dict[str, Opinion]:
    """All opinions on a data set by track id; none yet is an empty answer.

    Raises
    ------
    DatasetError
        If there is no such data set, or its opinions are damaged.
    """
    folder = folder_of(name, root_datasets)
    if not has_head(folder):
        raise no_such(name, root_datasets)
    try:
        values = json.loads((folder / OPINIONS).read_text(encoding="utf-8"))
        return {str(track_id): Opinion(track_id=str(track_id), **entry) for track_id, entry in values.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"Expected opinions on {name!r} in {folder / OPINIONS}. Received: a damaged file ({error}). Restore it from a copy, "
            "or delete it."
        ) from error


def say(name: str, root_datasets: Path, opinion: Opinion) -> Opinion:
    """Keep an opinion in the place of a former one on that track; one without verdict and note takes it away.

    Returns
    -------
    Opinion
        As it is kept: with the label that the track has now, the canonical name of the genre, and the time.

    Raises
    ------
    DatasetError
        If there is no such data set or track, the genre offered is the label itself, or nothing can be written.
    """
    with changing(root_datasets):
        dataset = load_dataset(name, root_datasets)
        if opinion.track_id not in dataset.by_id:
            raise DatasetError(f"The data set {name!r} has no track {opinion.track_id!r}. Take an id from its table.")
        label, genre = dataset.by_id[opinion.track_id].genre, ""
        if opinion.verdict == LABEL_WRONG and opinion.genre:
            genre = canonical_genre(opinion.genre)
            if genre == label:
                raise DatasetError(
                    f"The label of {opinion.track_id!r} is {label!r} already, so it is not wrong. Name another genre."
                )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        kept = replace(opinion, genre=genre, label=label, said=now, note=opinion.note.strip())
        opinions = {**load_opinions(name, root_datasets), kept.track_id: kept}
        if not kept.verdict and not kept.note:
            del opinions[kept.track_id]
        values = {track_id: _without_id(entry) for track_id, entry in sorted(opinions.items())}
        try:
            write_json(folder_of(name, root_datasets) / OPINIONS, values)
        except OSError as error:
            raise DatasetError(f"The opinion on {kept.track_id!r} was not kept: {why_not_written(error)}") from error
    return kept


def pending(dataset: Dataset, opinions: Mapping[str, Opinion]) -> dict[str, str]:
    """Corrections that are not made yet: track id -> the right genre, empty for one that fits no genre."""
    return {
        track_id: opinion.genre
        for track_id, opinion in opinions.items()
        if opinion.verdict == LABEL_WRONG
        and track_id in dataset.by_id
        and dataset.by_id[track_id].genre == opinion.label != opinion.genre
    }


def apply_opinions(name: str, root_datasets: Path) -> Dataset:
    """Correct what is said to be labelled wrong, as a new version of the data set; the present one is kept.

    A track with another genre gets that; one that fits none of the genres is left out. What "both fit" and "model wrong" say
    changes nothing.

    Raises
    ------
    DatasetError
        If there is nothing to correct, fewer than two genres would be left, or nothing can be written.
    """
    with changing(root_datasets):
        dataset = load_dataset(name, root_datasets)
        wrong = pending(dataset, load_opinions(name, root_datasets))
        if not wrong:
            raise DatasetError(
                f"Nothing is said to be labelled wrong in {name!r} that is not corrected yet. Say so of a track first."
            )
        changed = relabel(dataset, {track_id: genre for track_id, genre in wrong.items() if genre})
        gone = [track_id for track_id, genre in wrong.items() if not genre]
        return save_version(leave_out(changed, gone) if gone else changed, root_datasets, note=_words(wrong))


def opinions_csv(opinions: Mapping[str, Opinion]) -> str:
    """A line an opinion, to take away: track, label, verdict, genre, note, run, said."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["track", "label", "verdict", "genre", "note", "run", "said"])
    for entry in opinions.values():
        verdict = VERDICTS.get(entry.verdict, "")
        rows.writerow([entry.track_id, entry.label, verdict, entry.genre, entry.note, entry.run, entry.said])
    return out.getvalue()


def _words(wrong: Mapping[str, str]) -> str:
    n_corrected = sum(bool(genre) for genre in wrong.values())
    n_gone = len(wrong) - n_corrected
    said = [f"{n_corrected} label{'s' * (n_corrected != 1)} corrected"] if n_corrected else []
    said += [f"{n_gone} track{'s' * (n_gone != 1)} left out"] if n_gone else []
    return f"{' and '.join(said)} after hearing"


def _without_id(opinion: Opinion) -> dict[str, Any]:
    return {name: value for name, value in asdict(opinion).items() if name != "track_id"}
