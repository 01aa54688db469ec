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
