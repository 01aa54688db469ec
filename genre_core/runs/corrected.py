"""A run and the same training on corrected labels: held against each other by the corrected labels."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from genre_core.datasets.versions import load_learned
from genre_core.errors import RunError
from genre_core.paths import Root
from genre_core.runs.run import Run

if TYPE_CHECKING:
    from genre_core.evaluation.compare import Comparison


@dataclass(frozen=True, eq=False)
class Corrected:
    """What corrected labels change.

    Attributes
    ----------
    before, after : Run
        The same model, trained on a former and on a later version of one data set.
    relabelled : dict of str to tuple
        Judged track -> its former and its later genre.
    n_left_out : int
        Judged tracks that the later version no longer holds, or the later run did not judge.
    accuracy_former : float
        Of the former run by the former labels, on the tracks that both judged.
    found : Comparison
        The later run (a) and the former (b) on these tracks, by the later labels.
    n_moved : int
        Tracks that both learned from or judged, in another fold or role than before.
    """

    before: Run
    after: Run
    relabelled: dict[str, tuple[str, str]]
    n_left_out: int
    accuracy_former: float
    found: Comparison
    n_moved: int = 0

    @property
    def words(self) -> str:
        """The difference in sentences, with what must be known of it."""
        by_new, trained = self.found.scores_b["accuracy"], self.found.scores_a["accuracy"]
        moved = (
            f"But {self.n_moved} tracks lie in another fold or role than before, and that alone changes verdicts: train again "
            f"with `train --again {self.before.id}`, which keeps them. "
            if self.n_moved
            else ""
        )
        return moved + (
            f"{self.found.n} tracks that both judged, {len(self.relabelled)} of them relabelled. As it was: "
            f"{self.accuracy_former:.2f}. The same verdicts by the corrected labels: {by_new:.2f}. Trained again on them: "
            f"{trained:.2f}; the training itself changes accuracy by {self.found.differences['accuracy']}. Labels that were "
            "corrected where a model erred move towards that model: what only the labels change says nothing of the model."
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "before": self.before.id,
            "after": self.after.id,
            "relabelled": {track_id: list(genres) for track_id, genres in self.relabelled.items()},
            "n_left_out": self.n_left_out,
            "accuracy_former": self.accuracy_former,
            "n_moved": self.n_moved,
            "words": self.words,
            **self.found.to_dict(),
        }


def asked_of(run: Run, *, title: str) -> dict[str, Any]:
    """What was asked for when a run was trained, under another title: the values of a `train` job.

    Raises
    ------
    RunError
        If it was not trained here, so that nobody knows what was asked for.
    """
    try:
        values = json.loads((run.folder / "request.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            f"What was asked for when {run.title!r} was trained is not known here, so it is not trained again. Choose its model "
            "and data set on the page Train."
        ) from error
    return {**{name: value for name, value in values.items() if name != "kind"}, "title": title}


def request_again(run: Run) -> dict[str, Any]:
    """What to ask for to train a run again on its data set as that now is, each track in its former fold or role.

    Raises
    ------
    RunError
        As `asked_of`.
    """
    return {**asked_of(run, title=f"{run.title}, labels corrected"), "keeps": "" if run.is_leaky else run.id}


def trained_again(run: Run, runs: list[Run]) -> list[Run]:
    """Of some runs those of the same recipe on another version of the same data set, latest first."""
    same = ("model", "preset", "features", "segments", "config", "training", "seed")

    def alike(other: Run) -> bool:
        splits = [
            {name: each.manifest["split"][name] for name in ("name", "seed", "genres", "train_share")} for each in (run, other)
        ]
        return (
            other.dataset_name == run.dataset_name
            and other.dataset_fingerprint != run.dataset_fingerprint
            and all(run.manifest[name] == other.manifest[name] for name in same)
            and splits[0] == splits[1]
            and run.judged_role == other.judged_role
        )

    return sorted((other for other in runs if alike(other)), key=lambda other: other.created, reverse=True)


def compare_corrected(before: Run, after: Run, root: Root) -> Corrected:
    """Hold a run against the same training on corrected labels.

    Parameters
    ----------
    before, after : Run
        On two versions of one data set.
    root : Root
        Where that lies.

    Raises
    ------
    RunError
        If they are of different data sets or of the same version, or know different genres.
    ParameterError
        If too few tracks were judged by both.
    """
    from genre_core.evaluation.compare import compare

    if before.dataset_name != after.dataset_name or before.dataset_fingerprint == after.dataset_fingerprint:
        same = ", the same version" if before.dataset_name == after.dataset_name else ""
        raise RunError(
            f"Expected two runs on two versions of one data set. Received: {before.title!r} on {before.dataset_title} and "
            f"{after.title!r} on {after.dataset_title}{same}."
        )
    if before.genres != after.genres:
        raise RunError(
            f"The corrections changed which genres there are ({', '.join(before.genres)}; now {', '.join(after.genres)}), so the "
            "two runs answer different questions. Compare their scores genre by genre on Evaluate."
        )
    former, later = before.predictions(before.judged_role), after.predictions(after.judged_role)
    truth = {str(track_id): int(genre) for track_id, genre in zip(later.track_ids, later.y_true, strict=True)}
    shared = np.array([str(track_id) in truth for track_id in former.track_ids])
    by_later = replace(
        former, y_true=np.array([truth.get(str(its), genre) for its, genre in zip(former.track_ids, former.y_true, strict=True)])
    )
    names = before.genres
    relabelled = {
        str(track_id): (names[was], names[now])
        for track_id, was, now in zip(former.track_ids, former.y_true, by_later.y_true, strict=True)
        if was != now
    }
    by_id = load_learned(after.dataset_name, root.datasets, after.dataset_fingerprint).by_id
    artists = [by_id[str(track_id)].artist if str(track_id) in by_id else None for track_id in later.track_ids]
    found = compare(later, by_later, artists=artists, level=before.judged_level)
    right = (former.y_pred == former.y_true)[shared]
    accuracy = float(right.mean()) if right.size else 0.0
    return Corrected(before, after, relabelled, int((~shared).sum()), accuracy, found, _moved(before, after))


def _moved(before: Run, after: Run) -> int:
    """How many tracks of both runs have another fold or role."""
    was, now = (run.roles if run.folds is None else run.folds["of"] for run in (before, after))
    return sum(was[track_id] != now[track_id] for track_id in was if track_id in now)
