"""The tracks nearest to one: cases known by hand, scikit-learn, and what must never be found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from genre_core.datasets.checks import Pair, Report, save_report
from genre_core.datasets.library import save_dataset
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import ParameterError
from genre_core.inspection.embeddings import TrackEmbeddings
from genre_core.inspection.neighbours import (
    Agreement,
    agreement,
    distances,
    learned_from,
    nearest,
    nearest_training,
    repeats_of,
    standardised,
)
from genre_core.paths import Root
from tests.inspection.points import clouds, placed
from tests.runs.samples import save

CROSS = {"east": [1.0, 0.0], "north": [0.0, 1.0], "west": [-1.0, 0.0], "south": [0.0, -1.0]}


def test_directions_of_a_cross() -> None:
    np.testing.assert_allclose(distances(placed(CROSS), "east"), [0, 1, 2, 1], atol=1e-7)
    assert nearest(placed(CROSS), "east", 3)[0].track_id == "north"  # of equals the first in order
    assert nearest(placed(CROSS), np.array([0.1, -3.0]), 1)[0].track_id == "south"


def test_a_column_counts_whatever_its_unit_and_a_constant_one_never() -> None:
    scaled = {name: [1e9 * x, 1e-3 * y + 5, 7.0] for name, (x, y) in CROSS.items()}
    np.testing.assert_allclose(distances(placed(scaled), "north"), [1, 0, 1, 2], atol=1e-4)
    np.testing.assert_allclose(distances(placed({"a": [3.0, 4.0], "b": [3.0, 4.0]}), "a"), [1, 1])  # nothing tells them apart


def test_exactly_as_scikit_learn_finds_them() -> None:
    values, _ = clouds()
    embeddings = placed({f"t{row}": its.tolist() for row, its in enumerate(values)})
    z = standardised(embeddings.values)
    reference = NearestNeighbors(n_neighbors=8, metric="cosine", algorithm="brute").fit(z)
    away, rows = reference.kneighbors(z[[5]])
    found = nearest(embeddings, "t5", 7)
    assert [entry.track_id for entry in found] == [f"t{row}" for row in rows[0, 1:]]
    np.testing.assert_allclose([entry.distance for entry in found], away[0, 1:], atol=1e-6)


def test_nearness_agrees_with_genre_where_genres_point_in_directions_of_their_own() -> None:
    genres = ["east", "east", "west", "west"]
    apart = placed({"a": [1.0, 0.0], "b": [1.0, 0.0], "c": [-1.0, 0.0], "d": [-1.0, 0.0]})
    found = agreement(apart, genres, k=1)
    assert found is not None
    assert (found.share, found.chance) == (1.0, pytest.approx(1 / 3))
    assert found.says_something
    mixed = agreement(apart, ["east", "west", "west", "east"], k=1)
    assert mixed is not None
    assert mixed.share == 0.0
    assert not mixed.says_something


@pytest.mark.parametrize(
    ("share", "chance", "says"), [(0.32, 0.1, False), (0.33, 0.1, True), (0.6, 0.5, False), (0.63, 0.5, True)]
)
def test_nearness_says_something_a_quarter_of_the_way_from_lot_to_always(share, chance, says) -> None:
    assert Agreement(share, chance).says_something is says


def test_songs_of_one_artist_say_nothing_of_genre() -> None:
    apart = placed({"a": [1.0, 0.0], "b": [1.0, 0.0], "c": [-1.0, 0.0], "d": [-1.0, 0.0]})
    found = agreement(apart, ["east", "east", "west", "west"], ["ada", "ada", "bob", None], k=1)
    assert found is not None
    # a and b meet c and d alone, of another genre; c and d have each other.
    assert found.share == 0.5
    assert agreement(placed({"a": [1.0, 0.0]}), ["east"]) is None
    with pytest.raises(ParameterError, match=r"k must be at least 1\. Received: k=0\."):
        agreement(apart, ["east"] * 4, k=0)


@given(st.integers(0, 10_000), st.integers(1, 30))
def test_nearest_is_sorted_never_itself_and_never_what_is_left_out(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    embeddings = TrackEmbeddings(tuple(f"t{row}" for row in range(20)), rng.standard_normal((20, 4)).astype(np.float32), "")
    found = nearest(embeddings, "t3", k, leave_out={"t0", "t7"})
    names = [entry.track_id for entry in found]
    assert len(names) == len(set(names)) == min(k, 17)
    assert not {"t3", "t0", "t7"} & set(names)
    away = [entry.distance for entry in found]
    assert away == sorted(away)
    assert all(0 <= value <= 2 for value in away)


def test_what_cannot_be_asked() -> None:
    embeddings = placed(CROSS, {"gap": "Its numbers lack a feature."})
    with pytest.raises(ParameterError, match=r"among the 4 that the run has placed. Received: 'up'"):
        nearest(embeddings, "up")
    with pytest.raises(ParameterError, match=r"gap has no place among the others. Its numbers lack"):
        nearest(embeddings, "gap")
    with pytest.raises(ParameterError, match=r"embedding of 2 finite numbers. Received: shape \(3,\)"):
        nearest(embeddings, np.zeros(3))
    with pytest.raises(ParameterError, match=r"of 2 finite numbers"):
        nearest(embeddings, np.array([np.nan, 0]))
    with pytest.raises(ParameterError, match=r"k must be at least 1. Received: k=0"):
        nearest(embeddings, "east", 0)
    with pytest.raises(ParameterError, match=r"Received: none with an embedding"):
        nearest(TrackEmbeddings((), np.zeros((0, 0), np.float32), ""), "east")


NAMES = ("a", "b", "c", "d", "e", "f")


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """Tracks a to f: a and b hold equal audio, c is a near-duplicate of b, which a check has found."""
    root = Root(tmp_path)
    hashes = {"a": "same", "b": "same"}
    tracks = tuple(Track(name, "blues", None, name, 30.0, hashes.get(name, f"audio {name}")) for name in NAMES)
    dataset = Dataset("songs", tracks)
    save_dataset(dataset, root.datasets)
    pairs = (Pair("b", "c", "near", 0.9, 0.0),)
    save_report(Report("songs", dataset.fingerprint, "2026-11-22", len(tracks), "by ear", (), pairs), root.datasets)
    return root


EMBEDDED = placed({name: [np.cos(angle), np.sin(angle)] for name, angle in zip(NAMES, (0, 0.1, 0.2, 0.3, 3.0, 3.3), strict=True)})


def test_only_what_the_model_learned_from_and_no_repeat(root: Root) -> None:
    roles = dict(zip(NAMES, ("valid", "train", "train", "train", "train", "valid"), strict=True))
    of = {"name": "songs", "fingerprint": _fingerprint(root), "note": ""}
    run = save(root.runs / "one", split={"name": "x", "seed": 0, "roles": roles}, dataset=of)
    found = nearest_training(run, root, "a", 5, embeddings=EMBEDDED)
    assert [entry.track_id for entry in found] == ["d", "e"]  # b and c are the same recording, f was not learned from
    upload = nearest_training(run, root, np.array([1.0, 0.0]), 5, embeddings=EMBEDDED)
    assert [entry.track_id for entry in upload] == ["b", "c", "d", "e"]


def test_with_folds_only_the_other_folds(root: Root) -> None:
    folds = {"count": 3, "seed": 0, "grouped_by": "track", "of": dict(zip(NAMES, (0, 1, 2, 0, 1, 2), strict=True))}
    of = {"name": "songs", "fingerprint": _fingerprint(root), "note": ""}
    run = save(root.runs / "one", folds=folds, dataset=of)
    assert learned_from(run, "e") == ["a", "c", "d", "f"]
    assert learned_from(run) == list(NAMES)
    assert [entry.track_id for entry in nearest_training(run, root, "e", 2, embeddings=EMBEDDED)] == ["f", "d"]


def test_repeats_hang_together_over_steps(root: Root) -> None:
    from genre_core.datasets.library import load_dataset

    dataset = load_dataset("songs", root.datasets)
    assert repeats_of("a", dataset, root) == {"b", "c"}
    assert repeats_of("d", dataset, root) == set()
    assert repeats_of("no such track", dataset, root) == set()


def _fingerprint(root: Root) -> str:
    from genre_core.datasets.library import load_dataset

    return load_dataset("songs", root.datasets).fingerprint
