"""What a run's manifest and every list say of a score: the entry of a role, its intervals, its split and what crosses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genre_core.datasets.splits import LeakReport
    from genre_core.evaluation.intervals import Interval
    from genre_core.evaluation.predictions import Predictions

ROLE_WORDS = {"valid": "valid tracks", "test": "test tracks", "folds": "tracks, each judged out of fold"}
NOT_KEPT = "This run was scored before intervals were kept: evaluating it shows them."
NOT_HERE = "data set not here: not provable"
BADGE_MEANINGS = {
    "✔": "What the model is judged on shares no song and no artist with what it learned from: the score is honest.",
    "✖": "The model has heard these artists or songs while it learned: the score flatters.",
    "?": "Nobody named the artists, so songs of one artist may lie on both sides: the score may flatter. Trust which of two "
    "models is better more than how good either is.",
}
_SOME_MEANS = "No artist who is named lies on both sides. Songs that name none may be by one who does: it may flatter."
_NOT_HERE_MEANS = "Bring the data set back to check what crosses from one part of the split into another."
LEAKY_ROLE_WORDS = {"valid": "valid segments", "test": "test segments"}
"""For a run whose split gives roles to segments: what it is judged on."""


def score_report(predictions: Predictions, artists: Sequence[str | None] | None = None, *, leaky: bool = False) -> dict[str, Any]:
    """Scores of predictions by track and by segment, each with its interval, as plain values, with their counts.

    Parameters
    ----------
    predictions : Predictions
        What was predicted.
    artists : sequence of str or None, optional
        Artist of each track, in the order of `predictions.track_ids`; None where nobody knows.
    leaky : bool
        True where segments of these very tracks were learned from. The scores of tracks are then those of the mean over the
        segments that were not.

    Returns
    -------
    dict
        leaky, n_tracks, n_segments, over (artists or tracks), n_groups, and `tracks` and `segments`: each a score report with
        `intervals` (score name -> value, low, high, level, n_groups, over, reason), a genre's own ones beside its scores.

    Raises
    ------
    ParameterError
        If `artists` has another length than the tracks.
    """
    from genre_core.evaluation.evaluate import judge  # serving needs no scores
    from genre_core.evaluation.intervals import groups_of

    tracks, segments = judge(predictions, artists=artists)
    groups = groups_of(len(predictions.track_ids), artists)
    return {
        "leaky": leaky,
        "n_tracks": len(predictions.track_ids),
        "n_segments": len(predictions.segment_track),
        "over": groups.over,
        "n_groups": groups.n_groups,
        "tracks": tracks.to_dict(),
        "segments": segments.to_dict(),
    }


def score_of(entry: Mapping[str, Any], name: str, *, level: str = "tracks") -> Interval:
    """One score of a role's entry in a manifest; without ends, and with the reason, where the run kept none."""
    from genre_core.evaluation.intervals import Interval

    report = entry.get(level, {})
    kept = report.get("intervals", {}).get(name)
    if kept is not None:
        return Interval.from_dict(kept)
    return Interval(report.get(name), reason=NOT_KEPT if name in report else "This run did not keep this score.")


def leaks_kept(manifest: Mapping[str, Any], role: str) -> Mapping[str, Any] | None:
    """What a manifest says of what crosses to that role's tracks; None where it doesn't say, and the data set must be asked.

    A run with folds keeps what crosses its folds: of test tracks that were held out of all folds that says nothing.
    """
    return manifest.get("leaks") if bool(manifest.get("folds")) == (role == "folds") else None


def split_verdict(manifest: Mapping[str, Any], found: LeakReport | None = None, *, role: str = "valid") -> dict[str, Any]:
    """The split that a score comes from: name, title in words, seed, whether it is leaky; badge and verdict of what crosses it.

    Parameters
    ----------
    manifest : mapping
        Of a run.
    found : LeakReport, optional
        What crosses the split as the data set now is; it serves where `leaks_kept` has nothing.
    role : str
        For `folds` it is the folds that are told of.
    """
    from genre_core.datasets.splits import split_title

    split, folds, leaks = manifest["split"], manifest.get("folds"), leaks_kept(manifest, role)
    name, seed = split["name"], split.get("seed", 0)
    title = split_title(name, split.get("genres", ()), split.get("train_share", 1.0))
    if role == "folds" and folds:
        name, seed = f"{folds['count']} folds by {folds['grouped_by']}", folds["seed"]
        title = split_title(name, split.get("genres", ()))
    if leaks is not None:
        badge, verdict = leaks["badge"], leaks["verdict"]
    elif found is not None:
        badge, verdict = found.badge, found.verdict
    else:
        badge, verdict = f"? {NOT_HERE}", NOT_HERE
    leaky = split.get("unit") == "segment"
    return {"name": name, "title": title, "seed": seed, "leaky": leaky, "badge": badge, "verdict": verdict}


def badge_meaning(badge: str) -> str:
    """What the badge of a split says of scores, in a sentence or two."""
    if badge.endswith(NOT_HERE):
        return _NOT_HERE_MEANS
    return _SOME_MEANS if "none of these" in badge else BADGE_MEANINGS[badge[0]]
