"""Layers are read off the graphs that serve: names, shapes, and numbers that a reader can compute by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from genre_core.errors import ParameterError, RunError
from genre_core.inspection.layers import inside
from genre_core.paths import find_root
from genre_core.runs import find_run
from tests.inspection.nets import FRAMES, ROWS, write_net
from tests.runs.gaussian_run import gaussian_run
from tests.tiny_run import make_run


@pytest.fixture
def run(tmp_path):
    run = make_run(tmp_path / "net")
    write_net(run.folder / "model.onnx")
    return run


def test_layers_are_named_in_their_order_and_the_output_is_not_one_of_them(run):
    found = inside(run)
    assert [stage.words for stage in found.stages] == [
        "conv 1 x 3, 2 channels, ReLU",
        "max-pool 2 x 2",
        "LSTM, 3 units",
        "dense, 2 units, ReLU",
    ]
    assert found.input_shapes == ((ROWS, FRAMES),)
    assert (found.filters.kind, found.filters.values.shape) == ("map", (2, 1, 3))
    assert found.filters.values[0].tolist() == [[-1, 0, 1]]


@pytest.mark.parametrize("turned", [False, True], ids=["bands first", "time first"])
def test_a_rise_is_answered_where_it_is(run, turned):
    write_net(run.folder / "model.onnx", turned=turned)
    x = np.zeros((ROWS, FRAMES), np.float32)
    x[1, 3:] = 5.0  # band 1 begins at frame 3
    conv, pool, states, dense = inside(run).activations(x)
    expected = np.zeros((2, ROWS, FRAMES))
    expected[0, 1, [2, 3]] = 5.0
    assert np.array_equal(conv.values, expected)
    assert np.array_equal(pool.values, expected.reshape(2, 2, 2, 3, 2).max(axis=(2, 4)))
    assert (states.kind, states.values.shape) == ("sequence", (3, FRAMES))
    assert (dense.kind, dense.values.shape) == ("units", (2,))


SHIPPED = {
    "demo-cnn-small": ("conv 3 x 3, 16 channels, ReLU", (16, 3, 3), (16, 128, 130)),
    "demo-ann": ("dense, 512 units, ReLU", (512, 57), (512,)),
    "blues-classical-jazz-rock-cnn": ("conv 3 x 3, 32 channels, ReLU", (32, 3, 3), (32, 96, 1366)),
}


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_opens_and_its_last_layer_is_what_serves(name):
    words, filters, first = SHIPPED[name]
    run = find_run(name, find_root())
    found = inside(run)
    x = np.random.default_rng(0).normal(size=found.input_shapes[0]).astype(np.float32)
    said = found.activations(x)
    assert (said[0].words, found.filters.values.shape, said[0].values.shape) == (words, filters, first)
    embedding = run.classifier()(x[None]).embedding[0]
    last = said[-1].values
    pooled = last if last.ndim == 1 else last.mean(axis=(1, 2))
    assert pooled == pytest.approx(embedding, abs=1e-4)


def test_what_has_no_layers_says_so(tmp_path):
    runs = [find_run("ten-genres", find_root()), gaussian_run(tmp_path / "gaussian"), make_run(tmp_path / "tiny")]
    for run in runs:
        with pytest.raises(RunError, match=r"cannot be looked into: it has no layers"):
            inside(run)


def test_another_input_and_a_damaged_file_are_said(run):
    found = inside(run)
    with pytest.raises(ParameterError, match=r"reads one segment of shape \(4, 6\)\. Received: \(4, 5\)\."):
        found.activations(np.zeros((4, 5), np.float32))
    with pytest.raises(ParameterError, match=r"Received: nothing\."):
        found.activations()
    (run.folder / "model.onnx").write_bytes(b"no graph at all, but long enough to be read as one")
    with pytest.raises(RunError, match="a damaged file"):
        inside(run)


def test_looking_inside_loads_no_tensorflow():
    run = find_root().shipped / "demo-cnn-small"
    code = (
        "import sys\n"
        "from genre_core.inspection.layers import inside\n"
        "from genre_core.runs import Run\n"
        "import numpy as np\n"
        "net = inside(Run.load(sys.argv[1]))\n"
        "net.activations(np.zeros((128, 130), np.float32))\n"
        "assert not {'tensorflow', 'keras', 'librosa'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(run)], check=True, cwd=Path(__file__).parents[2])
