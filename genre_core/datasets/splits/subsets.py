"""Parts of a data set: some genres, and nested shares of the training tracks for learning curves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from genre_core.datasets.division import Alike, drawn, together
from genre_core.datasets.sources.genres import canonical_genre
from genre_core.datasets.splits.base import Split
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError, ParameterError

ORDERS = 24
"""Orders drawn where groups differ in size; the one that comes nearest to all shares is taken."""

GENRE_SETS = {"classic4": ("classical", "jazz", "metal", "pop")}
"""Names for sets of genres: the four that are told apart most easily, with which the field's introductions begin."""


def with_genres(dataset: Dataset, genres: Sequence[str]) -> Dataset:
    """The data set with the tracks of these genres only; itself where none are named, or all.

    Raises
    ------
    DatasetError
        If one is not there, or fewer than two are named.
    """
    known = {canonical_genre(genre): genre for genre in dataset.genres}
    wanted = [genre for name in genres for genre in GENRE_SETS.get(name, (name,))]
    if missing := [genre for genre in wanted if canonical_genre(genre) not in known]:
        raise DatasetError(
            f"The genres must be some of {dataset.name!r}: {', '.join(dataset.genres)}. Received also: {', '.join(missing)}."
        )
    chosen = {known[canonical_genre(genre)] for genre in wanted}
    if len(chosen) == 1:
        raise DatasetError(f"A model needs at least two genres to tell apart. Received: {', '.join(chosen)}. Name another.")
    if not chosen or chosen == set(dataset.genres):
        return dataset
    return replace(dataset, tracks=tuple(track for track in dataset.tracks if track.genre in chosen))


def check_train_share(share: float) -> float:
    """`share` itself; `ParameterError` unless it is a number above 0 to 1."""
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise ParameterError(f"train_share must lie above 0 and be at most 1 (all training tracks). Received: {share!r}.")
    return float(share)


def keep_share(split: Split, dataset: Dataset, share: float, *, pairs: Iterable[Alike] = ()) -> Split:
    """`split` with a share of the training tracks of each genre; the others lose their role, valid and test stay.

    What a smaller share keeps, a larger one keeps too, so that a learning curve shows what more tracks bring and not other ones.
    Artists stay whole where the split is by artist, so a genre comes as near to its share as they allow: each keeps one artist at
    least, and the counts say what the share came to.

    Raises
    ------
    ParameterError
        If `share` is out of range.
    DatasetError
        If roles are given to segments.
    """
    check_train_share(share)
    if split.leaky:
        raise DatasetError(
            "A share of the training tracks needs a split of tracks. Received: random segments, which take from every track. "
            "Train with another split, or with all tracks."
        )
    learned = [dataset.by_id[track_id] for track_id in split.ids("train")]
    groups_of: dict[str, list[list[Track]]] = defaultdict(list)
    for group in together(learned, by_artist=split.name == "by_artist", pairs=pairs):
        counts = Counter(track.genre for track in group)
        groups_of[min(counts, key=lambda genre: (-counts[genre], genre))].append(group)
    kept: set[str] = set()
    for groups in groups_of.values():
        ordered = _evenly(groups, f"share/{split.seed}")
        kept.update(track.id for group in ordered[: _n_kept(ordered, share)] for track in group)
    roles = {track_id: role for track_id, role in split.roles.items() if role != "train" or track_id in kept}
    return split.replace(roles=roles, train_share=split.train_share * share)


def _n_kept(groups: list[list[Track]], share: float) -> int:
    """How many of the groups, from the first, come nearest to a share of their tracks: never fewer for a larger share."""
    wanted, have = share * sum(map(len, groups)), 0
    for number, group in enumerate(groups):
        if have and have + len(group) - wanted > wanted - have:
            return number
        have += len(group)
    return len(groups)


def _evenly(groups: list[list[Track]], key: str) -> list[list[Track]]:
    """The groups in the one of several drawn orders whose beginnings come nearest to every tenth of their tracks."""
    orders = []
    for attempt in range(ORDERS if any(len(group) > 1 for group in groups) else 1):
        ranks = {group[0].id: drawn(f"{key}/{attempt}", group) for group in groups}
        orders.append(sorted(groups, key=lambda group, ranks=ranks: ranks[group[0].id]))  # type: ignore[misc]
    return min(orders, key=_distance)


def _distance(ordered: list[list[Track]]) -> float:
    """How far the beginnings of an order lie from each tenth, in proportion, since learning curves begin small."""
    total, tenths = sum(map(len, ordered)), [tenth / 10 for tenth in range(1, 10)]
    return sum(abs(sum(map(len, ordered[: _n_kept(ordered, share)])) / (share * total) - 1) for share in tenths)
