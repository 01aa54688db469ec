"""Damaged and foreign files through the command line: each an answer or a named error, and nothing written."""

import pytest

from benchmarks.damaged_files import KINDS, damaged_files, music, written
from benchmarks.mutations import ANSWER, told
from genre_core.errors import AudioError
from tests.tiny_run import make_run

TEXT = b"Dear reader, this is a letter and no sound. " * 30
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the command says of 60 damaged files and of foreign ones, whole, empty and protected."""
    place = tmp_path_factory.mktemp("damaged")
    folder = place / "songs"
    folder.mkdir()
    for file in damaged_files(60, seed=7, seconds=0.6):
        (folder / file.name).write_bytes(file.content)
    sound = music(seconds=0.6)
    foreign = {
        "letter.mp3": TEXT,
        "picture.wav": PICTURE,
        "nothing.flac": b"",
        "protected.m4a": written("m4a", sound).replace(b"mp4a", b"drms", 1),
        "film.mp4": written("mp4", sound),
        "film.mp3": written("mkv", sound),
        "true.ogg": written("ogg", sound),
        "false.wav": written("ogg", sound),
    }
    for name, content in foreign.items():
        (folder / name).write_bytes(content)
    before = sorted(folder.iterdir())
    run = make_run(place / "run")
    found = told(folder, "--run", str(run.folder), "--processes", "1")
    assert sorted(folder.iterdir()) == before
    return found


def test_each_damaged_file_has_an_answer_or_a_named_error(said):
    names = [file.name for file in damaged_files(60, seed=7, seconds=0.6)]
    assert set(names) <= set(said.outcome)
    outcomes = [said.outcome[name] for name in names]
    assert set(outcomes) <= {ANSWER, *AudioError.KINDS}
    assert 0 < outcomes.count(ANSWER) < 60
    assert "Traceback" not in said.stderr
    assert said.returncode == 1


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("letter.mp3", "not_audio"),
        ("picture.wav", "not_audio"),
        ("nothing.flac", "empty"),
        ("protected.m4a", "protected"),
        ("film.mp4", ANSWER),
        ("film.mp3", ANSWER),
        ("true.ogg", ANSWER),
        ("false.wav", ANSWER),
    ],
)
def test_what_else_lies_in_a_folder(said, name, outcome):
    assert said.outcome[name] == outcome


def test_the_same_seed_makes_the_same_files():
    one, other = (damaged_files(len(KINDS) * 2, seed=3, seconds=0.3) for _ in range(2))
    assert [(file.name, file.kind, file.way) for file in one] == [(file.name, file.kind, file.way) for file in other]
    assert {file.kind for file in one} == set(KINDS)
    for mine, its in zip(one, other, strict=True):
        if mine.kind in ("wav", "flac", "mp3", "aiff", "m4a"):
            assert mine.content == its.content
