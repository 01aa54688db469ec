"""What the shipped default turns away: sounds that are no music, and songs that it names rightly.

    python -m benchmarks.unlike GTZAN_FOLDER TAGS.npz SOUNDS_FOLDER [--never-met FOLDER] [--root FOLDER]

The folders are those of docs/shipped.md; in `--never-met` lie sounds that took no part in any choice, and songs. Songs of GTZAN
are judged out of fold in everything: the verdict, the distance, the check for music. Sounds that are no music are judged by the
shipped model, and by a check for music that has not heard their group. The table goes into docs/results.md.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np

from benchmarks.record import table, write_between
from benchmarks.results import DOCUMENT
from benchmarks.songs import audio_files
from genre_core.datasets.given import load_given
from genre_core.datasets.tracks import Dataset
from genre_core.evaluation.likeness import fit_likeness
from genre_core.inference import Predictor
from genre_core.models.base import Classifier
from genre_core.paths import Root, find_root
from genre_core.prediction import THRESHOLD
from genre_core.runs import Run, find_run
from genre_core.shipped.gtzan import make_numbers
from genre_core.shipped.music import heard, judge, songs_of
from genre_core.shipped.sounds import unmusical

RUN = "ten-genres"


def say(words: str) -> None:
    """A line that the next one replaces."""
    print(words, end="\r", file=sys.stderr)


class Doubts(NamedTuple):
    """Which sounds each doubt turns away, bool, shape (n_sounds,)."""

    no_music: np.ndarray
    far: np.ndarray
    improbable: np.ndarray

    @property
    def any(self) -> np.ndarray:
        return self.no_music | self.far | self.improbable

    def cells(self, which: np.ndarray) -> tuple[str, ...]:
        """Shares of some of the sounds."""
        return tuple(f"{its[which].mean():.1%}" for its in (self.no_music, self.far, self.improbable, self.any))


def of_songs(run: Run, root: Root, folder: Path, tags: Path, log_odds: dict[str, float]) -> tuple[Doubts, np.ndarray]:
    """Doubts about the songs that were heard, out of fold, and which of them are named rightly."""
    dataset = make_numbers(folder, tags, root, say)
    predictions = run.predictions("folds")
    at_hand = np.array([str(track_id) in log_odds for track_id in predictions.track_ids])
    ids = [str(track_id) for track_id in predictions.track_ids[at_hand]]
    embeddings = _embeddings(run.classifier(), run, dataset, root, ids)
    fold = np.array([run.folds["of"][track_id] for track_id in ids]) if run.folds else np.zeros(len(ids))
    genres = predictions.y_true[at_hand]
    likeness = run.likeness()
    assert likeness is not None
    distances = np.empty(len(ids))
    for number in np.unique(fold):
        others = fit_likeness(embeddings[fold != number], genres[fold != number])
        distances[fold == number] = others.distances(embeddings[fold == number])
    no_music = np.array([log_odds[track_id] < 0 for track_id in ids])
    improbable = predictions.posteriors[at_hand].max(axis=1) < THRESHOLD
    right = (predictions.y_pred == predictions.y_true)[at_hand]
    return Doubts(no_music, distances > likeness.limit, improbable), right


def _embeddings(classifier: Classifier, run: Run, dataset: Dataset, root: Root, ids: list[str]) -> np.ndarray:
    found = [load_given(dataset, root.datasets, (feature, run.segments)) for feature in run.features]
    return np.stack(
        [classifier(*(its[dataset.by_id[track_id].sha256].values for its in found)).embedding.mean(axis=0) for track_id in ids]
    )


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("tags", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("sounds", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--never-met", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Sounds no choice has seen.")
@click.option("--root", type=click.Path(file_okay=False), help="Folder of data sets and features.")
def main(folder: Path, tags: Path, sounds: Path, never_met: Path | None, root: str | None) -> None:
    """Judge sounds and songs, and write the table."""
    place = find_root(root)
    run = find_run(RUN, find_root())
    dataset = make_numbers(folder, tags, place, say)
    ids, songs, folds = songs_of(dataset, place)
    strange = unmusical(sounds)
    known = heard(songs, folds, strange, say)
    log_odds = judge(known).out_of_fold
    doubts, right = of_songs(run, place, folder, tags, dict(zip(ids, log_odds[: len(ids)], strict=True)))
    predictor = Predictor.from_run(run)
    told = [predictor.predict(sound.clip) for sound in strange]
    # A silent clip has no probability to speak of: it is turned away before anything else.
    silent = np.array([prediction.unlike == "silence" for prediction in told])
    odd = Doubts(
        (log_odds[len(ids) :] < 0) | silent,
        np.array([(prediction.evidence.distance or 0.0) > 1 for prediction in told]),
        np.array([prediction.confidence < THRESHOLD for prediction in told]),
    )
    kinds = np.array([sound.kind for sound in strange])
    rows = [(kind, f"{(kinds == kind).sum()}", *odd.cells(kinds == kind)) for kind in dict.fromkeys(kinds.tolist())]
    rows += [
        (words, f"{which.sum()}", *doubts.cells(which))
        for words, which in (("songs named rightly", right), ("other songs", ~right))
    ]
    text = f"""{table(("sound", "how many", "no music", "far away", f"under {THRESHOLD:g}", "**turned away**"), rows)}
"""
    if never_met is not None:
        text += f"""
Other sounds and songs, as the shipped model hears them. The sounds took no part in any choice; the songs' verdicts had been seen
when the benefit of doubt of the check for music was set:

{table(("file", "verdict", "why"), [_line(predictor, path) for path in audio_files(never_met)])}
"""
    write_between(DOCUMENT, "unlike", text)
    click.echo(text)


def _line(predictor: Predictor, path: Path) -> tuple[str, str, str]:
    found = predictor.classify(path)
    named = f"**{found.genre}** {found.confidence:.2f}" if found.decision == "genre" else "not sure"
    return path.name, named, found.reason


if __name__ == "__main__":
    main()
