"""Labels from the files' own tags, in each format as its own tagger writes them."""

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen.id3 import ID3, TALB, TCON, TIT2, TPE1
from mutagen.mp4 import MP4

from genre_core.datasets.importers import import_songs
from genre_core.datasets.sources import find, recognise
from genre_core.datasets.sources.tags import Tags, read_tags
from genre_core.errors import DatasetError
from tests.datasets.tiny_songs import write_folder

SR = 22050
_SUBTYPES = {"mp3": "MPEG_LAYER_III", "ogg": "VORBIS", "flac": "PCM_16", "wav": "PCM_16", "aiff": "PCM_16"}


def write(path, *, pitch=300.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    y = 0.3 * np.sin(2 * np.pi * pitch * np.arange(SR) / SR)
    if path.suffix == ".m4a":
        _write_m4a(path, y.astype(np.float32))
    else:
        soundfile.write(path, y, SR, subtype=_SUBTYPES[path.suffix[1:]])
    return path


def _write_m4a(path, y):
    import av

    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=SR)
        frame = av.AudioFrame.from_ndarray(y[None, :], format="fltp", layout="mono")
        frame.sample_rate = SR
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)


def tag(path, **texts):
    """Write tags by mutagen's easy names; wav and aiff take ID3 frames."""
    file = mutagen.File(path, easy=path.suffix not in (".wav", ".aiff"))
    if file.tags is None:
        file.add_tags()
    if path.suffix in (".wav", ".aiff"):
        frames = {"genre": TCON, "artist": TPE1, "title": TIT2, "album": TALB}
        for name, value in texts.items():
            file.tags.add(frames[name](encoding=3, text=value))
    else:
        for name, value in texts.items():
            file[name] = value
    file.save()
    return path


@pytest.mark.parametrize("ending", ["mp3", "flac", "ogg", "m4a", "wav", "aiff"])
def test_each_format_tells_genre_artist_title_and_album(tmp_path, ending):
    song = tag(write(tmp_path / f"a.{ending}"), genre="Hip-Hop", artist="Zoé", title="A, B", album="C")
    assert read_tags(song) == Tags(("hiphop",), "Zoé", "A, B", "C")


@pytest.mark.parametrize("ending", ["mp3", "flac", "ogg", "m4a"])
def test_of_several_genres_the_first_counts_and_all_are_kept(tmp_path, ending):
    tag(write(tmp_path / f"a.{ending}"), genre=["Jazz", "Blues", "jazz"], artist="A")
    tag(write(tmp_path / f"b.{ending}", pitch=500), genre="Rock; Pop")
    dataset = import_songs(find(tmp_path, "tags"), processes=1)
    assert [(track.genre, track.extra["genres"]) for track in dataset.tracks] == [("jazz", "jazz; blues"), ("rock", "rock; pop")]


@pytest.mark.parametrize(("written", "genre"), [("17", "rock"), ("(8)", "jazz"), ("(4)Disco", "disco"), ("7", "hiphop")])
def test_numbers_of_id3_become_names(tmp_path, written, genre):
    song = write(tmp_path / "a.mp3")
    tags = ID3()
    tags.add(TCON(encoding=0, text=written))
    tags.save(song)
    assert read_tags(song).genres[0] == genre


def test_the_old_numbered_atom_of_m4a_becomes_a_name(tmp_path):
    song = write(tmp_path / "a.m4a")
    file = MP4(song)
    file["\xa9gen"] = "Reggae"
    file.save()
    assert read_tags(song).genres == ("reggae",)


def test_a_music_library_is_recognised_by_its_tags(tmp_path):
    for number, genre in enumerate(("Jazz", "Rock", "Rock", "")):
        song = write(tmp_path / f"song {number}.flac", pitch=300 + 50 * number)
        if genre:
            tag(song, genre=genre, artist=f"Artist {number}", title=f"Title {number}", album="Album")
    assert recognise(tmp_path) == "tags"
    told = []
    found = find(tmp_path, progress=lambda *count: told.append(count[:2]))
    assert told[-1] == (4, 4)
    assert found.genres == {"jazz": 1, "rock": 2}
    assert [(problem.file, problem.kind) for problem in found.problems] == [("song 3.flac", "no_genre")]
    track = import_songs(found, processes=1).tracks[0]
    assert (track.artist, track.extra["title"], track.extra["album"]) == ("Artist 0", "Title 0", "Album")


def test_damaged_tags_are_named_and_the_rest_is_used(tmp_path):
    for number, genre in enumerate(("Jazz", "Rock", "Rock")):
        tag(write(tmp_path / f"{number}.flac", pitch=300 + number), genre=genre)
    content = bytearray((tmp_path / "2.flac").read_bytes())
    content[4:8] = b"\x04\xff\xff\xff"  # the first block claims to be comments of 16 MB
    (tmp_path / "2.flac").write_bytes(content)
    (tmp_path / "3.mp3").write_bytes(b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"TCON" * 9)
    (tmp_path / "4.ogg").write_bytes(b"OggS" + bytes(40))
    (tmp_path / "5.m4a").write_bytes(b"\0\0\0\x18ftypM4A " + b"\xff" * 40)
    (tmp_path / "6.wav").touch()
    found = find(tmp_path, "tags")
    assert found.n_songs == 2
    assert {problem.file for problem in found.problems} == {"2.flac", "3.mp3", "4.ogg", "5.m4a", "6.wav"}
    assert {problem.kind for problem in found.problems} <= {"no_tags", "no_genre"}


def test_songs_without_tags_are_refused_with_what_to_do(tmp_path):
    write_folder(tmp_path, n_tracks=1)
    with pytest.raises(DatasetError, match=r"at least two genres.*Received: none.*Write the genre into the files' tags"):
        find(tmp_path, "tags")
