"""Where the genre changes within a sound: its sections, each with a verdict of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genre_core.evaluation.aggregation import within
from genre_core.evaluation.change_points import best_division
from genre_core.evaluation.verdict import Evidence, decide

LEAST_SECONDS = 9.0
"""A genre that is heard for less time is no section of its own [s]."""
NOVELTY_SECONDS = 12.0
"""So much sound before and behind a moment tells how new the sound becomes there [s]."""
NOVEL = (0.5, 0.9)
"""How new: up to the first it goes on as before, from the second on another song begins; in spreads of songs within a genre."""
CHANGES = (30.0, 8.0)
"""What a change costs at these [nats]: at the second, some three segments that are sure of another genre."""
CHANGE = 12.0
"""What it costs where nobody knows how new the sound becomes."""
FLOOR = 0.05
"""Least probability of a genre that is believed of a segment: one alone, however sure it is, is no section."""
MUSIC_BENEFIT, MUSIC_WEIGHT = 1.0, 4.0
"""Added to the log-odds of "music", and how often they count: a section of no music needs segments that are none, not doubtful
ones."""
# All of these were chosen on joins of songs that are in no table: benchmarks/sections.py.


@dataclass(frozen=True, eq=False)
class Section:
    """A part of a sound that one verdict fits.

    Attributes
    ----------
    start_seconds, end_seconds : float
        Where it lies in the sound [s].
    genre : str or None
        The most probable genre, also where it is not sure; None for silence.
    confidence : float
        Its probability.
    decision : str
        "genre" or "not_sure".
    posterior : np.ndarray
        Of all genres, float32, shape (n_genres,).
    reason : str
        Why, in a sentence or two.
    unlike : str
        Why it should not be named at all: "silence", "no music", "far from the training songs"; empty otherwise.
    """

    start_seconds: float
    end_seconds: float
    genre: str | None
    confidence: float
    decision: str
    posterior: np.ndarray
    reason: str = ""
    unlike: str = ""

    @property
    def seconds(self) -> float:
        """Its length [s]."""
        return self.end_seconds - self.start_seconds

    @property
    def verdict(self) -> tuple[str | None, str]:
        """What is said of it: the genre where it is named, and why not where it should not be."""
        return (self.genre if self.decision == "genre" else None), self.unlike

    def to_dict(self) -> dict[str, Any]:
        """The section as plain JSON values."""
        return {
            "start_seconds": self.start_seconds,
            "end_seconds": self.end_seconds,
            "genre": None if self.unlike else self.genre,
            "confidence": None if self.unlike else self.confidence,
            "decision": self.decision,
            "unlike": self.unlike,
        }


def find_sections(
    genres: Sequence[str],
    posteriors: np.ndarray,
    start_seconds: np.ndarray,
    end_seconds: np.ndarray,
    *,
    threshold: float,
    evidence: Evidence | None = None,
    music: np.ndarray | None = None,
    novelty: np.ndarray | None = None,
    how: str = "mean",
) -> tuple[Section, ...]:
    """Sections of a sound, from what is said of its segments.

    Each segment speaks for a genre by the logarithm of its probability, or for "no music". Of all divisions the one is taken
    for which most speaks after each change is paid for; a change is cheap where another song may begin, and dear where the sound
    goes on as before (`novelty`). No section is shorter than `LEAST_SECONDS`.

    Parameters
    ----------
    genres : sequence of str
        Order of the posteriors' columns.
    posteriors : np.ndarray
        Of the segments, shape (n_segments, n_genres), n_segments at least 1.
    start_seconds, end_seconds : np.ndarray
        Of the segments [s], ascending, shape (n_segments,).
    threshold : float
        Probability that a genre needs to be named.
    evidence : Evidence, optional
        What beside the posterior is known of the whole.
    music : np.ndarray, optional
        Log-odds that each segment is music, shape (n_segments,).
    novelty : np.ndarray, optional
        How new the sound becomes at each segment, in spreads of songs within a genre, shape (n_segments,).
    how : str
        How segments become a section: a key of `aggregation.WITHIN`.

    Returns
    -------
    tuple of Section
        In order, without gaps, over all that was heard; one where nothing changes.
    """
    evidence = evidence or Evidence()
    borders = _borders(start_seconds, end_seconds)  # (n_segments + 1,)
    steps = np.diff(borders)
    least = max(1, int(np.ceil(LEAST_SECONDS / max(float(np.median(steps)), 1e-3) - 1e-6)))
    change = CHANGE if novelty is None else np.interp(novelty, NOVEL, CHANGES)
    # Segments that overlap tell in part the same: what they say counts for the time that is each one's own.
    weights = np.minimum(1.0, steps / np.maximum(end_seconds - start_seconds, 1e-3))[:, None]  # (n_segments, 1)
    divided = best_division(_costs(posteriors, music) * weights, change=change, least=least)
    found: list[Section] = []
    for part in divided:
        its = slice(part.start, part.stop)
        posterior = within(posteriors[its], how)
        known = evidence if music is None else evidence._replace(music=float(music[its].mean()))
        said = decide(tuple(genres), posterior, threshold, known)
        ends = float(borders[part.start]), float(borders[part.stop])
        p = float(posterior.max())
        found.append(Section(*ends, said.genre, p, said.decision, posterior, said.reason, said.unlike))
    return tuple(found)


def told(sections: Sequence[Section]) -> str:
    """What a mix is, in words; empty where there is one section only.

    Examples
    --------
    `jazz until 1:32, then rock`; `blues until 0:30, no music until 0:45, then blues`.
    """
    if len(sections) < 2:
        return ""
    words = [_words(section) for section in sections]
    until = [f"{name} until {_clock(section.end_seconds)}" for name, section in zip(words[:-1], sections, strict=False)]
    return f"{', '.join(until)}, then {words[-1]}"


def _words(section: Section) -> str:
    if section.unlike in ("silence", "no music"):
        return section.unlike
    return section.genre if section.decision == "genre" and section.genre else "not sure"


def _clock(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def _borders(start_seconds: np.ndarray, end_seconds: np.ndarray) -> np.ndarray:
    """Where one segment's time ends and the next one's begins: in the middle of what both hear."""
    between = (end_seconds[:-1] + start_seconds[1:]) / 2
    return np.concatenate([start_seconds[:1], between, end_seconds[-1:]]).astype(np.float64)


def _costs(posteriors: np.ndarray, music: np.ndarray | None) -> np.ndarray:
    """Cost of each segment in each genre, and as no music where that is known, shape (n_segments, n_genres + 0 or 1)."""
    p = posteriors.astype(np.float64)
    if music is not None:
        is_music = 1 / (1 + np.exp(-np.clip(MUSIC_WEIGHT * (music + MUSIC_BENEFIT), -30, 30)))[:, None]  # (n_segments, 1)
        p = np.concatenate([p * is_music, 1 - is_music], axis=1)
    costs: np.ndarray = -np.log(p.clip(FLOOR))
    return costs
