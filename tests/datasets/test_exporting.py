import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from genre_core.datasets.exporting import mfcc_json, mfcc_npz, summary_table
from genre_core.datasets.importers import import_folder
from genre_core.datasets.store import FeatureStore
from genre_core.errors import DatasetError, ParameterError
from genre_core.features.summary import Summary57
from tests.datasets.tiny_songs import SR, made, write_folder, write_song

SMALL = {"n_mfcc": 4, "segments_per_track": 50, "processes": 1}
"""Segments of 0.6 s."""


@pytest.fixture
def store(tmp_path):
    return FeatureStore(tmp_path / "features")


@pytest.fixture
def dataset(tmp_path):
    write_folder(tmp_path / "songs", n_tracks=2, seconds=0.7)
    write_song(tmp_path / "songs" / "rock" / "short.wav", seconds=0.55, pitch=555)
    found = import_folder(tmp_path / "songs", processes=1)
    artists = {"blues.00000": "Ada", "blues.00001": "Bo"}
    return replace(found, tracks=tuple(replace(track, artist=artists.get(track.id.split("/")[-1])) for track in found.tracks))


def test_the_json_is_that_of_the_tutorials_with_tracks_and_artists(dataset, store, tmp_path):
    report = mfcc_json(dataset, tmp_path / "mfcc.json", store, **SMALL)
    found = json.loads((tmp_path / "mfcc.json").read_text(encoding="utf-8"))
    assert found["mapping"] == ["blues", "rock"]
    assert [found["mapping"][label] for label in found["labels"]] == ["blues"] * 4 + ["rock"] * 4
    assert np.array(found["mfcc"]).shape == (8, 1 + round(0.6 * SR) // 512, 4)
    genres = {track.id: track.genre for track in dataset.tracks}
    assert [genres[track_id] for track_id in found["track_ids"]] == [found["mapping"][label] for label in found["labels"]]
    assert [found["track_ids"].count(track_id) for track_id in dict.fromkeys(found["track_ids"])] == [2] * 4
    assert found["artists"] == ["Ada"] * 2 + ["Bo"] * 2 + [None] * 4
    assert "never by segment" in found["about"]["advice"]
    assert (report.n_tracks, report.n_rows, report.path) == (4, 8, tmp_path / "mfcc.json")
    (problem,) = report.problems
    assert (problem.kind, problem.file.endswith("short")) == ("too_short", True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["features", "mfcc.json", "songs"]


def test_each_segment_is_librosas(dataset, store, tmp_path):
    import librosa

    mfcc_json(dataset, tmp_path / "mfcc.json", store, **SMALL)
    found = np.array(json.loads((tmp_path / "mfcc.json").read_text())["mfcc"])
    y = dataset.tracks[0].clip().y
    width = round(0.6 * SR)
    for number, start in enumerate((0, y.size - width)):
        expected = librosa.feature.mfcc(y=y[start : start + width], sr=SR, n_mfcc=4).T
        np.testing.assert_allclose(found[number], expected, atol=2e-2)


def test_npz_holds_the_same(dataset, store, tmp_path):
    mfcc_json(dataset, tmp_path / "mfcc.json", store, **SMALL)
    mfcc_npz(dataset, tmp_path / "mfcc.npz", store, **SMALL)
    found = json.loads((tmp_path / "mfcc.json").read_text())
    with np.load(tmp_path / "mfcc.npz", allow_pickle=False) as arrays:
        np.testing.assert_allclose(arrays["mfcc"], found["mfcc"], rtol=1e-6)
        assert arrays["labels"].tolist() == found["labels"]
        assert arrays["track_ids"].tolist() == found["track_ids"]
        assert arrays["artists"].tolist() == [artist or "" for artist in found["artists"]]
        assert arrays["mapping"].tolist() == found["mapping"]


def test_no_artist_no_list_of_artists(dataset, store, tmp_path):
    unknown = replace(dataset, tracks=tuple(replace(track, artist=None) for track in dataset.tracks))
    mfcc_json(unknown, tmp_path / "mfcc.json", store, **SMALL)
    assert "artists" not in json.loads((tmp_path / "mfcc.json").read_text())


def test_long_tracks_give_no_more_segments_than_asked(dataset, store, tmp_path):
    write_folder(tmp_path / "longer", n_tracks=1, seconds=31.0)
    longer = import_folder(tmp_path / "longer", processes=1)
    report = mfcc_json(longer, tmp_path / "mfcc.json", store, segments_per_track=10, processes=1)
    assert report.n_rows == 20
    assert np.array(json.loads((tmp_path / "mfcc.json").read_text())["mfcc"]).shape == (20, 130, 13)


def test_summary_columns_with_track_genre_and_artist(dataset, store, tmp_path):
    report = summary_table(dataset, tmp_path / "table.csv", store, processes=1)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "table.csv").read_text(encoding="utf-8"))))
    assert list(rows[0]) == ["track_id", "genre", "artist", *Summary57.COLUMNS]
    assert [row["track_id"] for row in rows] == [track.id for track in dataset.tracks]
    assert [row["artist"] for row in rows] == [track.artist or "" for track in dataset.tracks]
    expected = Summary57().of(dataset.tracks[0].clip())
    np.testing.assert_array_equal([np.float32(rows[0][name]) for name in Summary57.COLUMNS], expected)
    assert report.n_rows == len(rows) == 5


def test_parquet_is_read_by_pandas(dataset, store, tmp_path):
    import pandas

    summary_table(dataset, tmp_path / "table.parquet", store, format_name="parquet", processes=1)
    frame = pandas.read_parquet(tmp_path / "table.parquet")
    assert list(frame.columns) == ["track_id", "genre", "artist", *Summary57.COLUMNS]
    assert frame["artist"].isna().tolist() == [track.artist is None for track in dataset.tracks]
    np.testing.assert_array_equal(frame.loc[0, list(Summary57.COLUMNS)], Summary57().of(dataset.tracks[0].clip()))


def test_a_lost_song_is_reported_and_left_out(dataset, store, tmp_path):
    dataset.tracks[1].path.unlink()
    report = mfcc_json(dataset, tmp_path / "mfcc.json", store, **SMALL)
    assert {problem.file: problem.kind for problem in report.problems}[dataset.tracks[1].id] == "missing"
    found = json.loads((tmp_path / "mfcc.json").read_text())
    assert dataset.tracks[1].id not in found["track_ids"]
    assert len(found["labels"]) == len(found["mfcc"]) == len(found["track_ids"]) == len(found["artists"]) == 6


def test_a_second_export_computes_nothing(dataset, store, tmp_path):
    mfcc_json(dataset, tmp_path / "first.json", store, **SMALL)
    for track in dataset.tracks:
        track.path.unlink()
    mfcc_json(dataset, tmp_path / "second.json", store, **SMALL)
    assert (tmp_path / "second.json").read_bytes() == (tmp_path / "first.json").read_bytes()


def test_stopped_or_empty_nothing_is_left_behind(dataset, store, tmp_path):
    class StoppedError(Exception):
        pass

    def stop(done, total, seconds_left):
        if done == 2:
            raise StoppedError

    out = tmp_path / "mfcc.json"
    out.write_text("former", encoding="utf-8")
    with pytest.raises(StoppedError):
        mfcc_json(dataset, out, store, progress=stop, **SMALL)
    with pytest.raises(DatasetError, match=r"no track that can be exported.*at least one segment, 3 s"):
        mfcc_json(dataset, out, store, segments_per_track=10, processes=1)
    with pytest.raises(DatasetError, match="no audio"):
        mfcc_json(made({"blues": 2}), out, store, **SMALL)
    assert out.read_text() == "former"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["features", "mfcc.json", "songs"]


def test_what_cannot_be_is_refused_first(dataset, store, tmp_path):
    with pytest.raises(ParameterError, match=r"segments_per_track must lie in \[1, 300\]"):
        mfcc_json(dataset, tmp_path / "a.json", store, segments_per_track=0)
    with pytest.raises(ParameterError, match=r"n_mfcc must lie in"):
        mfcc_json(dataset, tmp_path / "a.json", store, n_mfcc=500)
    with pytest.raises(ParameterError, match="Make the folder first"):
        mfcc_json(dataset, tmp_path / "nowhere" / "a.json", store)
    with pytest.raises(ParameterError, match="Choose one of: csv, parquet"):
        summary_table(dataset, tmp_path / "a.xls", store, format_name="xls")
    assert not store.folder.exists()
