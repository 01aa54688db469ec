"""What a benchmark trains: each row that is asked for, under each division that is asked for, from several seeds.

A cell is one training: a row, a division and a seed. Its key changes with everything that its result follows from, so that
changed settings are new cells, and what was trained stays where nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from genre_core.datasets.folds import Folds, fold_leaks, folds_from_column, make_folds
from genre_core.datasets.library import load_dataset
from genre_core.datasets.splits import SPLITS, known_pairs, leak_report, make_split, split_spec, split_title, with_genres
from genre_core.datasets.tracks import Dataset
from genre_core.errors import ParameterError
from genre_core.features.summary import Summary57
from genre_core.models import MODELS, model_spec
from genre_core.params import fingerprint
from genre_core.paths import Root
from genre_core.training.fitting import models_for, recipe_for
from genre_core.training.recipe import TRAINING, Recipe, TrainRequest, training_config

ALL, TABULAR = "all", "tabular"
MAX_SEEDS = 20
FOLDS_AS = 2
"""Raised when the same folds are trained in another way: what was trained before does not stand beside it."""
ONE_SEGMENT = "one segment a track: there is nothing to tear apart"


@dataclass(frozen=True)
class BenchmarkRequest:
    """What is asked for.

    Attributes
    ----------
    dataset : str
        Name in the library.
    models : tuple of str
        Rows of MODELS.
    splits : tuple of str
        Names in SPLITS; a leaky one becomes a column of its own.
    folds : tuple of int
        Beside the splits, so many folds over all tracks; several numbers are as many divisions.
    folds_column : str
        Beside the splits, the folds that this column of the data set's table names.
    genres : tuple of str
        The tracks of these genres alone; none means all.
    split_seed : int
        Of splits and folds that are drawn: the same for all cells, which so judge the same tracks.
    n_seeds : int
        Trainings of each row under each division, from the seeds 0, 1, 2 ...
    epochs : int
        Most epochs of a net, or of each stage of one.
    slow_epoch_seconds : float
        A net whose epochs take longer is trained from one seed alone.
    """

    dataset: str
    models: tuple[str, ...]
    splits: tuple[str, ...] = ()
    folds: tuple[int, ...] = ()
    folds_column: str = ""
    genres: tuple[str, ...] = ()
    split_seed: int = 0
    n_seeds: int = 3
    epochs: int = 25
    slow_epoch_seconds: float = 10.0

    def __post_init__(self) -> None:
        if not self.splits and not self.folds and not self.folds_column:
            raise ParameterError(f"A benchmark needs a split ({', '.join(SPLITS)}) or folds. Received: none.")
        for name, value, high in (("seeds", self.n_seeds, MAX_SEEDS), ("epochs", self.epochs, 2000)):
            if not 1 <= value <= high:
                raise ParameterError(f"{name} must lie in [1, {high}]. Received: {name}={value}.")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


@dataclass(frozen=True)
class Division:
    """A split or folds, the same for every row.

    Attributes
    ----------
    name, title : str
        Key of its cells, and words for a heading.
    leaky : bool
        Segments of one track are learned from and judged.
    asks : dict
        What a `TrainRequest` needs to divide so.
    fingerprint : str
        Of the role or fold of every track.
    badge : str
        What crosses it.
    judged : tuple of str
        Tracks that are judged: valid ones, or all that lie in folds. No track of a test split is.
    """

    name: str
    title: str
    leaky: bool
    asks: dict[str, Any] = field(hash=False)
    fingerprint: str
    badge: str
    judged: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """One training.

    Attributes
    ----------
    model : str
        Row of MODELS.
    division : Division
        How tracks are divided.
    seed : int
        Of weights, order and whatever else is drawn.
    request : TrainRequest
        The training.
    key : str
        Name of its file.
    left_out : str
        Why it is not trained; empty where it is.
    """

    model: str
    division: Division
    seed: int
    request: TrainRequest
    key: str
    left_out: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Row and division: the cells of all seeds share it."""
        return self.model, self.division.name


class BenchmarkPlan(NamedTuple):
    """A request with everything that follows from it, and nothing trained yet; `dataset` holds the genres asked for."""

    request: BenchmarkRequest
    dataset: Dataset
    divisions: tuple[Division, ...]
    cells: tuple[Cell, ...]


def chosen_models(words: Iterable[str], dataset: Dataset) -> tuple[str, ...]:
    """Rows that are named, each once; `all` and `tabular` (what reads the 57 columns) stand for those that can be trained.

    Raises
    ------
    ParameterError
        If there is no such row, or the data set cannot train one that is named.
    """
    reasons = models_for(dataset)
    can = [name for name, reason in reasons.items() if reason is None]
    chosen: list[str] = []
    for word in words:
        if word == ALL:
            chosen += can
        elif word == TABULAR:
            chosen += [name for name in can if [feature.name for feature in MODELS[name].features] == [Summary57.name]]
        elif reason := reasons[model_spec(word).name]:
            raise ParameterError(reason)
        else:
            chosen.append(word)
    if not chosen:
        raise ParameterError(f"A benchmark needs a model: {ALL}, {TABULAR}, {', '.join(MODELS)}. Received: none.")
    return tuple(dict.fromkeys(chosen))


def plan_benchmark(request: BenchmarkRequest, root: Root) -> BenchmarkPlan:
    """Read the data set, divide it, and list the cells in the order in which they are trained: what is quick first.

    Raises
    ------
    DatasetError, ParameterError
        If a division is not possible, or a row, split or genre does not exist: said before anything is trained.
    """
    whole = load_dataset(request.dataset, root.datasets)
    dataset = with_genres(whole, request.genres)
    divisions = tuple(_divisions(request, whole, dataset, root))
    models = sorted(request.models, key=_cost)
    cells = [
        _cell(model, division, seed, request, whole, dataset)
        for seed in range(request.n_seeds)
        for model in models
        for division in divisions
    ]
    return BenchmarkPlan(request, dataset, divisions, tuple(cells))


def _cost(model: str) -> tuple[bool, bool, float]:
    """What sorts rows by how long they take: nets behind the others, deep ones and those of whole clips last."""
    spec = model_spec(model)
    is_net = spec.family == "network"
    return is_net, is_net and spec.good_for == "deep", spec.segments.segment_seconds if is_net else 0.0


def _divisions(request: BenchmarkRequest, whole: Dataset, dataset: Dataset, root: Root) -> Iterable[Division]:
    pairs, seed = known_pairs(whole, root.datasets), request.split_seed
    for name in dict.fromkeys(request.splits):
        split = make_split(whole, name, seed=seed, genres=request.genres, pairs=pairs)
        leaky = split_spec(name).leaky
        yield Division(
            name,
            split_title(name),
            leaky,
            {"split": name},
            split.fingerprint,
            leak_report(split, dataset, pairs).badge,
            () if leaky else tuple(split.ids("valid")),
        )
    drawn = [({"folds": k}, make_folds(dataset, k, seed=seed, pairs=pairs)) for k in dict.fromkeys(request.folds)]
    named = [({"folds_column": column}, folds_from_column(dataset, column)) for column in (request.folds_column,) if column]
    asked: list[tuple[dict[str, Any], Folds]] = [*drawn, *named]
    for asks, folds in asked:
        title = folds.title.replace("by column", f"by the column {request.folds_column!r}")
        name = f"{folds.n_folds}_folds_by_{folds.grouped_by}"
        badge = fold_leaks(folds, dataset, pairs).badge
        found = fingerprint([folds.fingerprint, FOLDS_AS])
        yield Division(name, title, False, {"split": "", **asks}, found, badge, tuple(folds.of))


def _cell(model: str, division: Division, seed: int, request: BenchmarkRequest, whole: Dataset, dataset: Dataset) -> Cell:
    spec = model_spec(model)
    training: dict[str, Any] = {"seed": seed}
    if "epochs" in TRAINING[spec.family].params():
        training["epochs"] = min(training_config(spec).to_dict()["epochs"], request.epochs)
    asked = TrainRequest(
        model,
        request.dataset,
        split_seed=request.split_seed,
        training=training,
        title=f"{spec.title}, {division.title}, seed {seed}",
        genres=request.genres,
        **division.asks,
    )
    recipe = recipe_for(asked, whole)
    depends = {
        "model": model,
        "dataset": dataset.fingerprint,
        "division": [division.name, division.fingerprint],
        "features": [feature.fingerprint for feature in recipe.features],
        "segments": recipe.segments.fingerprint,
        "config": recipe.config.fingerprint,
        "training": recipe.training.fingerprint,
    }
    left_out = ONE_SEGMENT if division.leaky and _most_segments(recipe, dataset) == 1 else ""
    return Cell(model, division, seed, asked, f"{model}-{division.name}-{seed}-{fingerprint(depends)}", left_out)


def _most_segments(recipe: Recipe, dataset: Dataset) -> int:
    """Segments of the track that has most."""
    sr = recipe.features[0].sr
    longest = max(track.seconds for track in dataset.tracks)
    return len(recipe.segments.cut(round(longest * sr), sr=sr))
