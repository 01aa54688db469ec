"""Can a map be believed? What it calls important is removed, in another way than made the map, and so is as much at random.

The deletion test of Samek and others, "Evaluating the visualization of what a deep neural network has learned", IEEE TNNLS 2017,
at one size of the deleted part. Two answers are held against the map's: patches at random, and the loudest patches, which a map
that only finds where the sound is would name too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError, RunError
from genre_core.evaluation.intervals import Groups, Interval, groups_of
from genre_core.inference import Predictor
from genre_core.inspection.attention import largest
from genre_core.inspection.fills import fill_named
from genre_core.inspection.occlusion import DETAILS, occlude
from genre_core.inspection.patches import Patches
from genre_core.inspection.robustness import mean_interval
from genre_core.parallel import Progress
from genre_core.params import fingerprint

MOST_HEARD_SECONDS = 30.0
"""Of a longer track its middle is heard: what is asked about is the map, not the track."""


FEW_TRACKS = 20
"""On fewer a verdict says how few they are."""


@dataclass(frozen=True)
class Deletion:
    """How maps are checked.

    Attributes
    ----------
    share : float
        Of the patches that are removed, in (0, 1].
    made_with, removed_with : str
        Names in FILLS, not the same: a map that only knows how the model takes to silence would pass its own test.
    detail : str
        Of the map, a name in DETAILS.
    n_random : int
        Draws of as many patches at random, of which the mean is taken.
    """

    share: float = 0.1
    made_with: str = "quiet"
    removed_with: str = "mean"
    detail: str = "coarse"
    n_random: int = 5

    def __post_init__(self) -> None:
        for name in (self.made_with, self.removed_with):
            fill_named(name)
        if self.made_with == self.removed_with:
            raise ParameterError(
                "A map is checked with another fill than made it. "
                f"Received: made_with={self.made_with!r}, removed_with={self.removed_with!r}."
            )
        if not 0 < self.share <= 1 or self.n_random < 1 or self.detail not in DETAILS:
            raise ParameterError(
                f"share must lie in (0, 1], n_random be at least 1, and detail one of {', '.join(DETAILS)}. "
                f"Received: share={self.share}, n_random={self.n_random}, detail={self.detail!r}."
            )

    @property
    def fingerprint(self) -> str:
        return fingerprint(asdict(self))


@dataclass(frozen=True)
class Fall:
    """What became of a track's posterior.

    Attributes
    ----------
    track_id, genre : str
        The track, and the genre asked about: the one that the model names.
    artist : str or None
    probability : float
        Of that genre, for the whole sound.
    salient, random, loudest : float
        By how much it falls without the patches that the map calls important, without as many at random (mean of several draws),
        and without the loudest.
    """

    track_id: str = ""
    genre: str = ""
    artist: str | None = None
    probability: float = 0.0
    salient: float = 0.0
    random: float = 0.0
    loudest: float = 0.0


def fall_of(
    predictor: Predictor,
    clip: Clip,
    how: Deletion,
    *,
    track_id: str = "",
    artist: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Fall:
    """Make the map of a clip, then remove what it calls important, as much at random, and as much of the loudest.

    Raises
    ------
    ParameterError
        If the clip is silent.
    AudioError, RunError
        As `occlude`.
    """
    if clip.seconds > MOST_HEARD_SECONDS:
        start = (clip.seconds - MOST_HEARD_SECONDS) / 2
        clip = clip.slice(start, start + MOST_HEARD_SECONDS)
    found = occlude(predictor, clip, fill=how.made_with, detail=how.detail, seed=seed, progress=progress)
    patches = Patches(clip, found.time_edges, found.band_edges)
    rng = np.random.default_rng(seed)
    change = fill_named(how.removed_with).make(patches, rng) - patches.bands
    asked = predictor.genres.index(found.genre)

    def falls(chosen: np.ndarray) -> float:
        y = clip.y + patches.part(chosen.astype(np.float32), change)
        left = predictor.posteriors(replace(clip, y=y))[:, asked].mean(dtype=np.float64)
        return float(found.probability - left)

    return Fall(
        track_id,
        found.genre,
        artist,
        found.probability,
        falls(found.salient(how.share)),
        float(np.mean([falls(largest(rng.random(found.values.shape), how.share)) for _ in range(how.n_random)])),
        falls(largest(patches.energy, how.share)),
    )


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """What the deletion test says of a run's maps.

    Attributes
    ----------
    run, role : str
        Its id, and which of its tracks: valid, folds or test.
    how : Deletion
    falls : tuple of Fall
        One a track.
    seed : int
        Of the choice of tracks, of what is random, and of the fills.
    n_asked : int
        How many tracks were asked for.
    problems : tuple of (str, str)
        Id of a track that could not be heard, and why.
    """

    run: str
    role: str
    how: Deletion
    falls: tuple[Fall, ...]
    seed: int = 0
    n_asked: int = 0
    problems: tuple[tuple[str, str], ...] = ()

    @cached_property
    def groups(self) -> Groups:
        """What intervals are drawn over: artists where each is known, else tracks."""
        return groups_of(len(self.falls), [fall.artist for fall in self.falls])

    @cached_property
    def salient(self) -> Interval:
        """Mean fall of the probability without what the map calls important."""
        return self._mean(lambda fall: fall.salient)

    @cached_property
    def random(self) -> Interval:
        """The same without as much at random."""
        return self._mean(lambda fall: fall.random)

    @cached_property
    def loudest(self) -> Interval:
        """The same without as much of the loudest."""
        return self._mean(lambda fall: fall.loudest)

    @cached_property
    def more_than_random(self) -> Interval:
        """By how much more it falls than at random, mean over tracks."""
        return self._mean(lambda fall: fall.salient - fall.random)

    @cached_property
    def more_than_loudest(self) -> Interval:
        """By how much more it falls than without the loudest, mean over tracks."""
        return self._mean(lambda fall: fall.salient - fall.loudest)

    @property
    def verdict(self) -> str:
        """What may be concluded, in a sentence."""
        more = self.more_than_random
        if more.low is None:
            return f"Nothing can be concluded: {more.reason[:1].lower()}{more.reason[1:]}"
        few = f" That rests on {len(self.falls)} tracks only." if len(self.falls) < FEW_TRACKS else ""
        louder = self.more_than_loudest
        if more.low > 0 and (louder.low is None or louder.low <= 0):
            return (
                "What the maps call important weighs more with the model than the same amount at random; that it weighs more "
                f"than what is merely loud is not shown.{few}"
            )
        if more.low > 0:
            return (
                "The maps can be believed: what they call important weighs more with the model than the same amount at random, "
                f"and more than what is merely loud.{few}"
            )
        if more.high is not None and more.high < 0:
            return "The maps mislead: what they call important weighs less with the model than the same amount at random."
        return "The maps are not shown to be better than chance on these tracks: do not read much into them."

    def _mean(self, value: Any) -> Interval:
        return mean_interval(np.array([value(fall) for fall in self.falls]), self.groups)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Faithfulness:
        """Inverse of `to_dict`; raises `RunError` if something is missing or damaged."""
        try:
            falls = tuple(Fall(**fall) for fall in values["falls"])
            problems = tuple((str(track), str(why)) for track, why in values["problems"])
            return cls(**{**values, "how": Deletion(**values["how"]), "falls": falls, "problems": problems})
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"Expected what was measured of a run's maps. Received: something else ({error}).") from error


def summary(found: Faithfulness) -> dict[str, Any]:
    """The numbers of the report as plain JSON values."""
    names: Sequence[str] = ("salient", "random", "loudest", "more_than_random", "more_than_loudest")
    return {
        "run": found.run,
        "role": found.role,
        "n_tracks": len(found.falls),
        "over": found.groups.over,
        "n_groups": found.groups.n_groups,
        **asdict(found.how),
        **{name: getattr(found, name).to_dict() for name in names},
        "verdict": found.verdict,
    }
