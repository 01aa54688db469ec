import json
import subprocess
import sys

import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.evaluation.evaluate import evaluate
from genre_core.evaluation.predictions import Predictions


@pytest.fixture(scope="module")
def predictions():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(3), 10)
    segment_track = np.repeat(np.arange(30), 4)
    p = rng.dirichlet([0.7] * 3, size=120)
    p[np.arange(120), y[segment_track]] += 0.2
    starts = np.tile(3.0 * np.arange(4), 30)
    posteriors = p / p.sum(axis=1, keepdims=True)
    return Predictions(("a", "b", "c"), [f"t{i}" for i in range(30)], y, segment_track, starts, starts + 3, posteriors)


def test_segments_and_tracks_are_each_scored_as_what_they_are(predictions):
    judged = evaluate(predictions)
    assert (judged.tracks.n, judged.segments.n) == (30, 120)
    assert judged.confusion_tracks.sum() == 30
    assert judged.confusion_segments.sum(axis=1).tolist() == [40, 40, 40]
    assert judged.tracks.accuracy == np.trace(judged.confusion_tracks) / 30 == judged.accuracy.value
    assert judged.macro_f1.value == pytest.approx(judged.tracks.macro_f1)
    assert judged.segment_macro_f1.value == pytest.approx(judged.segments.macro_f1)
    assert judged.tracks.accuracy > judged.segments.accuracy  # the mean of four guesses beats one
    assert [curve.average_precision for curve in judged.pr_tracks[:3]] == [row.average_precision for row in judged.tracks.genres]
    assert judged.pr_tracks[-1].average_precision == judged.tracks.micro_average_precision


def test_intervals_are_drawn_over_artists_only_where_all_are_known(predictions):
    artists = [f"artist {index // 3}" for index in range(30)]
    assert (evaluate(predictions).accuracy.over, evaluate(predictions).accuracy.n_groups) == ("tracks", 30)
    by_artist = evaluate(predictions, artists=artists)
    assert (by_artist.accuracy.over, by_artist.segment_accuracy.n_groups) == ("artists", 10)
    assert evaluate(predictions, artists=[None, *artists[1:]]).accuracy.over == "tracks"
    with pytest.raises(ParameterError, match="one entry for each of 30 tracks"):
        evaluate(predictions, artists=artists[1:])


def test_all_of_it_is_json(predictions):
    judged = evaluate(predictions)
    values = json.loads(json.dumps(judged.to_dict(), allow_nan=False))
    assert values["tracks"]["intervals"]["accuracy"]["over"] == "tracks"
    assert len(values["segments"]["pr_curves"]) == 4
    assert "pr_curves" not in judged.to_dict(curves=False)["tracks"]


def test_evaluating_loads_no_scikit_learn():
    code = "import sys, genre_core.evaluation.evaluate; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
