"""What was scored: a report of the whole and of each genre, with intervals; what cannot be said is None and has a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from genre_core.errors import ParameterError
from genre_core.evaluation.definitions import GENRE_SCORES
from genre_core.evaluation.intervals import Interval


@dataclass(frozen=True)
class GenreScores:
    """Scores of one genre against the rest.

    Attributes
    ----------
    genre : str
        Its name.
    support, predicted : int
        How many are this genre in truth, and how many are predicted to be.
    precision : float or None
        Share of those predicted that are right; None where none is predicted.
    recall : float or None
        Share of those in truth that are found; None where none is in truth.
    f1 : float or None
        Harmonic mean, 2 TP / (2 TP + FP + FN); None where none is in truth: it would be 0 whatever the model does.
    average_precision, roc_auc : float or None
        Of the genre's column; None where positives (or, for the area, negatives) are missing.
    reason : str
        Why a score is None; empty where none is.
    intervals : mapping
        Name of each score -> Interval; empty where none were drawn.
    """

    genre: str
    support: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None
    average_precision: float | None
    roc_auc: float | None
    reason: str = ""
    intervals: Mapping[str, Interval] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoreReport:
    """All scores of one set of posteriors; a report of former days lacks some, which are None and have no reason.

    Attributes
    ----------
    n : int
        How many tracks, or segments, were scored.
    accuracy : float
        Share whose most probable genre is right.
    balanced_accuracy : float
        Mean recall of the genres that occur.
    macro_f1 : float
        Mean F1 of the genres that occur, as scikit-learn's `f1_score` with `labels=unique(y_true)`: a genre of which nothing is
        judged has no F1, and false alarms for it lower the recall of the genres that they were taken from.
    mean_average_precision : float
        mAP: mean average precision of the genres that occur.
    micro_average_precision : float
        Average precision of all pairs of a track and a genre together.
    roc_auc : float or None
        Mean area under the ROC curve, one genre against the rest.
    top2, top3 : float or None
        Share whose genre is among the two, or three, most probable; None where there are no more genres than that.
    map_at_3 : float or None
        MAP@3: mean of 1 / place of the true genre among the three most probable, 0 where it comes later.
    log_loss : float
        Mean of -ln p(true genre) [nat].
    calibration_error : float or None
        Expected calibration error: mean distance of confidence and accuracy over ten bins (see `calibration.reliability`).
    brier : float or None
        Mean squared distance of posteriors from the truth, 0 to 2.
    mcc : float or None
        Matthews correlation of truth and verdict (see `rows.matthews`); None where only one genre occurs.
    genres : tuple of GenreScores
        In the order of the posterior's columns.
    reasons : dict
        Name of a score that is None -> why.
    intervals : mapping
        Name of each score -> Interval; empty where none were drawn.
    """

    n: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    mean_average_precision: float
    micro_average_precision: float
    roc_auc: float | None
    top2: float | None = field(default=None, kw_only=True)
    top3: float | None
    map_at_3: float | None = field(default=None, kw_only=True)
    log_loss: float
    calibration_error: float | None = field(default=None, kw_only=True)
    brier: float | None = field(default=None, kw_only=True)
    mcc: float | None = field(default=None, kw_only=True)
    genres: tuple[GenreScores, ...]
    reasons: dict[str, str] = field(default_factory=dict)
    intervals: Mapping[str, Interval] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self) | {"genres": [asdict(genre) for genre in self.genres]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ScoreReport:
        """Inverse of `to_dict`; raises `ParameterError` if names are missing or unknown."""
        try:
            genres = tuple(GenreScores(**{**genre, "intervals": _intervals(genre)}) for genre in values["genres"])
            return cls(**{**values, "genres": genres, "intervals": _intervals(values)})
        except (TypeError, KeyError) as error:
            raise ParameterError(f"Expected the values of a score report. Received: others ({error}).") from error


def unsaid(report: ScoreReport) -> dict[str, str]:
    """Why a genre's score has no value or no interval -> the genres of which that is so, named in one text."""
    whose: dict[str, dict[str, None]] = {}
    for row in report.genres:
        shown = [row.intervals[name].reason for name in GENRE_SCORES if name != "roc_auc" and name in row.intervals]
        reasons = shown if row.support and row.intervals else [row.reason]
        for reason in filter(None, reasons):
            told = reason.replace(f"{row.genre} is never", "never").rstrip(".")  # so that genres of one fate share a sentence
            whose.setdefault(f"{told[0].lower()}{told[1:]}.", {})[row.genre] = None
    return {reason: ", ".join(genres) for reason, genres in whose.items()}


def _intervals(values: Mapping[str, Any]) -> dict[str, Interval]:
    return {name: Interval.from_dict(entry) for name, entry in values.get("intervals", {}).items()}
