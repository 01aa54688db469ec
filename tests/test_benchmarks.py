"""What the benchmarks write down; nothing here depends on how fast a machine is."""

from __future__ import annotations

import argparse
import os
import sys

import numpy as np
import pytest

from benchmarks import features, record
from benchmarks.memory import Memory, maps, memory, processor_seconds, tree
from benchmarks.peers import COMPARED, NAMES, Peer, run_peers
from benchmarks.scaling import scaling
from benchmarks.songs import songs
from genre_core.audio import Clip, encode_wav
from genre_core.features import LogMel

PAGE = (
    "# Title\n\n<!-- app: begin -->\nold\n<!-- app: end -->\nbetween\n<!-- features: begin -->\n<!-- features: end -->\n\nafter\n"
)


@pytest.fixture
def clip():
    return Clip(features.synthetic_music(1.0), features.SR)


def test_a_table_is_replaced_and_the_rest_stays(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    for text in ("first", "second\n"):
        record.write_between(page, "features", text)
    content = page.read_text(encoding="utf-8")
    assert content == PAGE.replace("features: begin -->\n", "features: begin -->\nsecond\n")


@pytest.mark.parametrize("content", ["nothing", "<!-- app: begin -->", "<!-- app: end --><!-- app: begin -->", PAGE + PAGE])
def test_a_page_without_its_marks_is_left_alone(tmp_path, content):
    page = tmp_path / "page.md"
    page.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"<!-- app: begin --> and <!-- app: end --> once each in page\.md"):
        record.write_between(page, "app", "text")
    assert page.read_text(encoding="utf-8") == content


def test_the_document_has_a_place_for_every_table():
    content = record.DOCUMENT.read_text(encoding="utf-8")
    for name in ("features", "app"):
        assert [content.count(mark) for mark in record.marks(name)] == [1, 1]


def test_a_bar_does_not_divide_a_cell():
    lines = record.table(("a", "b"), [("x|y", "two\nlines")]).splitlines()
    assert lines == ["| a | b |", "| --- | --- |", "| x\\|y | two lines |"]


def test_what_is_reported_is_what_was_measured(clip):
    row = features.compare(LogMel(), features.librosa_log_mel, [clip], 1)
    assert row.difference < 1e-4
    assert row.ratio == pytest.approx(row.theirs / row.ours)
    wrong = features.compare(LogMel(), lambda y, sr: features.librosa_log_mel(y, sr) + 8.0, [clip], 1)
    assert wrong.difference > 0.05
    assert f"| `log_mel` | {1e3 * row.ours:.1f} |" in features.librosa_table([row])


def test_the_whole_report_of_features(tmp_path, clip, monkeypatch):
    (tmp_path / "song.wav").write_bytes(encode_wav(clip))
    monkeypatch.setattr(features.peers, "peers_python", lambda: tmp_path / "none")
    monkeypatch.setattr(features, "REFERENCES", {LogMel(): features.librosa_log_mel})
    text = features.report(argparse.Namespace(audio=tmp_path, clips=2, repeats=1, pairs=0))
    assert "1 clips of 30 s (songs of a folder)" in text
    assert "| `log_mel` |" in text
    assert text.count("make bench-peers") == len(NAMES)


def test_a_library_that_does_not_run_says_why(clip, tmp_path):
    python = tmp_path / "python"
    python.symlink_to(sys.executable)  # an interpreter without the libraries
    (found,) = run_peers([clip], python=python, names=["opensmile"])
    assert found.reason.startswith("does not run here: ModuleNotFoundError")
    assert found.reason in features.peer_tables([found], {})


def test_a_library_that_ran_is_set_beside_the_nearest_feature():
    peer = Peer("essentia", "2.1", (("mel bands: 128", 9, 0.06), ("all", 161, 2.0)), (("mel bands", 3e-7),))
    text = features.peer_tables([peer], {"log_mel": 0.01, "summary57": 0.1})
    assert "| 60 | `log_mel` | 6.0 |" in text
    assert "| 2000 | `summary57` | 20.0 |" in text
    assert "| essentia 2.1 | mel bands | 3e-07 |" in text


def test_what_is_compared_equals_itself(clip):
    """Each comparison, given our own curve as the other library's, finds no difference."""
    from benchmarks import peers

    curves = {
        "zcr": peers._crossings_from_start(clip),
        "centroid": peers._centroid_from_start(clip),
    }
    for words, curve, difference in COMPARED["pyAudioAnalysis"]:
        assert difference(curves[curve], clip) == 0, words
        assert difference(1.01 * curves[curve], clip) == pytest.approx(0.01, rel=0.05), words


def test_songs_of_a_folder_are_spread_and_cut(tmp_path, clip):
    long = Clip(np.tile(clip.y, 31), clip.sr)
    for number in range(4):
        (tmp_path / f"{number}.wav").write_bytes(encode_wav(long))
    (tmp_path / "notes.txt").write_text("no sound")
    found = songs(tmp_path, 2)
    assert [round(each.seconds, 3) for each in found.clips] == [30.0, 30.0]
    with pytest.raises(SystemExit, match="Expected sound files below"):
        songs(tmp_path / "none", 2)


def test_scaling_counts_clips(clip):
    found = scaling([clip], n_clips=14, pairs=1)
    assert found.one > 0
    assert found.two > 0
    assert found.ratio == pytest.approx(found.two / found.one)
    assert "clips a second" in features.scaling_table(found)
    with pytest.raises(ValueError, match="Received: n_clips=12"):
        scaling([clip], n_clips=12)


@pytest.fixture
def proc(tmp_path):
    """What the kernel tells of a server with one child: 300 and 50 MB, of which they share 20."""
    for pid, rss, pss, children in ((7, 300, 290, "8 "), (8, 50, 40, "")):
        folder = tmp_path / str(pid)
        (folder / "task" / str(pid)).mkdir(parents=True)
        (folder / "task" / str(pid) / "children").write_text(children)
        sizes = f"55d0-7ffe ---p 00000000 00:00 0  [rollup]\nRss:  {rss * 1024} kB\nPss:  {pss * 1024} kB\nPss_Dirty: 1 kB\n"
        (folder / "smaps_rollup").write_text(sizes)
        (folder / "maps").write_text("7f00-7f01 r-xp 00000000 08:01 1  /venv/numpy/_core/_multiarray.so\n")
        (folder / "stat").write_text(f"{pid} (a (strange) name) S " + " ".join(str(number) for number in range(4, 53)))
    return tmp_path


def test_memory_of_a_server_and_its_children(proc):
    assert tree(7, proc=proc) == [7, 8]
    assert memory(7, proc=proc) == Memory(300, 290, 330, 1)
    assert memory(8, proc=proc) == Memory(50, 40, 40, 0)
    assert maps(7, "numpy", proc=proc) is True
    assert maps(7, "tensorflow", proc=proc) is False
    ticks = 14 + 15  # fields 14 and 15, counted from one: in user and in system mode
    assert processor_seconds(7, proc=proc) == pytest.approx(ticks / os.sysconf("SC_CLK_TCK"))


def test_memory_where_nobody_tells_it(tmp_path):
    assert memory(1, proc=tmp_path) is None
    assert maps(1, "numpy", proc=tmp_path) is None
    assert processor_seconds(1, proc=tmp_path) is None
