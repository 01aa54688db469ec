"""Splits that the data set's own table names: any column of roles, and FMA's official one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from genre_core.datasets.division import SHARES, Alike, best_division, mostly_named, together
from genre_core.datasets.splits.base import Split
from genre_core.datasets.splits.drawn import check_genres
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError

COLUMNS = ("split", "part", "role")
"""Columns that may name roles; the first that says anything is taken."""

WORDS = {
    **dict.fromkeys(("train", "training", "learn", "tr"), "train"),
    **dict.fromkeys(("valid", "validation", "val", "dev", "development", "va"), "valid"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation", "te"), "test"),
    **dict.fromkeys(("excluded", "unused", "none", "-"), ""),
}
"""Word in a column to the role it means; '' for a track that has none."""

FMA_WORDS = ("training", "validation", "test")
_FMA_ID = re.compile(r"(fma\.)?\d{6}")
MOST_ROWS = 5
"""Rows that a message names."""


def split_from_column(dataset: Dataset, *, seed: int = 0, pairs: Iterable[Alike] = (), column: str = "") -> Split:
    """The roles that a column of the data set's table names (`split` or `part`, unless `column` says another).

    `train`, `training`, `valid`, `val`, `dev`, `test`, `eval` and the like are understood; `excluded`, `unused`, `none` and `-`
    leave a track out. Where the column knows no valid tracks, a quarter of its training tracks is drawn for them, artists and
    tracks of equal audio whole: something must choose the epoch, and it must not be the test.

    Raises
    ------
    DatasetError
        If there is no such column, a row has no role or an unknown word (the rows are named), or a genre has no training tracks.
    """
    column = column or _column(dataset)
    roles = {track_id: role for track_id, role in roles_of(dataset, column).items() if role}
    what = f"The column {column!r} of {dataset.name!r}"
    if "valid" not in roles.values():
        roles |= _valid_part(dataset, roles, seed, tuple(pairs), what)
    return checked(Split("from_column", seed, roles), dataset, what)


def split_fma(dataset: Dataset, *, seed: int = 0, pairs: Iterable[Alike] = ()) -> Split:
    """The official division of FMA, artists apart (Defferrard, Benzi, Vandergheynst and Bresson, FMA, ISMIR 2017, section 3.4).

    Raises
    ------
    DatasetError
        If the data set is not FMA with its column `split` of training, validation and test.
    """
    named = Counter(track.extra.get("split", "") for track in dataset.tracks)
    strangers = [track.id for track in dataset.tracks if not _FMA_ID.fullmatch(track.id)]
    if strangers or not set(named) <= set(FMA_WORDS):
        received = f"tracks such as {strangers[0]!r}" if strangers else f"a column 'split' with {', '.join(map(repr, named))}"
        raise DatasetError(
            "The official FMA split is of FMA's tracks (fma.000002), with a column 'split' of training, validation and test. "
            f"Received: {received}. Import fma_small or fma_medium with their tracks.csv."
        )
    roles = {track.id: WORDS[track.extra["split"]] for track in dataset.tracks}
    return checked(Split("fma", seed, roles), dataset, f"FMA's own split of {dataset.name!r}")


def roles_of(dataset: Dataset, column: str) -> dict[str, str]:
    """Role of each track by a column, '' for one that is left out; `DatasetError` names the rows that cannot be read."""
    return _read(dataset, column, lambda word: WORDS.get(word.casefold()), "train, valid or test (or excluded)")


def fold_words(dataset: Dataset, column: str) -> dict[str, str]:
    """Word of each track's fold in a column, '' for one that is in none; `DatasetError` names the rows that are empty."""
    return _read(dataset, column, lambda word: WORDS["excluded"] if WORDS.get(word.casefold()) == "" else word, "a fold")


def _read(dataset: Dataset, column: str, meaning: Callable[[str], str | None], expected: str) -> dict[str, str]:
    if column not in (columns := _columns(dataset)):
        there = ", ".join(sorted(columns)) or "none beyond the product's own"
        raise DatasetError(
            f"There is no column {column!r} in the table of {dataset.name!r}. Its columns: {there}. "
            "Import the songs with a table that names it."
        )
    found: dict[str, str] = {}
    wrong: list[str] = []
    for row, track in enumerate(dataset.tracks, start=2):  # the first row holds the names
        word = track.extra.get(column, "").strip()
        understood = meaning(word) if word else None
        if understood is None:
            wrong.append(f"row {row} ({track.id}) with {word!r}" if word else f"row {row} ({track.id}) with nothing")
        else:
            found[track.id] = understood
    if wrong:
        more = f" and {len(wrong) - MOST_ROWS} more" if len(wrong) > MOST_ROWS else ""
        raise DatasetError(
            f"Every track of {dataset.name!r} needs {expected} in the column {column!r}. Received: "
            f"{', '.join(wrong[:MOST_ROWS])}{more}. Mend the table and import it again."
        )
    return found


def checked(split: Split, dataset: Dataset, what: str) -> Split:
    """`split` itself; `DatasetError` where it cannot be trained on: a genre without training tracks, nothing in valid."""
    check_genres(dataset)
    if not split.ids("valid"):
        raise DatasetError(f"{what} gives no track the role valid, which chooses the epoch. Choose another split.")
    learned = {dataset.by_id[track_id].genre for track_id in split.ids("train")}
    if lacking := [genre for genre in dataset.genres if genre not in learned]:
        raise DatasetError(
            f"{what} gives some genres no training track: {', '.join(lacking)}. Leave these genres out, or choose another split."
        )
    return split


def _column(dataset: Dataset) -> str:
    there = _columns(dataset)
    found = next((name for name in COLUMNS if name in there), None)
    if found is None:
        raise DatasetError(
            f"The table of {dataset.name!r} has no column of roles: {' or '.join(COLUMNS[:2])} with train, valid or test. "
            "Import the songs with a table that names it, or choose another split."
        )
    return found


def _columns(dataset: Dataset) -> set[str]:
    """Further columns of the table in which something stands."""
    return {name for track in dataset.tracks for name, value in track.extra.items() if value.strip()}


def _valid_part(dataset: Dataset, roles: dict[str, str], seed: int, pairs: tuple[Alike, ...], what: str) -> dict[str, str]:
    """New roles of the training tracks: a quarter of each genre becomes valid, as far as whole groups allow."""
    learned = [track for track in dataset.tracks if roles.get(track.id) == "train"]
    if not learned:
        raise DatasetError(f"{what} gives no track the role train. Mend the table and import it again, or choose another split.")
    groups: list[list[Track]] = together(learned, by_artist=mostly_named(learned), pairs=pairs)
    parts = ("train", "valid")
    whole = SHARES["train"] + SHARES["valid"]
    sizes = Counter(track.genre for track in learned)
    targets = {(genre, part): size * SHARES[part] / whole for genre, size in sizes.items() for part in parts}
    chosen = best_division(groups, parts, targets, seed).chosen
    return {track.id: part for group, part in zip(groups, chosen, strict=True) for track in group}
