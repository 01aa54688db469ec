"""Playlists: what is written is known letter by letter, what players write is understood, and nothing is lost on the way."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.collection.playlists import (
    Playlist,
    PlaylistEntry,
    file_name,
    list_playlists,
    parse_playlist,
    playlist_bytes,
    read_playlist,
    write_playlist,
)
from genre_core.errors import CollectionError

HERE = Path("/music/lists")


def read(text: str | bytes) -> Playlist:
    return parse_playlist(text.encode() if isinstance(text, str) else text, HERE)


def test_a_playlist_is_written_as_players_expect_it():
    playlist = Playlist(
        "Blues", (PlaylistEntry(Path("/music/a, b.mp3"), "Ann\n- Rain", 61.6), PlaylistEntry(Path("/music/c.flac")))
    )
    assert playlist_bytes(playlist).decode() == (
        "#EXTM3U\n#PLAYLIST:Blues\n#EXTINF:62,Ann - Rain\n/music/a, b.mp3\n#EXTINF:-1,c\n/music/c.flac\n"
    )
    relative = playlist_bytes(playlist, relative_to=HERE).decode().splitlines()
    assert relative[3::2] == ["../a, b.mp3", "../c.flac"]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("song.mp3", "/music/lists/song.mp3"),
        ("../über.mp3", "/music/über.mp3"),
        ("/elsewhere/song.mp3", "/elsewhere/song.mp3"),
        ("file:///music/a%20b%0Ac.mp3", "/music/a b\nc.mp3"),
        ("file://localhost/music/a.mp3", "/music/a.mp3"),
        ("./#1.mp3", "/music/lists/#1.mp3"),
        ("100% pure.mp3", "/music/lists/100% pure.mp3"),
        pytest.param(
            "Rock\\one.mp3", "/music/lists/Rock/one.mp3", marks=pytest.mark.skipif(os.name == "nt", reason="POSIX paths")
        ),
    ],
)
def test_each_way_to_name_a_file_is_understood(line, path):
    (entry,) = read(f"{line}\n").entries
    assert str(entry.path) == path
    assert (entry.title, entry.seconds, entry.shown) == ("", None, Path(path).stem.replace("\n", "\\n"))


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_line_ends_and_letters_of_other_players(ending, coding):
    lines = [
        "#EXTM3U",
        "#EXTVLCOPT:network-caching=1000",
        '#EXTINF:123 tvg-name="a,b",Björk, Jóga',
        "j\u00f3ga.mp3",
        "",
        "#EXTINF:-1",
        "b.ogg",
    ]
    found = read(ending.join(lines).encode(coding))
    assert [(entry.path.name, entry.title, entry.seconds) for entry in found.entries] == [
        ("jóga.mp3", "Björk, Jóga", 123.0),
        ("b.ogg", "", None),
    ]


def test_old_eight_bit_letters_are_read():
    assert [entry.path.name for entry in read("Motörhead.mp3\n".encode("cp1252")).entries] == ["Motörhead.mp3"]


def test_streams_are_told_and_passed_over():
    found = read("#EXTINF:0,Radio\nhttps://radio.example/live\na.mp3\n")
    assert found.passed_over == ("https://radio.example/live",)
    assert [(entry.path.name, entry.title) for entry in found.entries] == [("a.mp3", "")], "the stream's title is not the song's"


def test_a_title_and_a_length_belong_to_one_song():
    found = read("#PLAYLIST: Mine \n#EXTINF:5,One\na.mp3\nb.mp3\n")
    assert found.title == "Mine"
    assert [(entry.title, entry.seconds) for entry in found.entries] == [("One", 5.0), ("", None)]


names = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=()), min_size=1, max_size=12)


@given(st.lists(names.filter(lambda name: name not in (".", "..")), max_size=4), st.booleans())
def test_whatever_files_are_called_they_are_found_again(files, relative):
    """Line breaks, commas, quotes, spaces at the ends, half characters and stray bytes among them."""
    paths = []
    for file in files:
        try:
            paths.append(Path("/music") / os.fsdecode(os.fsencode(file)))
        except UnicodeEncodeError:
            continue  # no file can be called so
    playlist = Playlist("", tuple(PlaylistEntry(path, "x", 3.0) for path in paths))
    read_again = parse_playlist(playlist_bytes(playlist, relative_to=HERE if relative else None), HERE)
    assert [os.fsencode(entry.path) for entry in read_again.entries] == [os.fsencode(path) for path in paths]


@given(st.text(max_size=30))
def test_any_title_stays_on_its_line(title):
    lines = playlist_bytes(Playlist(title, (PlaylistEntry(Path("/a.mp3"), title or "x", 1.0),))).decode()
    (entry,) = parse_playlist(lines.encode(), HERE).entries
    assert entry.path == Path("/a.mp3")
    assert entry.seconds == 1.0


@given(st.binary(max_size=200))
def test_any_bytes_are_a_playlist_or_a_sentence(content):
    refused = b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff"))
    with pytest.raises(CollectionError, match="Expected a playlist") if refused else suppress(CollectionError):
        parse_playlist(content, HERE)


def test_written_read_and_listed(tmp_path):
    song = tmp_path / "songs" / "a\nb.mp3"
    playlist = Playlist("Quiet", (PlaylistEntry(song, "A", 2.0),))
    write_playlist(tmp_path / "lists" / "quiet.m3u8", playlist, relative=True)
    assert read_playlist(tmp_path / "lists" / "quiet.m3u8") == playlist
    (tmp_path / "lists" / "notes.txt").write_text("no playlist")
    (tmp_path / "lists" / ".hidden.m3u8").write_text("")
    assert list_playlists(tmp_path / "lists") == [tmp_path / "lists" / "quiet.m3u8"]
    assert list_playlists(tmp_path / "nowhere") == []


def test_what_is_none_is_said(tmp_path):
    with pytest.raises(CollectionError, match=r"cannot be read \(No such file or directory\)\. Check its path\."):
        read_playlist(tmp_path / "gone.m3u")
    with pytest.raises(CollectionError, match=r"Expected a playlist .* Received: song, which is none"):
        parse_playlist(b"RIFF\0\0\0\0WAVE", HERE, name="song")
    (tmp_path / "file").write_text("")
    with pytest.raises(CollectionError, match=r"one\.m3u8 cannot be written"):
        write_playlist(tmp_path / "file" / "one.m3u8", Playlist("", ()))


def test_file_names_fit_every_system():
    assert file_name("R&B: soft/slow") == "R B soft slow.m3u8"
    assert file_name("../..") == "playlist.m3u8"
    assert file_name("Hip-hop") == "Hip-hop.m3u8"
    assert len(file_name("x" * 300)) < 80
