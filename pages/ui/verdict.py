"""A prediction in words: the verdict, what its probability is worth, and what the pretrained net hears."""

from __future__ import annotations

from genre_core.audio import Clip
from genre_core.prediction import Prediction
from genre_core.runs import Run
from pages.ui.words import clock, plain

UNLIKE = {
    "silence": "silence",
    "no music": "sounds like no music",
    "far from the training songs": "unlike the songs it learned from",
}
"""What `Prediction.unlike` says, as it stands beside "not sure"."""

MOST_TAGS = 5
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
    return f"NOT SURE :gray[:small[{plain(_beside(prediction))}]]"


def in_short(prediction: Prediction) -> str:
    """The verdict within a sentence: `rock 0.81`, `not sure, closest: rock 0.34`."""
    if prediction.decision == "genre":
        return f"{plain(str(prediction.genre))} {prediction.confidence:.2f}"
    return f"not sure, {plain(_beside(prediction))}"


def _beside(prediction: Prediction) -> str:
    return UNLIKE.get(prediction.unlike) or f"closest: {prediction.genre} {prediction.confidence:.2f}"


def sentence(prediction: Prediction, name: str, clip: Clip) -> str:
    """What stands below the heading: the next genres, or the reason, and what was heard."""
    if prediction.decision != "genre":
        return f"{plain(prediction.reason)} **{plain(name)}**, {clock(clip.seconds)}."
    others = ", ".join(f"{plain(genre)} {share:.2f}" for genre, share in prediction.ranking[1:3])
    n_heard = len(prediction.start_seconds)
    return f"then {others}. {clock(clip.seconds)} of **{plain(name)}**, {n_heard} segment{'s' * (n_heard != 1)} heard."


def tags_heard(prediction: Prediction) -> str:
    """What the pretrained net hears, at most five tags; empty of a run that does not ask it."""
    if not prediction.tags:
        return ""
    clear = [(tag, share) for tag, share in prediction.tags[:MOST_TAGS] if share >= LEAST_TAG]
    if clear:
        return f"The pretrained net hears: {', '.join(f'{plain(tag)} {share:.2f}' for tag, share in clear)}."
    tag, share = prediction.tags[0]
    return f"The pretrained net hears none of its {len(prediction.tags)} tags clearly, most of all {plain(tag)} {share:.2f}."


def worth(run: Run) -> str:
    """What the probabilities of a run are worth, in a sentence."""
    found = run.calibration
    if found is None:
        return "Not calibrated: take its probabilities as a ranking, not as the chance of being right."
    error = found["calibration_error"][1]
    off = "by less than 0.01" if error < 0.005 else f"by {error:.2f}"
    return f"Calibrated: its probabilities are off {off} on average, measured {_MEASURED[found['role']]}."
