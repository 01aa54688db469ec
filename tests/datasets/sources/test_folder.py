"""A folder a genre: layouts of GTZAN, strange names, loops, and folders that may not be looked into."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.datasets.importers import import_folder, import_songs
from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.sources import find, recognise
from genre_core.datasets.sources.folder import arrange
from genre_core.errors import DatasetError
from tests.datasets.tiny_songs import write_folder, write_song
from tests.research import GTZAN

STRANGE = (
    "two  words.wav",
    "quote \" and ' both.wav",
    "emoji 🎷🎺.wav",
    "עברית وعربي.wav",
    "\u202eright to left override.wav",
    "line\nbreak.wav",
    "carriage\rreturn.wav",
    "tab\tand,comma;semicolon.wav",
    "x" * 246 + ".wav",
    os.fsdecode(b"no text \xff\xfe.wav"),
    "-rf.wav",
    "%00 $HOME `ls`.wav",
    "=1+1.wav",
    "e\u0301 as two signs.wav",
)


def test_strange_names_are_imported_saved_and_read_back(tmp_path):
    write_folder(tmp_path / "music", n_tracks=1)
    for number, name in enumerate(STRANGE):
        write_song(tmp_path / "music" / "rock" / f"{number}.wav", pitch=500 + number)
        (tmp_path / "music" / "rock" / f"{number}.wav").rename(tmp_path / "music" / "rock" / name)
    (tmp_path / "music" / "rock" / "bad\n\r\udcff.wav").write_bytes(b"no sound")
    dataset = import_folder(tmp_path / "music", name="strange", processes=1)
    assert {track.path.name for track in dataset.tracks} == {*STRANGE, "blues.00000.wav", "rock.00000.wav"}
    assert [(problem.file, problem.kind) for problem in dataset.problems] == [(r"rock/bad\n\r\xff.wav", "not_audio")]
    for track in dataset.tracks:  # what pages, terminals and other tools show
        assert track.id.encode("utf-8")
        assert "\n" not in track.id
    assert "rock/emoji 🎷🎺" in dataset.by_id
    assert "rock/עברית وعربي" in dataset.by_id
    save_dataset(dataset, tmp_path / "root")
    loaded = load_dataset("strange", tmp_path / "root")
    assert loaded == dataset
    assert all(track.path.exists() for track in loaded.tracks)


def test_loops_of_links_end_and_are_named(tmp_path):
    write_folder(tmp_path, n_tracks=1)
    (tmp_path / "rock" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "blues" / "self.wav").symlink_to(tmp_path / "blues" / "self.wav")
    (tmp_path / "blues" / "ping.wav").symlink_to(tmp_path / "blues" / "pong.wav")
    (tmp_path / "blues" / "pong.wav").symlink_to(tmp_path / "blues" / "ping.wav")
    (tmp_path / "blues" / "loop").symlink_to(tmp_path / "blues" / "loop")
    dataset = import_folder(tmp_path, name="x", processes=1)
    assert [track.id for track in dataset.tracks] == ["blues.00000", "rock.00000"]
    assert {problem.file for problem in dataset.problems if problem.kind == "missing"} == {
        "blues/self.wav",
        "blues/ping.wav",
        "blues/pong.wav",
    }


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    write_folder(tmp_path, genres=("blues", "rock", "jazz"), n_tracks=1)
    real, closed = os.scandir, tmp_path / "jazz"

    def scandir(path="."):
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = find(tmp_path)
    assert list(found.genres) == ["blues", "rock"]
    (problem,) = found.problems
    assert (problem.file, problem.kind) == ("jazz", "unreadable")
    assert "Permission denied" in problem.message


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    write_folder(tmp_path, n_tracks=2)
    closed, real = tmp_path / "rock" / "rock.00001.wav", Path.open

    def refuse(path, *arguments, **options):
        if path == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    dataset = import_folder(tmp_path, name="x", processes=1)
    assert len(dataset.tracks) == 3
    assert [(problem.file, problem.kind) for problem in dataset.problems] == [("rock/rock.00001.wav", "unreadable")]


def test_every_broken_file_is_named_and_the_rest_is_used(tmp_path):
    for number in range(60):
        write_song(tmp_path / ("blues" if number % 2 else "rock") / f"{number}.wav", pitch=200 + number)
    broken = {f"{genre}/{number}.wav" for genre, numbers in (("blues", (3, 17, 59)), ("rock", (0, 26, 58))) for number in numbers}
    for name in broken:
        (tmp_path / name).write_bytes(b"RIFF" + b"\0" * 60)
    dataset = import_folder(tmp_path, name="x", processes=1)
    assert {problem.file for problem in dataset.problems} == broken
    assert len(dataset.tracks) == 54


def test_pictures_of_spectrograms_are_refused_with_the_reason(tmp_path):
    for genre in ("blues", "rock"):
        (tmp_path / "images_original" / genre).mkdir(parents=True)
        (tmp_path / "images_original" / genre / f"{genre}00000.png").write_bytes(b"\x89PNG")
    with pytest.raises(DatasetError, match=r"2 pictures and no sound.*phase.*genres_original"):
        find(tmp_path / "images_original")


def test_looking_says_what_an_import_would_bring(tmp_path):
    write_folder(tmp_path, n_tracks=2)
    write_song(tmp_path / "blues" / "B.B. King" / "song.wav")
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    found = find(tmp_path)
    assert (found.kind, found.n_songs, found.genres) == ("folder", 5, {"blues": 3, "rock": 2})
    assert (found.artists_known, found.parts, dict(found.passed_over)) == (False, {}, {".txt": 1})
    words = " ".join(found.words())
    assert "5 songs in 2 genres" in words
    assert "The artist is known of 1 song only" in words
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


names = st.text("abc", min_size=1, max_size=2)


@settings(max_examples=200)
@given(st.lists(st.lists(names, min_size=1, max_size=5).map(tuple), min_size=1, max_size=30, unique=True))
def test_each_file_has_one_place(files):
    arranged = arrange(sorted(files))
    placed = [*(song.parts for song in arranged.songs), *arranged.loose, *arranged.beside]
    assert sorted(placed) == sorted(files)
    for song in arranged.songs:
        assert song.parts[-1] == song.inside.rpartition("/")[2]
        assert song.genre in {part.lower() for part in song.parts[:-1]}


def links(layout: str, folder: Path) -> Path:
    """The songs that are here, by links, in one of the three layouts in which GTZAN is passed on."""
    for song in sorted((GTZAN / "audio").glob("*/*.ogg")):
        inside = {"tarball": "genres", "kaggle": "Data/genres_original", "flat": ""}[layout]
        target = folder / inside / song.parent.name / song.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(song)
        if layout == "tarball":
            target.with_name(f"._{song.name}").write_bytes(b"\0\5\x16\7")
    if layout == "kaggle":
        (folder / "Data" / "images_original" / "blues").mkdir(parents=True)
        (folder / "Data" / "images_original" / "blues" / "blues00000.png").write_bytes(b"\x89PNG")
        shutil.copy(GTZAN / "features_30_sec.csv", folder / "Data")
    return folder


@pytest.mark.real_songs
@pytest.mark.parametrize("layout", ["tarball", "kaggle", "flat"])
def test_the_songs_here_are_found_in_each_layout_of_gtzan(tmp_path, layout):
    folder = links(layout, tmp_path / "gtzan")
    assert recognise(folder) == "folder"
    found = find(folder)
    expected = {"blues": 69, "classical": 69, "country": 13, "disco": 13, "hiphop": 14}
    expected |= {"jazz": 73, "metal": 13, "pop": 11, "reggae": 14, "rock": 68}
    assert found.genres == expected
    assert found.passed_over["hidden"] == (357 if layout == "tarball" else 0)
    found.songs = [found.songs[0], found.songs[-1]]
    assert [track.id for track in import_songs(found, processes=1).tracks] == ["blues.00000", found.songs[-1].path.stem]
