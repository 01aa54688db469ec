"""Runs compared in pairs: on which tracks, and when not at all."""

from __future__ import annotations

import json

import numpy as np
import pytest

from genre_core.errors import ParameterError, RunError
from genre_core.paths import find_root
from genre_core.runs.comparing import MOST_RUNS, compare_runs
from tests.compared import judged, save_run, songs

N = 60
TEST_OPENED = {"test_openings": ["2026-11-21T12:00:00+00:00"]}


def right(n_right: int, n: int = N) -> np.ndarray:
    return np.arange(n) < n_right


@pytest.fixture
def root(tmp_path):
    return find_root(tmp_path)


def test_a_clear_lead_is_told_with_its_roles_and_runs(tmp_path, root):
    net, tree = save_run(tmp_path, "net", judged(right(50))), save_run(tmp_path, "tree", judged(right(30)))
    [pair] = compare_runs([net, tree], root)
    assert pair.told_apart
    assert pair.verdict.startswith("“net” is better than “tree” by 33.3 percentage points")
    assert (pair.role_a, pair.role_b, pair.n_pairs, pair.p_corrected) == ("valid", "valid", 1, pair.found.p_value)
    values = pair.to_dict()
    assert json.loads(json.dumps(values))["b"]["run"] == "tree"
    assert (values["a"]["role"], values["a"]["split"]["title"], values["a"]["dataset"]) == ("valid", "by artist", "songs")
    assert pair.judged_on == "60 tracks of Songs: valid tracks, split by artist (? data set not here: not provable)"
    assert values["only_a"] == 20


def test_artists_come_from_the_data_set_where_it_is_here(tmp_path, root):
    dataset = songs(tmp_path, N, n_artists=12)
    learned = {"dataset": {"name": "songs", "title": "Songs", "note": "", "fingerprint": dataset.fingerprint}}
    runs = [save_run(tmp_path, name, judged(right(n)), **learned) for name, n in (("net", 50), ("tree", 30))]
    [pair] = compare_runs(runs, root)
    assert (pair.found.over, pair.found.n_groups, pair.found.p_value) == ("artists", 12, 2 / 16)
    assert not pair.told_apart


def test_three_runs_give_three_pairs_with_corrected_p(tmp_path, root):
    runs = [save_run(tmp_path, name, judged(right(n))) for name, n in (("a", 50), ("b", 43), ("c", 42))]
    pairs = compare_runs(runs, root)
    assert [(pair.name_a, pair.name_b) for pair in pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert pairs[0].p_corrected == pytest.approx(2 * 2 / 2**7)
    assert (pairs[0].found.p_value < 0.05, pairs[0].told_apart, pairs[1].told_apart) == (True, True, True)
    assert pairs[2].p_corrected == 1.0
    assert any("Here are 3" in words for words in pairs[0].cautions)


def test_runs_of_one_title_are_told_apart_by_their_ids(tmp_path, root):
    runs = [save_run(tmp_path, name, judged(right(n)), title="Net") for name, n in (("first", 50), ("second", 30))]
    assert "“Net (first)” is better than “Net (second)”" in compare_runs(runs, root)[0].verdict


def test_folds_and_valid_meet_on_the_tracks_that_both_judged(tmp_path, root):
    folded = save_run(tmp_path, "folded", judged(right(50)), role="folds")
    plain = save_run(tmp_path, "plain", judged(right(10, 24), first=20))
    [pair] = compare_runs([folded, plain], root)
    assert (pair.role_a, pair.role_b, pair.found.n, pair.found.n_alone_a) == ("folds", "valid", 24, 36)
    assert "24 tracks of Songs: out-of-fold tracks, 3 folds by artist (" in pair.judged_on
    assert "; valid tracks, split by artist (" in pair.judged_on
    said = " ".join(pair.cautions)
    assert "“plain” was stopped early by its score on these very tracks" in said
    assert "divide the tracks differently (3 folds by artist, seed 0; by artist, seed 0)" in said
    assert "Counted are the 24 tracks that both runs judged" in said
    at_once = save_run(tmp_path, "at-once", judged(right(10, 24), first=20), history=[])
    assert "was stopped early" not in " ".join(compare_runs([folded, at_once], root)[0].cautions)


def test_too_few_tracks_in_common_are_refused(tmp_path, root):
    runs = [save_run(tmp_path, "one", judged(right(20, 30))), save_run(tmp_path, "two", judged(right(20, 30), first=20))]
    with pytest.raises(ParameterError, match=r"at least 20. Received: 10 that both judged, of 30 and 30"):
        compare_runs(runs, root)


def test_test_is_compared_only_where_all_have_opened_it(tmp_path, root):
    opened = save_run(tmp_path, "opened", judged(right(50)), role="test")
    other = save_run(tmp_path, "other", judged(right(30)), role="test")
    closed = save_run(tmp_path, "closed", judged(right(30)), role="test", test_openings=[])
    [pair] = compare_runs([opened, other], root, role="test")
    assert "the test split, which both runs have opened" in pair.cautions[0]
    with pytest.raises(RunError, match=r"Not opened: closed. Choose between models on the valid tracks"):
        compare_runs([opened, closed], root, role="test")
    assert closed.test_openings == ()
    with pytest.raises(RunError, match="not judged on 'valid' tracks"):
        compare_runs([opened, other], root)


def leaky(seed: int = 0):
    roles = {f"song.{number:03d}": "mixed" for number in range(N)}
    split = {"name": "segment_random", "seed": seed, "roles": roles, "unit": "segment"}
    crossing = {"tracks": [], "artists": [], "hashes": [], "artists_known": True, "near_duplicates": [], "segments": True}
    return {"split": split, "leaks": {**crossing, "badge": "✖ leaky", "verdict": "leaky"}}


def test_a_leaky_run_never_stands_beside_an_honest_one(tmp_path, root):
    honest = save_run(tmp_path, "honest", judged(right(30)))
    lie, second = (save_run(tmp_path, name, judged(right(n)), **leaky()) for name, n in (("lie", 50), ("second", 40)))
    with pytest.raises(RunError, match=r"The scores of lie \(leaky\) are leaky"):
        compare_runs([honest, lie], root)
    [pair] = compare_runs([lie, second], root)
    assert (pair.found.level, pair.found.n, pair.found.only_a) == ("segments", 2 * N, 20)
    assert "how well each run remembers songs" in pair.cautions[0]
    other = save_run(tmp_path, "other", judged(right(40)), **leaky(seed=1))
    with pytest.raises(RunError, match="different random segments"):
        compare_runs([lie, other], root)


def test_what_is_no_comparison_is_refused(tmp_path, root):
    net = save_run(tmp_path, "net", judged(right(50)))
    other = save_run(tmp_path, "other", judged(right(50)), dataset={"name": "x", "title": "X", "note": "", "fingerprint": "1"})
    with pytest.raises(RunError, match="different data sets"):
        compare_runs([net, other], root)
    with pytest.raises(RunError, match=r"not with itself. Received: net twice"):
        compare_runs([net, net], root)
    with pytest.raises(RunError, match=f"Two to {MOST_RUNS} runs are compared at once. Received: 1"):
        compare_runs([net], root)
