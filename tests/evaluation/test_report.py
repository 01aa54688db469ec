import json

import numpy as np
import pytest

from genre_core.datasets.splits import LeakReport
from genre_core.evaluation.metrics import ScoreReport
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.report import NOT_KEPT, score_of, score_report, split_verdict

MANIFEST = {"split": {"name": "by_artist", "seed": 3, "roles": {}}, "leaks": None, "folds": None}


@pytest.fixture(scope="module")
def predictions():
    rng = np.random.default_rng(1)
    y = np.repeat(np.arange(4), 6)
    p = rng.dirichlet(np.ones(4), size=48)
    starts = np.tile([0.0, 3.0], 24)
    return Predictions(tuple("abcd"), [f"t{i}" for i in range(24)], y, np.repeat(np.arange(24), 2), starts, starts + 3, p)


def test_a_roles_entry_holds_counts_scores_and_intervals(predictions):
    entry = json.loads(json.dumps(score_report(predictions, [f"artist {index // 2}" for index in range(24)]), allow_nan=False))
    assert {key: entry[key] for key in ("n_tracks", "n_segments", "over", "n_groups")} == {
        "n_tracks": 24,
        "n_segments": 48,
        "over": "artists",
        "n_groups": 12,
    }
    found = entry["tracks"]["intervals"]["macro_f1"]
    assert set(found) == {"value", "low", "high", "level", "n_groups", "over", "reason"}
    assert found["value"] == entry["tracks"]["macro_f1"]
    assert entry["segments"]["genres"][1]["intervals"]["recall"]["n_groups"] == 3
    report = ScoreReport.from_dict(entry["tracks"])
    assert report.to_dict() == entry["tracks"]
    assert str(score_of(entry, "macro_f1")) == str(report.intervals["macro_f1"])
    assert score_report(predictions)["over"] == "tracks"


def test_a_score_kept_without_an_interval_stands_alone_with_the_reason():
    found = score_of({"tracks": {"accuracy": 0.5}}, "accuracy")
    assert (str(found), found.reason) == ("0.50", NOT_KEPT)
    assert str(score_of({}, "accuracy")) == "n/a"


def test_what_crosses_is_told_from_the_manifest_before_the_data_set():
    crossing = LeakReport((), ("Nina",), (), True)
    told = split_verdict(MANIFEST | {"leaks": {"badge": "✔ nothing crosses", "verdict": "nothing crosses"}}, crossing)
    assert told == {
        "name": "by_artist",
        "title": "by artist",
        "seed": 3,
        "leaky": False,
        "badge": "✔ nothing crosses",
        "verdict": "nothing crosses",
    }
    assert split_verdict(MANIFEST, crossing)["badge"] == "✖ 1 artist crosses"
    assert split_verdict(MANIFEST)["badge"] == "? data set not here: not provable"


def test_what_crosses_folds_says_nothing_of_the_test_tracks_held_out_of_them():
    folds = {"count": 5, "seed": 7, "grouped_by": "artist", "of": {}}
    manifest = MANIFEST | {"folds": folds, "leaks": {"badge": "✔ nothing crosses", "verdict": "nothing crosses"}}
    told = split_verdict(manifest, role="folds")
    assert (told["name"], told["seed"], told["badge"]) == ("5 folds by artist", 7, "✔ nothing crosses")
    told = split_verdict(manifest, role="test")
    assert (told["name"], told["badge"]) == ("by_artist", "? data set not here: not provable")
    assert split_verdict(manifest, LeakReport((), ("Nina",), (), True), role="test")["badge"] == "✖ 1 artist crosses"
