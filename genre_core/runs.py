"""Runs: the one thing that travels. A folder with a model and all that serving and judging it needs."""

from __future__ import annotations

import json
import os
import platform
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from genre_core import __version__
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.tracks import Dataset
from genre_core.errors import GenreError, RunError
from genre_core.evaluation.predictions import Predictions, predict_tracks
from genre_core.features import feature_from_dict
from genre_core.features.base import Feature
from genre_core.files import write_whole
from genre_core.models.serve import OnnxClassifier
from genre_core.paths import Root

if TYPE_CHECKING:
    from genre_core.datasets.store import FeatureStore
    from genre_core.models.base import Classifier

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
CARD = "card.md"
"""A run with a card is a shipped one: read, never written."""

DEFAULT_RUN = "demo-cnn-small"
"""Folder of the shipped run that classifies where none is named."""

ROLES = ("train", "valid", "test")
_LIBRARIES = ("numpy", "scipy", "keras", "tensorflow", "tensorflow-cpu", "onnx", "onnxruntime")
_TYPES: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "title": str,
    "state": str,
    "model": str,
    "features": list,
    "segments": dict,
    "config": dict,
    "training": dict,
    "genres": list,
    "scaler": list,
    "split": dict,
    "dataset": dict,
    "seed": int,
    "versions": dict,
    "scores": dict,
    "history": list,
    "created": str,
    "test_openings": list,
}


@dataclass(frozen=True, eq=False)
class Run:
    """A finished training.

    Attributes
    ----------
    folder : Path
        Where its files lie.
    manifest : dict
        What `manifest.json` holds; the properties below read it in types.
    """

    folder: Path
    manifest: dict[str, Any]

    def __post_init__(self) -> None:
        _check_manifest(self.manifest, self.folder / MANIFEST)

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Run:
        """Read a run.

        Raises
        ------
        RunError
            If there is none, or its manifest is damaged or of another format; the message says what to do.
        """
        path = Path(folder) / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise RunError(
                f"There is no finished run in {folder}: it has no {MANIFEST}. Let its training end, or train anew."
            ) from None
        except (OSError, ValueError) as error:
            raise RunError(f"Expected the manifest of a run in {path}. Received: a damaged file ({error}). {_ADVICE}") from error
        return cls(Path(folder), manifest)

    def save(self) -> None:
        """Write the manifest: it is the last file of a run, and appears whole."""
        self._refuse_if_shipped("written")
        write_json(self.folder / MANIFEST, self.manifest)

    # What the manifest says -------------------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        return str(self.manifest["id"])

    @property
    def title(self) -> str:
        return str(self.manifest["title"])

    @property
    def state(self) -> str:
        """`finished`, or `stopped` where somebody ended the training and kept its best weights."""
        return str(self.manifest["state"])

    @property
    def model(self) -> str:
        """Name of the model's row."""
        return str(self.manifest["model"])

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        return tuple(feature_from_dict(values) for values in self.manifest["features"])

    @cached_property
    def segments(self) -> SegmentConfig:
        return SegmentConfig.from_dict(self.manifest["segments"])

    @property
    def config(self) -> dict[str, Any]:
        """The model's hyper-parameters."""
        return dict(self.manifest["config"])

    @property
    def training(self) -> dict[str, Any]:
        """Values of `TrainConfig`."""
        return dict(self.manifest["training"])

    @property
    def genres(self) -> tuple[str, ...]:
        """Order of every posterior."""
        return tuple(self.manifest["genres"])

    @property
    def split_name(self) -> str:
        return str(self.manifest["split"]["name"])

    @property
    def roles(self) -> dict[str, str]:
        """Track id to train, valid or test."""
        return dict(self.manifest["split"]["roles"])

    @property
    def dataset_name(self) -> str:
        return str(self.manifest["dataset"]["name"])

    @property
    def dataset_title(self) -> str:
        return str(self.manifest["dataset"].get("title") or self.dataset_name)

    @property
    def dataset_note(self) -> str:
        """What a reader must know wherever the run's numbers appear ("synthesised")."""
        return str(self.manifest["dataset"].get("note", ""))

    @property
    def seed(self) -> int:
        return int(self.manifest["seed"])

    @property
    def scores(self) -> dict[str, Any]:
        """Role to {tracks, segments}, each a score report; `test` is there once the test split was opened."""
        return dict(self.manifest["scores"])

    @property
    def history(self) -> list[dict[str, float]]:
        """One entry an epoch: epoch, loss, accuracy, valid_loss, valid_accuracy, seconds."""
        return list(self.manifest["history"])

    @property
    def best_epoch(self) -> int:
        """The epoch whose weights were kept: the lowest loss on the valid split."""
        return int(min(self.history, key=lambda entry: entry["valid_loss"])["epoch"])

    @property
    def created(self) -> datetime:
        return datetime.fromisoformat(self.manifest["created"])

    @property
    def test_openings(self) -> tuple[str, ...]:
        """When somebody looked at the test split, ISO 8601, oldest first."""
        return tuple(self.manifest["test_openings"])

    @property
    def is_shipped(self) -> bool:
        return (self.folder / CARD).is_file()

    # What it can do ---------------------------------------------------------------------------------------------------

    def classifier(self, *, threads: int = 2) -> OnnxClassifier:
        """What scores segments with this run's weights; the graph is read at its first call."""
        return OnnxClassifier(self.folder / "model.onnx", threads=threads)

    def track_ids(self, role: str) -> list[str]:
        """Tracks of that role, in the split's order."""
        return [track_id for track_id, its_role in self.roles.items() if its_role == role]

    def predictions(self, role: str = "valid") -> Predictions:
        """Stored predictions of the valid split, or of the test split once it was opened; `RunError` before."""
        if role == "test" and not self.test_openings:
            raise RunError(f"The test split of {self.title!r} has not been opened: evaluate the run once to open it.")
        predictions = Predictions.load(self.folder / f"predictions_{role}.npz")
        if predictions.genres != self.genres:
            raise RunError(
                f"The predictions of {self.title!r} must have the run's genres {', '.join(self.genres)}. "
                f"Received: {', '.join(predictions.genres)}. {_ADVICE}"
            )
        return predictions

    def open_test(self, root: Root) -> Predictions:
        """Predictions of the test split, computed when first asked for; each opening is recorded in the manifest.

        A shipped run carries its predictions and the one opening they came from; reading them again writes nothing.

        Raises
        ------
        RunError
            If the data set has changed since the training, or the split holds no test tracks.
        GenreError
            If a track can no longer be read.
        """
        if self.is_shipped:
            return self.predictions("test")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        path = self.folder / "predictions_test.npz"
        if path.is_file():
            predictions = Predictions.load(path)
        else:
            predictions = self._predict_test(root)
            predictions.save(path)
        # Read anew: another process may have opened it since this object was made.
        current = Run.load(self.folder).manifest
        self.manifest.update(current)
        self.manifest["test_openings"] = [*current["test_openings"], now]
        self.manifest["scores"] = {**current["scores"], "test": score_report(predictions)}
        self.save()
        return predictions

    def _predict_test(self, root: Root) -> Predictions:
        from genre_core.datasets.library import load_dataset
        from genre_core.datasets.store import FeatureStore

        dataset = load_dataset(self.dataset_name, root.datasets)
        if dataset.fingerprint != self.manifest["dataset"]["fingerprint"]:
            raise RunError(
                f"The data set {dataset.name!r} has changed since {self.title!r} was trained, so its test split is another. "
                "Train again, or bring the former tracks back."
            )
        ids = self.track_ids("test")
        if not ids:
            raise RunError(f"The split {self.split_name!r} of {self.title!r} holds no test tracks. Train with another split.")
        return predict_dataset(self.classifier(), dataset, ids, self, FeatureStore(root.features))

    def delete(self) -> None:
        """Remove the run's folder; `RunError` for a shipped run."""
        self._refuse_if_shipped("deleted")
        (self.folder / MANIFEST).unlink(missing_ok=True)  # first, so that what a broken removal leaves is no run
        shutil.rmtree(self.folder)

    def _refuse_if_shipped(self, verb: str) -> None:
        if self.is_shipped:
            raise RunError(f"{self.title!r} comes with the product and is not {verb}. Train a run of your own.")


_ADVICE = "Delete the run's folder, or restore it from a copy."


class DamagedRun(NamedTuple):
    """A folder that should be a run and is not."""

    folder: Path
    message: str


class Reading(NamedTuple):
    """How a model reads tracks: the order of its genres, its features and its cuts."""

    genres: tuple[str, ...]
    features: tuple[Feature, ...]
    segments: SegmentConfig


def predict_dataset(
    classifier: Classifier, dataset: Dataset, track_ids: list[str], reading: Reading | Run, store: FeatureStore
) -> Predictions:
    """Predictions of some tracks of a data set, from stored features (computed where missing), one track in memory at a time."""
    tracks = [dataset.by_id[track_id] for track_id in track_ids]
    parts = ([store.get(track, feature, reading.segments) for feature in reading.features] for track in tracks)
    y_true = [reading.genres.index(track.genre) for track in tracks]
    return predict_tracks(classifier, parts, genres=reading.genres, track_ids=track_ids, y_true=y_true)


def score_report(predictions: Predictions) -> dict[str, Any]:
    """Scores of predictions by track and by segment, as plain values, with their counts."""
    from genre_core.evaluation.metrics import scores  # serving needs no scores

    tracks = scores(predictions.y_true, predictions.posteriors, predictions.genres)
    segments = scores(predictions.segment_y_true, predictions.segment_posteriors, predictions.genres)
    return {
        "n_tracks": len(predictions.track_ids),
        "n_segments": len(predictions.segment_track),
        "tracks": tracks.to_dict(),
        "segments": segments.to_dict(),
    }


def scan_runs(root: Root) -> tuple[list[Run], list[DamagedRun]]:
    """Finished runs, newest first (own ones before shipped ones), and the folders whose run is damaged."""
    runs: list[Run] = []
    damaged: list[DamagedRun] = []
    for place in (root.runs, root.shipped):
        found = []
        for folder in sorted(place.iterdir()) if place.is_dir() else []:
            if not (folder / MANIFEST).is_file():
                continue
            try:
                found.append(Run.load(folder))
            except RunError as error:
                damaged.append(DamagedRun(folder, str(error)))
        runs += sorted(found, key=lambda run: run.created, reverse=True)
    return runs, damaged


def list_runs(root: Root) -> list[Run]:
    """Finished runs, newest first, own ones before shipped ones; damaged ones are left out (`scan_runs` names them)."""
    return scan_runs(root)[0]


def find_run(name: str, root: Root) -> Run:
    """The run of that id or folder name, or of an id that begins so; a path to a run's folder is taken too.

    Raises
    ------
    RunError
        If there is none, several begin so, or the one meant is damaged.
    """
    if name and (Path(name) / MANIFEST).is_file():
        return Run.load(name)
    runs, damaged = scan_runs(root)
    for entry in damaged:
        if entry.folder.name == name:
            raise RunError(entry.message)
    exact = [run for run in runs if name in (run.id, run.folder.name)]
    begun = exact[:1] or [run for run in runs if name and run.id.startswith(name)]
    if len(begun) == 1:
        return begun[0]
    names = ", ".join(run.id for run in (begun or runs)) or "none yet"
    what = f"Several runs begin with {name!r}" if begun else f"There is no run named {name!r}"
    raise RunError(f"{what}. Choose one of: {names}.")


def default_run(root: Root) -> Run:
    """The run to ask where none is named: the shipped default, else the newest finished run.

    Raises
    ------
    RunError
        If there is no finished run at all.
    """
    if (root.shipped / DEFAULT_RUN / MANIFEST).is_file():
        return Run.load(root.shipped / DEFAULT_RUN)
    runs = list_runs(root)
    if not runs:
        raise RunError("There is no finished run yet. Train one with: python -m genre_core train")
    return runs[0]


def versions() -> dict[str, str]:
    """Versions of Python, of this product and of the libraries a run depends on, without importing them."""
    found = {"genrescope": __version__, "python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return found


def write_json(path: Path, values: Any, *, durable: bool = True) -> None:
    """Write JSON under a temporary name, then rename: a reader sees the former file or the new one."""
    write_whole(path, (json.dumps(values, indent=1, allow_nan=False) + "\n").encode(), durable=durable)


def _check_manifest(manifest: Any, path: Path) -> None:
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format_version"), int):
        raise RunError(f"Expected the manifest of a run in {path}, with its format_version. Received: something else. {_ADVICE}")
    version = manifest["format_version"]
    if version > FORMAT_VERSION:
        raise RunError(
            f"The run in {path.parent} was written by a newer Genrescope (format {version}; this one reads {FORMAT_VERSION}). "
            "Update it."
        )
    if version < FORMAT_VERSION:
        raise RunError(
            f"The run in {path.parent} was written by an older Genrescope (format {version}; this one reads {FORMAT_VERSION}). "
            "Train it again."
        )
    wrong = [key for key, kind in _TYPES.items() if not isinstance(manifest.get(key), kind)]
    if wrong:
        raise RunError(f"The manifest {path} must hold {', '.join(wrong)}, in the right type. It does not. {_ADVICE}")
    try:
        for values in manifest["features"]:
            feature_from_dict(values)
        SegmentConfig.from_dict(manifest["segments"])
        datetime.fromisoformat(manifest["created"])
        known = {manifest["split"]["name"] is not None, *(role in ROLES for role in manifest["split"]["roles"].values())}
        if not all(known) or not manifest["genres"] or not isinstance(manifest["dataset"]["fingerprint"], str):
            raise ValueError("no genres, or a role that does not exist")
        manifest["dataset"]["name"]
    except (GenreError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(f"The manifest {path} is damaged: {error}. {_ADVICE}") from error
