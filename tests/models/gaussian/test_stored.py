"""What is stored serves as it was learned, and what somebody else has stored does no harm."""

from __future__ import annotations

import contextlib
import io
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genre_core.errors import GenreError, ParameterError, RunError, TrainingError
from genre_core.models.batches import BATCH_SEGMENTS
from genre_core.models.gaussian import fitting
from genre_core.models.gaussian.rows import GAUSSIAN
from genre_core.models.npz import KINDS, NpzClassifier, as_bytes
from tests.models.gaussian.samples import D, fitted, tracks

ROWS = {spec.name: spec for spec in GAUSSIAN}
every_row = pytest.mark.parametrize("name", ROWS)


def learned(name: str, *, seed: int = 0):
    """An estimator of a row, and 24 segments that it learned from."""
    x, genres, groups = tracks()
    if name == "gmm":
        x = x.reshape(len(x), -1)
    spec = ROWS[name]
    return fitted(spec.build, spec.config(), x, genres, groups, seed=seed)[0], x


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {name: tmp_path_factory.mktemp(name) for name in ROWS}
    for name, folder in folders.items():
        estimator, x = learned(name)
        assert estimator.save(folder, (x,)) <= 1e-5
    return {name: folder / "model.npz" for name, folder in folders.items()}


@every_row
def test_serves_what_was_learned(name: str, stored: dict[str, Path]) -> None:
    estimator, x = learned(name)
    served = NpzClassifier(stored[name])
    many = np.concatenate([x, 1.1 * x, x[:3]])
    assert len(many) > BATCH_SEGMENTS
    for one, other in zip(estimator(many), served(many), strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == np.float32
        assert len(one) == len(many)
    assert served.input_shapes == (x.shape[1:],)
    np.testing.assert_allclose(served(many).posterior.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.exp(served(many).logits), served(many).posterior, atol=1e-6)


@every_row
@pytest.mark.filterwarnings("error")
def test_any_finite_numbers_have_a_posterior(name: str, stored: dict[str, Path]) -> None:
    _, x = learned(name)
    for strange in (np.zeros_like(x), 1e12 * x, -x, np.ones_like(x), np.full_like(x, 1e-30)):
        scores = NpzClassifier(stored[name])(strange)
        assert all(np.isfinite(part).all() for part in scores)
        np.testing.assert_allclose(scores.posterior.sum(axis=1), 1, rtol=1e-5)


@every_row
def test_the_same_bytes_without_pickle_and_not_packed(name: str, stored: dict[str, Path], tmp_path: Path) -> None:
    estimator, x = learned(name)
    estimator.save(tmp_path, (x,))
    assert (tmp_path / "model.npz").read_bytes() == stored[name].read_bytes()
    with np.load(stored[name], allow_pickle=False) as arrays:
        assert str(arrays["kind"]) == name
        assert set(arrays) == {"kind", *KINDS[name].ARRAYS}


@every_row
def test_wrong_inputs_are_refused_as_by_a_graph(name: str, stored: dict[str, Path]) -> None:
    _, x = learned(name)
    served = NpzClassifier(stored[name])
    with pytest.raises(RunError, match=r"reads 1 feature.*Received: 2"):
        served(x, x)
    for wrong in (x[0], x[:0], x[..., :-1], x[None]):
        with pytest.raises(RunError, match=r"reads segments of shape \(n_segments, .*Received: shape"):
            served(wrong)
    x[3] = np.nan
    with pytest.raises(RunError, match="finite features"):
        served(x)


@every_row
def test_threads_and_processes_share_it(name: str, stored: dict[str, Path]) -> None:
    _, x = learned(name)
    served = NpzClassifier(stored[name], threads=1)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: served(x).posterior, range(16)))
    assert all((result == results[0]).all() for result in results)
    copy = pickle.loads(pickle.dumps(served))
    assert copy.threads == 1
    np.testing.assert_array_equal(copy(x).posterior, results[0])


@every_row
def test_the_same_seed_gives_the_same(name: str) -> None:
    first, x = learned(name, seed=5)
    second, _ = learned(name, seed=5)
    np.testing.assert_array_equal(first(x).posterior, second(x).posterior)


@every_row
def test_what_cannot_be_learned_from_is_said_first(name: str) -> None:
    _, x = learned(name)
    build, config = ROWS[name].build, ROWS[name].config()
    genres, groups = np.repeat([0, 1, 2], 8), np.arange(24)
    with pytest.raises(TrainingError, match=r"at least two genres.*Received: 1"):
        fitted(build, config, x, np.zeros(24, int), groups)
    with pytest.raises(TrainingError, match=r"at least two genres.*Received: 0"):
        fitted(build, config, x[:0], genres[:0], groups[:0])
    with pytest.raises(TrainingError, match="Received: NaN"):
        fitted(build, config, np.where(x == x.max(), np.nan, x), genres, groups)
    with pytest.raises(TrainingError, match="24 tracks"):
        fitted(build, config, x[1:], genres[1:], groups)
    with pytest.raises(ParameterError, match=r"one feature. Received: 2"):
        build(config, (x.shape[1:],) * 2, 3)
    with pytest.raises(TrainingError, match="fit it first"):
        build(config, (x.shape[1:],), 3)(x)


@every_row
def test_a_genre_of_one_track_and_one_that_is_missing(name: str) -> None:
    _, x = learned(name)
    estimator, _ = fitted(ROWS[name].build, ROWS[name].config(), x, np.repeat([0, 3], [1, 23]), np.arange(24), n_genres=5)
    posterior = estimator(x).posterior
    assert posterior.shape == (24, 5)
    assert (posterior[:, [1, 2, 4]] == 0).all()


def test_a_stop_is_heeded() -> None:
    class AskedError(Exception):
        pass

    def stop(words: str, share: float) -> None:
        assert 0 <= share <= 1
        assert words
        raise AskedError

    for name, spec in ROWS.items():
        _, x = learned(name)
        with pytest.raises(AskedError):
            spec.build(spec.config(), (x.shape[1:],), 3).fit(
                (x,), np.repeat([0, 1, 2], 8), groups=np.arange(24), n_genres=3, seed=0, report=stop
            )


def test_a_file_that_says_something_else_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    estimator, x = learned("knn_kl")
    monkeypatch.setattr(fitting, "as_bytes", lambda scorer: as_bytes(replace(scorer, votes=scorer.votes[:, ::-1].copy())))
    with pytest.raises(TrainingError, match="says something else than the trained one: posteriors differ by"):
        estimator.save(tmp_path, (x,))
    assert not (tmp_path / "model.npz").exists()


# Files from somebody else ---------------------------------------------------------------------------------------------


def packed(arrays: dict[str, np.ndarray], *, compressed: bool = False, **changes: np.ndarray) -> bytes:
    out = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(out, **{**arrays, **changes})
    return out.getvalue()


def held(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


BAD: dict[str, tuple[str, Callable[[dict[str, np.ndarray]], bytes]]] = {
    "empty": ("breaks off", lambda a: b""),
    "text": ("archive", lambda a: b"hello, this is text and no archive at all, as long as a header"),
    "cut short": ("damaged", lambda a: packed(a)[:-400]),
    "compressed": ("compressed", lambda a: packed(a, compressed=True)),
    "a pickle": ("array", lambda a: packed(a, rows=np.array([{"a": 1}], dtype=object))),
    "no kind": ("does not say its kind", lambda a: packed({name: a[name] for name in a if name != "kind"})),
    "kind is a number": ("does not say its kind", lambda a: packed(a, kind=np.array(3))),
    "unknown kind": ("'svm'; there are knn_kl, kmeans_kl, gmm", lambda a: packed(a, kind=np.array("svm"))),
    "other kind": ("must hold centroids, shares", lambda a: packed(a, kind=np.array("kmeans_kl"))),
    "an array too few": ("must hold rows", lambda a: packed({name: a[name] for name in a if name != "k"})),
    "an array too many": ("and holds", lambda a: packed(a, more=np.zeros(2))),
    "wrong type": ("rows has the type float64", lambda a: packed(a, rows=a["rows"].astype(float))),
    "wrong dimensions": ("the shape", lambda a: packed(a, rows=a["rows"][0])),
    "no rows": (r"the shape \(0", lambda a: packed(a, rows=a["rows"][:0])),
    "not square": ("shape", lambda a: packed(a, rows=a["rows"][:, :-1].copy())),
    "other length": ("does not fit the others", lambda a: packed(a, starts=a["starts"][:-1].copy())),
    "NaN": ("rows holds NaN", lambda a: packed(a, rows=np.full_like(a["rows"], np.nan))),
    "infinite": ("votes holds NaN or infinite", lambda a: packed(a, votes=np.full_like(a["votes"], np.inf))),
    "no vote": ("one vote", lambda a: packed(a, votes=np.zeros_like(a["votes"]))),
    "k is zero": ("one vote", lambda a: packed(a, k=np.array(0))),
    "tracks backwards": ("one after another", lambda a: packed(a, starts=a["starts"][::-1].copy())),
    "tracks beyond the rows": ("one after another", lambda a: packed(a, starts=a["starts"] * 1000)),
}


@pytest.mark.parametrize("name", BAD)
def test_a_damaged_file_is_said(name: str, stored: dict[str, Path], tmp_path: Path) -> None:
    words, make = BAD[name]
    path = tmp_path / "model.npz"
    path.write_bytes(make(held(stored["knn_kl"])))
    with pytest.raises(RunError, match=rf"Expected a model in .*model.npz. Received: a damaged file \(.*{words}.*Train the run"):
        NpzClassifier(path)(np.zeros((1, 1 + D, D), np.float32))


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("kmeans_kl", {"shares": lambda a: 2 * a}, "sum to one"),
        ("kmeans_kl", {"shares": lambda a: a - 1}, "sum to one"),
        ("gmm", {"variances": lambda a: -a}, "variances positive"),
        ("gmm", {"weights": lambda a: 0 * a}, "no genre has a component"),
        ("gmm", {"scale": lambda a: -a}, "must not be negative"),
    ],
)
def test_values_that_make_no_sense(
    kind: str, changes: dict[str, Callable], words: str, stored: dict[str, Path], tmp_path: Path
) -> None:
    arrays = held(stored[kind])
    (tmp_path / "model.npz").write_bytes(packed(arrays, **{name: change(arrays[name]) for name, change in changes.items()}))
    with pytest.raises(RunError, match=words):
        _ = NpzClassifier(tmp_path / "model.npz").input_shapes


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"There is no model at .*model.npz. The run is incomplete"):
        NpzClassifier(tmp_path / "model.npz")(np.zeros((1, 2), np.float32))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rows.npy", bytes(50_000_000))
    assert path.stat().st_size < 100_000
    with pytest.raises(RunError, match="compressed"):
        _ = NpzClassifier(path).input_shapes


@given(st.data())
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_ends_in_a_sentence(stored: dict[str, Path], tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(stored)))
    content = bytearray(stored[name].read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    for _ in range(data.draw(st.integers(0, 4))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "model.npz").write_bytes(content)
    classifier = NpzClassifier(tmp_path / "model.npz")
    with contextlib.suppress(GenreError):  # anything else fails the test
        classifier(*(np.zeros((2, *shape), np.float32) for shape in classifier.input_shapes))


def test_serving_loads_numpy_alone(stored: dict[str, Path]) -> None:
    code = (
        "import sys, numpy as np\n"
        "from genre_core.models.npz import NpzClassifier\n"
        "for path in sys.argv[1:]:\n"
        "    served = NpzClassifier(path)\n"
        "    served(np.zeros((1, *served.input_shapes[0]), np.float32))\n"
        "print([name for name in ('sklearn', 'tensorflow', 'keras', 'onnxruntime', 'onnx', 'pandas') if name in sys.modules])"
    )
    call = [sys.executable, "-c", code, *map(str, stored.values())]
    done = subprocess.run(call, capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parents[3])
    assert done.stdout.strip() == "[]"
