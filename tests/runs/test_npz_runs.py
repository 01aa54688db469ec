"""A run that holds arrays in the place of a graph travels as safely."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from genre_core.errors import RunError
from genre_core.models.npz import as_bytes
from genre_core.models.serve import NpzClassifier
from genre_core.paths import Root
from genre_core.runs import AlreadyHereError, Run, export_run, import_run, list_runs
from genre_core.runs.trial import try_model
from tests.runs.gaussian_run import FEATURE, clusters, gaussian_run, segments
from tests.runs.samples import members, pack, whole_run

Members = dict[str, bytes]


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "root", shipped=tmp_path / "shipped")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return gaussian_run(tmp_path_factory.mktemp("teacher") / "run")


@pytest.fixture(scope="module")
def held(made: Run) -> Members:
    return members(export_run(made))


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return (whole_run(tmp_path_factory.mktemp("graph") / "run").folder / "model.onnx").read_bytes()


def test_it_travels_whole_and_says_the_same(made: Run, held: Members, root: Root) -> None:
    assert isinstance(made.classifier(), NpzClassifier)
    assert "model.npz" in held
    assert "model.onnx" not in held
    run = import_run(export_run(made), root)
    assert isinstance(run.classifier(), NpzClassifier)
    for one, other in zip(made.classifier()(segments()), run.classifier()(segments()), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(AlreadyHereError):
        import_run(export_run(made), root)
    (run.folder / "model.npz").unlink()  # then it is no longer the same run
    assert import_run(export_run(made), root).id != run.id


def test_a_folder_with_two_models_is_refused(root: Root, graph: bytes) -> None:
    run = gaussian_run(root.runs / "one")
    (run.folder / "model.onnx").write_bytes(graph)
    with pytest.raises(RunError, match=r"A run has one model. Received: model.onnx and model.npz"):
        run.classifier()
    with pytest.raises(RunError, match=r"cannot be exported: A run has one model"):
        export_run(run)


def test_a_folder_without_a_model_is_said(root: Root) -> None:
    run = gaussian_run(root.runs / "one")
    (run.folder / "model.npz").unlink()
    with pytest.raises(RunError, match=r"There is no model at .*one \(model.onnx or model.npz\)"):
        run.classifier()


def npz(**changes: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.savez(out, **{"kind": np.array("kmeans_kl"), **clusters().arrays(), **changes})
    return out.getvalue()


def bomb() -> bytes:
    return pack({"kind.npy": bytes(10), "centroids.npy": bytes(100_000_000)})


BAD_MODELS: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: b"hello, I am no model at all", "damaged file"),
    "a bomb": (bomb, "compressed"),
    "a pickle": (lambda: npz(shares=np.array([{"a": 1}], dtype=object)), "damaged file"),
    "other shape": (lambda: as_bytes(clusters(d=5)), r"reads segments of shape \(n_segments, 6, 5\)"),
    "fewer genres": (lambda: as_bytes(clusters(2)), "one probability for each of 3 genres"),
}


@pytest.mark.parametrize("name", BAD_MODELS)
def test_a_model_made_to_do_harm_is_refused_in_words_and_leaves_nothing(held: Members, root: Root, name: str) -> None:
    make, words = BAD_MODELS[name]
    with pytest.raises(RunError, match=words):
        import_run(pack({**held, "model.npz": make()}), root)
    assert list_runs(root) == []
    assert not list(root.runs.glob(".import*"))


def test_members_that_do_not_go_together_are_refused(held: Members, root: Root, graph: bytes) -> None:
    alone = {name: content for name, content in held.items() if name != "model.npz"}
    with pytest.raises(RunError, match=r"without model.onnx or model.npz"):
        import_run(pack(alone), root)
    with pytest.raises(RunError, match=r"holds one model. Received: model.onnx and model.npz"):
        import_run(pack({**held, "model.onnx": graph}), root)
    with pytest.raises(RunError, match=r"[Mm]odel"):
        import_run(pack({**alone, "model.onnx": held["model.npz"]}), root)
    with pytest.raises(RunError, match=r"damaged file"):
        import_run(pack({**alone, "model.npz": graph}), root)
    with pytest.raises(RunError, match=r"Received also: 'model.pkl'"):
        import_run(pack({**alone, "model.pkl": b"x"}), root)
    assert list_runs(root) == []


def test_what_is_tried_is_tried_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    path.write_bytes(as_bytes(clusters()))
    try_model(path, [FEATURE.shape(99)], 3)
    with pytest.raises(RunError, match=r"reads 1 feature\(s\). Received: 2"):
        try_model(path, [FEATURE.shape(99)] * 2, 3)
    with pytest.raises(RunError, match=r"ends in .onnx or .npz"):
        try_model(path.rename(tmp_path / "m.bin"), [FEATURE.shape(99)], 3)


def test_a_claimed_size_is_not_believed(tmp_path: Path) -> None:
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 7, 6), }".ljust(117) + b"\n"
    claim = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    path = tmp_path / "m.npz"
    path.write_bytes(pack({"centroids.npy": claim}, compression=zipfile.ZIP_STORED))
    with pytest.raises(RunError, match=r"shape and size disagree"):
        try_model(path, [(7, 6)], 3)
