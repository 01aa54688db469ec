"""A prediction in words: the verdict, what its probability is worth, and what the pretrained net hears."""

from __future__ import annotations

from collections import Counter

from genre_core.evaluation.verdict import tied, told_apart
from genre_core.prediction import Prediction
from genre_core.runs import Run
from pages.ui.words import plain

UNLIKE = {
    "silence": "silence",
    "no music": "sounds like no music",
    "far from the training songs": "unlike the songs it learned from",
}
"""What `Prediction.unlike` says, as it stands beside "not sure"."""

MOST_TAGS = 5
LEAST_SHARE = 0.01
"""A genre with less is not among the next ones."""

LEAST_TAG = 0.1
"""A tag with less is hardly heard."""

_MEASURED = {
    "folds": "on songs that it had not learned from",
    "valid": "on the valid songs, by which its temperature was chosen too",
}


def headline(prediction: Prediction) -> str:
    """The verdict as a heading: `ROCK  0.81`; else "not sure" with why, or with the closest guess, in smaller letters."""
    if prediction.decision == "genre":
        return f"{plain(str(prediction.genre).upper())}  {prediction.confidence:.2f}"
    return f"NOT SURE :gray[:small[{plain(beside_unsure(prediction))}]]"


def in_short(prediction: Prediction) -> str:
    """The verdict within a sentence: `rock 0.81`, `not sure, closest: rock 0.34`."""
    if prediction.decision == "genre":
        return f"{plain(str(prediction.genre))} {prediction.confidence:.2f}"
    return f"not sure, {plain(beside_unsure(prediction))}"


def why_unsure(prediction: Prediction) -> str:
    """Why it is not sure in a few words, as a table has them; empty where it is."""
    if prediction.decision == "genre":
        return ""
    return UNLIKE.get(prediction.unlike) or ("two genres as likely" if is_tie(prediction) else "under the threshold")


def is_tie(prediction: Prediction) -> bool:
    """Whether it would be named, were not another genre as likely."""
    return prediction.decision != "genre" and not prediction.unlike and prediction.confidence >= prediction.threshold


def beside_unsure(prediction: Prediction) -> str:
    """What stands beside "not sure": why it is unlike all songs, or the closest guess."""
    if is_tie(prediction):
        return f"{' or '.join(tied(prediction.genres, prediction.posterior))} {prediction.confidence:.2f}"
    said, _ = told_apart(prediction.confidence, prediction.threshold)
    return UNLIKE.get(prediction.unlike) or f"closest: {prediction.genre} {said}"


def sentence(prediction: Prediction) -> str:
    """What stands below the heading: the reason where it is not sure, the next genres, and how the segments vote."""
    if prediction.unlike:
        return plain(prediction.reason)
    told = tied(prediction.genres, prediction.posterior) if is_tie(prediction) else (prediction.genre,)
    next_ones = [(genre, share) for genre, share in prediction.ranking if genre not in told][:2]
    others = ", ".join(f"{plain(genre)} {share:.2f}" for genre, share in next_ones if share >= LEAST_SHARE)
    then = f"Then {others}." if others else f"Every other genre has less than {LEAST_SHARE:.2f}."
    reason = "" if prediction.decision == "genre" else f"{plain(prediction.reason)} "
    return f"{reason}{then} {votes(prediction)}"


def votes(prediction: Prediction) -> str:
    """What the segments say, each by itself, as in "7 of 10 segments say rock, 2 blues"."""
    counted = Counter(prediction.segment_posteriors.argmax(axis=1).tolist())
    n_segments = counted.total()
    ordered = sorted(counted.items(), key=lambda vote: (-vote[1], -float(prediction.posterior[vote[0]])))
    (first, most), *others = ((prediction.genres[index], count) for index, count in ordered)
    if n_segments == 1:
        return "One segment was heard."
    if not others:
        return f"All {n_segments} segments say {plain(first)}."
    second = f", {others[0][1]} {plain(others[0][0])}"
    return f"{most} of {n_segments} segments {'says' if most == 1 else 'say'} {plain(first)}{second}."


def tags_heard(prediction: Prediction) -> str:
    """What the pretrained net hears, at most five tags; empty of a run that does not ask it."""
    if not prediction.tags:
        return ""
    clear = [(tag, share) for tag, share in prediction.tags[:MOST_TAGS] if share >= LEAST_TAG]
    if clear:
        return f"The pretrained net hears: {', '.join(f'{plain(tag)} {share:.2f}' for tag, share in clear)}."
    tag, share = prediction.tags[0]
    return f"The pretrained net hears none of its {len(prediction.tags)} tags clearly, most of all {plain(tag)} {share:.2f}."


def worth(run: Run, aggregation: str = "mean") -> str:
    """What the probabilities of a run are worth, in a sentence; `aggregation` is how segments became the song's."""
    found = run.calibration
    if found is None:
        return "Not calibrated: take its probabilities as a ranking, not as the chance of being right."
    if aggregation != "mean":
        return "Its probabilities are calibrated for the mean of the segments alone: joined in this way they are a ranking."
    error = found["calibration_error"][1]
    off = "by less than 0.01" if error < 0.005 else f"by {error:.2f}"
    return f"Calibrated: its probabilities are off {off} on average, measured {_MEASURED[found['role']]}."


def deaf_to_noise(prediction: Prediction) -> str:
    """What must be known of a model that nobody taught what is no music; empty of others."""
    if prediction.evidence.music is not None or prediction.evidence.silent:
        return ""
    return "This model cannot tell speech or noise from music: it names whatever it hears."
