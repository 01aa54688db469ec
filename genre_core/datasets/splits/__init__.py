"""Splits: which track a model learns from, is chosen by and is judged on.

`SPLITS` lists them, `make_split` makes one, `leak_report` says what crosses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from genre_core.datasets.division import Alike
from genre_core.datasets.splits.base import MIXED, Split, split_title
from genre_core.datasets.splits.columns import split_fma, split_from_column
from genre_core.datasets.splits.drawn import split_at_random, split_by_artist, split_by_track
from genre_core.datasets.splits.fitting import best_of, lacking, remarks, why_taken
from genre_core.datasets.splits.gtzan import split_fault_filtered
from genre_core.datasets.splits.leaks import LeakReport, leak_report, leaks_between
from genre_core.datasets.splits.pairs import known_pairs
from genre_core.datasets.splits.subsets import GENRE_SETS, check_train_share, keep_share, with_genres
from genre_core.datasets.splits.words import TITLES
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError, unknown_name

__all__ = [
    "GENRE_SETS",
    "MIXED",
    "SPLITS",
    "LeakReport",
    "Split",
    "SplitSpec",
    "best_of",
    "fitting_split",
    "keep_share",
    "known_pairs",
    "lacking",
    "leak_report",
    "leaks_between",
    "make_split",
    "remarks",
    "split_at_random",
    "split_by_artist",
    "split_by_track",
    "split_fault_filtered",
    "split_fma",
    "split_from_column",
    "split_spec",
    "split_title",
    "why_taken",
    "with_genres",
]


class SplitSpec(NamedTuple):
    """A row of SPLITS: words for a menu, and the function `build(dataset, *, seed, pairs)`.

    Attributes
    ----------
    title, description : str
        Words for a menu, and a sentence.
    build : callable
        Makes the split; `DatasetError` where the data set does not allow it.
    leaky : bool
        True where segments of one track lie in several roles: its scores flatter, and say so wherever they stand.
    """

    title: str
    description: str
    build: Callable[..., Split]
    leaky: bool = False

    def applies_to(self, dataset: Dataset, *, seed: int = 0, pairs: Iterable[Alike] = ()) -> str | None:
        """None where the data set allows this split, else the reason why not, as a sentence."""
        try:
            self.build(dataset, seed=seed, pairs=pairs)
        except DatasetError as error:
            return str(error)
        return None


SPLITS: dict[str, SplitSpec] = {
    "by_track": SplitSpec(
        TITLES["by_track"],
        "Each song has one role. Songs of one artist may be in several, which flatters the score.",
        split_by_track,
    ),
    "by_artist": SplitSpec(
        TITLES["by_artist"],
        "All songs of an artist have one role: the score is for artists that the model never heard.",
        split_by_artist,
    ),
    "fault_filtered": SplitSpec(
        TITLES["fault_filtered"],
        "The published division of GTZAN without its repeats and faults: 443, 197 and 290 tracks (Kereliuk, Sturm and Larsen, "
        "2015).",
        split_fault_filtered,
    ),
    "fma": SplitSpec(
        TITLES["fma"],
        "The division that FMA's authors published, artists apart: scores compare with those of papers.",
        split_fma,
    ),
    "from_column": SplitSpec(
        TITLES["from_column"],
        "Each song has the role that the data set's own table names. What belongs together is for its maker to know.",
        split_from_column,
    ),
    "segment_random": SplitSpec(
        TITLES["segment_random"],
        "What not to do: segments of one song are learned from and judged. The leaky score is high and means nothing.",
        split_at_random,
        leaky=True,
    ),
}


def split_spec(name: str) -> SplitSpec:
    """The row of that name; `ParameterError` with the names that exist if there is none."""
    if name not in SPLITS:
        raise unknown_name("split", name, SPLITS)
    return SPLITS[name]


def make_split(
    dataset: Dataset,
    name: str,
    *,
    seed: int = 0,
    genres: Sequence[str] = (),
    train_share: float = 1.0,
    pairs: Iterable[Alike] = (),
) -> Split:
    """A split by its name, of all genres or some, with all of its training tracks or a share of them.

    Parameters
    ----------
    dataset : Dataset
        What to divide.
    name : str
        Key in SPLITS.
    seed : int
        What the choice of tracks follows from.
    genres : sequence of str
        Divide the tracks of these genres only; none means all. A name of `GENRE_SETS` stands for its genres.
    train_share : float
        Keep this share of the training tracks, above 0 to 1. A smaller share is part of a larger one; what is left out has no
        role.
    pairs : iterable
        Tracks found to be alike (`first` and `second`, ids): splits that are drawn here keep them in one role.

    Raises
    ------
    ParameterError
        If there is no split of that name, or the share is out of range.
    DatasetError
        If the data set does not allow it; the message says why.
    """
    pairs = tuple(pairs)
    check_train_share(train_share)
    spec, wanted = split_spec(name), with_genres(dataset, genres)
    split = spec.build(wanted, seed=seed, pairs=pairs)
    if wanted is not dataset:
        split = split.replace(genres=wanted.genres)
    return split if train_share == 1.0 else keep_share(split, wanted, train_share, pairs=pairs)


def fitting_split(
    dataset: Dataset, *, seed: int = 0, genres: Sequence[str] = (), train_share: float = 1.0, pairs: Iterable[Alike] = ()
) -> str:
    """Name of the split that is taken where nobody chose one: `best_of` of those that the data set allows.

    Raises
    ------
    DatasetError
        If it allows none but a leaky one; the message says why not even tracks can be divided.
    """
    pairs, made = tuple(pairs), {}
    for name in SPLITS:
        with suppress(DatasetError):
            made[name] = make_split(dataset, name, seed=seed, genres=genres, train_share=train_share, pairs=pairs)
    best = best_of(made, with_genres(dataset, genres))
    return best or make_split(dataset, "by_track", seed=seed, genres=genres, train_share=train_share, pairs=pairs).name
