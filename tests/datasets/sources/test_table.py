"""Tables that name files: separators, encodings, columns in any order, and rows that cannot be used."""

import pytest

from genre_core.datasets.importers import import_songs
from genre_core.datasets.sources import FEATURES, find, recognise
from genre_core.datasets.sources.sheet import read_sheet
from genre_core.errors import DatasetError
from tests.datasets.tiny_songs import write_folder, write_song

ROWS = [("blues/blues.00000.wav", "Blues", "Käthe, B."), ("rock/rock.00000.wav", "rock", "Zoé; C.")]


def write_table(path, rows=ROWS, names=("path", "genre", "artist"), *, separator=",", encoding="utf-8", ending="\n"):
    def cell(value):
        return '"' + value.replace('"', '""') + '"' if any(sign in value for sign in f'{separator}"\n\r') else value

    text = ending.join(separator.join(map(cell, row)) for row in [names, *rows]) + ending
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def songs(tmp_path):
    write_folder(tmp_path, n_tracks=1)
    return tmp_path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_separators_and_encodings_are_found_out(songs, separator, encoding, ending):
    table = write_table(songs / "t.csv", separator=separator, encoding=encoding, ending=ending)
    found = find(table)
    assert [(song.genre, song.artist) for song in found.songs] == [("blues", "Käthe, B."), ("rock", "Zoé; C.")]
    assert found.artists_known
    assert not found.problems


def test_a_table_becomes_a_data_set_with_its_further_columns(songs):
    names = ("Track ID", "File Name", "LABEL", "Artist Name", "Title", "Split", "mood", "sample_rate", "id")
    rows = [
        ("t1", "blues/blues.00000.wav", "Blues", "A", "Song, the", "train", "calm", "16000", "7"),
        ("t2", "rock/rock.00000.wav", "hip hop", "nan", "", "TEST", "NaN", "", "8"),
    ]
    dataset = import_songs(find(write_table(songs / "t.csv", rows, names)), processes=1)
    first, second = dataset.tracks
    assert (first.id, first.genre, first.artist) == ("t1", "blues", "A")
    assert first.extra == {
        "title": "Song, the",
        "split": "train",
        "mood": "calm",
        "table_sample_rate": "16000",
        "table_id": "7",
        "sample_rate": "22050",
        "format": "wav",
    }
    assert (second.id, second.genre, second.artist) == ("t2", "hiphop", None)
    assert second.extra["split"] == "TEST"
    assert not {"title", "mood"} & set(second.extra)


def test_a_parquet_table_gives_what_its_csv_gives(songs):
    import pyarrow
    from pyarrow import parquet

    names = ("path", "genre", "artist", "year", "plays")
    columns = {"path": [row[0] for row in ROWS], "genre": [row[1] for row in ROWS], "artist": [row[2] for row in ROWS]}
    columns |= {"year": [1999, None], "plays": [0.5, float("nan")], "audio": [{"bytes": b"x"}, None]}
    parquet.write_table(pyarrow.table(columns), songs / "t.parquet")
    rows = [(*ROWS[0], "1999", "0.5"), (*ROWS[1], "", "")]
    from_csv, from_parquet = find(write_table(songs / "t.csv", rows, names)), find(songs / "t.parquet")
    assert from_parquet.songs == from_csv.songs
    assert from_parquet.songs[0].extra == {"year": "1999", "plays": "0.5"}


@pytest.mark.parametrize(
    ("written", "folder"),
    [
        ("blues/blues.00000.wav", None),
        ("blues\\blues.00000.wav", None),
        ("./blues/../blues/blues.00000.wav", None),
        ("blues.00000.wav", None),
        ("blues.00000.au", None),
        ("blues.00000.wav", "blues"),
        ("ABSOLUTE", None),
    ],
)
def test_paths_as_people_write_them(songs, written, folder):
    song = songs / "blues" / "blues.00000.wav"
    written = str(song) if written == "ABSOLUTE" else written
    rows = [(written, "blues", ""), (str(songs / "rock" / "rock.00000.wav"), "rock", "")]
    found = find(write_table(songs / "t.csv", rows), audio=songs / folder if folder else None)
    assert found.songs[0].path == song
    assert not found.problems


def test_rows_that_cannot_be_used_are_named_with_their_line(songs):
    write_song(songs / "jazz" / "a.wav")
    write_song(songs / "pop" / "a.wav")
    rows = [
        *ROWS,
        ("", "blues", ""),
        ("blues/gone.wav", "blues", ""),
        ("blues/blues.00000.wav", "rock", ""),
        ("jazz/a.wav", "", ""),
        ("a.wav", "jazz", ""),
        ("x" * 5000, "rock", ""),
        ("two\nlines.wav", "rock", ""),
        ("last.wav", "rock", ""),
    ]
    found = find(write_table(songs / "t.csv", rows))
    assert len(found.songs) == 2
    assert [problem.kind for problem in found.problems] == ["no_path", "missing", "twice", "no_genre", *["missing"] * 4]
    messages = [problem.message for problem in found.problems]
    assert messages[0] == "Row 4 names no file."
    assert "row 2 again, as blues" in messages[2]
    assert "several files have this name: jazz/a.wav, pop/a.wav" in messages[4]
    assert messages[-1].startswith("Row 12:")  # the row before has a line break in it


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("song_path", "genre", "x"), r"a column of the files .*Received the columns: song_path, genre, x"),
        (("path", "style", "x"), r"a column of their genres .*Received the columns: path, style, x"),
        (("a", "b", "c"), r"the files .* and one of their genres"),
        (("path", "genre", "Path"), r"name of its own. Received 'path' twice"),
    ],
)
def test_missing_columns_are_said_with_those_found(songs, names, words):
    with pytest.raises(DatasetError, match=words):
        find(write_table(songs / "t.csv", names=names))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "at least two columns"),
        (b"path,genre\n", "no rows"),
        (b"\0\1\2\3,\0", "Received: other bytes"),
        (b"just one line", "at least two columns"),
        (b'path,genre\n"never closed', "at least two genres"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, words):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DatasetError, match=words):
        find(tmp_path / "t.csv")
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(DatasetError, match="cannot be read as a Parquet table"):
        find(tmp_path / "t.parquet")


def test_a_line_of_excel_before_the_names_is_no_row(songs):
    table = songs / "t.csv"
    table.write_text("sep=;\r\n\r\npath;genre\r\nblues/blues.00000.wav;blues\r\nrock/rock.00000.wav;rock\r\n", encoding="utf-8")
    assert read_sheet(table).names == ("path", "genre")
    assert find(table).n_songs == 2


def test_numbers_without_audio_are_recognised(tmp_path):
    table = tmp_path / "features_30_sec.csv"
    table.write_text("filename,length,chroma_stft_mean,mfcc1_mean,label\nblues.00000.wav,1,2,3,blues\n", encoding="utf-8")
    assert recognise(table) == FEATURES
    with pytest.raises(DatasetError, match="Import it as features"):
        find(table)
