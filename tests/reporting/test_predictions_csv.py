"""Predictions as a table: what its rows say, what a spreadsheet does not run, and that it can be read again."""

import csv
import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre_core.datasets.sources.names import cell_text
from genre_core.errors import RunError
from genre_core.evaluation.predictions import Predictions
from genre_core.paths import Root, find_root
from genre_core.reporting import report_csv
from genre_core.runs import Run
from genre_core.runs.foreign import read_predictions
from tests.inspection.tones import tones_run


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def run(tmp_path) -> Run:
    return tones_run(Root(tmp_path))


def test_a_row_a_track_with_everything_that_is_known_of_it(run, tmp_path):
    found = rows(report_csv(run, Root(tmp_path)))
    assert len(found) == 6
    first = found[0]
    assert list(first)[:8] == ["track", "artist", "true", "predicted", "confidence", "right", "role", "fold"]
    assert list(first)[8:] == [f"posterior_{genre}" for genre in run.genres]
    assert (first["track"], first["artist"], first["true"], first["right"]) == ("high.5200", "artist 0", "high", "yes")
    assert (first["role"], first["fold"]) == ("valid", "")
    shares = [float(value) for name, value in first.items() if name.startswith("posterior_")]
    assert sum(shares) == pytest.approx(1, abs=1e-5)
    assert float(first["confidence"]) == max(shares)


def test_a_row_a_segment_has_its_ends(run, tmp_path):
    found = rows(report_csv(run, Root(tmp_path), segments=True))
    predictions = run.predictions("valid")
    assert len(found) == len(predictions.segment_track)
    assert (found[0]["segment"], found[0]["start_seconds"], found[0]["end_seconds"]) == ("1", "0.000", "3.000")


def test_out_of_fold_rows_name_their_fold_from_one():
    shipped = Run.load(find_root().shipped / "ten-genres-columns")
    found = rows(report_csv(shipped, find_root()))
    assert {row["fold"] for row in found} == {str(number) for number in range(1, shipped.folds["count"] + 1)}
    assert {row["role"] for row in found} == {"folds"}


def test_what_a_spreadsheet_would_run_is_text(run, tmp_path):
    predictions = run.predictions("valid")
    ids = predictions.track_ids.astype("<U40")
    ids[:4] = ["=1+1", "@SUM(A1)", "-2", '+"x"']
    replace(predictions, track_ids=ids).save(run.folder / "predictions_valid.npz")
    found = rows(report_csv(run, Root(tmp_path)))
    assert [row["track"] for row in found][:4] == ["'=1+1", "'@SUM(A1)", "'-2", '\'+"x"']
    assert cell_text("a=b") == "a=b"
    assert cell_text("\tx") == "'\tx"


def test_it_can_be_read_again_as_predictions(run, tmp_path):
    before = run.predictions("valid")
    for segments in (False, True):
        content = report_csv(run, Root(tmp_path), segments=segments).encode()
        again: Predictions = read_predictions(content, Path("predictions.csv"))
        assert set(again.track_ids) == set(before.track_ids)
        order = [list(before.track_ids).index(track) for track in again.track_ids]
        columns = [before.genres.index(genre) for genre in again.genres]
        assert again.posteriors == pytest.approx(before.posteriors[order][:, columns], abs=1e-5)
        assert [again.genres[y] for y in again.y_true] == [before.genres[before.y_true[place]] for place in order]


def test_the_test_split_stays_closed(run, tmp_path):
    with pytest.raises(RunError, match="has not been opened"):
        report_csv(run, Root(tmp_path), role="test")


def test_without_its_data_set_artists_are_empty_and_no_number_is_lost(run, tmp_path):
    before = rows(report_csv(run, Root(tmp_path)))
    shutil.rmtree(tmp_path / "datasets")
    after = rows(report_csv(run, Root(tmp_path)))
    assert after == [{**row, "artist": ""} for row in before]
    assert not any("nan" in value.lower() for row in after for value in row.values())
    assert np.isfinite([float(row["confidence"]) for row in after]).all()
