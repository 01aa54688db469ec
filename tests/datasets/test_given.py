import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given as drawn
from hypothesis import strategies as st

from genre_core.__main__ import main
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.checks import check_dataset
from genre_core.datasets.exporting import mfcc_json
from genre_core.datasets.given import import_features, load_given, provide, save_given
from genre_core.datasets.library import load_dataset, remove_dataset, restore_dataset
from genre_core.datasets.sources import FEATURES, recognise
from genre_core.datasets.splits import leak_report, split_by_track
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset, NoAudioError, Track
from genre_core.datasets.versions import relabel, save_version
from genre_core.errors import DatasetError
from genre_core.features.spectral import LogMel
from genre_core.features.summary import Summary57
from genre_core.paths import Root
from tests.research import GTZAN

COLUMNS = list(Summary57.COLUMNS)
KAGGLE = GTZAN / "features_30_sec.csv"


def numbers(seed: int) -> list[float]:
    return np.random.default_rng(seed).normal(size=57).astype(np.float32).tolist()


def rows_of(*, genres=("blues", "rock"), n_tracks: int = 4, n_segments: int = 0) -> list[dict[str, object]]:
    """Rows as Kaggle's tables have them: of whole tracks, or of so many segments each."""
    rows: list[dict[str, object]] = []
    for genre in genres:
        for track in range(n_tracks):
            for segment in range(max(1, n_segments)):
                part = f".{segment}" if n_segments else ""
                length = 66149 if n_segments else 661794
                values = dict(zip(COLUMNS, numbers(len(rows)), strict=True))
                rows.append({"filename": f"{genre}.{track:05d}{part}.wav", "length": length, **values, "label": genre})
    return rows


def write(path: Path, rows: list[dict[str, object]], *, separator: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        table = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)), delimiter=separator)
        table.writeheader()
        table.writerows(rows)
    return path


def test_kaggles_table_of_tracks(tmp_path):
    rows = rows_of()
    dataset, values = import_features(write(tmp_path / "features_30_sec.csv", rows))
    assert (dataset.name, dataset.genres, dataset.note) == (
        "features_30_sec",
        ("blues", "rock"),
        "given as numbers, without audio",
    )
    assert [track.id for track in dataset.tracks][:2] == ["blues.00000", "blues.00001"]
    assert all(track.path is None for track in dataset.tracks)
    assert not dataset.has_audio
    assert dataset.problems == ()
    assert dataset.given[0]["feature"] == Summary57().to_dict()
    assert dataset.given[0]["segments"] == SegmentConfig(segment_seconds=30.0, hop_seconds=30.0).to_dict()
    np.testing.assert_array_equal(values["blues.00000"].values, np.array([numbers(0)], np.float32))
    assert dataset.tracks[0].seconds == pytest.approx(661794 / 22050)
    assert dataset.tracks[0].extra["length"] == "661794"


def test_the_parent_of_a_segment_is_its_group(tmp_path):
    rows = rows_of(n_segments=3)
    np.random.default_rng(0).shuffle(rows)
    dataset, values = import_features(write(tmp_path / "features_3_sec.csv", rows))
    assert len(dataset.tracks) == 8
    found = values["rock.00002"]
    assert found.values.shape == (3, 57)
    np.testing.assert_allclose(found.start_seconds, [0, 3, 6], atol=1e-3)
    assert dataset.given[0]["segments"]["segment_seconds"] == 3.0
    split = split_by_track(dataset, seed=1)
    assert set(split.roles) == {track.id for track in dataset.tracks}
    assert leak_report(split, dataset).hashes == ()


@drawn(order=st.permutations(range(59)), separator=st.sampled_from(",;\t|"), mark=st.booleans())
def test_order_of_columns_separator_and_byte_order_mark_do_not_matter(tmp_path_factory, order, separator, mark):
    folder = tmp_path_factory.getbasetemp()
    rows = [dict(row) for row in rows_of(n_tracks=1)]
    names = [name for name in rows[0] if name != "length"]
    shuffled = [{names[i].upper(): row[names[i]] for i in order} for row in rows]
    encoding = "utf-8-sig" if mark else "utf-8"
    _, values = import_features(write(folder / "t.csv", shuffled, separator=separator, encoding=encoding))
    np.testing.assert_array_equal(values["rock.00000"].values[0], np.array(numbers(1), np.float32))


def test_a_general_table_with_artists_titles_and_decimal_commas(tmp_path):
    rows = []
    for i, row in enumerate(rows_of(n_tracks=2)):
        values = {name: str(row[name]).replace(".", ",") for name in COLUMNS}
        rows.append(
            {"ID": f"song {i}", "Genre": "Hip-Hop" if i % 2 else "Rock", "artist": f"A{i}", "title": "T", "path": "x", **values}
        )
    dataset, values = import_features(write(tmp_path / "mine.csv", rows, separator=";"), name="mine", title="Mine")
    assert dataset.genres == ("hiphop", "rock")
    assert dataset.artists_known
    assert dataset.tracks[0].extra["title"] == "T"
    np.testing.assert_array_equal(values["song 0"].values[0], np.array(numbers(0), np.float32))
    assert [problem.kind for problem in dataset.problems] == ["assumed_length"]
    assert "taken for 30 s" in dataset.problems[0].message


def test_a_parquet_table(tmp_path):
    import pyarrow
    import pyarrow.parquet

    rows = rows_of(n_tracks=2)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
    _, values = import_features(tmp_path / "t.parquet")
    np.testing.assert_array_equal(values["blues.00001"].values[0], np.array(numbers(1), np.float32))


@pytest.mark.parametrize(
    ("value", "received"), [("nan", "'nan'"), ("", "nothing"), ("much", "'much'"), ("inf", "'inf'"), ("1e300", "'1e300'")]
)
def test_what_is_no_number_is_said_with_row_and_column(tmp_path, value, received):
    rows = rows_of()
    rows[2]["tempo"] = value
    dataset, _ = import_features(write(tmp_path / "t.csv", rows))
    assert len(dataset.tracks) == 7
    (problem,) = dataset.problems
    assert problem.file == "t.csv, line 4"
    assert problem.message == f"Line 4, column tempo: expected a number. Received: {received}."


def changed(rows, **values):
    return [{**row, **values} for row in rows]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{k: v for k, v in row.items() if k not in ("tempo", "mfcc3_var")} for row in rows_of()], r"lacks 2: tempo, mfcc3_var"),
        ([{k: v for k, v in row.items() if k != "filename"} for row in rows_of()], "says which song a row is of"),
        ([{k: v for k, v in row.items() if k != "label"} for row in rows_of()], "says its genre"),
        (rows_of(genres=("rock",)), "at least two genres.*Received: rock only"),
        (changed(rows_of(), tempo="fast"), r"none that can be used.*8 problems.*Line 2, column tempo"),
        ([*rows_of(n_segments=2), rows_of(n_segments=2)[1]], r"segment 1 of blues.00000 in the lines 3 and 18"),
        ([*rows_of(n_segments=2), {**rows_of()[0], "label": "rock"}], r"blues.00000 blues in line 2 and rock in line 18"),
    ],
)
def test_tables_that_cannot_be_used_say_why(tmp_path, rows, message):
    with pytest.raises(DatasetError, match=message):
        import_features(write(tmp_path / "t.csv", rows))


def test_a_table_without_rows_and_one_that_is_not_there(tmp_path):
    (tmp_path / "t.csv").write_text(",".join(["filename", *COLUMNS, "label"]) + "\n")
    with pytest.raises(DatasetError, match="no rows"):
        import_features(tmp_path / "t.csv")
    with pytest.raises(DatasetError, match="cannot be read"):
        import_features(tmp_path / "gone.csv")


def test_the_same_numbers_count_once_and_in_two_genres_are_said(tmp_path):
    rows = rows_of()
    rows.append({**rows[0], "filename": "blues.00099.wav"})
    rows.append({**rows[1], "filename": "rock.00099.wav", "label": "rock"})
    dataset, _ = import_features(write(tmp_path / "t.csv", rows))
    assert {(problem.file, problem.kind) for problem in dataset.problems} == {
        ("blues.00099", "duplicate"),
        ("rock.00099", "conflict"),
    }
    split = split_by_track(dataset)
    assert split.roles["blues.00001"] == split.roles["rock.00099"]


@pytest.fixture
def saved(tmp_path):
    root = Root(tmp_path / "root")
    dataset, values = import_features(write(tmp_path / "t.csv", rows_of(n_segments=2)), name="numbers")
    save_given(dataset, [values], root.datasets)
    return dataset, values, root


def test_the_store_is_filled_from_what_is_kept(saved):
    dataset, values, root = saved
    again = load_dataset("numbers", root.datasets)
    assert again == dataset
    assert (again.given, again.fingerprint) == (dataset.given, dataset.fingerprint)
    request, store = (Summary57(), SegmentConfig()), FeatureStore(root.features)
    provide(again, [request], root.datasets, store)
    for track in again.tracks:
        np.testing.assert_array_equal(store.get(track, *request).values, values[track.id].values)
    victim = store.path(again.tracks[0], *request)
    victim.write_bytes(b"damaged")
    store.path(again.tracks[1], *request).unlink()
    provide(again, [request], root.datasets, store)
    assert not store.missing(again, *request)
    np.testing.assert_array_equal(store.get(again.tracks[0], *request).values, values[again.tracks[0].id].values)


def test_a_removed_data_set_comes_back_with_its_numbers(saved):
    dataset, _, root = saved
    remove_dataset("numbers", root.datasets)
    assert not (root.datasets / "numbers").exists()
    restore_dataset("numbers", root.datasets)
    found = load_given(load_dataset("numbers", root.datasets), root.datasets, (Summary57(), SegmentConfig()))
    assert set(found) == {track.sha256 for track in dataset.tracks}


def test_a_corrected_genre_makes_a_version_with_the_same_numbers(saved):
    dataset, _, root = saved
    save_version(relabel(dataset, {"rock.00000": "blues"}), root.datasets)
    request, store = (Summary57(), SegmentConfig()), FeatureStore(root.features)
    for version, genre in ((1, "rock"), (2, "blues")):
        found = load_dataset("numbers", root.datasets, version)
        assert (found.by_id["rock.00000"].genre, found.given) == (genre, dataset.given)
        provide(found, [request], root.datasets, store)
        assert not store.missing(found, *request)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no archive"])
def test_numbers_that_are_gone_are_said(saved, content):
    dataset, _, root = saved
    path = root.datasets / "numbers" / "given.npz"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"gone or damaged\. Import the table again"):
        provide(dataset, [(Summary57(), SegmentConfig())], root.datasets, FeatureStore(root.features))


def test_what_a_data_set_does_not_give_is_said_and_one_with_audio_gives_anything(saved):
    dataset, _, root = saved
    store = FeatureStore(root.features)
    for request in ((LogMel(), SegmentConfig()), (Summary57(), SegmentConfig(hop_seconds=1.0))):
        with pytest.raises(NoAudioError, match="gives summary57 of segments of 3 s every 3 s without audio"):
            provide(dataset, [request], root.datasets, store)
    heard = Dataset("songs", (Track("a", "b", root.path / "a.wav", None, 1.0, "0" * 64),))
    provide(heard, [(LogMel(), SegmentConfig())], root.datasets, store)
    with pytest.raises(NoAudioError, match="has no audio"):
        dataset.tracks[0].clip()
    with pytest.raises(NoAudioError, match="This export needs mfcc"):
        mfcc_json(dataset, root.path / "out.json", store, processes=1)


def test_a_check_says_what_can_be_said_of_numbers(saved):
    kinds = {problem.kind for problem in check_dataset(saved[0], processes=1)}
    assert "few_tracks" in kinds
    assert not kinds & {"missing", "unreadable", "changed", "silent"}


def test_the_command_imports_a_table_and_refuses_a_name_that_is_taken(tmp_path):
    table, root = write(tmp_path / "t.csv", rows_of()), Root(tmp_path / "root")

    def call(*arguments: str) -> dict:
        done = CliRunner().invoke(main, ["--root", str(root.path), "import", str(table), "--name", "k", "--json", *arguments])
        return json.loads(done.stdout.splitlines()[-1])

    answer = call()
    assert (answer["dataset"], answer["tracks"], answer["has_audio"]) == ("k", 8, False)
    assert "There is a data set named 'k' already" in call()["error"]["message"]
    assert call("--replace")["tracks"] == 8
    assert load_dataset("k", root.datasets).given


def test_a_table_that_lacks_a_column_is_still_known_as_numbers(tmp_path):
    rows = [{name: value for name, value in row.items() if name != "mfcc1_mean"} for row in rows_of()]
    assert recognise(write(tmp_path / "t.csv", rows)) == FEATURES


@pytest.mark.real_songs
def test_kaggles_own_table():
    dataset, values = import_features(KAGGLE, name="kaggle")
    assert len(dataset.tracks) + sum(problem.kind == "duplicate" for problem in dataset.problems) == 710
    assert {problem.kind for problem in dataset.problems} == {"duplicate", "conflict"}
    assert all(found.values.shape == (1, 57) for found in values.values())
    assert dataset.tracks[0].extra["split"] == "valid"
