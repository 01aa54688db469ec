"""What an import remembers: decoded once, believed only while the file is the same, and never trusted when damaged."""

import json
import os
import shutil

import pytest

from genre_core.datasets import hearing
from genre_core.datasets.hearing import Heard, listen_all
from genre_core.datasets.importers import import_folder
from tests.datasets.tiny_songs import write_folder, write_song


class AskedToStop(BaseException):
    """A stop from a progress callback."""


@pytest.fixture
def decoded(monkeypatch):
    """Paths decoded in this process, in order."""
    seen = []
    real = hearing.decode
    monkeypatch.setattr(hearing, "decode", lambda path: seen.append(path) or real(path))
    return seen


@pytest.fixture
def songs(tmp_path):
    write_folder(tmp_path / "music", n_tracks=3)
    return sorted((tmp_path / "music").rglob("*.wav"))


def test_a_stopped_import_goes_on_where_it_was(tmp_path, songs, decoded):
    def stop(done, total, seconds_left):
        if done == 2:
            raise AskedToStop

    memory = tmp_path / "job" / "heard.jsonl"
    expected = import_folder(tmp_path / "music", processes=1)
    decoded.clear()
    with pytest.raises(AskedToStop):
        import_folder(tmp_path / "music", processes=1, memory=memory, progress=stop)
    assert decoded == songs[:2]
    seen = []
    resumed = import_folder(tmp_path / "music", processes=1, memory=memory, progress=lambda *told: seen.append(told))
    assert decoded == songs
    assert resumed == expected
    assert [track.extra for track in resumed.tracks] == [track.extra for track in expected.tracks]
    assert seen[0] == (2, 6, None)
    assert [told[0] for told in seen] == [2, 3, 4, 5, 6]


def test_files_that_have_changed_are_heard_again(tmp_path, songs, decoded):
    memory = tmp_path / "heard.jsonl"
    listen_all(songs, processes=1, memory=memory)
    write_song(songs[0], pitch=999.0)
    os.utime(songs[1], ns=(1, 1))
    shutil.copyfile(songs[2], songs[3])
    decoded.clear()
    again = listen_all(songs, processes=1, memory=memory)
    assert decoded == [songs[0], songs[1], songs[3]]
    assert again == listen_all(songs, processes=1)
    decoded.clear()
    listen_all(songs, processes=1, memory=memory)
    assert decoded == []


@pytest.mark.parametrize("damage", ["cut", "zeros", "garbage", "types", "older"])
def test_a_damaged_line_counts_as_never_written(tmp_path, songs, decoded, damage):
    memory = tmp_path / "heard.jsonl"
    expected = listen_all(songs, processes=1, memory=memory)
    lines = memory.read_bytes().splitlines(keepends=True)
    entry = json.loads(lines[-1])
    lines[-1] = {
        "cut": lines[-1][: len(lines[-1]) // 2],
        "zeros": b"\0" * 512,
        "garbage": b"\xff\xfe{]\n[[1,2\n",
        "types": json.dumps({**entry, "seconds": "long", "size": [1]}).encode() + b"\n",
        "older": json.dumps({**entry, "hearing": 0}).encode() + b"\n",
    }[damage]
    memory.write_bytes(b"".join(lines))
    decoded.clear()
    assert listen_all(songs, processes=1, memory=memory) == expected
    assert decoded == songs[-1:]
    decoded.clear()
    assert listen_all(songs, processes=1, memory=memory) == expected
    assert decoded == []  # the line written after the damage is whole


def test_bad_files_are_remembered_but_not_what_may_mend_by_itself(tmp_path, decoded):
    silent = write_song(tmp_path / "silent.wav", amplitude=0.0)
    short = write_song(tmp_path / "short.wav", seconds=0.1)
    text = tmp_path / "text.wav"
    text.write_text("a decoder for this may come with the next installation", encoding="utf-8")
    gone = tmp_path / "gone.wav"
    paths, memory = [silent, short, text, gone], tmp_path / "heard.jsonl"
    first = listen_all(paths, processes=1, memory=memory)
    assert [sound.kind for sound in first] == ["silent", "too_short", "not_audio", "missing"]
    decoded.clear()
    assert listen_all(paths, processes=1, memory=memory) == first
    assert decoded == [text, gone]


def test_file_names_that_are_no_text_are_remembered(tmp_path, songs, decoded):
    odd = tmp_path / os.fsdecode(b"caf\xe9 \xe2\x80\xa8.wav")
    shutil.copyfile(songs[0], odd)
    memory = tmp_path / "heard.jsonl"
    first = listen_all([odd], processes=1, memory=memory)
    assert listen_all([odd], processes=1, memory=memory) == first
    assert decoded == [odd]
    assert isinstance(first[0], Heard)


def test_over_processes_the_memory_is_the_same(tmp_path, songs):
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert listen_all(songs, processes=1, memory=one) == listen_all(songs, processes=2, memory=two)
    assert sorted(one.read_bytes().splitlines()) == sorted(two.read_bytes().splitlines())
