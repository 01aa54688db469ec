"""What may be concluded from a comparison of two models, in words for somebody who compares for the first time."""

from __future__ import annotations

import math

from genre_core.evaluation.compare import Comparison
from genre_core.evaluation.intervals import Interval
from genre_core.evaluation.paired import ALPHA

MOST_NEEDED = 100_000
"""More tracks than that nobody has: the difference is as good as none."""


def tells_apart(found: Comparison, p_value: float | None = None) -> bool:
    """Whether the tracks show that one model is better: the test and the interval must agree.

    Parameters
    ----------
    found : Comparison
    p_value : float, optional
        The comparison's, corrected where it is one of several.
    """
    return (found.p_value if p_value is None else p_value) < ALPHA and _leaves_out_zero(found.differences["accuracy"])


def verdict(found: Comparison, a: str, b: str, *, p_value: float | None = None) -> str:
    """Which of two models is better and by how much, or that these tracks cannot tell, in a sentence.

    Parameters
    ----------
    found : Comparison
    a, b : str
        What the models are called.
    p_value : float, optional
        The comparison's, corrected where it is one of several.
    """
    these = f"these {found.n} {found.level}"
    if not found.n_differing:
        return f"“{a}” and “{b}” give the same genre to each of {these}: nothing here tells them apart."
    if not tells_apart(found, p_value):
        return f"{these[0].upper()}{these[1:]} cannot tell “{a}” and “{b}” apart."
    difference = found.differences["accuracy"]
    better, worse = (a, b) if found.only_a > found.only_b else (b, a)
    ends = sorted(abs(end) for end in (difference.low, difference.high) if end is not None)
    likely = f", most likely by {_points(ends[0])} to {_points(ends[1])}" if ends else ""
    return f"“{better}” is better than “{worse}” by {_points(abs(difference.value or 0.0))} percentage points{likely}."


def grounds(found: Comparison, *, p_value: float | None = None) -> str:
    """What the verdict rests on, in sentences; empty where both models say the same of everything. Parameters as `verdict`."""
    if not found.n_differing:
        return ""
    p_value = found.p_value if p_value is None else p_value
    difference = found.differences["accuracy"]
    right_a, right_b = found.both + found.only_a, found.both + found.only_b
    if tells_apart(found, p_value):
        ends = f" The 95 % interval of the difference over {found.n_groups} {found.over} leaves out 0." if difference.ends else ""
        most, least = max(right_a, right_b), min(right_a, right_b)
        return f"It names {most} of {found.n} {found.level} right, the other {least}.{ends} {_chance(found, p_value)}"
    lead = _points(abs(difference.value or 0.0))
    said = (
        f"Each names {right_a} of {found.n} {found.level} right."
        if right_a == right_b
        else f"The first names {right_a} of {found.n} {found.level} right, the second {right_b}: {lead} percentage points apart."
    )
    if difference.low is not None:
        holds = "leaves out 0, but the exact test does not bear that out" if _leaves_out_zero(difference) else "holds 0"
        ends = f"{_points(difference.low)} to {_points(difference.high)}"
        said += f" The 95 % interval of the difference, {ends} points over {found.n_groups} {found.over}, {holds}."
    chance = "" if right_a == right_b else f" {_chance(found, p_value)}"
    needed = "" if found.needed is None else f" {_needed(found)}"
    return said + chance + needed


def cautions(found: Comparison, *, p_value: float | None = None, n_comparisons: int = 1) -> tuple[str, ...]:
    """What must be known before the conclusion is believed, a sentence or two each.

    Parameters
    ----------
    found : Comparison
    p_value : float, optional
        The comparison's, corrected where it is one of several.
    n_comparisons : int
        How many were made at once.
    """
    if not found.n_differing:
        return (words,) if (words := _left_out(found)) else ()
    p_value = found.p_value if p_value is None else p_value
    said = [
        _left_out(found),
        _near_the_edge(found, p_value),
        _few(found),
        _dependence(found),
        _many(n_comparisons),
        "Each run is one draw: trained again with another seed, each would score a little differently. Train several seeds of "
        "both before you believe a small difference.",
    ]
    return tuple(words for words in said if words)


def p_words(p_value: float) -> str:
    """`p = 0.034`; `p < 0.001` for what is smaller."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"


def _leaves_out_zero(difference: Interval) -> bool:
    if difference.low is None or difference.high is None:  # every resample scores alike: all groups say the same, or there is one
        return bool(difference.value) and difference.n_groups > 1
    return difference.low > 0 or difference.high < 0


def _points(value: float | None) -> str:
    """A share as percentage points, `12.5`, with a true minus sign."""
    return f"{round(100 * (value or 0.0), 1):g}".replace("-", "\N{MINUS SIGN}")


def _chance(found: Comparison, p_value: float) -> str:
    if found.p_value >= 0.01:
        often = f"{100 * found.p_value:.0f} of 100"
    else:
        often = f"{1000 * found.p_value:.0f} of 1,000" if found.p_value >= 0.001 else "fewer than 1 of 1,000"
    corrected = "" if p_value == found.p_value else f"; corrected for all comparisons made here, {p_words(p_value)}"
    return (
        f"Were both equally good, so large a difference would still come about in {often} comparisons "
        f"({p_words(found.p_value)}{corrected})."
    )


def _needed(found: Comparison) -> str:
    if found.needed is None or found.needed > MOST_NEEDED:
        return f"A difference so small would not show on {MOST_NEEDED:,} {found.level} either."
    coarse = 10 ** max(0, math.floor(math.log10(found.needed)) - 1)
    about = max(found.n + 1, coarse * math.ceil(found.needed / coarse))
    groups = f" of {math.ceil(about / found.n * found.n_groups):,} {found.over}" if found.over == "artists" else ""
    return f"If it is as large as it seems, it takes about {about:,} such {found.level}{groups} to show it."


def _left_out(found: Comparison) -> str:
    if not found.n_alone_a and not found.n_alone_b:
        return ""
    alone = " and ".join(
        f"{count} that only the {which} did"
        for count, which in ((found.n_alone_a, "first"), (found.n_alone_b, "second"))
        if count
    )
    return f"Counted are the {found.n} {found.level} that both runs judged; left out are {alone}."


def _near_the_edge(found: Comparison, p_value: float) -> str:
    if (p_value < ALPHA) == _leaves_out_zero(found.differences["accuracy"]) or not found.n_differing:
        return ""
    side = "holds 0" if p_value < ALPHA else "leaves out 0"
    return (
        f"The test ({p_words(p_value)}) and the interval, which {side}, disagree: what lies so near the edge is not taken for a "
        "difference."
    )


def _few(found: Comparison) -> str:
    if found.n_speaking == 0 or 2.0 ** (1 - found.n_speaking) < ALPHA:
        return ""
    count = "one" if found.n_speaking == 1 else str(found.n_speaking)
    return (
        f"One run is right more often than the other on {count} of the {found.n_groups} {found.over} only: even if all of these "
        "spoke for one run, that could be chance. It takes six."
    )


def _dependence(found: Comparison) -> str:
    mcnemar, used = p_words(found.p_mcnemar), p_words(found.p_value)
    if found.over == "artists":
        return (
            f"{found.level.capitalize()} of one artist resemble each other, so they are no independent witnesses. McNemar's test "
            f"takes them for such, which makes it too sure of itself ({mcnemar}). The test used here swaps the verdicts of whole "
            f"artists ({used}), and the interval draws whole artists, {found.n_groups} of them."
        )
    if found.level == "segments":
        return (
            f"Segments of one track resemble each other: McNemar's test over segments ({mcnemar}) is too sure of itself. The "
            f"test used here swaps whole tracks ({used}), and the interval draws them."
        )
    return (
        "The artists of these tracks are not all known, so each track counts for itself. If some are of one artist, the interval "
        "is too narrow and p too small."
    )


def _many(n_comparisons: int) -> str:
    chance = "Of 20 comparisons of equal models one finds a difference by chance"
    if n_comparisons > 1:
        return f"{chance}. Here are {n_comparisons}, so each p is raised by Holm's correction; the intervals are not widened."
    return (
        f"{chance}: settle which two runs to compare before you look, or compare all at once, which corrects for it "
        "(python -m genre_core compare)."
    )
