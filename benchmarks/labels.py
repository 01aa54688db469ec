"""How good is the list of doubtful labels? Labels flipped on purpose are looked for, and GTZAN's known faults held against it.

    python -m benchmarks.labels --root ROOT [--gtzan GTZAN_FOLDER] [--seeds 5]

ROOT holds the data sets `demo` and, with --gtzan, `gtzan` (imported from that folder, checked for repeats). A tenth of the labels
of each is flipped by a seed, each to another genre of the set; a quick model is trained with five folds on these labels, and what
`genre_core labels` would list is held against what was flipped. Trained runs are kept in `ROOT/benchmarks/labels`, so that a
broken-off call goes on. The tables go into docs/results.md.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np

from benchmarks.record import table, write_between
from benchmarks.results import DOCUMENT
from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.tracks import Dataset, Track
from genre_core.evaluation.listeners import agreement, read_answers
from genre_core.inspection.doubted import doubted_labels
from genre_core.inspection.embeddings import TrackEmbeddings, track_embeddings
from genre_core.inspection.label_issues import Suspect
from genre_core.inspection.neighbours import nearest
from genre_core.paths import Root, find_root
from genre_core.runs import Run, list_runs
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train

SHARE = 0.1
FOLDS = 5
GENRES = {"demo": (), "gtzan": ("blues", "classical", "jazz", "rock")}
"""Data set -> the genres looked at; of GTZAN those that are there whole."""

MODELS = ("logistic", "ann")


@dataclass(frozen=True)
class Borrowing(Root):
    """A root whose features are those of another."""

    lender: Path = Path("features")

    @property
    def features(self) -> Path:
        return self.lender


@dataclass(frozen=True)
class Trial:
    """What was found of the labels flipped by one seed.

    Attributes
    ----------
    n_tracks, n_flipped : int
    n_listed, hits : int
        Labels on the list, and how many of them were flipped.
    first_hits : int
        Flipped ones among the first `n_flipped` of the list.
    n_wrong, wrong_hits : int
        The same of a plainer list: every track that the model calls otherwise.
    by_kind : dict
        Kind -> (listed, flipped).
    """

    n_tracks: int
    n_flipped: int
    n_listed: int
    hits: int
    first_hits: int
    n_wrong: int
    wrong_hits: int
    by_kind: dict[str, tuple[int, int]]


def flipped(tracks: Sequence[Track], seed: int) -> dict[str, str]:
    """Id of each track whose label is flipped -> its new genre: a tenth of them, each to another genre at random."""
    rng = np.random.default_rng(seed)
    genres = sorted({track.genre for track in tracks})
    chosen = rng.choice(len(tracks), round(SHARE * len(tracks)), replace=False)
    return {tracks[place].id: str(rng.choice([name for name in genres if name != tracks[place].genre])) for place in chosen}


def tried(suspects: Sequence[Suspect], flips: set[str], wrong: set[str], n_tracks: int) -> Trial:
    """Hold a list, and the tracks that a model calls otherwise, against what was flipped."""
    listed = [suspect.track_id for suspect in suspects]
    kinds = sorted({kind for suspect in suspects for kind in suspect.kinds})
    of_kind = {kind: {suspect.track_id for suspect in suspects if kind in suspect.kinds} for kind in kinds}
    return Trial(
        n_tracks,
        len(flips),
        len(listed),
        len(flips & set(listed)),
        len(flips & set(listed[: len(flips)])),
        len(wrong),
        len(flips & wrong),
        {kind: (len(its), len(its & flips)) for kind, its in of_kind.items()},
    )


def trained(place: Root, model: str, name: str, seed: int) -> Run:
    """The run of one seed, trained where it is not there yet."""
    found = list_runs(replace(place, shipped=place.path / "none"))
    return found[0] if found else train(TrainRequest(model, name, split="", split_seed=seed, folds=FOLDS), place)


def judged(root: Root, name: str, model: str, seed: int | None) -> tuple[Run, Root, dict[str, str]]:
    """A run on the labels as they are (seed None) or with some flipped, where it lies, and what was flipped."""
    source = load_dataset(name, root.datasets)
    tracks = [track for track in source.tracks if not GENRES[name] or track.genre in GENRES[name]]
    flips = {} if seed is None else flipped(tracks, seed)
    place = Borrowing(root.path / "benchmarks" / "labels" / f"{name}-{model}-{seed}", lender=root.features)
    labelled = tuple(replace(track, genre=flips.get(track.id, track.genre)) for track in tracks)
    if not (place.datasets / name).is_dir():
        save_dataset(Dataset(name, labelled, title=source.title, note=source.note), place.datasets)
    return trained(place, model, name, seed or 0), place, flips


def trial(root: Root, name: str, model: str, seed: int) -> Trial:
    run, place, flips = judged(root, name, model, seed)
    found = doubted_labels(run, place, track_embeddings(run, place))
    predictions = run.predictions("folds")
    wrong = set(predictions.track_ids[predictions.y_pred != predictions.y_true].tolist())
    return tried(found.suspects, set(flips), wrong, len(predictions.track_ids))


def flip_rows(root: Root, names: Sequence[str], models: Sequence[str], seeds: Sequence[int]) -> list[list[str]]:
    """A row a data set and model; shares are of all seeds together."""
    rows = []
    for name in names:
        for model in models:
            trials = []
            for seed in seeds:
                trials.append(trial(root, name, model, seed))
                click.echo(f"{name}, {model}, seed {seed}: {trials[-1]}", err=True)
            rows.append([name, model, *_shares(trials)])
    return rows


def _shares(trials: Sequence[Trial]) -> list[str]:
    def total(field: str) -> int:
        return sum(getattr(its, field) for its in trials)

    n_flipped = total("n_flipped")
    outliers = [sum(its.by_kind.get("outlier", (0, 0))[place] for its in trials) for place in (0, 1)]
    return [
        f"{n_flipped} of {total('n_tracks')}",
        f"{total('n_listed')}",
        f"{total('hits') / total('n_listed'):.2f}",
        f"{total('hits') / n_flipped:.2f}",
        f"{total('first_hits') / n_flipped:.2f}",
        f"{total('wrong_hits') / total('n_wrong'):.2f} / {total('wrong_hits') / n_flipped:.2f}",
        f"{outliers[1]} of {outliers[0]}",
        f"{n_flipped / total('n_tracks'):.2f}",
    ]


HEADER = (
    "data set",
    "model",
    "flipped",
    "listed",
    "precision",
    "recall",
    "precision of the first as many as flipped",
    "plainer list, every track called otherwise: precision / recall",
    "flipped among the outliers",
    "precision of chance",
)


def known_rows(root: Root, folder: Path, model: str) -> list[list[str]]:
    """What is known of GTZAN's labels and repeats, held against the list and the neighbours of one model."""
    run, place, _ = judged(root, "gtzan", model, None)
    embeddings = track_embeddings(run, place)
    dataset = load_dataset("gtzan", root.datasets)
    suspects = doubted_labels(run, place, embeddings).suspects
    ids = [str(track_id) for track_id in run.predictions("folds").track_ids]
    listed = [suspect.track_id for suspect in suspects]
    excluded = {track_id for track_id in ids if dataset.by_id[track_id].extra.get("split") == "excluded"}
    answers = read_answers(folder / "crowd.csv")
    rows = [*_repeats(folder, embeddings, ids, dataset), *_excluded(excluded, listed, ids)]
    for words, among in (("listed", set(listed)), ("not listed", set(ids) - set(listed))):
        found = agreement(answers, {track_id: dataset.by_id[track_id].genre for track_id in among}, genres=dataset.genres)
        said = "nobody was asked" if found is None else f"{found.answers} over {found.n_tracks} tracks, {found.n_answers} answers"
        rows.append([f"listeners who name the label, of tracks that are {words}", said])
    return [[model, *row] for row in rows]


def _repeats(folder: Path, embeddings: TrackEmbeddings, ids: Sequence[str], dataset: Dataset) -> list[list[str]]:
    with (folder / "repeats.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(row["track_a"], row["track_b"], row["relation"]) for row in csv.DictReader(file)]
    here = [pair for pair in pairs if {pair[0], pair[1]} <= set(ids)]
    two = [pair for pair in here if dataset.by_id[pair[0]].genre != dataset.by_id[pair[1]].genre]
    rows = [["known repeats with two labels among these clips", f"{len(two)} of {len(here)} pairs"]]
    for relation in sorted({pair[2] for pair in here}):
        ranks = []
        for first, second, its in here:
            if its == relation:
                order = [near.track_id for near in nearest(embeddings, first, len(ids))]
                ranks.append(order.index(second) + 1)
        said = f"first in {ranks.count(1)} of {len(ranks)}, median {np.median(ranks):g}, worst {max(ranks)} of {len(ids) - 1}"
        rows.append([f"place of the other one among the nearest tracks: {relation}", said])
    return rows


def _excluded(excluded: set[str], listed: Sequence[str], ids: Sequence[str]) -> list[list[str]]:
    first = set(listed[: len(excluded)])
    chance = len(excluded) ** 2 / len(ids)
    said = f"{len(first & excluded)} of {len(excluded)}, by chance {chance:.1f}; on the whole list of {len(listed)}: "
    said += f"{len(set(listed) & excluded)}, by chance {len(excluded) * len(listed) / len(ids):.1f}"
    return [["clips left out of the fault-filtered lists among the first as many", said]]


@click.command()
@click.option("--root", "root_path", default=None, help="Holds the data sets; else GENRE_HOME.")
@click.option(
    "--gtzan", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None, help="repeats.csv, crowd.csv."
)
@click.option("--seeds", default=5, show_default=True)
@click.option("--models", default=",".join(MODELS), show_default=True)
@click.option("--write/--no-write", default=True, help="Into docs/results.md.")
def main(root_path: str | None, gtzan: Path | None, seeds: int, models: str, write: bool) -> None:
    """Look for labels that were flipped, and hold what is known of GTZAN's against the list."""
    root, chosen = find_root(root_path), models.split(",")
    names = ["demo", "gtzan"] if gtzan is not None else ["demo"]
    found = {"flips": table(HEADER, flip_rows(root, names, chosen, range(seeds)))}
    if gtzan is not None:
        rows = [row for model in chosen for row in known_rows(root, gtzan, model)]
        found["known"] = table(("model", "what is known", "what is found"), rows)
    for name, text in found.items():
        click.echo(text)
        if write:
            write_between(DOCUMENT, f"labels-{name}", text)


if __name__ == "__main__":
    main()
