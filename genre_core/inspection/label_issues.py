"""Labels that may be wrong: what a model that never heard a track says of it, repeats with another label, and neighbours.

The first is confident learning: Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels",
Journal of Artificial Intelligence Research 70, 2021, as the package cleanlab has it. None of the three proves anything: a person
who listens does.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genre_core.datasets.division import Alike
from genre_core.errors import ParameterError
from genre_core.evaluation.predictions import Predictions
from genre_core.inspection.embeddings import TrackEmbeddings
from genre_core.inspection.neighbours import directions

KINDS = {
    "conflict": "the same recording has another label elsewhere",
    "model": "a model that never heard it calls it otherwise",
    "outlier": "hardly a track near it has its label",
}
"""Why a label is suspected, in words; a label may be suspected for several."""

N_NEAR = 10
"""Tracks around one that have a say."""

MOST_ALIKE = 1
"""An outlier has so many tracks of its own genre among these at most."""


@dataclass(frozen=True)
class Suspect:
    """A track whose label may be wrong.

    Attributes
    ----------
    track_id : str
    given : str
        The genre that the data set gives it.
    suggested : str
        The genre that speaks against it: the other label of the same recording, else what the model says, else what lies near.
    quality : float
        How much the model supports the label, 0 (not at all) to 1: the probability of the given genre, self-confidence.
    near : float or None
        Share of the N_NEAR nearest tracks that have the same label; None where it is not known.
    kinds : tuple of str
        Names in KINDS, in their order.
    reasons : tuple of str
        A sentence for each kind.
    """

    track_id: str
    given: str
    suggested: str
    quality: float
    near: float | None
    kinds: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def doubt(self) -> float:
        """What the list is ordered by, 0 to 1: one minus the mean of what the model and what the neighbours say for the label.

        Where labels were flipped on purpose this found more of them first than either alone did (docs/results.md).
        """
        return 1 - (self.quality if self.near is None else (self.quality + self.near) / 2)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "doubt": self.doubt}


def suspects(
    predictions: Predictions,
    *,
    duplicates: Iterable[Alike] = (),
    labels: Mapping[str, str] | None = None,
    embeddings: TrackEmbeddings | None = None,
) -> list[Suspect]:
    """Tracks whose label may be wrong, the most doubtful first.

    First come repeats with two labels, of which one must be wrong; then all others by `Suspect.doubt`.

    Parameters
    ----------
    predictions : Predictions
        Of models that did not learn from the track they judge: out of fold. Their truth is the label that is doubted.
    duplicates : iterable of Alike
        Pairs of tracks that hold the same recording, as a check of the data set finds them.
    labels : mapping or None
        Genre of further tracks by id, of which a pair may speak.
    embeddings : TrackEmbeddings or None
        Where a model places the tracks; without them no outliers are looked for.

    Raises
    ------
    ParameterError
        If fewer than two genres are among the labels: then no label can be told from another.
    """
    given = {
        track_id: predictions.genres[y] for track_id, y in zip(predictions.track_ids.tolist(), predictions.y_true, strict=True)
    }
    if len(set(given.values())) < 2:
        only = ", ".join(set(given.values()))
        raise ParameterError(f"Suspected labels need tracks of at least two genres. Received: {len(given)} tracks of {only}.")
    supported = dict(zip(given, support(predictions).tolist(), strict=True))
    said: dict[str, dict[str, tuple[str, str]]] = {}  # track -> kind -> what is suggested, and why
    known = {**(labels or {}), **given}
    conflicts, near = _conflicts(known, duplicates), _near(given, embeddings)
    for kind, found in (
        ("conflict", {track_id: why for track_id, why in conflicts.items() if track_id in given}),
        ("model", _doubted(predictions, given)),
        ("outlier", _outliers(given, near)),
    ):
        for track_id, why in found.items():
            said.setdefault(track_id, {})[kind] = why
    listed = []
    for track_id, kinds in said.items():
        suggested = next(iter(kinds.values()))[0]
        reasons = tuple(reason for _, reason in kinds.values())
        share = near[track_id][given[track_id]] / N_NEAR if track_id in near else None
        listed.append(Suspect(track_id, given[track_id], suggested, supported[track_id], share, tuple(kinds), reasons))
    return sorted(listed, key=lambda suspect: ("conflict" not in suspect.kinds, -suspect.doubt))


def support(predictions: Predictions) -> np.ndarray:
    """How much the model supports each label: the probability of the given genre (self-confidence), shape (n_tracks,)."""
    from cleanlab.rank import get_label_quality_scores

    found: np.ndarray = get_label_quality_scores(predictions.y_true, _posteriors(predictions), method="self_confidence")
    return found


def suspects_csv(found: Iterable[Suspect]) -> str:
    """The suspects as a table; several kinds or reasons stand in one cell."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["track_id", "given", "suggested", "doubt", "support", "near", "kinds", "reasons"])
    for its in found:
        near = "" if its.near is None else f"{its.near:.1f}"
        numbers = [f"{its.doubt:.6f}", f"{its.quality:.6f}", near]
        rows.writerow([its.track_id, its.given, its.suggested, *numbers, "; ".join(its.kinds), " ".join(its.reasons)])
    return out.getvalue()


def _doubted(predictions: Predictions, given: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What confident learning flags."""
    from cleanlab.filter import find_label_issues

    posteriors = _posteriors(predictions)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that a genre has too few tracks for any of them to be flagged
        # In each genre as many as are estimated to be wrong, those of least support: a limit that can be seen in a picture.
        flagged = find_label_issues(predictions.y_true, posteriors, filter_by="prune_by_class", n_jobs=1)
    found = {}
    for row in np.flatnonzero(flagged):
        track_id, best = str(predictions.track_ids[row]), int(posteriors[row].argmax())
        own, other = posteriors[row, predictions.y_true[row]], predictions.genres[best]
        words = f"A model that never heard it calls it {other} ({posteriors[row, best]:.2f}; {given[track_id]} {own:.2f})."
        found[track_id] = (other, words)
    return found


def _posteriors(predictions: Predictions) -> np.ndarray:
    """Track posteriors whose rows sum to one as float64."""
    posteriors = predictions.posteriors.astype(np.float64)
    return np.asarray(posteriors / posteriors.sum(axis=1, keepdims=True))


def _conflicts(labels: Mapping[str, str], duplicates: Iterable[Alike]) -> dict[str, tuple[str, str]]:
    """Both tracks of each pair whose labels differ."""
    found: dict[str, tuple[str, str]] = {}
    for pair in duplicates:
        if pair.first not in labels or pair.second not in labels or labels[pair.first] == labels[pair.second]:
            continue
        for mine, other in ((pair.first, pair.second), (pair.second, pair.first)):
            words = f"It holds the same recording as {other}, which is labelled {labels[other]}: one of the two is wrong."
            found.setdefault(mine, (labels[other], words))
    return found


def _near(given: Mapping[str, str], embeddings: TrackEmbeddings | None) -> dict[str, Counter[str]]:
    """Labels of the N_NEAR tracks nearest to each; none where too few have a place."""
    rows = np.zeros(0, np.int64) if embeddings is None else embeddings.rows(list(given))
    if embeddings is None or len(rows) <= N_NEAR:
        return {}
    ids = [embeddings.track_ids[row] for row in rows]
    towards = directions(embeddings.values[rows])
    closeness = towards @ towards.T  # (n_tracks, n_tracks)
    np.fill_diagonal(closeness, -np.inf)
    order = np.argsort(-closeness, axis=1, kind="stable")[:, :N_NEAR]
    return {track_id: Counter(given[ids[other]] for other in near) for track_id, near in zip(ids, order, strict=True)}


def _outliers(given: Mapping[str, str], near: Mapping[str, Counter[str]]) -> dict[str, tuple[str, str]]:
    """Tracks with at most MOST_ALIKE of their own genre among the nearest, where one other genre has most of these."""
    found = {}
    for track_id, counts in near.items():
        most, count = counts.most_common(1)[0]
        own = counts[given[track_id]]
        if own <= MOST_ALIKE and 2 * count > N_NEAR:
            words = f"Of the {N_NEAR} tracks nearest to it, {count} are {most} and {own or 'none'} {given[track_id]}."
            found[track_id] = (most, words)
    return found
