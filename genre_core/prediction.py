"""What is said of one sound: probabilities, segment by segment, and a verdict by a threshold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from genre_core.errors import ParameterError
from genre_core.evaluation.aggregation import WITHIN, within
from genre_core.evaluation.sections import Section, find_sections, told
from genre_core.evaluation.verdict import Evidence, decide

THRESHOLD = 0.5
"""Probability that the best guess needs, or the verdict is "not sure"."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a run says of one sound.

    Attributes
    ----------
    genres : tuple of str
        Order of the posteriors' columns.
    posterior : np.ndarray
        Mean of the segment posteriors, float32, shape (n_genres,). Silence gives no evidence: every genre has 1 / n_genres.
    segment_posteriors : np.ndarray
        float32, shape (n_segments, n_genres).
    start_seconds, end_seconds : np.ndarray
        True ends of each segment [s], shape (n_segments,).
    genre : str or None
        The most probable genre, also where the decision is "not_sure" (the closest guess); None for silence.
    confidence : float
        Probability of the most probable genre.
    decision : str
        "genre", or "not_sure" where the confidence lies under the threshold, two genres are as likely, or the sound is silent,
        no music, or unlike all songs that were learned from.
    reason : str
        Why, in a sentence or two.
    embedding : np.ndarray
        Mean over the segments, float32, shape (n_embedding,).
    run : str
        Id of the run.
    name : str
        Of the sound: its path or file name.
    elapsed_seconds : float
        From bytes (or clip) to result [s].
    unlike : str
        "silence", "no music" or "far from the training songs", where that is why it is not sure; else empty.
    evidence : Evidence
        What beside the posterior decided: with it a verdict by another threshold needs nothing to be heard anew.
    segment_music : np.ndarray or None
        Log-odds that each segment is music, shape (n_segments,); None where nobody was asked.
    segment_novelty : np.ndarray or None
        How new the sound becomes at each segment (`novelty.novelty`), shape (n_segments,); None of a run without likeness.
    threshold : float
        Probability that a genre needs to be named, here and in each section.
    aggregation : str
        How segments became the whole, and become a section: a key of `aggregation.WITHIN`.
    """

    genres: tuple[str, ...]
    posterior: np.ndarray
    segment_posteriors: np.ndarray
    start_seconds: np.ndarray
    end_seconds: np.ndarray
    genre: str | None
    confidence: float
    decision: str
    reason: str
    embedding: np.ndarray
    run: str = ""
    name: str = ""
    elapsed_seconds: float = 0.0
    unlike: str = ""
    evidence: Evidence = field(default_factory=Evidence)
    segment_music: np.ndarray | None = None
    segment_novelty: np.ndarray | None = None
    threshold: float = THRESHOLD
    aggregation: str = WITHIN[0]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Where the genre changes: parts in order, without gaps; one where it does not."""
        return find_sections(
            self.genres,
            self.segment_posteriors,
            self.start_seconds,
            self.end_seconds,
            threshold=self.threshold,
            evidence=self.evidence,
            music=self.segment_music,
            novelty=self.segment_novelty,
            how=self.aggregation,
        )

    @property
    def mix(self) -> str:
        """What a sound of several sections is, in words (`jazz until 1:32, then rock`); empty where there is one."""
        return told(self.sections)

    @property
    def tags(self) -> tuple[tuple[str, float], ...]:
        """What the pretrained net calls it, pairs of tag and probability, most probable first; empty where it was not asked."""
        return self.evidence.tags

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """Genres with their probabilities, most probable first."""
        order = np.argsort(-self.posterior, kind="stable")
        return [(self.genres[index], float(self.posterior[index])) for index in order]

    def with_threshold(self, threshold: float) -> Prediction:
        """The same sound judged by another threshold; nothing is computed but the verdict.

        Parameters
        ----------
        threshold : float
            Probability that the best guess needs, in [0, 1].

        Raises
        ------
        ParameterError
            If the threshold lies outside its range.
        """
        check_threshold(threshold)
        found = decide(self.genres, self.posterior, threshold, self.evidence)
        judged = replace(self, genre=found.genre, decision=found.decision, reason=found.reason, unlike=found.unlike)
        return replace(judged, threshold=threshold)

    def aggregated(self, how: str, threshold: float = THRESHOLD) -> Prediction:
        """The same sound with its posterior made of the segments' in another way; nothing is computed but that and the verdict.

        Parameters
        ----------
        how : str
            A key of `aggregation.WITHIN`: "mean" is how every prediction begins.
        threshold : float
            As in `with_threshold`; probabilities of another way than the mean are not calibrated.

        Raises
        ------
        ParameterError
            If there is no such way, or the threshold lies outside its range.
        """
        posterior = within(self.segment_posteriors, how)
        joined = replace(self, posterior=posterior, confidence=float(posterior.max()), aggregation=how)
        return joined.with_threshold(threshold)

    @property
    def seconds(self) -> float:
        """How much was heard [s]."""
        return float(self.end_seconds[-1])

    def to_dict(self, *, path: str | None = None) -> dict[str, Any]:
        """The prediction as plain JSON values; `path` instead of the name where given.

        Genre and confidence are None where the sound is unlike all songs: they would be of genres that don't apply.
        """
        return {
            "path": self.name if path is None else path,
            "seconds": self.seconds,
            "genre": None if self.unlike else self.genre,
            "confidence": None if self.unlike else self.confidence,
            "decision": self.decision,
            "reason": self.reason,
            "unlike": self.unlike,
            "posterior": self._named(self.posterior),
            "segments": [
                {"start_seconds": float(start), "end_seconds": float(end), "posterior": self._named(posterior)}
                for start, end, posterior in zip(self.start_seconds, self.end_seconds, self.segment_posteriors, strict=True)
            ],
            "sections": [section.to_dict() for section in self.sections],
            "mix": self.mix,
            "run": self.run,
            "elapsed_seconds": self.elapsed_seconds,
        }

    def _named(self, posterior: np.ndarray) -> dict[str, float]:
        return {genre: float(p) for genre, p in zip(self.genres, posterior, strict=True)}


def concluded(
    genres: tuple[str, ...],
    segment_posteriors: np.ndarray,
    start_seconds: np.ndarray,
    end_seconds: np.ndarray,
    embedding: np.ndarray,
    evidence: Evidence,
    *,
    threshold: float = THRESHOLD,
    **known: Any,
) -> Prediction:
    """The prediction that follows from segments: the mean of their posteriors, and the verdict on it.

    Parameters are attributes of `Prediction`; `known` may hold run, name, elapsed_seconds, segment_music, segment_novelty.
    """
    posterior = within(segment_posteriors, WITHIN[0])
    found = decide(genres, posterior, threshold, evidence)
    return Prediction(
        genres,
        posterior,
        segment_posteriors,
        start_seconds,
        end_seconds,
        found.genre,
        float(posterior.max()),
        found.decision,
        found.reason,
        embedding,
        unlike=found.unlike,
        evidence=evidence,
        threshold=threshold,
        **known,
    )


def check_threshold(threshold: float) -> None:
    """Raise `ParameterError` unless it lies in [0, 1]."""
    if not 0 <= threshold <= 1:
        raise ParameterError(f"threshold must lie in [0, 1]. Received: threshold={threshold}.")
