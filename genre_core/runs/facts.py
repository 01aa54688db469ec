"""What a manifest says, in types."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from genre_core.audio.segments import SegmentConfig
from genre_core.features import feature_from_dict
from genre_core.features.base import Feature
from genre_core.runs.manifest import PREDICTIONS_ALONE

if TYPE_CHECKING:
    from genre_core.datasets.splits import LeakReport


LEAKY = "leaky"
"""Stands wherever a number does that comes from segments of one track in several roles."""

_CAUTIONS = {
    "given as numbers, without audio": "This model learned from a table's numbers and heard no sound: its verdict holds as "
    "far as they were computed as Genrescope computes them.",
    "synthesised": "This model has only heard synthesised demo songs: of a recording, or of speech, it guesses, however sure it "
    "sounds.",
}
"""The note of a data set -> what must be known of what learned from it."""


class Facts:
    """Properties that read `manifest`; nothing here touches a file."""

    manifest: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.manifest["id"])

    @property
    def title(self) -> str:
        """What its user calls it; of a run of random segments it says leaky, whatever the user called it."""
        title = str(self.manifest["title"])
        return f"{title} ({LEAKY})" if self.is_leaky and LEAKY not in title.casefold() else title

    @property
    def note(self) -> str:
        """The user's own words about the run."""
        return str(self.manifest["note"])

    @property
    def state(self) -> str:
        """`finished`, or `stopped` where somebody ended the training and kept its best weights."""
        return str(self.manifest["state"])

    @property
    def model(self) -> str:
        """Name of the model's row."""
        return str(self.manifest["model"])

    @property
    def has_model(self) -> bool:
        """It can be asked about other songs; what came as predictions alone cannot."""
        return self.model != PREDICTIONS_ALONE

    @property
    def preset(self) -> str:
        """Name of the preset whose values it began with; empty for the model's own."""
        return str(self.manifest["preset"])

    @property
    def fitted(self) -> dict[str, Any]:
        """What the model itself reports: an objective, sizes of clusters."""
        return dict(self.manifest["fitted"])

    @property
    def search(self) -> dict[str, Any]:
        """Of the winner of a search: its id, trial, n_trials, metric, score, and words on what that is worth; else empty."""
        return dict(self.manifest.get("search", {}))

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
    def split_title(self) -> str:
        """Words for the split, `by artist, 20 % of the training tracks`."""
        from genre_core.datasets.splits import split_title

        split = self.manifest["split"]
        return split_title(split["name"], split["genres"], split["train_share"])

    @property
    def is_leaky(self) -> bool:
        """Segments of one track were learned from and judged, so that its scores flatter and mean nothing for other songs."""
        return bool(self.manifest["split"]["unit"] == "segment")

    @property
    def judged_level(self) -> str:
        """What its scores count: `tracks`; `segments` for a leaky run, whose tracks are each learned from in part."""
        return "segments" if self.is_leaky else "tracks"

    @property
    def train_share(self) -> float:
        """Share of the split's training tracks that it learned from."""
        return float(self.manifest["split"]["train_share"])

    @property
    def roles(self) -> dict[str, str]:
        """Track id to train, valid or test; `mixed` where each segment has a role of its own."""
        return dict(self.manifest["split"]["roles"])

    @property
    def leaks(self) -> LeakReport | None:
        """What crossed the split when the run was trained; None where nobody wrote it down."""
        from genre_core.datasets.splits import LeakReport

        record = self.manifest["leaks"]
        return None if record is None else LeakReport.from_dict(record)

    @property
    def folds(self) -> dict[str, Any] | None:
        """`count`, `seed`, `grouped_by` (artist or track) and `of`, track id to fold; None where trained without folds."""
        folds = self.manifest["folds"]
        return None if folds is None else dict(folds)

    @property
    def judged_role(self) -> str:
        """The role whose scores compare runs: `folds` where there are some, else `valid`; never `test`."""
        return "valid" if self.folds is None else "folds"

    @property
    def calibration(self) -> dict[str, Any] | None:
        """`temperature`, the `role` it was chosen on, `log_loss`, `brier` and `calibration_error` before and after; or None."""
        calibration = self.manifest["calibration"]
        return None if calibration is None else dict(calibration)

    @property
    def imported(self) -> dict[str, str] | None:
        """`at`, when it came here in a file, and `id`, what it was called there; None where it was trained here."""
        imported = self.manifest["imported"]
        return None if imported is None else dict(imported)

    @property
    def is_imported(self) -> bool:
        """It came here in a file, trained elsewhere."""
        return self.manifest["imported"] is not None

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
    def caution(self) -> str:
        """What must stand beside every verdict of a model that has heard no recording; empty for others."""
        return _CAUTIONS.get(self.dataset_note, "")

    @property
    def dataset_fingerprint(self) -> str:
        """Of the data set at training time."""
        return str(self.manifest["dataset"]["fingerprint"])

    @property
    def seed(self) -> int:
        return int(self.manifest["seed"])

    @property
    def scores(self) -> dict[str, Any]:
        """Role (valid, folds, test) to a score report; `test` is there once the test split was opened."""
        return dict(self.manifest["scores"])

    @property
    def history(self) -> list[dict[str, Any]]:
        """One entry an epoch: epoch, loss, accuracy, valid_loss, valid_accuracy, seconds; with folds or stages also `part`, which
        of its trainings. That of all tracks has no valid split; an autoencoder has `error` and `valid_error`; a model without
        epochs has no entry.
        """
        return list(self.manifest["history"])

    @property
    def best_epoch(self) -> int:
        """The epoch whose weights were kept: the lowest loss on the valid split, else the last; 0 of a model without epochs."""
        last = [entry for entry in self.history if entry.get("part") == self.history[-1].get("part")]
        if not last:
            return 0
        return int(min(last, key=lambda entry: entry.get("valid_loss", -entry["epoch"]))["epoch"])

    @property
    def created(self) -> datetime:
        return datetime.fromisoformat(self.manifest["created"])

    @property
    def test_openings(self) -> tuple[str, ...]:
        """When somebody looked at the test split, ISO 8601, oldest first."""
        return tuple(self.manifest["test_openings"])

    def track_ids(self, role: str) -> list[str]:
        """Tracks of that role, in the split's order; every track of the folds for `folds`; every track of a leaky split."""
        if role == "folds":
            return list(self.folds["of"]) if self.folds is not None else []
        return [track_id for track_id, its_role in self.roles.items() if self.is_leaky or its_role == role]
