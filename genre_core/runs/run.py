"""A run: what a finished training left, and what can be done with it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genre_core.errors import DatasetError, RunError
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.report import score_report
from genre_core.files import write_json
from genre_core.models.base import Classifier
from genre_core.models.serve import open_classifier
from genre_core.models.tempered import Tempered
from genre_core.paths import Root
from genre_core.runs.changes import cannot_write, changing, checked_note, checked_title
from genre_core.runs.deleted import DeletedRun, put_aside
from genre_core.runs.facts import Facts
from genre_core.runs.manifest import ADVICE, MANIFEST, checked_manifest, read_manifest, read_values
from genre_core.runs.reading import predict_role

if TYPE_CHECKING:
    from genre_core.evaluation.likeness import Likeness

LIKENESS = "likeness.npz"
"""Where the songs lie that a calibrated run learned from."""

CARD = "card.md"
"""A run with a card is a shipped one: read, never written. A copy of it that was imported is the user's own."""


@dataclass(frozen=True, eq=False)
class Run(Facts):
    """A finished training.

    Attributes
    ----------
    folder : Path
        Where its files lie.
    manifest : dict
        What `manifest.json` holds, in the present format; the properties of `Facts` read it in types.
    """

    folder: Path
    manifest: dict[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "manifest", checked_manifest(self.manifest, str(self.folder / MANIFEST)))

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Run:
        """Read a run.

        Raises
        ------
        RunError
            If there is none, or its manifest is damaged or of another format; the message says what to do.
        """
        return cls(Path(folder), read_values(Path(folder) / MANIFEST))

    def save(self) -> None:
        """Write the manifest: it is the last file of a run, and appears whole; `RunError` if it cannot be written."""
        self.refuse_if_shipped("written")
        try:
            write_json(self.folder / MANIFEST, self.manifest)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    @property
    def is_shipped(self) -> bool:
        return not self.is_imported and (self.folder / CARD).is_file()

    def classifier(self, *, threads: int = 2) -> Classifier:
        """What scores segments with this run's weights, and its temperature; its file is read at the first call.

        Raises
        ------
        RunError
            If the folder holds no model, or more than one; of predictions that came without one.
        """
        self.refuse_without_model()
        classifier = open_classifier(self.folder, threads=threads)
        return classifier if self.calibration is None else Tempered(classifier, self.calibration["temperature"])

    def likeness(self) -> Likeness | None:
        """Where the songs lie that it learned from; None of a run that is not calibrated.

        Raises
        ------
        RunError
            If its file is gone or damaged.
        """
        from genre_core.evaluation.likeness import Likeness

        return None if self.calibration is None else Likeness.load(self.folder / LIKENESS)

    def predictions(self, role: str = "valid") -> Predictions:
        """Stored predictions of one role.

        Parameters
        ----------
        role : str
            `valid`; `folds`, each track judged by the model that did not learn from it; `test` once it was opened.

        Raises
        ------
        RunError
            If there are none: test before it was opened, folds of a run trained without.
        """
        if role == "test" and not self.test_openings:
            raise RunError(f"The test split of {self.title!r} has not been opened: evaluate the run once to open it.")
        if role == "folds" and self.folds is None:
            raise RunError(f"{self.title!r} was trained without folds. Ask for valid, or train with folds.")
        path = self.folder / f"predictions_{role}.npz"
        if role not in self.scores and not path.exists():
            judged = ", ".join(self.scores) or "none"
            raise RunError(f"{self.title!r} was not judged on {role!r} tracks. It was judged on: {judged}.")
        predictions = Predictions.load(path)
        if predictions.genres != self.genres:
            raise RunError(
                f"The predictions of {self.title!r} must have the run's genres {', '.join(self.genres)}. "
                f"Received: {', '.join(predictions.genres)}. {ADVICE}"
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
        report = score_report(predictions, self.artists(predictions, root), leaky=self.is_leaky)

        def opened(current: dict[str, Any]) -> dict[str, Any]:
            former = current["scores"].get("test", {})
            drawn_better = former.get("over") == "artists" and report["over"] == "tracks"  # the data set was still here then
            return {
                "test_openings": [*current["test_openings"], now],
                "scores": {**current["scores"], "test": former if drawn_better else report},
            }

        self._change(opened)
        return predictions

    def refuse_to_continue(self) -> None:
        """Raise `RunError` if its training must not go on: what was seen of the test split must not guide it."""
        if self.test_openings:
            raise RunError(
                f"The test split of {self.title!r} was opened, so its training is not continued: what was seen there must not "
                "guide it. Start a new training."
            )

    def artists(self, predictions: Predictions, root: Root) -> list[str | None] | None:
        """Artist of each predicted track, None where unknown; None for all where the run's data set is not here."""
        from genre_core.datasets.versions import load_learned

        try:
            by_id = load_learned(self.dataset_name, root.datasets, self.dataset_fingerprint).by_id
        except DatasetError:
            return None
        ids = [str(track_id) for track_id in predictions.track_ids]
        return [by_id[track_id].artist for track_id in ids] if all(track_id in by_id for track_id in ids) else None

    def _predict_test(self, root: Root) -> Predictions:
        from genre_core.datasets.given import provide
        from genre_core.datasets.splits import Split
        from genre_core.datasets.store import FeatureStore
        from genre_core.datasets.versions import load_learned

        dataset = load_learned(self.dataset_name, root.datasets, self.dataset_fingerprint)
        if dataset.fingerprint != self.dataset_fingerprint:
            raise RunError(
                f"The data set {dataset.name!r} has changed since {self.title!r} was trained, so its test split is another. "
                "Train again, or bring the former tracks back."
            )
        if not self.track_ids("test"):
            raise RunError(f"The split {self.split_title!r} of {self.title!r} holds no test tracks. Train with another split.")
        split = Split.from_dict({**self.manifest["split"], "seed": self.manifest["split"].get("seed", 0)})
        store = FeatureStore(root.features)
        provide(dataset, [(feature, self.segments) for feature in self.features], root.datasets, store)
        return predict_role(self.classifier(), dataset, split, "test", self, store)

    def rename(self, title: str) -> None:
        """Give it another title; its id stays.

        Raises
        ------
        ParameterError
            If the title is empty or longer than a line.
        RunError
            For a shipped run, or where nothing can be written.
        """
        self.refuse_if_shipped("renamed")
        title = checked_title(title)
        self._change(lambda _: {"title": title})

    def annotate(self, note: str) -> None:
        """Replace the words that its user keeps about it; empty takes them away. Errors as `rename`."""
        self.refuse_if_shipped("annotated")
        note = checked_note(note)
        self._change(lambda _: {"note": note})

    def delete(self) -> tuple[DeletedRun, list[DeletedRun]]:
        """Put it aside: `restore_run` brings it back within seven days.

        Returns
        -------
        DeletedRun, list of DeletedRun
            What can be brought back, and earlier deleted runs that now went for good.

        Raises
        ------
        RunError
            For a shipped run, for one whose training still goes on, or where the folder cannot be moved.
        """
        self.refuse_if_shipped("deleted")
        with changing(self.folder.parent):
            try:
                return put_aside(self.folder)
            except OSError as error:
                raise cannot_write(self.folder.parent, error) from error

    def _change(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Write what `change` makes of the manifest as it is now: another process may have changed it since it was read here."""
        with changing(self.folder.parent):
            current = read_manifest(self.folder / MANIFEST)
            changed = Run(self.folder, {**current, **change(current)})
            changed.save()
            # At once and as a whole: other threads may be reading this very object.
            object.__setattr__(self, "manifest", changed.manifest)

    def refuse_without_model(self) -> None:
        """Raise `RunError` where it came as predictions alone."""
        if not self.has_model:
            raise RunError(
                f"{self.title!r} holds predictions of another tool and no model: it can be evaluated and inspected, not asked "
                "about other sounds. Choose a run that was trained here."
            )

    def refuse_if_shipped(self, verb: str) -> None:
        """Raise `RunError` where it comes with the product: it is read, never `verb`, "written"."""
        if self.is_shipped:
            raise RunError(
                f"{self.title!r} comes with the product and cannot be {verb}: nothing changes it. Train a run of your own."
            )
