from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from genre_core.errors import ParameterError, TrainingError
from genre_core.models.base import Scores
from genre_core.models.serve import OnnxClassifier
from genre_core.models.tabular.columns import LIMIT
from genre_core.models.tabular.estimator import FLOOR, TabularEstimator
from genre_core.models.tabular.graph import Graph
from genre_core.models.tabular.svm import deal_folds
from tests.models.tabular.conftest import N_COLUMNS, ROWS, SMALL, Blobs, make_blobs, taught

PROJECT = Path(__file__).resolve().parents[3]
NAMES = sorted(ROWS)


@pytest.fixture(scope="module", params=NAMES)
def pair(request: pytest.FixtureRequest, blobs: Blobs, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A row that has learned, in memory and served."""
    estimator, _ = taught(request.param, blobs)
    folder = tmp_path_factory.mktemp(request.param)
    estimator.save(folder, (blobs.x[::3],))
    return estimator, OnnxClassifier(folder / "model.onnx")


def assert_same(expected: Scores, received: Scores) -> None:
    np.testing.assert_allclose(received.posterior, expected.posterior, atol=1e-5, rtol=0)
    np.testing.assert_allclose(received.logits, expected.logits, atol=1e-3)
    np.testing.assert_array_equal(received.embedding, expected.embedding)
    named = np.take_along_axis(expected.posterior, received.posterior.argmax(axis=1)[:, None], axis=1)[:, 0]
    assert (named >= expected.posterior.max(axis=1) - 1e-5).all()  # the same genre, or one as likely
    for scores in (expected, received):
        np.testing.assert_allclose(scores.posterior.sum(axis=1), 1, atol=1e-5)
        assert scores.posterior.min() >= 0
        assert all(part.dtype == np.float32 for part in scores)


def odd(x: np.ndarray) -> np.ndarray:
    """Segments that no song gives, each kind once."""
    mean = x.mean(axis=0, keepdims=True)
    lonely = mean.repeat(N_COLUMNS, 0)
    lonely[np.arange(N_COLUMNS), np.arange(N_COLUMNS)] *= 1e9
    rows = [np.zeros_like(mean), mean, mean * 1e3, -mean * 1e6, np.full_like(mean, 3e38), np.full_like(mean, -3e38)]
    return np.concatenate([*rows, np.full_like(mean, 1e-42), lonely, x[:3], x[:3] * 100, np.nextafter(x[:3], np.float32(0))])


@pytest.mark.parametrize("name", NAMES)
def test_learns_what_is_apart(name: str, blobs: Blobs) -> None:
    estimator, facts = taught(name, blobs)
    other = make_blobs(seed=1)
    scores = estimator(other.x)
    assert (scores.posterior.argmax(axis=1) == other.genres).mean() > 0.9
    assert (scores.posterior.argmax(axis=1) == scores.logits.argmax(axis=1)).all()
    (scaler,) = facts["scaler"]
    assert len(scaler["mean"]) == len(scaler["std"]) == N_COLUMNS
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts


@pytest.mark.parametrize("name", NAMES)
def test_learns_nothing_where_there_is_nothing(name: str) -> None:
    noise, other = make_blobs((12, 12, 12), apart=0.0), make_blobs((12, 12, 12), apart=0.0, seed=1)
    estimator, _ = taught(name, noise)
    assert (estimator(other.x).posterior.argmax(axis=1) == other.genres).mean() < 0.5


def plain(name: str, blobs: Blobs, config: dict[str, Any]) -> Any:
    """What scikit-learn gives by itself; columns as float32, since a solver with a tolerance makes much of a last digit."""
    folds, _ = deal_folds(blobs.genres, blobs.groups, seed=0)
    cv = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(folds.max() + 1)]
    values = ROWS[name].config(**{**SMALL[name], **config})
    of = {
        "svm": lambda c: CalibratedClassifierCV(
            SVC(kernel=c.kernel, C=c.C, gamma=c.gamma, degree=c.degree), cv=cv, ensemble=False
        ),
        "knn": lambda c: KNeighborsClassifier(c.k, weights=c.weights),
        "logistic": lambda c: LogisticRegression(C=c.C, max_iter=5000, tol=1e-5),
        "tree": lambda c: DecisionTreeClassifier(max_depth=c.depth, min_samples_leaf=c.min_leaf, random_state=0),
        "forest": lambda c: RandomForestClassifier(
            c.trees, max_depth=c.depth, min_samples_leaf=c.min_leaf, max_features=c.features, random_state=0
        ),
    }
    rounding = FunctionTransformer(lambda z: z.astype(np.float32).astype(np.float64))
    return make_pipeline(StandardScaler(), rounding, of[name](values)).fit(blobs.x.astype(np.float64), blobs.genres)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("svm", {"kernel": "rbf"}),
        ("svm", {"kernel": "poly", "gamma": 0.1}),
        ("svm", {"kernel": "linear", "C": 100.0}),
        ("knn", {"weights": "uniform"}),
        ("knn", {"weights": "distance"}),
        ("logistic", {}),
        ("tree", {}),
        ("forest", {}),
    ],
)
@pytest.mark.parametrize("n_tracks", [(5, 5), (4, 4, 4, 4)], ids=["two genres", "four genres"])
def test_equals_plain_scikit_learn(name: str, config: dict[str, Any], n_tracks: tuple[int, ...], tmp_path: Path) -> None:
    blobs, other = make_blobs(n_tracks, apart=0.7), make_blobs(n_tracks, apart=0.7, seed=1)
    config = config if name == "knn" else {**config, "balanced": False}
    estimator, _ = taught(name, blobs, **config)
    expected = plain(name, blobs, config).predict_proba(other.x.astype(np.float64))
    np.testing.assert_allclose(estimator(other.x).posterior, expected, atol=2e-5)
    assert estimator.save(tmp_path, (blobs.x,)) <= 1e-5
    assert_same(estimator(other.x), OnnxClassifier(tmp_path / "model.onnx")(other.x))


def test_served_equals_in_memory_on_what_no_song_gives(pair: Any, blobs: Blobs) -> None:
    estimator, served = pair
    assert_same(estimator(odd(blobs.x)), served(odd(blobs.x)))
    assert abs(served(odd(blobs.x)).embedding).max() <= LIMIT


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1), exponent=st.floats(-30, 30), n_segments=st.integers(1, 40))
def test_served_equals_in_memory_at_any_scale(pair: Any, blobs: Blobs, seed: int, exponent: float, n_segments: int) -> None:
    estimator, served = pair
    rng = np.random.default_rng(seed)
    x = blobs.x[rng.integers(0, len(blobs.x), n_segments)] * rng.standard_normal((n_segments, N_COLUMNS))
    x = np.clip(x * 10.0**exponent, -3e38, 3e38).astype(np.float32)
    assert_same(estimator(x), served(x))


def test_embedding_is_the_standardised_columns(pair: Any, blobs: Blobs) -> None:
    _, served = pair
    embedding = served(blobs.x).embedding
    np.testing.assert_allclose(embedding.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(embedding.std(axis=0), 1, atol=1e-4)


def test_graph_asks_nothing_special_of_who_serves_it(pair: Any) -> None:
    _, served = pair
    model = onnx.load(served.path)
    assert {entry.domain for entry in model.opset_import} <= {"", "ai.onnx.ml"}
    assert [entry.name for entry in model.graph.input] == ["input_0"]
    assert not [entry for entry in served.path.parent.iterdir() if entry.name != "model.onnx"]


@pytest.mark.parametrize("name", NAMES)
def test_missing_genre_keeps_its_column(name: str, tmp_path: Path) -> None:
    blobs = make_blobs((4, 0, 4, 4, 0))
    estimator, _ = taught(name, blobs, n_genres=5)
    estimator.save(tmp_path, (blobs.x,))
    served = OnnxClassifier(tmp_path / "model.onnx")(blobs.x)
    assert_same(estimator(blobs.x), served)
    assert served.posterior.shape == (len(blobs.x), 5)
    assert not served.posterior[:, [1, 4]].any()
    np.testing.assert_allclose(served.logits[:, [1, 4]], np.log(FLOOR), rtol=1e-5)
    assert (served.posterior.argmax(axis=1) == blobs.genres).mean() > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_genre_of_one_track(name: str, tmp_path: Path) -> None:
    blobs = make_blobs((5, 1, 5))
    estimator, facts = taught(name, blobs)
    estimator.save(tmp_path, (blobs.x,))
    served = OnnxClassifier(tmp_path / "model.onnx")(blobs.x)
    assert_same(estimator(blobs.x), served)
    assert (served.posterior.argmax(axis=1) == blobs.genres)[blobs.genres == 1].any()
    if name == "svm":
        assert facts["calibration"] == {"folds": 5, "divided_genres": [1]}


@pytest.mark.parametrize("name", NAMES)
def test_column_that_never_changes(name: str, blobs: Blobs, tmp_path: Path) -> None:
    x = blobs.x.copy()
    x[:, 3], x[:, 5] = 0.0, 1234.5
    estimator, facts = taught(name, blobs._replace(x=x))
    assert facts["scaler"][0]["std"][3] == facts["scaler"][0]["std"][5] == 1.0
    estimator.save(tmp_path, (x,))
    assert_same(estimator(blobs.x), OnnxClassifier(tmp_path / "model.onnx")(blobs.x))


@pytest.mark.parametrize("name", NAMES)
def test_one_genre_is_refused(name: str) -> None:
    with pytest.raises(TrainingError, match=r"at least two genres.*Received: 1 genre\(s\) in 20 segments"):
        taught(name, make_blobs((0, 4, 0)))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused(blobs: Blobs, value: float) -> None:
    x = blobs.x.copy()
    x[7, 2] = value
    with pytest.raises(TrainingError, match="NaN or infinite"):
        taught("logistic", blobs._replace(x=x))
    estimator, _ = taught("logistic", blobs)
    with pytest.raises(TrainingError, match="NaN or infinite"):
        estimator(x)


def test_wrong_shapes_are_refused(blobs: Blobs) -> None:
    spec = ROWS["knn"]
    with pytest.raises(ParameterError, match=r"knn reads one row of columns a segment. Received: shapes \(\(13, 130\),\)"):
        spec.build(spec.config(), ((13, 130),), 3)
    estimator, _ = taught("knn", blobs)
    for inputs in ((blobs.x[:, :5],), (blobs.x, blobs.x), (blobs.x[:0],)):
        with pytest.raises(TrainingError, match=r"shape \(n_segments, 12\)"):
            estimator(*inputs)


def test_nothing_is_served_before_it_has_learned(blobs: Blobs, tmp_path: Path) -> None:
    estimator = ROWS["tree"].build(ROWS["tree"].config(), ((N_COLUMNS,),), 3)
    for use in (lambda: estimator(blobs.x), lambda: estimator.save(tmp_path, (blobs.x,))):
        with pytest.raises(TrainingError, match="tree has not learned anything yet"):
            use()


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_scores(name: str, blobs: Blobs) -> None:
    first, again = (taught(name, blobs, seed=4)[0](blobs.x).posterior for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_another_seed_grows_another_forest(blobs: Blobs) -> None:
    first, other = (taught("forest", blobs, seed=seed)[0](blobs.x).posterior for seed in (0, 1))
    assert abs(first - other).max() > 0.01


@pytest.mark.parametrize("name", ["svm", "logistic", "tree", "forest"])
def test_balance_hears_the_small_genre(name: str) -> None:
    blobs, other = make_blobs((30, 3), apart=0.25), make_blobs((30, 30), apart=0.25, seed=1)
    config = {"depth": 3, "min_leaf": 10} if name in ("tree", "forest") else {}
    found = [
        (taught(name, blobs, balanced=balanced, **config)[0](other.x).posterior.argmax(axis=1) == 1)[other.genres == 1].mean()
        for balanced in (True, False)
    ]
    assert found[0] > found[1] + 0.1


@pytest.mark.parametrize("name", ["svm", "forest"])
def test_stops_where_it_is_asked_to(name: str, blobs: Blobs) -> None:
    class AskedError(Exception):
        pass

    told: list[tuple[str, float]] = []

    def report(words: str, share: float) -> None:
        told.append((words, share))
        if len(told) == 3:
            raise AskedError

    with pytest.raises(AskedError):
        taught(name, blobs, report=report, **({"trees": 60} if name == "forest" else {}))
    assert all(0 <= share < 1 for _, share in told)


def test_reports_rise(blobs: Blobs) -> None:
    told: list[float] = []
    taught("svm", blobs, report=lambda words, share: told.append(share))
    assert told == sorted(told)
    assert len(set(told)) == 6  # five folds and the machine that is kept


@pytest.mark.parametrize("name", NAMES)
def test_what_says_something_else_is_not_kept(name: str, blobs: Blobs, tmp_path: Path) -> None:
    def always(graph: Graph, classifier: Any, z: str) -> str:
        nothing = graph.node("MatMul", graph.double(z), graph.constant(np.zeros((N_COLUMNS, 3))))
        return graph.node("Add", nothing, graph.constant(np.array([[0.5, 0.3, 0.2]])))

    spec = ROWS[name]
    learner = spec.build.args[0]._replace(write=always)
    estimator = TabularEstimator(learner, spec.config(**SMALL[name]), ((N_COLUMNS,),), 3)
    estimator.fit((blobs.x,), blobs.genres, groups=blobs.groups, n_genres=3, seed=0, report=lambda words, share: None)
    with pytest.raises(TrainingError, match=r"must agree with what was trained.*The run is not kept"):
        estimator.save(tmp_path, (blobs.x[:32],))
    assert not list(tmp_path.iterdir())


def test_listing_the_rows_loads_no_scikit_learn() -> None:
    code = (
        "import sys, genre_core.models.tabular\n"
        "print([name for name in ('sklearn', 'skl2onnx', 'onnx', 'onnxruntime', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True, timeout=60)
    assert "sklearn" not in done.stdout
    assert "onnx" not in done.stdout
