import json
import os
import subprocess
import sys

import pytest

from tests.teaching.write_keras import FILE


def flat(values, place=""):
    if isinstance(values, dict):
        for key, entry in values.items():
            yield from flat(entry, f"{place}/{key}")
    elif isinstance(values, list):
        for index, entry in enumerate(values):
            yield from flat(entry, f"{place}/{index}")
    else:
        yield place, values


def test_the_kept_numbers_are_those_that_keras_computes(tmp_path, keras_said):
    again = tmp_path / "keras.json"
    subprocess.run(
        [sys.executable, "-m", "tests.teaching.write_keras", str(again)],
        check=True,
        capture_output=True,
        cwd=FILE.parents[2],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""},
    )
    kept, now = dict(flat(keras_said)), dict(flat(json.loads(again.read_text(encoding="utf-8"))))
    assert kept.keys() == now.keys()
    for place, value in kept.items():
        assert now[place] == pytest.approx(value, rel=1e-9, abs=1e-12), place
