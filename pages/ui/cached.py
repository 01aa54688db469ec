"""Every cache of the dashboard, each with a limit.

Keys are fingerprints, paths with their time of change, or bytes; arrays come as `_y`, unhashed. What belongs to a visitor (an
upload) is kept for that visitor's session alone and goes when the session ends. Sound and spectrograms, which are large, stand on
shelves (`pages.ui.shelf`) in one room for all visitors; what is small is Streamlit's, which `server.maxCacheDataSize` in
.streamlit/config.toml bounds over all visitors too.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import runtime

from genre_core.audio import Clip, SegmentConfig, decode, encode_wav, envelope, probe
from genre_core.audio.recording import Recording, open_recording
from genre_core.datasets.exporting import MfccExport
from genre_core.datasets.given import given_requests, provide
from genre_core.datasets.library import load_dataset
from genre_core.datasets.overview import TrackNumbers, plane, track_numbers
from genre_core.datasets.splits import LeakReport, Split, known_pairs, leak_report, make_split
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset, Track
from genre_core.datasets.versions import load_learned
from genre_core.errors import AudioError, DatasetError, ParameterError, RunError
from genre_core.evaluation.evaluate import Evaluation, evaluate
from genre_core.evaluation.predictions import Predictions
from genre_core.features import feature_from_dict
from genre_core.features.base import Feature
from genre_core.features.curves import together
from genre_core.features.rhythm import beats as find_beats
from genre_core.features.rhythm import onset_strength, tempo
from genre_core.features.spectral import Mfcc
from genre_core.features.stft import Spectra
from genre_core.inference import Predictor
from genre_core.models import extraction
from genre_core.prediction import Prediction
from genre_core.runs import CARD, MANIFEST, Run
from genre_core.runs.comparing import Pair, compare_runs
from genre_core.training.differing import names_apart
from pages.ui import words
from pages.ui.root import root
from pages.ui.shelf import Room, Shelf, give_back_freed_memory

ENVELOPE_BINS = 2000
BEAT_RATE = 22050
SEGMENTS_PER_TRACK = 10
"""Of MFCC that are exported, as `mfcc_json` cuts them where nothing is said."""
WHOLE_SECONDS = 120.0
"""Longer uploads are read part by part: ten minutes take 53 MB as samples and 26 as a file for the browser, most of the room."""
MOST_CELLS = 12_000_000
"""Numbers that one view may have, 48 MB: a larger spectrogram would fill the memory for a picture that no screen can show."""

MOST_OTHERS = 12
"""Runs whose verdicts stand beside those of the one that is looked at."""

_SPLIT_BY = ("dataset.json", "report.json")
"""Files of a data set with whose change its splits change."""

ROOM = Room(64 * 2**20)
"""What all visitors' sound and spectrograms may take: eight minutes of songs with their players, or 16 clips of 30 s."""


@st.cache_resource(max_entries=1, show_spinner=False)
def _shared() -> Shelf:
    give_back_freed_memory()  # once a process, before anything large is made
    return Shelf(ROOM)


@st.cache_resource(max_entries=1, scope="session", show_spinner=False)
def _own() -> Shelf:
    return Shelf(ROOM)


def own_shelf() -> Shelf:
    """What is kept for this visitor alone."""
    return _own()


def stamp(path: Path) -> int:
    """Time of a file's last change [ns], for keys; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def dataset(name: str, root_datasets: Path) -> Dataset:
    """A data set, read again only when its file has changed."""
    return _dataset(name, str(root_datasets), stamp(root_datasets / name / "dataset.json"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _dataset(name: str, root_datasets: str, changed: int) -> Dataset:
    return load_dataset(name, Path(root_datasets))


def track_clip(track: Track) -> Clip:
    """A track's sound; raises what `Track.clip` raises."""
    return track_reader(track)()


def upload_clip(content: bytes, name: str, *, sha256: str = "") -> Clip:
    """The sound of an upload, decoded from its bytes; nothing is written to disk. `sha256` is theirs, where it is known."""
    with st.spinner("Reading the sound ..."):
        return upload_reader(content, name, sha256=sha256)()


def upload_reader(content: bytes, name: str, *, sha256: str = "") -> Callable[[], Clip]:
    """What reads the sound of an upload, in whatever thread: it is kept on this visitor's shelf."""
    shelf, key = _own(), ("upload", sha256 or hashlib.sha256(content).hexdigest(), name)
    return lambda: shelf.get(key, lambda: decode(content, name=name), _clip_bytes)


def track_reader(track: Track) -> Callable[[], Clip]:
    """What reads a track's sound, in whatever thread: it is kept for all visitors."""
    shelf, key = _shared(), ("track", track.sha256, stamp(track.path) if track.path else 0)
    return lambda: shelf.get(key, track.clip, _clip_bytes)


def upload_sound(content: bytes, name: str, *, sha256: str = "", on_stop: Callable[[], None] | None = None) -> Clip | Recording:
    """The sound of an upload of any length: whole where that fits into memory, else read part by part.

    `on_stop` is called when the visitor stops the reading of a long one, which then ends with the run of the page.
    """
    key = ("recording", sha256 or hashlib.sha256(content).hexdigest(), name)
    if key not in _own().kept and (probe(content, name=name).seconds or 0) <= WHOLE_SECONDS:
        try:
            return upload_clip(content, name, sha256=key[1])
        except AudioError as error:  # it was longer than its header said
            if error.kind != "too_long":
                raise
    return _own().get(key, lambda: _opened(content, name, on_stop), lambda recording: recording.bins.nbytes)


def _opened(content: bytes, name: str, on_stop: Callable[[], None] | None) -> Recording:
    line, halt = st.progress(0.0, text=f"{name}: going through it once"), st.empty()
    if on_stop is not None:
        halt.button("Stop reading", icon=":material/stop_circle:", key="opening.stop", on_click=on_stop)
    started = time.monotonic()

    def progress(done: float, total: float | None) -> None:
        of = f" of {total / 60:.0f}" if total else ""
        remaining = words.left((time.monotonic() - started) * (total - done) / done) if total and done else ""
        text = f"{name}: {done / 60:.0f}{of} minutes gone through{', ' if remaining else ''}{remaining}"
        line.progress(min(1.0, done / total) if total else 0.0, text=text)

    try:
        return open_recording(content, name=name, progress=progress)
    finally:
        line.empty()
        halt.empty()


def _clip_bytes(clip: Clip) -> int:
    return clip.y.nbytes


def wav(clip: Clip) -> bytes:
    """The clip as WAV bytes for the browser."""
    return _own().get(("wav", clip.sha256), lambda: encode_wav(clip), len)


def media(content: bytes, kind: str, *, place: str) -> str:
    """Address under which the browser finds these bytes while the page is open; empty where no server runs (in tests)."""
    if not runtime.exists():
        return ""
    return runtime.get_instance().media_file_mgr.add(content, kind, place)


def outline(clip: Clip | Recording) -> Any:
    """Envelope of a clip, shape (2, ENVELOPE_BINS)."""
    return _outline(clip.sha256, clip.seconds if isinstance(clip, Clip) else clip.outlined_seconds, _clip=clip)


@st.cache_data(max_entries=32, scope="session", show_spinner=False)
def _outline(sha256: str, known_seconds: float, _clip: Clip | Recording) -> Any:
    return envelope(_clip, ENVELOPE_BINS) if isinstance(_clip, Clip) else _clip.outline(ENVELOPE_BINS)


def part(clip: Clip | Recording, start_seconds: float, end_seconds: float) -> Clip:
    """A part of a clip (itself, if all is asked for); always the same object, so that its fingerprint is found once."""
    if isinstance(clip, Clip) and start_seconds <= 0 and end_seconds >= clip.seconds:
        return clip
    key = ("part", clip.sha256, round(start_seconds, 4), round(end_seconds, 4))
    return _own().get(key, lambda: clip.slice(start_seconds, end_seconds), _clip_bytes)


def beats(clip: Clip) -> tuple[float, list[float]]:
    """Tempo of a clip [beats a minute] and its beats [s]."""
    return _beats(clip.sha256, _clip=clip)


@st.cache_data(max_entries=32, scope="session", show_spinner=False)
def _beats(sha256: str, _clip: Clip) -> tuple[float, list[float]]:
    clip = _clip.resample(BEAT_RATE)
    onsets = onset_strength(Spectra(clip.y, sr=clip.sr))
    bpm = tempo(onsets, sr=clip.sr)
    return bpm, find_beats(onsets, sr=clip.sr, bpm=bpm).tolist()


def rebuilt(clip: Clip, kind: str, make: Callable[[], Clip]) -> Clip:
    """What was made of a clip, kept while the visitor is here; `make` makes it where it is not there."""
    return _own().get(("rebuilt", clip.sha256, kind), make, _clip_bytes)


def feature_values(clip: Clip, feature: Feature, shared: dict[int, Spectra] | None = None) -> Any:
    """A feature of a whole clip; `ParameterError` where it would hold more numbers than a picture needs.

    `shared` holds the clip's spectra by sample rate while several features of one picture are computed, which then share them.
    """
    cells = 1
    for length in feature.shape(round(clip.seconds * feature.sr)):
        cells *= length
    if cells > MOST_CELLS:
        raise ParameterError(
            f"This view would hold {cells / 1e6:.0f} million numbers, more than {MOST_CELLS / 1e6:.0f} million: "
            "take a larger hop, a shorter FFT, or a shorter part of the sound."
        )

    def compute() -> Any:
        return _unchangeable(feature.of(clip) if shared is None else feature(spectra_of(clip, feature.sr, shared)))

    return _own().get(_feature_key(clip, feature), compute, lambda values: values.nbytes)


def spectra_of(clip: Clip, sr: int, shared: dict[int, Spectra]) -> Spectra:
    """The clip's spectra at a rate, of those that are there, else new ones."""
    if sr not in shared:
        shared[sr] = Spectra(clip.resample(sr).y, sr=sr)
    return shared[sr]


def prepare_curves(clip: Clip, features: Sequence[Feature], shared: dict[int, Spectra]) -> None:
    """Compute curves of the spectrum that are to be drawn in one pass, unless they are kept already."""
    if not all(_feature_key(clip, feature) in _own().kept for feature in features):
        together(spectra_of(clip, features[0].sr, shared), features)


def _feature_key(clip: Clip, feature: Feature) -> tuple[str, ...]:
    return ("feature", clip.sha256, feature.name, feature.fingerprint)


def _unchangeable(values: Any) -> Any:
    values.flags.writeable = False
    return values


def split(
    dataset: Dataset, name: str, seed: int = 0, *, genres: tuple[str, ...] = (), train_share: float = 1.0
) -> tuple[Split, LeakReport]:
    """A split of a data set, and what crosses it; raises `DatasetError` where the data set does not allow it."""
    # The fingerprint says nothing of artists, which a split goes by: the file's time does.
    at = tuple((str(path), stamp(path)) for path in (root().datasets / dataset.name / file for file in _SPLIT_BY))
    return _split(dataset.fingerprint, at, name, seed, genres, train_share, _dataset=dataset)


@st.cache_data(max_entries=32, show_spinner=False)
def _split(
    fingerprint: str,
    at: tuple[tuple[str, int], ...],
    name: str,
    seed: int,
    genres: tuple[str, ...],
    train_share: float,
    _dataset: Dataset,
) -> tuple[Split, LeakReport]:
    pairs = known_pairs(_dataset, root().datasets)
    made = make_split(_dataset, name, seed=seed, genres=genres, train_share=train_share, pairs=pairs)
    return made, leak_report(made, _dataset, pairs)


def numbers(dataset: Dataset) -> tuple[TrackNumbers, Any, Any]:
    """What is stored of each track's summary columns, its points on a plane, and the share of the variance that an axis shows."""
    return _numbers(dataset.fingerprint, str(root().features), str(root().datasets), _dataset=dataset)


@st.cache_data(max_entries=4, ttl=60.0, show_spinner="Reading what is stored of each track ...")
def _numbers(fingerprint: str, folder: str, root_datasets: str, _dataset: Dataset) -> tuple[TrackNumbers, Any, Any]:
    store, given = FeatureStore(Path(folder)), given_requests(_dataset)
    provide(_dataset, given, Path(root_datasets), store)
    read = [(feature_from_dict(pair["feature"]), SegmentConfig.from_dict(pair["segments"])) for pair in extraction()]
    found = track_numbers(_dataset, store, given or read)
    return (found, *plane(found.columns))


def run(folder: Path) -> Run:
    """A run as it lies in its folder; read again when its manifest changes.

    Raises
    ------
    GenreError
        If it is damaged.
    """
    return _run(str(folder), stamp(folder / MANIFEST))


@st.cache_resource(max_entries=32, show_spinner=False)
def _run(folder: str, changed: int) -> Run:
    return Run.load(Path(folder))


def learned_dataset(run: Run) -> Dataset:
    """The data set of a run, in the version that it learned from; raises `DatasetError` where it is not here."""
    changed = stamp(root().datasets / run.dataset_name / "dataset.json")
    return _learned_dataset(run.dataset_name, str(root().datasets), run.dataset_fingerprint, changed)


@st.cache_resource(max_entries=8, show_spinner=False)
def _learned_dataset(name: str, root_datasets: str, fingerprint: str, changed: int) -> Dataset:
    return load_learned(name, Path(root_datasets), fingerprint)


def predictions(run: Run, role: str) -> Predictions:
    """What a run said of one part of its split; raises `RunError` where it has no predictions of it."""
    changed = (stamp(run.folder / f"predictions_{role}.npz"), stamp(run.folder / MANIFEST))
    return _predictions(str(run.folder), role, changed, _run=run)


@st.cache_resource(max_entries=16, show_spinner=False)
def _predictions(folder: str, role: str, changed: tuple[int, int], _run: Run) -> Predictions:
    return _run.predictions(role)


def other_predictions(run: Run, runs: Sequence[Run]) -> dict[str, Predictions]:
    """What other runs said of songs of the same data set, those that are honest, by id; the newest few."""
    same = [
        other
        for other in runs
        if other.id != run.id
        and not other.is_leaky
        and other.dataset_fingerprint == run.dataset_fingerprint
        and other.dataset_name == run.dataset_name
    ]
    found = {}
    for other in same[:MOST_OTHERS]:
        with suppress(RunError):  # it is said where that run itself is looked at
            found[other.id] = predictions(other, other.judged_role)
    return found


def evaluation(run: Run, role: str, artists: tuple[str | None, ...] | None) -> Evaluation:
    """Scores, curves and intervals of a run on one part of its split; raises `RunError` where it has no predictions."""
    return _evaluation(str(run.folder), role, stamp(run.folder / f"predictions_{role}.npz"), artists, _run=run)


@st.cache_data(max_entries=16, show_spinner="Scoring ...")
def _evaluation(folder: str, role: str, changed: int, artists: tuple[str | None, ...] | None, _run: Run) -> Evaluation:
    return evaluate(_run.predictions(role), artists=artists, kept=_run.scores.get(role))


def comparison(run: Run, other: Run, role: str | None) -> Pair:
    """Two runs compared on the tracks that both judged; raises `GenreError` where they must not be, or cannot."""
    changed = tuple(stamp(each.folder / "manifest.json") for each in (run, other))
    known = stamp(root().datasets / run.dataset_name / "dataset.json")  # which knows the artists
    return _comparison((str(run.folder), str(other.folder)), changed, known, role, _runs=(run, other))


@st.cache_data(max_entries=16, show_spinner="Comparing ...")
def _comparison(folders: tuple[str, str], changed: tuple[int, ...], known: int, role: str | None, _runs: tuple[Run, Run]) -> Pair:
    [pair] = compare_runs(_runs, root(), role=role, names=names_apart(_runs))
    return pair


def stored_features(dataset: Dataset) -> list[tuple[dict[str, Any], int]]:
    """What models read, as pairs of feature and segments, each with the number of tracks for which it is stored."""
    return _stored_features(dataset.fingerprint, str(root().features), _dataset=dataset)


@st.cache_data(max_entries=8, ttl=5.0, show_spinner=False)
def _stored_features(fingerprint: str, folder: str, _dataset: Dataset) -> list[tuple[dict[str, Any], int]]:
    if _dataset.given:
        return [(pair, len(_dataset.tracks)) for pair in _dataset.given]
    store, found = FeatureStore(Path(folder)), []
    for pair in extraction():
        feature, segments = feature_from_dict(pair["feature"]), SegmentConfig.from_dict(pair["segments"])
        found.append((pair, len(_dataset.tracks) - len(store.missing(_dataset, feature, segments))))
    return found


def not_stored(dataset: Dataset, split: Split, features: tuple[Feature, ...], segments: SegmentConfig) -> tuple[int, float]:
    """How many tracks that a training reads have features still to be computed, and how much sound that is [s]."""
    wanted = (tuple(feature.fingerprint for feature in features), segments.fingerprint)
    return _not_stored(
        dataset.fingerprint, split.fingerprint, wanted, str(root().features), _asked=(dataset, split, features, segments)
    )


@st.cache_data(max_entries=32, ttl=10.0, show_spinner=False)
def _not_stored(
    fingerprint: str,
    split: str,
    wanted: tuple[tuple[str, ...], str],
    folder: str,
    _asked: tuple[Dataset, Split, tuple[Feature, ...], SegmentConfig],
) -> tuple[int, float]:
    dataset, made, features, segments = _asked
    store = FeatureStore(Path(folder))
    read = [track for track in dataset.tracks if made.roles.get(track.id, "test") != "test"]
    absent = {track.id: track.seconds for feature in features for track in store.missing(read, feature, segments)}
    return len(absent), sum(absent.values())


def without_mfcc(dataset: Dataset) -> list[Track]:
    """Tracks whose MFCC, as they are exported, are still to be computed."""
    absent = _without_mfcc(dataset.fingerprint, str(root().features), _dataset=dataset)
    return [track for track in dataset.tracks if track.id in absent]


def forget_mfcc() -> None:
    """Look again, where MFCC have been computed."""
    _without_mfcc.clear()


@st.cache_data(max_entries=8, ttl=10.0, show_spinner=False)
def _without_mfcc(fingerprint: str, folder: str, _dataset: Dataset) -> set[str]:
    how = MfccExport(Mfcc(), SEGMENTS_PER_TRACK)
    long_enough = [track for track in _dataset.tracks if track.seconds >= how.segments.segment_seconds]
    return {track.id for track in FeatureStore(Path(folder)).missing(long_enough, how.feature, how.segments)}


@st.cache_resource(max_entries=4, show_spinner=False)
def _predictor(folder: str, changed: int) -> Predictor:
    return Predictor.from_run(Run.load(folder))


def predictor(run: Run) -> Predictor:
    """What a run says of sounds, shared by all visitors; raises what `Predictor.from_run` raises."""
    return _predictor(str(run.folder), stamp(run.folder / MANIFEST))


def prediction(run: Run, clip: Clip) -> Prediction:
    """What a run says of a clip, by the usual threshold; `Prediction.with_threshold` judges it by another."""
    return _prediction(clip.sha256, str(run.folder), stamp(run.folder / "manifest.json"), _clip=clip)


@st.cache_data(max_entries=16, scope="session", show_spinner="Listening ...")
def _prediction(sha256: str, folder: str, changed: int, _clip: Clip) -> Prediction:
    return _predictor(folder, changed).predict(_clip)


def card(run: Run) -> str | None:
    """What its makers wrote about a run, in Markdown; None where they wrote nothing."""
    path = run.folder / CARD
    return _card(str(path), stamp(path))


@st.cache_data(max_entries=8, show_spinner=False)
def _card(path: str, changed: int) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def run_leaks(run: Run) -> LeakReport:
    """What crosses the split of a run; `DatasetError` where its data set is gone or has changed."""
    found = dataset(run.dataset_name, root().datasets)
    if found.fingerprint != run.manifest["dataset"]["fingerprint"]:
        raise DatasetError(f"The data set {found.name!r} has changed since {run.title!r} was trained.")
    return _run_leaks(str(run.folder), found.fingerprint, _run=run, _dataset=found)


@st.cache_data(max_entries=32, show_spinner=False)
def _run_leaks(folder: str, fingerprint: str, _run: Run, _dataset: Dataset) -> LeakReport:
    return leak_report(Split.from_dict(_run.manifest["split"]), _dataset, known_pairs(_dataset, root().datasets))
