"""The benchmark of many clips: what it writes, and the arithmetic of its table."""

from __future__ import annotations

import numpy as np

from benchmarks import record
from benchmarks.many_clips import Speed, report, write_clips
from benchmarks.songs import Songs
from genre_core.audio import decode
from tests.tiny_run import make_run, tone


def test_clips_are_all_different_and_as_long_as_their_songs(tmp_path):
    write_clips(tmp_path, Songs("tones", (tone(110, 1), tone(220, 1))), 7)
    clips = [decode(path) for path in sorted(tmp_path.iterdir())]
    assert len({clip.sha256 for clip in clips}) == 7
    assert {clip.n_samples for clip in clips} == {22050}
    assert max(float(np.abs(clip.y).max()) for clip in clips) <= 0.51


def test_the_table_tells_how_many_times_as_fast_two_are(tmp_path):
    found = [Speed(1, 500.0, 2.0, 2.0, 150.4), Speed(2, 256.4, 3.9, 3.94, None)]
    text = report(found, 1000, make_run(tmp_path / "tiny"), "demo songs")
    assert "| 1 | 2.00 | 2.00 | 500 | 150 |" in text
    assert "| 2 | 3.94 | 3.90 | 256 | unknown |" in text
    assert "2 processes are 1.97 times as fast as one, 1.95 times over the whole command." in text


def test_the_document_has_a_place_for_both_tables():
    content = record.DOCUMENT.read_text(encoding="utf-8")
    for name in ("classify", "classify-many"):
        assert [content.count(mark) for mark in record.marks(name)] == [1, 1]
