import hashlib
import shutil

import numpy as np
import pytest
import soundfile

from genre_core.datasets.importers import canonical_genre, import_folder
from genre_core.datasets.splits import split_by_track
from genre_core.errors import DatasetError
from tests.datasets.tiny_songs import SR, write_folder, write_song


def kinds(dataset):
    return {(problem.file, problem.kind) for problem in dataset.problems}


@pytest.mark.parametrize("inside", ["", "genres_original", "genres", "Data/genres_original", "a/b"])
def test_genres_are_found_up_to_two_levels_below(tmp_path, inside):
    write_folder(tmp_path / inside, n_tracks=2)
    dataset = import_folder(tmp_path, name="x", processes=1)
    assert [track.id for track in dataset.tracks] == ["blues.00000", "blues.00001", "rock.00000", "rock.00001"]
    assert dataset.genres == ("blues", "rock")
    assert dataset.problems == ()
    track = dataset.tracks[0]
    assert track.seconds == pytest.approx(0.7, abs=1e-3)
    assert track.sha256 == track.clip().sha256
    assert track.artist is None


def test_kaggles_pictures_and_tables_are_no_genres(tmp_path):
    write_folder(tmp_path / "genres_original", n_tracks=1)
    (tmp_path / "images_original" / "blues").mkdir(parents=True)
    (tmp_path / "images_original" / "blues" / "blues00000.png").write_bytes(b"png")
    (tmp_path / "features_30_sec.csv").write_text("x", encoding="utf-8")
    dataset = import_folder(tmp_path, processes=1)
    assert dataset.genres == ("blues", "rock")
    (problem,) = dataset.problems
    assert problem.kind == "ignored"
    assert "2 files were ignored" in problem.message


def test_strays_of_the_hugging_face_tarball_are_ignored(tmp_path):
    write_folder(tmp_path / "genres", n_tracks=1)
    (tmp_path / "genres" / "blues" / "._blues.00000.wav").write_bytes(b"\0" * 100)
    (tmp_path / "genres" / "._blues").write_bytes(b"\0")
    dataset = import_folder(tmp_path, processes=1)
    assert len(dataset.tracks) == 2
    assert "2 hidden" in dataset.problems[0].message


def test_the_original_tarball_of_au_files(tmp_path):
    for genre in ("blues", "rock"):
        (tmp_path / "genres" / genre).mkdir(parents=True)
        y = np.random.default_rng(len(genre)).normal(0, 0.1, SR)
        soundfile.write(tmp_path / "genres" / genre / f"{genre}.00000.au", y, SR, format="AU", subtype="PCM_16")
    assert [track.id for track in import_folder(tmp_path, processes=1).tracks] == ["blues.00000", "rock.00000"]


def test_a_second_copy_beside_is_said(tmp_path):
    write_folder(tmp_path / "audio", n_tracks=1)
    write_folder(tmp_path / "lossless", n_tracks=1)
    dataset = import_folder(tmp_path, processes=1)
    assert dataset.genres == ("blues", "rock")
    assert [problem.kind for problem in dataset.problems] == ["beside"]


def test_bad_files_are_named_and_the_rest_is_used(tmp_path):
    write_folder(tmp_path, n_tracks=3)
    (tmp_path / "blues" / "text.wav").write_text("I am no sound, whatever my name says.", encoding="utf-8")
    (tmp_path / "blues" / "empty.wav").touch()
    write_song(tmp_path / "blues" / "short.wav", seconds=0.2)
    write_song(tmp_path / "rock" / "silent.wav", amplitude=0.0)
    write_song(tmp_path / "loose.wav", pitch=999)
    shutil.copy(tmp_path / "rock" / "rock.00001.wav", tmp_path / "rock" / "rock.00009.wav")
    shutil.copy(tmp_path / "rock" / "rock.00002.wav", tmp_path / "blues" / "wrong.wav")
    dataset = import_folder(tmp_path, processes=1)
    assert kinds(dataset) == {
        ("blues/text.wav", "not_audio"),
        ("blues/empty.wav", "empty"),
        ("blues/short.wav", "too_short"),
        ("rock/silent.wav", "silent"),
        ("loose.wav", "no_genre"),
        ("rock/rock.00009.wav", "duplicate"),
        ("rock/rock.00002.wav", "conflict"),
    }
    assert len(dataset.tracks) == 7
    roles = split_by_track(dataset).roles
    assert roles["blues/wrong"] == roles["rock.00002"]


def test_folders_inside_a_genre_are_artists_unless_they_say_otherwise(tmp_path):
    write_song(tmp_path / "rock" / "The Band" / "Song.wav", pitch=200)
    write_song(tmp_path / "rock" / "CD 1" / "Song.wav", pitch=210)
    write_song(tmp_path / "jazz" / "Ann" / "Album" / "Song.wav", pitch=220)
    dataset = import_folder(tmp_path, processes=1)
    assert {track.id: track.artist for track in dataset.tracks} == {
        "jazz/Ann/Album/Song": "Ann",
        "rock/CD 1/Song": None,
        "rock/The Band/Song": "The Band",
    }
    assert not any(track.artist for track in import_folder(tmp_path, artist_folders=False, processes=1).tracks)


def test_one_genre_of_artists_is_not_taken_for_genres(tmp_path):
    for number, artist in enumerate(("Ann", "Bob")):
        write_song(tmp_path / "rock" / artist / "song.wav", pitch=200 + number)
    with pytest.raises(DatasetError, match="Received: rock"):
        import_folder(tmp_path, processes=1)


def test_parts_are_merged_and_kept_as_a_column(tmp_path):
    write_folder(tmp_path / "train", n_tracks=1)
    for genre, pitch in (("blues", 500), ("rock", 600)):
        write_song(tmp_path / "test" / genre / f"{genre}.00007.wav", pitch=pitch)
    dataset = import_folder(tmp_path, processes=1)
    assert dataset.genres == ("blues", "rock")
    assert dataset.by_id["rock.00007"].extra["part"] == "test"


def test_genres_are_named_once():
    assert {canonical_genre(name) for name in ("Hip-Hop", "hip hop", "hip_hop", " HIPHOP ")} == {"hiphop"}
    assert canonical_genre("Drum  and Bass") == "drum and bass"


def test_ids_stay_apart(tmp_path):
    write_song(tmp_path / "Rock" / "a.wav", pitch=200)
    write_song(tmp_path / "rock" / "a.wav", pitch=210)
    write_song(tmp_path / "jazz" / "a.wav", pitch=220)
    write_song(tmp_path / "jazz" / "a.flac", pitch=230)
    ids = [track.id for track in import_folder(tmp_path, processes=1).tracks]
    assert len(set(ids)) == 4
    assert "jazz/a.flac" in ids


def test_processes_give_what_one_gives_and_progress_reaches_the_end(tmp_path):
    write_folder(tmp_path, n_tracks=4)
    seen = []
    assert import_folder(tmp_path, processes=2, progress=lambda *count: seen.append(count)) == import_folder(
        tmp_path, processes=1
    )
    assert seen[0] == (0, 8, None)
    assert seen[-1][:2] == (8, 8)


def test_the_users_files_are_left_alone(tmp_path):
    write_folder(tmp_path / "music", n_tracks=2)

    def state():
        return {
            path: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in tmp_path.rglob("*")
            if path.is_file()
        }

    before = state()
    import_folder(tmp_path / "music", processes=1)
    assert state() == before


def test_what_is_no_folder_of_genres_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="There is no folder"):
        import_folder(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="an empty folder"):
        import_folder(tmp_path)
    song = write_song(tmp_path / "blues" / "a.wav")
    with pytest.raises(DatasetError, match="Received the file"):
        import_folder(song)
    with pytest.raises(DatasetError, match=r"at least two folders.*Received: blues"):
        import_folder(tmp_path)
    (tmp_path / "rock").mkdir()
    (tmp_path / "rock" / "b.wav").write_text("no sound", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"at least two genres that can be read.*Received: blues"):
        import_folder(tmp_path, processes=1)
    with pytest.raises(DatasetError, match="belongs to the synthesised"):
        import_folder(tmp_path, name="demo")
