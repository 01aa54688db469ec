"""`compare`: words for people, one object a pair for programs."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from tests.compared import judged, save_run


@pytest.fixture
def root(tmp_path):
    for name, n in (("net", 50), ("tree", 30), ("leaf", 29)):
        save_run(tmp_path, name, judged(np.arange(60) < n))
    return tmp_path


def compare(root, *arguments):
    return CliRunner().invoke(main, ["--root", str(root), "compare", *arguments])


def test_two_runs_in_words(root):
    outcome = compare(root, "net", "tree")
    assert outcome.exit_code == 0
    lines = outcome.stdout.splitlines()
    assert lines[0].startswith("“net” is better than “tree” by 33.3 percentage points, most likely by ")
    assert "  60 tracks of Songs: valid tracks, split by artist (? data set not here: not provable)" in lines
    assert "  both right 30, only “net” 20, only “tree” 0, neither 10" in lines
    assert any(
        line.startswith("  accuracy: 0.833 and 0.500, difference 0.333 [") and line.endswith("over 60 tracks") for line in lines
    )
    assert "McNemar's test 1.91e-06" in outcome.stdout
    assert "Holm" not in outcome.stdout
    assert sum(line.startswith("  - ") for line in lines) == 3


def test_runs_of_one_model_are_called_by_what_differs(root):
    for name, dropout, n in (("first", 0.3, 50), ("second", 0.6, 49)):
        save_run(root, name, judged(np.arange(60) < n), title="Net", config={"name": "ann", "dropout": dropout})
    outcome = compare(root, "first", "second")
    assert "“Net, dropout 0.3” and “Net, dropout 0.6”" in outcome.stdout
    assert "accuracy: 0.833 and 0.817, difference 0.017" in outcome.stdout
    pair = json.loads(compare(root, "first", "second", "--json").stdout)
    assert (pair["a"]["title"], pair["a"]["name"]) == ("Net", "Net, dropout 0.3")


def test_runs_of_other_songs_say_what_to_do(root):
    other = {"name": "other", "title": "Other songs", "note": "", "fingerprint": "1"}
    save_run(root, "elsewhere", judged(np.arange(60) < 9), dataset=other)
    assert "Train both on the same one." in compare(root, "net", "elsewhere").stderr


def test_every_pair_is_one_object(root):
    outcome = compare(root, "net", "tree", "leaf", "--json")
    assert outcome.exit_code == 0
    found = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [(pair["a"]["run"], pair["b"]["run"]) for pair in found] == [("net", "tree"), ("net", "leaf"), ("tree", "leaf")]
    assert [pair["told_apart"] for pair in found] == [True, True, False]
    assert {pair["n_comparisons"] for pair in found} == {3}
    assert found[0]["p_corrected"] == pytest.approx(2 * found[0]["p_value"])
    assert set(found[0]["differences"]["macro_f1"]) >= {"value", "low", "high", "n_groups", "over"}


def test_a_caution_is_said_once_however_many_pairs_it_concerns(root):
    assert compare(root, "net", "tree", "leaf").stdout.count("another seed") == 1


def test_what_cannot_be_compared_is_one_sentence(root):
    one = compare(root, "net")
    assert (one.exit_code, "Name two runs at least" in one.stderr) == (2, True)
    closed = compare(root, "net", "tree", "--split", "test", "--json")
    assert closed.exit_code == 1
    assert "Not opened: net, tree" in json.loads(closed.stdout)["error"]["message"]
    missing = compare(root, "net", "forest")
    assert (missing.exit_code, "There is no run named 'forest'" in missing.stderr) == (1, True)
