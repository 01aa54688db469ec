"""Maps: groups that are apart stay apart, one seed gives one map, and what is new lies among its neighbours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from genre_core.errors import ParameterError
from genre_core.inspection.embedding_map import FEWEST, METHODS, lay_out, place
from genre_core.inspection.neighbours import directions, nearest, standardised
from tests.inspection.points import clouds, placed

ROOT = Path(__file__).resolve().parents[2]
BY_UMAP = """
import json, sys
import numpy as np
from genre_core.inspection.embedding_map import lay_out
from tests.inspection.points import clouds
values, _ = clouds()
first, again = (lay_out(values, "umap", seed=3).points for _ in range(2))
few = lay_out(values[::24], "umap", neighbours=15).points
loaded = "tensorflow" in sys.modules, any("tensorflow" in str(finder) for finder in sys.meta_path)
print(json.dumps([loaded, np.array_equal(first, again), first.tolist(), few.tolist()]))
"""


def of_own_genre(points: np.ndarray, genres: np.ndarray, k: int = 5) -> float:
    """Share of the k nearest points that are of the same genre."""
    away = np.linalg.norm(points[:, None] - points[None], axis=2)
    rows = np.argsort(away, axis=1)[:, 1 : k + 1]
    return float((genres[rows] == genres[:, None]).mean())


def test_umap_keeps_neighbours_repeats_itself_and_loads_no_tensorflow() -> None:
    done = subprocess.run([sys.executable, "-c", BY_UMAP], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded, same, points, few = json.loads(done.stdout)
    values, genres = clouds()
    assert loaded == [False, False]
    assert same
    assert of_own_genre(np.array(points), genres) == 1.0
    assert trustworthiness(directions(values), np.array(points), n_neighbors=10) > 0.8
    assert np.array(few).shape == (5, 2)
    assert np.isfinite(few).all()


def test_tsne_keeps_neighbours_and_repeats_itself() -> None:
    values, genres = clouds(25)
    points = lay_out(values, "tsne", neighbours=10, seed=1).points
    assert of_own_genre(points, genres) == 1.0
    assert trustworthiness(directions(values), points, n_neighbors=8) > 0.8
    np.testing.assert_array_equal(lay_out(values, "tsne", neighbours=10, seed=1).points, points)
    assert np.isnan(lay_out(values, "tsne", neighbours=10).shares).all()


def test_pca_is_scikit_learns_and_says_what_its_axes_show() -> None:
    values, _ = clouds()
    layout = lay_out(values, "pca")
    reference = PCA(2).fit(standardised(directions(values)))
    np.testing.assert_allclose(
        abs(layout.points), abs(reference.transform(standardised(directions(values)))), rtol=1e-4, atol=1e-4
    )
    np.testing.assert_allclose(layout.shares, reference.explained_variance_ratio_, rtol=1e-6)


def test_tracks_on_a_line_lie_on_a_line() -> None:
    """Directions to the east and to the west, nothing between: one axis shows everything."""
    layout = lay_out(np.array([[-2.0, 1.0], [-1.0, 1.0], [1.0, 1.0], [2.0, 1.0]]), "pca")
    np.testing.assert_allclose(layout.shares, [1, 0], atol=1e-12)
    assert layout.points[0, 0] == layout.points[1, 0] == -layout.points[2, 0]
    np.testing.assert_allclose(layout.points[:, 1], 0, atol=1e-6)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_tracks_that_are_all_alike_still_get_a_map(method: str) -> None:
    assert np.isfinite(lay_out(np.ones((FEWEST, 3)), method).points).all()


def test_too_few_tracks_are_said() -> None:
    for method in METHODS:
        with pytest.raises(ParameterError, match=r"needs at least \d tracks with an embedding. Received: 1\.$"):
            lay_out(np.ones((1, 3)), method)
    with pytest.raises(ParameterError, match=r"by UMAP needs at least 5 tracks.* Received: 4. Take PCA, or judge more tracks"):
        lay_out(np.ones((4, 3)), "umap")
    with pytest.raises(ParameterError, match=r"method must be one of pca, umap, tsne. Received: method='isomap'"):
        lay_out(np.ones((9, 3)), "isomap")
    with pytest.raises(ParameterError, match=r"neighbours must lie in \[2, 100\]. Received: neighbours=1"):
        lay_out(np.ones((9, 3)), neighbours=1)
    with pytest.raises(ParameterError, match="Expected finite embeddings"):
        lay_out(np.full((9, 3), np.nan), "pca")


def test_something_new_lies_at_the_weighted_mean_of_its_nearest() -> None:
    embeddings = placed({"east": [1.0, 0.0], "north": [0.0, 1.0], "west": [-1.0, 0.0], "south": [0.0, -1.0]})
    points = np.array([[10.0, 0.0], [0.0, 20.0], [-10.0, 0.0], [0.0, -20.0]])
    between = place(embeddings, points, np.array([3.0, 3.0]), 2)  # as near to the east as to the north
    np.testing.assert_allclose(between, [5, 10], atol=1e-6)
    np.testing.assert_allclose(place(embeddings, points, np.array([7.0, 0.0])), [10, 0], atol=1e-6)  # exactly where one is
    angle = np.array([np.cos(0.3), np.sin(0.3)])
    east, north = 1 / (1 - angle[0]), 1 / (1 - angle[1])
    np.testing.assert_allclose(place(embeddings, points, angle, 2), [10 * east, 20 * north] / (east + north), rtol=1e-5)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_something_new_lies_among_its_neighbours(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    embeddings = placed({f"t{row}": its.tolist() for row, its in enumerate(rng.standard_normal((12, 4)))})
    points, query = rng.standard_normal((12, 2)), rng.standard_normal(4)
    found = place(embeddings, points, query, k)
    rows = [int(entry.track_id[1:]) for entry in nearest(embeddings, query, k)]
    assert (points[rows].min(axis=0) - 1e-9 <= found).all()
    assert (found <= points[rows].max(axis=0) + 1e-9).all()


def test_a_place_needs_points_of_these_tracks() -> None:
    embeddings = placed({"east": [1.0, 0.0], "north": [0.0, 1.0]})
    with pytest.raises(ParameterError, match=r"a point for each of 2 tracks. Received: k=5, points of shape \(3, 2\)"):
        place(embeddings, np.zeros((3, 2)), np.zeros(2))
    with pytest.raises(ParameterError, match=r"k of at least 1.*Received: k=0"):
        place(embeddings, np.zeros((2, 2)), np.zeros(2), 0)
