"""Archives: what they hold is imported, what they try is not done."""

import io
import shutil
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from genre_core.datasets.importers import import_songs
from genre_core.datasets.sources import find, keep_upload, recognise, unpack
from genre_core.datasets.sources.unpacking import forget_upload
from genre_core.datasets.sources.zipped import Limits, find_zip
from genre_core.errors import DatasetError


def song(pitch: float, seconds: float = 0.6) -> bytes:
    file = io.BytesIO()
    y = 0.3 * np.sin(2 * np.pi * pitch * np.arange(round(seconds * 22050)) / 22050)
    soundfile.write(file, y, 22050, format="WAV", subtype="PCM_16")
    return file.getvalue()


SONGS = {
    f"music/{genre}/{number}.wav": song(200 + 50 * number + len(genre)) for genre in ("blues", "jazz") for number in range(3)
}


def archive(members=SONGS, *, edit=None, **more) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {**members, **more}.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if edit:
                edit(entry)
            made.writestr(entry, content)
    return file.getvalue()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def test_an_archive_becomes_a_data_set_of_its_own_files(tmp_path):
    packed = tmp_path / "My songs.zip"
    packed.write_bytes(archive(**{"__MACOSX/music/blues/._0.wav": b"x", "music/.DS_Store": b"x", "music/a.txt": b"x"}))
    assert recognise(packed) == "zip"
    found = find(packed)
    assert (found.name, found.genres, found.n_songs) == ("My-songs", {"blues": 3, "jazz": 3}, 6)
    assert found.n_bytes == sum(map(len, SONGS.values()))
    assert dict(found.passed_over) == {"hidden": 2, ".txt": 1}
    with pytest.raises(DatasetError, match="Unpack it first"):
        import_songs(found)
    unpacked = unpack(found, tmp_path / "own")
    assert unpacked.owns_audio
    dataset = import_songs(unpacked, processes=1)
    assert [track.id for track in dataset.tracks][:2] == ["blues/0", "blues/1"]
    assert all(track.path.is_relative_to(tmp_path / "own") for track in dataset.tracks)
    assert {problem.kind for problem in dataset.problems} == {"ignored"}


def test_bytes_and_file_objects_are_looked_at_alike(tmp_path):
    content = archive()
    packed = tmp_path / "a.zip"
    packed.write_bytes(content)
    with packed.open("rb") as file:
        looks = [find(packed), find(content), find(file), find(io.BytesIO(content))]
        assert all(look.songs == looks[0].songs and look.n_bytes == looks[0].n_bytes for look in looks)
        assert not file.closed
    assert unpack(looks[1], tmp_path / "own").n_songs == 6


@pytest.mark.parametrize(
    "name", ["../x.wav", "music/../../x.wav", "/etc/x.wav", "C:/x.wav", "c:x.wav", "..\\x.wav", "\\\\host\\x.wav"]
)
def test_names_that_lead_out_are_refused_whole(tmp_path, name):
    with pytest.raises(DatasetError, match=r"leads out of the archive.*Nothing is unpacked"):
        find(archive(**{name: song(1000)}))


def test_links_passwords_and_strange_packing_are_left_out_and_named(tmp_path):
    def edit(entry):
        entry.create_system = 3
        kind = {"jazz/link.wav": stat.S_IFLNK, "jazz/pipe.wav": stat.S_IFIFO}.get(entry.filename, stat.S_IFREG)
        entry.external_attr = (kind | 0o644) << 16

    extra = {"jazz/link.wav": b"/etc/passwd", "jazz/pipe.wav": b"", "jazz/locked.wav": song(900), "jazz/exotic.wav": song(901)}
    flat = {name.removeprefix("music/"): content for name, content in SONGS.items()}
    content = bytearray(archive(flat, edit=edit, **extra))
    for name, offset, value in ((b"jazz/locked.wav", 8, 1), (b"jazz/exotic.wav", 10, 9)):
        place = content.rindex(name) - 46  # of the list of contents at the end
        assert content[place : place + 4] == b"PK\1\2"
        struct.pack_into("<H", content, place + offset, value)
    found = find(bytes(content))
    assert found.n_songs == 6
    assert {(problem.file, problem.kind) for problem in found.problems} == {
        ("jazz/link.wav", "link"),
        ("jazz/pipe.wav", "link"),
        ("jazz/locked.wav", "password"),
        ("jazz/exotic.wav", "packed"),
    }
    unpacked = unpack(found, tmp_path / "own")
    assert not any(path.is_symlink() for path in (tmp_path / "own").rglob("*"))
    assert unpacked.n_songs == 6


def test_archives_inside_are_not_opened():
    inner = archive()
    with pytest.raises(DatasetError, match=r"archives \(genres\.tar\.gz, songs\.zip\): archives inside archives are not opened"):
        find(archive({"genres.tar.gz": b"\x1f\x8b", "songs.zip": inner}))
    found = find(archive(**{"music/blues/more.zip": inner}))
    assert [problem.kind for problem in found.problems] == ["nested"]


def test_bombs_are_refused_before_anything_is_unpacked():
    zeros = archive(**{"music/blues/zeros.wav": bytes(30_000_000)})
    with pytest.raises(DatasetError, match="times its size, and sound never shrinks that far"):
        find(zeros)
    with pytest.raises(DatasetError, match=r"may hold 5 files\. Received: 6"):
        find_zip(archive(), limits=Limits(files=5))
    with pytest.raises(DatasetError, match="may unpack to 0 GB"):
        find_zip(archive(), limits=Limits(n_bytes=1000))
    content = bytearray(archive())
    first = content.index(b"PK\1\2")
    struct.pack_into("<I", content, first + 20, len(content) + 1)  # packed size of the first member
    with pytest.raises(DatasetError, match="members overlap"):
        find(bytes(content))
    end = content.rindex(b"PK\5\6")
    struct.pack_into("<I", content, end + 12, 0xFFFFFFF0)
    with pytest.raises(DatasetError, match="more files than can be looked at"):
        find(bytes(content))


def test_a_member_that_lies_about_its_size_unpacks_to_no_more_than_it_says(tmp_path):
    content = bytearray(archive())
    place = content.index(b"PK\1\2")
    struct.pack_into("<I", content, place + 24, 100)
    found = unpack(find(bytes(content)), tmp_path / "own")
    assert [problem.kind for problem in found.problems] == ["damaged"]
    assert found.n_songs == 5
    assert len(files(tmp_path / "own")) == 5


def test_damaged_members_are_named_and_the_rest_is_used(tmp_path):
    content = bytearray(archive())
    place = content.index(b"music/blues/1.wav") + 60
    content[place : place + 40] = b"\xff" * 40
    found = unpack(find(bytes(content)), tmp_path / "own")
    assert [(problem.file, problem.kind) for problem in found.problems] == [("music/blues/1.wav", "damaged")]
    assert found.n_songs == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "none, or only a part of one"),
        (b"PK\3\4" + b"\0" * 500, "none, or only a part of one"),
        (archive()[:-500], "none, or only a part of one"),
        (archive({}), "Received: an empty folder"),
        (archive({"a.txt": b"x"}), "1 files, none of them audio"),
        (archive({f"images_original/blues/{number}.png": b"x" for number in range(9)}), "9 pictures and no sound"),
        (archive({"blues/a.wav": b"x"}), "at least two folders"),
    ],
)
def test_what_cannot_be_used_is_said(content, words):
    with pytest.raises(DatasetError, match=words):
        find(content)


def test_names_in_other_alphabets_and_very_long_ones(tmp_path):
    long = "🎷" * 60
    names = {
        f"blues/{long}.wav": song(300),
        "jazz/Ünicode \n.wav": song(400),
        "jazz\\back.wav": song(500),
        "jazz/con.wav": song(600),
    }
    content = bytearray(archive(names))
    found = unpack(find(bytes(content)), tmp_path / "own")
    dataset = import_songs(found, processes=1)
    assert {track.id for track in dataset.tracks} == {f"blues/{long}", r"jazz/Ünicode \n", "jazz/back", "jazz/con"}
    assert all(len(path.name.encode()) < 200 for path in files(tmp_path / "own"))


def test_unpacking_that_was_stopped_goes_on(tmp_path):
    class Stop(BaseException):
        pass

    def stop(done, total, seconds_left):
        if done == 3:
            raise Stop

    packed = tmp_path / "a.zip"
    packed.write_bytes(archive())
    with pytest.raises(Stop):
        unpack(find(packed), tmp_path / "own", progress=stop)
    before = {path: path.stat().st_mtime_ns for path in files(tmp_path / "own")}
    assert len(before) == 3
    unpacked = unpack(find(packed), tmp_path / "own")
    after = {path: path.stat().st_mtime_ns for path in files(tmp_path / "own")}
    assert before.items() <= after.items()
    assert [song.path.read_bytes() for song in unpacked.songs] == list(SONGS.values())
    other = {name.replace("music", "other"): content for name, content in SONGS.items()}
    packed.write_bytes(archive(other))
    unpack(find(packed), tmp_path / "own")
    assert not before.keys() & after.keys() or all(path.stat().st_mtime_ns != before[path] for path in before)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_of_one_name_the_first_counts(tmp_path):
    file = io.BytesIO(archive({"blues/a.wav": song(300), "jazz/a.wav": song(400), "jazz/A.wav": song(450)}))
    with zipfile.ZipFile(file, "a") as more:
        more.writestr("jazz/a.wav", song(500))
    found = find(file)
    assert [(problem.file, problem.kind) for problem in found.problems] == [("jazz/a.wav", "twice")]
    unpacked = unpack(found, tmp_path / "own")
    assert {one.shown: one.path.read_bytes() for one in unpacked.songs} == {
        "blues/a.wav": song(300),
        "jazz/A.wav": song(450),
        "jazz/a.wav": song(400),
    }


def test_a_disk_without_room_is_said_before(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(100, 99, 1))
    with pytest.raises(DatasetError, match=r"unpacks to 0\.0 GB, and 0\.0 GB are free"):
        unpack(find(archive()), tmp_path / "own")


def test_uploads_are_kept_until_they_are_imported(tmp_path):
    kept = keep_upload(io.BytesIO(archive()), "../My songs!.zip", tmp_path / "uploads")
    assert kept.read_bytes() == archive()
    assert kept.is_relative_to(tmp_path / "uploads")
    assert find(kept).name == "My-songs"
    theirs = tmp_path / "a" / "theirs.zip"
    theirs.parent.mkdir()
    theirs.write_bytes(b"x")
    for path in (kept, theirs):
        forget_upload(path, tmp_path / "uploads")
    assert theirs.exists()
    assert not kept.parent.exists()
