"""Which songs are meant: every odd folder is an answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from genre_core.collection.files import Song, songs_in, songs_of
from genre_core.datasets.tracks import Dataset, NoAudioError, Track

ODD = ["a,b.wav", 'quo"ted.wav', "line\nbreak.wav", os.fsdecode(b"stray\xff.wav"), "=SUM(A1).mp3", "žluť.flac"]


def made(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"no sound, and nobody looks")
    return folder


def test_a_folder_stands_for_its_songs_in_order_and_a_file_for_itself(tmp_path):
    folder = made(tmp_path / "music", "b.mp3", "a/z.WAV", "notes.txt", ".hidden.mp3", "._a.wav", ".cache/x.mp3")
    found = songs_in([folder, tmp_path / "gone.mp3", folder / "notes.txt"])
    assert [song.path.name for song in found.songs] == ["z.WAV", "b.mp3", "gone.mp3", "notes.txt"]
    assert found.problems == ()


def test_a_song_that_is_named_twice_is_one(tmp_path):
    folder = made(tmp_path / "music", "a.mp3")
    assert len(songs_in([folder, folder / "a.mp3", folder]).songs) == 1


def test_names_of_every_kind_are_found(tmp_path):
    found = songs_in([made(tmp_path / "music", *ODD)])
    assert {song.path.name for song in found.songs} == set(ODD)
    for song in found.songs:
        assert song.shown.encode()
        assert "\n" not in song.shown


def test_links_that_go_round_end(tmp_path):
    folder = made(tmp_path / "music", "inner/a.mp3")
    (folder / "inner" / "round").symlink_to(folder, target_is_directory=True)
    (folder / "broken.mp3").symlink_to(folder / "gone.mp3")
    assert [song.path.name for song in songs_in([folder]).songs] == ["broken.mp3", "a.mp3"]


def test_an_empty_folder_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    [problem] = songs_in([tmp_path / "empty"]).problems
    assert (problem.file, problem.kind) == (str(tmp_path / "empty"), "missing")
    assert problem.message == "Expected a folder with songs. Received: none in it."


def test_a_folder_that_may_not_be_read_is_told_and_the_others_are_heard(tmp_path, monkeypatch):
    folder = made(tmp_path / "music", "closed/a.mp3", "open/b.mp3")
    real = os.scandir

    def scandir(path="."):
        if Path(os.fsdecode(path)).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = songs_in([folder])
    assert [song.path.name for song in found.songs] == ["b.mp3"]
    [problem] = found.problems
    assert (problem.file, problem.kind) == (str(folder / "closed"), "unreadable")
    assert "cannot be looked into (Permission denied)" in problem.message


def test_a_data_set_tells_title_artist_and_genre():
    track = Track("blues/1", "blues", Path("/music/1.mp3"), "Ann", 3.0, "0", {"title": "Rain"})
    bare = Track("2", "rock", Path("/music/2.mp3"), None, 3.0, "1")
    first, second = songs_of(Dataset("mine", (track, bare))).songs
    assert first == Song(Path("/music/1.mp3"), "Rain", "Ann", "blues")
    assert (first.shown, second.shown) == ("Ann - Rain", "2")
    with pytest.raises(NoAudioError, match="'none' holds numbers without audio"):
        songs_of(Dataset("none", (Track("1", "rock", None, None, 3.0, "0"),), given=({"feature": {}},)))
