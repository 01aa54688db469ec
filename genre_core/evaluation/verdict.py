"""From a posterior to words: the genre, or "not sure" with the reason."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

JUST = 1.05
"""A distance under so many times the farthest that is still alike is told without a number: it would read 1.0."""
TIE = 0.005
"""Genres no farther apart than this are as likely: two digits do not tell them apart."""
TAGS_TOLD = 3
"""Tags of the pretrained net that a reason names."""


class Evidence(NamedTuple):
    """What beside the posterior decides whether a sound is named.

    Attributes
    ----------
    silent : bool
        Nothing can be heard.
    music : float or None
        Log-odds that it is music, mean of the segments; None where nobody was asked.
    distance : float or None
        From the songs that were learned from, as a share of the farthest that is still like them; None where unknown.
    tags : tuple
        What the pretrained net calls it, most probable first, pairs of tag and probability; empty where it was not asked.
    """

    silent: bool = False
    music: float | None = None
    distance: float | None = None
    tags: tuple[tuple[str, float], ...] = ()


class Verdict(NamedTuple):
    """Attributes
    ----------
    genre : str or None
        The most probable genre, also where it is not sure; None for silence.
    decision : str
        "genre" or "not_sure".
    reason : str
        Why, in a sentence or two.
    unlike : str
        Why it should not be named at all: "silence", "no music", "far from the training songs"; empty otherwise.
    """

    genre: str | None
    decision: str
    reason: str
    unlike: str = ""


def decide(genres: tuple[str, ...], posterior: np.ndarray, threshold: float, evidence: Evidence) -> Verdict:
    """The verdict on a sound.

    Parameters
    ----------
    posterior : np.ndarray
        Of the whole sound, shape (n_genres,).
    threshold : float
        Probability that the best guess needs.

    Examples
    --------
    >>> decide(("blues", "pop"), np.array([0.7, 0.3]), 0.5, Evidence()).reason
    'blues has probability 0.70, at or above the threshold of 0.50.'
    >>> decide(("blues", "pop"), np.array([0.7, 0.3]), 0.5, Evidence(music=-2.0)).unlike
    'no music'
    >>> decide(("blues", "pop"), np.array([0.5, 0.5]), 0.5, Evidence()).reason
    'blues and pop are as likely: 0.50 each.'
    """
    if evidence.silent:
        reason = "The clip is silent: nothing in it speaks for any genre, so all have the same probability."
        return Verdict(None, "not_sure", reason, "silence")
    best, p = genres[int(posterior.argmax())], float(posterior.max())
    if evidence.music is not None and evidence.music < 0:
        reason = "It sounds like no music: speech, an animal, noise or a bare tone." + _told(evidence)
        return Verdict(best, "not_sure", f"{reason} As music it would come nearest to {best}.", "no music")
    if evidence.distance is not None and evidence.distance > 1:
        far = "just farther" if evidence.distance < JUST else f"{evidence.distance:.1f} times as far"
        than = "than" if evidence.distance < JUST else "as"
        reason = (
            f"It is unlike the songs that this model learned from: {far} from them {than} songs of "
            f"their kind may lie.{_told(evidence)} A probability says nothing here; the nearest genre would be {best}, {p:.2f}."
        )
        return Verdict(best, "not_sure", reason, "far from the training songs")
    said, limit = told_apart(p, threshold)
    if p < threshold:
        just = "just " if p >= threshold - 0.01 else ""
        return Verdict(best, "not_sure", f"The best guess, {best}, has probability {said}, {just}under the threshold of {limit}.")
    if alike := tied(genres, posterior):
        return Verdict(best, "not_sure", f"{', '.join(alike[:-1])} and {alike[-1]} are as likely: {said} each.")
    return Verdict(best, "genre", f"{best} has probability {said}, at or above the threshold of {limit}.")


def tied(genres: tuple[str, ...], posterior: np.ndarray) -> tuple[str, ...]:
    """The genres that are as likely as the best, that one among them; none where the best stands alone.

    Examples
    --------
    >>> tied(("blues", "jazz", "pop"), np.array([0.4, 0.2, 0.4])), tied(("blues", "pop"), np.array([0.6, 0.4]))
    (('blues', 'pop'), ())
    """
    found = tuple(genre for genre, p in zip(genres, posterior, strict=True) if posterior.max() - p < TIE)
    return found if len(found) > 1 else ()


def told_apart(p: float, threshold: float) -> tuple[str, str]:
    """A probability and a threshold with two digits each, or with as few more as show that the one does not reach the other.

    Examples
    --------
    >>> told_apart(0.4966, 0.5), told_apart(0.4, 0.5), told_apart(0.504, 0.5)
    (('0.497', '0.50'), ('0.40', '0.50'), ('0.50', '0.50'))
    """
    limit = next(
        (f"{threshold:.{digits}f}" for digits in (2, 3) if float(f"{threshold:.{digits}f}") == threshold), f"{threshold:.4f}"
    )
    digits = 2
    while p < threshold and digits < 6 and float(f"{p:.{digits}f}") >= float(limit):
        digits += 1
    return f"{p:.{digits}f}", limit


def _told(evidence: Evidence) -> str:
    named = ", ".join(tag for tag, _ in evidence.tags[:TAGS_TOLD])
    return f" The pretrained net, which must name tags, says: {named}." if named else ""
