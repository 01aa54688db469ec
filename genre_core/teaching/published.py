"""What others measured of leaks, each figure with the place where it stands."""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    """A published finding.

    Attributes
    ----------
    says : str
        The finding, in a sentence.
    source : str
        Author, title, where, year.
    link : str
        Where to read it.
    """

    says: str
    source: str
    link: str


PUBLISHED: tuple[Published, ...] = (
    Published(
        "On one collection accuracy fell from 71 to 27 % once no artist was on both sides of the division.",
        "Pampalk, Flexer and Widmer, Improvements of audio-based music similarity and genre classification, ISMIR, 2005, as told "
        "in Flexer and Schnitzer, Effects of album and artist filters in audio similarity computed for very large music "
        "databases, Computer Music Journal 34(3), 2010",
        "https://muse.jhu.edu/article/393608",
    ),
    Published(
        "GTZAN holds 50 exact replicas, 22 excerpts of a recording that is there already, and 13 further versions of the same "
        "music. 35 of its 100 reggae excerpts are by Bob Marley, 24 of its 100 pop excerpts by Britney Spears.",
        "Sturm, An analysis of the GTZAN music genre dataset, ACM MIRUM workshop, 2012",
        "https://doi.org/10.1145/2390848.2390851",
    ),
    Published(
        "100 of 467 works on genre had been judged on GTZAN. Few show that they knew its faults, and these do not flatter all "
        "systems alike, so that even comparisons are not safe.",
        "Sturm, The GTZAN dataset: its contents, its faults, their effects on evaluation, and its future use, 2013",
        "https://arxiv.org/abs/1306.1461",
    ),
    Published(
        "A division of GTZAN without repeats and faults, artists apart as far as they were known: 443 tracks to learn from, 197 "
        "to choose by, 290 to be judged.",
        "Kereliuk, Sturm and Larsen, Deep learning and music adversaries, IEEE Transactions on Multimedia 17(11), 2015",
        "https://arxiv.org/abs/1507.04761",
    ),
    Published(
        "On that division MFCC with a support vector machine reach 53.4 %, the embedding of a net that had learned from millions "
        "of sounds (VGGish) with a support vector machine 77.2 %.",
        "Pons and Serra, Randomly weighted CNNs for (music) audio classification, 2018, as told with the second figure in Pons, "
        "sklearn-audio-transfer-learning, 2018",
        "https://github.com/jordipons/sklearn-audio-transfer-learning",
    ),
)


class Fall(NamedTuple):
    """An accuracy with a leak and without it, of one model on one collection.

    Attributes
    ----------
    what : str
        Model and collection.
    leaky, honest : float
        Accuracy [%].
    leaky_way, honest_way : str
        How songs were divided.
    source : str
        Who measured it, and where it stands.
    link : str
        Where to read it; empty for what this project measured, which stands in docs/results.md.
    """

    what: str
    leaky: float
    honest: float
    leaky_way: str
    honest_way: str
    source: str
    link: str


RESULTS = "Measured with Genrescope; tables, commands and intervals stand in docs/results.md"

FALLS: tuple[Fall, ...] = (
    Fall(
        "One collection, music similarity",
        71,
        27,
        "artists on both sides",
        "artists apart",
        "Pampalk, Flexer and Widmer, ISMIR, 2005, as told in Flexer and Schnitzer, Computer Music Journal 34(3), 2010",
        "https://muse.jhu.edu/article/393608",
    ),
    Fall("GTZAN, ten genres, logistic regression", 72, 48, "by track", "artists apart, where known", RESULTS, ""),
    Fall("GTZAN, ten genres, dense net", 72, 42, "by track", "artists apart, where known", RESULTS, ""),
    Fall("GTZAN, four genres, random forest", 92, 62, "random segments", "fault-filtered division", RESULTS, ""),
    Fall("GTZAN, four genres, dense net", 96, 76, "random segments", "fault-filtered division", RESULTS, ""),
    Fall("GTZAN, four genres, small CNN", 86, 79, "random segments", "fault-filtered division", RESULTS, ""),
)
"""What leaks were worth, the oldest first. Of random segments single segments are judged, else tracks."""
