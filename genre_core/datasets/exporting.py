"""A data set's numbers for other tools: MFCC as tutorials read them, and the summary columns, never without track and artist."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.given import check_given
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.errors import DatasetError, ParameterError, unknown_name
from genre_core.features.spectral import Mfcc
from genre_core.features.summary import Summary57
from genre_core.files import rename_over, temporary_beside, write_whole
from genre_core.parallel import Progress

TRACK_SECONDS = 30.0
"""What is taken of each track from its beginning: the length of the clips that tutorials use [s]."""
WHOLE = SegmentConfig(segment_seconds=600.0, hop_seconds=600.0)
"""A track as one segment: summary columns are those of all of it."""
ADVICE = "Segments of one track resemble each other: split by track_ids, better by artists, never by segment, or scores lie."


@dataclass
class ExportReport:
    """What was written.

    Attributes
    ----------
    path : Path
        The file.
    n_tracks, n_rows : int
        Tracks in it, and rows: segments, or tracks.
    problems : list of Problem
        Tracks that are not in it, by their id, with the reason.
    """

    path: Path
    n_tracks: int = 0
    n_rows: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class MfccExport:
    """How MFCC are exported.

    Attributes
    ----------
    feature : Mfcc
        With its parameters.
    segments_per_track : int
        The first `TRACK_SECONDS` of a track are cut into so many; a track that is a little shorter has its last segment end with
        it. One that is shorter than a segment is left out, as nothing is made up.
    """

    feature: Mfcc
    segments_per_track: int

    def __post_init__(self) -> None:
        if not 1 <= self.segments_per_track <= 300:
            raise ParameterError(
                f"segments_per_track must lie in [1, 300]. Received: segments_per_track={self.segments_per_track}."
            )

    @property
    def segments(self) -> SegmentConfig:
        seconds = TRACK_SECONDS / self.segments_per_track
        return SegmentConfig(segment_seconds=seconds, hop_seconds=seconds)

    def of(self, track: Track, store: FeatureStore) -> np.ndarray:
        """MFCC of a track, float32, shape (n_segments, n_frames, n_mfcc), time before coefficients as tutorials have it."""
        found = store.get(track, self.feature, self.segments)
        whole = found.end_seconds - found.start_seconds > self.segments.segment_seconds - 0.5 / self.feature.sr
        return found.values[whole][: self.segments_per_track].transpose(0, 2, 1)


def mfcc_json(
    dataset: Dataset,
    out: Path,
    store: FeatureStore,
    *,
    n_mfcc: int = 13,
    n_fft: int = 2048,
    hop_length: int = 512,
    segments_per_track: int = 10,
    progress: Progress | None = None,
    processes: int | None = None,
) -> ExportReport:
    """Write a data set's MFCC as the JSON that tutorials train on, with what keeps it from leaking.

    `mapping` lists the genres, `labels` the genre's index of each segment, `mfcc` its coefficients, (n_segments, n_frames,
    n_mfcc). Beyond the tutorials, `track_ids` names the track of each segment and `artists`, where any is known, its artist (or
    null). Written track by track: memory holds one of them.

    Parameters
    ----------
    dataset : Dataset
        What to export.
    out : Path
        File to write, whole or not at all.
    store : FeatureStore
        Where features are kept once computed, so that a second export reads them.
    n_mfcc, n_fft, hop_length
        As `Mfcc` has them, the rest by default: 22,050 Hz, 128 bands. Each segment equals `librosa.feature.mfcc(...).T`.
    segments_per_track : int
        As `MfccExport`.
    progress : callable or None
        `progress(done, total, seconds_left)` while features are computed; it may raise to stop.
    processes : int or None
        As many as cores by default.

    Raises
    ------
    ParameterError
        If a parameter is out of its range.
    DatasetError
        If no track can be used, or the file cannot be written.
    """
    how = MfccExport(Mfcc(n_mfcc=n_mfcc, n_fft=n_fft, hop_length=hop_length), segments_per_track)
    report, tracks = _computed(dataset, out, store, (how.feature, how.segments), progress, processes)
    written: list[Track] = []
    labels: list[int] = []
    with _written(out) as file:
        about = {"dataset": dataset.name, "note": dataset.note, "feature": how.feature.to_dict(), "advice": ADVICE}
        file.write(f'{{"mapping": {json.dumps(dataset.genres)},\n"about": {json.dumps(about)},\n"mfcc": [')
        for track, values in _of_each(tracks, how, store, report):
            for segment in values:
                file.write((",\n" if labels else "\n") + _nested(segment))
                labels.append(dataset.genres.index(track.genre))
                written.append(track)
        _check_any(report, dataset)
        file.write(f'],\n"labels": {json.dumps(labels)},\n"track_ids": {json.dumps([track.id for track in written])}')
        if any(track.artist for track in dataset.tracks):
            file.write(f',\n"artists": {json.dumps([track.artist for track in written])}')
        file.write("}\n")
    return report


def mfcc_npz(
    dataset: Dataset,
    out: Path,
    store: FeatureStore,
    *,
    n_mfcc: int = 13,
    n_fft: int = 2048,
    hop_length: int = 512,
    segments_per_track: int = 10,
    progress: Progress | None = None,
    processes: int | None = None,
) -> ExportReport:
    """The same as `mfcc_json` in numpy's npz: arrays `mapping`, `labels`, `mfcc`, `track_ids`, `artists` (empty where unknown).

    All of it passes through memory: 1,000 tracks in ten segments of 13 coefficients are 68 MB.
    """
    how = MfccExport(Mfcc(n_mfcc=n_mfcc, n_fft=n_fft, hop_length=hop_length), segments_per_track)
    report, tracks = _computed(dataset, out, store, (how.feature, how.segments), progress, processes)
    parts = list(_of_each(tracks, how, store, report))
    _check_any(report, dataset)
    owners = [track for track, values in parts for _ in values]
    content = io.BytesIO()
    np.savez_compressed(
        content,
        mapping=np.array(dataset.genres),
        labels=np.array([dataset.genres.index(track.genre) for track in owners]),
        mfcc=np.concatenate([values for _, values in parts]),  # (n_segments, n_frames, n_mfcc)
        track_ids=np.array([track.id for track in owners]),
        artists=np.array([track.artist or "" for track in owners]),
        advice=np.array(ADVICE),
    )
    _write(out, content.getvalue())
    return report


def summary_table(
    dataset: Dataset,
    out: Path,
    store: FeatureStore,
    *,
    format_name: str = "csv",
    progress: Progress | None = None,
    processes: int | None = None,
) -> ExportReport:
    """Write one row a track: `track_id`, `genre`, `artist`, and the 57 summary columns of the whole track.

    `format_name` is csv or parquet; the other parameters and the errors are those of `mfcc_json`.
    """
    writers = {"csv": _csv, "parquet": _parquet}
    if format_name not in writers:
        raise unknown_name("format of a table", format_name, writers)
    feature = Summary57()
    report, tracks = _computed(dataset, out, store, (feature, WHOLE), progress, processes)
    rows = [store.get(track, feature, WHOLE).values[0] for track in tracks]  # (57,) each
    report.n_tracks = report.n_rows = len(rows)
    _check_any(report, dataset)
    _write(out, writers[format_name](tracks, np.stack(rows)))
    return report


def _computed(
    dataset: Dataset,
    out: Path,
    store: FeatureStore,
    request: tuple[Any, SegmentConfig],
    progress: Progress | None,
    processes: int | None,
) -> tuple[ExportReport, list[Track]]:
    """A report of what cannot be computed, and the tracks of which all is stored now."""
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise ParameterError(f"The file to write needs a folder that exists. Received: {out}. Make the folder first.")
    check_given(dataset, [request], who="This export")
    problems = extract_all(dataset, [request], store, progress=progress, processes=processes)
    absent = {problem.file for problem in problems}
    return ExportReport(out, problems=problems), [track for track in dataset.tracks if track.id not in absent]


def _of_each(
    tracks: list[Track], how: MfccExport, store: FeatureStore, report: ExportReport
) -> Iterator[tuple[Track, np.ndarray]]:
    """Each track with its MFCC, counted in the report; one that is too short is reported there instead."""
    for track in tracks:
        values = how.of(track, store)
        if len(values):
            report.n_tracks += 1
            report.n_rows += len(values)
            yield track, values
        else:
            needed = f"{how.segments.segment_seconds:g} s"
            words = f"Expected at least one segment, {needed}. Received: {track.seconds:.2f} s. Ask for more segments a track."
            report.problems.append(Problem(track.id, "too_short", words))


def _check_any(report: ExportReport, dataset: Dataset) -> None:
    if not report.n_rows:
        reason = f" The first problem: {report.problems[0].message}" if report.problems else ""
        raise DatasetError(f"Data set {dataset.name!r} has no track that can be exported.{reason}")


def _nested(segment: np.ndarray) -> str:
    """One segment, shape (n_frames, n_mfcc), as JSON; seven digits are more than its single precision is worth."""
    frame = "[" + ", ".join(["%.7g"] * segment.shape[1]) + "]"
    return "[" + ", ".join([frame] * len(segment)) % tuple(segment.ravel().tolist()) + "]"


def _csv(tracks: list[Track], values: np.ndarray) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["track_id", "genre", "artist", *Summary57.COLUMNS])
    for track, row in zip(tracks, values, strict=True):
        table.writerow([track.id, track.genre, track.artist or "", *(f"{value:.9g}" for value in row)])
    return out.getvalue().encode("utf-8", "replace")


def _parquet(tracks: list[Track], values: np.ndarray) -> bytes:
    import pyarrow
    import pyarrow.parquet

    def texts(entries: list[str | None]) -> Any:
        return pyarrow.array([entry and entry.encode("utf-8", "replace").decode() for entry in entries], pyarrow.string())

    names: dict[str, Any] = {
        "track_id": texts([track.id for track in tracks]),
        "genre": texts([track.genre for track in tracks]),
        "artist": texts([track.artist for track in tracks]),
    }
    columns = {name: values[:, number] for number, name in enumerate(Summary57.COLUMNS)}
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({**names, **columns}), out)
    return out.getvalue()


@contextmanager
def _written(out: Path) -> Iterator[TextIO]:
    """A text file that takes its name when all is written; after an error nothing of it is left."""
    temporary = temporary_beside(out)
    try:
        with temporary.open("w", encoding="utf-8") as file:
            yield file
        rename_over(temporary, out)
    except OSError as error:
        raise _not_written(out, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _write(out: Path, content: bytes) -> None:
    try:
        write_whole(out, content)
    except OSError as error:
        raise _not_written(out, error) from error


def _not_written(out: Path, error: OSError) -> DatasetError:
    return DatasetError(f"{out} cannot be written: {error.strerror or error}. Free some space or choose another place.")
