"""Bandwidth that gives the genre away: tracks of some genres end where those of others go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from genre_core.datasets.tracks import Dataset, Problem

GAP_HZ = 400.0
"""Empty space between two limits from which they count as two."""

MIN_NARROW = 5
MAX_CHANCE = 0.002
_DRAWS = 5000
_NAMED = 12


def bandwidth_problems(dataset: Dataset, limits_hz: Mapping[str, float]) -> list[Problem]:
    """A problem for each limit that some genres have more often than chance would let them.

    Limits that lie together make a group. The tracks of a group are compared with all whose band goes further: how unequally the
    genres share in the group (Pearson's chi-squared) is set against labels dealt out at random, with a fixed seed.

    Parameters
    ----------
    dataset : Dataset
    limits_hz : mapping
        Track id to the frequency where its band ends [Hz].
    """
    genre = {track.id: track.genre for track in dataset.tracks if track.id in limits_hz}
    by_limit = sorted(genre, key=lambda track_id: (limits_hz[track_id], track_id))
    problems = []
    start = 0
    for end in range(1, len(by_limit)):  # the last group ends nowhere
        if limits_hz[by_limit[end]] - limits_hz[by_limit[end - 1]] < GAP_HZ:
            continue
        group, wider = by_limit[start:end], by_limit[end:]
        start = end
        inside, outside = Counter(genre[one] for one in group), Counter(genre[one] for one in wider)
        if len(group) >= MIN_NARROW and _by_chance(inside, outside) <= MAX_CHANCE:
            problems.append(_problem(dataset, group, [limits_hz[one] for one in group], limits_hz[wider[0]], inside, outside))
    return problems


def _by_chance(inside: Counter[str], outside: Counter[str]) -> float:
    """Share of random deals that divide the genres as unequally, or more."""
    genres = sorted(set(inside) | set(outside))
    if len(genres) < 2:
        return 1.0
    here = np.array([inside[genre] for genre in genres])
    total = here + np.array([outside[genre] for genre in genres])
    drawn = np.random.default_rng(0).multivariate_hypergeometric(total, int(here.sum()), _DRAWS)  # (_DRAWS, n_genres)
    expected = total * here.sum() / total.sum()
    unequal = ((np.vstack([here, drawn]) - expected) ** 2 / expected).sum(axis=1)
    return float((np.count_nonzero(unequal[1:] >= unequal[0] - 1e-9) + 1) / (_DRAWS + 1))


def _problem(
    dataset: Dataset, group: list[str], limits: list[float], wider_hz: float, inside: Counter[str], outside: Counter[str]
) -> Problem:
    total = inside + outside
    common = len(group) / sum(total.values())
    shares = {name: inside[name] / total[name] for name in total}
    over = sorted((name for name in total if shares[name] > common), key=lambda name: (-shares[name], name))
    none = [name for name in dataset.genres if name in total and not inside[name]]
    named = ", ".join(f"{name} {inside[name]} of {total[name]}" for name in over[:_NAMED])
    rest = f"; none of {', '.join(none[:_NAMED])}" if none else ""
    message = (
        f"{len(group)} tracks end at {float(np.median(limits)) / 1000:.1f} kHz, where {sum(outside.values())} others go on to "
        f"{wider_hz / 1000:.1f} kHz or more: {named}{rest}. A model can hear the genre from that alone: low-pass all tracks "
        f"below {min(limits) / 1000:.1f} kHz, or leave these out."
    )
    order = {name: rank for rank, name in enumerate(over)}
    genre_of = {track.id: track.genre for track in dataset.tracks}
    tracks = sorted(group, key=lambda track_id: (order.get(genre_of[track_id], len(over)), track_id))
    return Problem(over[0], "bandwidth", message, tuple(tracks))
