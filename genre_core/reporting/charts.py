"""The figures of a report, from arrays: curves, calibration, coverage, scores a genre, training, robustness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from genre_core.colours import ACCENT, NEUTRAL, WARM, genre_colours
from genre_core.evaluation.coverage import Coverage
from genre_core.evaluation.curves import PrCurve, RocCurve
from genre_core.evaluation.intervals import Interval
from genre_core.evaluation.reliability import Reliability
from genre_core.inspection.robustness import Row
from genre_core.reporting.markup import Markup, element, joined
from genre_core.reporting.plotting import Axis, Plot, number_axis, row_axis, share_axis

ALL = "all combined"
ISO_F1 = (0.2, 0.4, 0.6, 0.8)
"""Lines of equal F1 behind precision and recall."""

ROW = 27
"""Height of a row of dots [pixels]."""

LONGEST = 34
"""Letters of a name beside a row of dots."""


def figure(plot: Markup, caption: str = "", legend: Mapping[str, str] | None = None) -> Markup:
    """A figure with its words; `legend` is name -> colour."""
    entries = [
        element("li", element("span", class_="swatch", style=f"background: {colour}"), name)
        for name, colour in (legend or {}).items()
    ]
    return element(
        "figure",
        plot,
        element("ul", entries, class_="legend") if entries else None,
        element("figcaption", caption) if caption else None,
    )


def precision_recall(curves: Sequence[PrCurve], genres: Sequence[str], scores: Mapping[str | None, Interval]) -> Markup:
    """Precision over recall a genre and of all combined, with lines of equal F1; `scores` are the average precisions."""
    colours = _line_colours(genres)
    x, y = share_axis("Recall: share of a genre that is found"), share_axis("Precision: share of those named that is right")
    plot = Plot("Precision against recall, a line a genre", x, y)
    for f1 in ISO_F1:
        recall = np.linspace(f1 / (2 - f1), 1, 60)
        plot.line([(r, f1 * r / (2 * r - f1)) for r in recall.tolist()], colour=NEUTRAL, width=0.8, dash="3 4")
        plot.text(1.0, f1 / (2 - f1), f"F1 {f1:.1f}", anchor="end", above=4)
    legend = {}
    for curve in curves:
        name = curve.genre or ALL
        said = f"{name} {scores[curve.genre]}"
        points = list(zip(curve.recall.tolist(), curve.precision.tolist(), strict=True))
        plot.line(points, colour=colours[name], width=_width(name), steps=True, words=f"{said} (average precision)")
        legend[said] = colours[name]
    return figure(plot.markup(), "Behind each name its average precision with its 95 % interval; dotted: equal F1.", legend)


def roc(curves: Sequence[RocCurve], genres: Sequence[str]) -> Markup:
    """Found against wrongly named, a line a genre and one of all combined."""
    colours = _line_colours(genres)
    x, y = share_axis("Of other genres' tracks, share wrongly named"), share_axis("Share of a genre that is found")
    plot = Plot("ROC curves, a line a genre", x, y)
    plot.line([(0, 0), (1, 1)], colour=NEUTRAL, width=1, dash="3 4", words="guessing")
    legend = {}
    for curve in curves:
        name = curve.genre or ALL
        said = f"{name} {curve.area:.2f}"
        points = list(zip(curve.false_positive_rate.tolist(), curve.true_positive_rate.tolist(), strict=True))
        plot.line(points, colour=colours[name], width=_width(name), words=f"{said} (area)")
        legend[said] = colours[name]
    return figure(plot.markup(), "Behind each name the area under its curve; 0.5 is guessing, the dotted line.", legend)


def calibration(found: Reliability, intervals: Sequence[Interval], *, what: str) -> Markup:
    """How often verdicts are right against how sure they were, and how many verdicts were so sure; `intervals` a bin."""
    sure = share_axis("How sure: probability of the verdict")
    plot = Plot("Reliability: how often verdicts are right, by how sure they were", sure, share_axis("Share that is right"))
    plot.line([(0, 0), (1, 1)], colour=NEUTRAL, width=1, dash="3 4", words="as right as it says")
    there = np.flatnonzero(found.counts)
    points = [(float(found.confidence[place]), float(found.accuracy[place])) for place in there]
    plot.line(points, colour=ACCENT)
    for place, (x, y) in zip(there, points, strict=True):
        low, high = intervals[int(place)].low, intervals[int(place)].high
        if low is not None and high is not None:
            plot.line([(x, low), (x, high)], colour=ACCENT, width=1.2)
        plot.dot(x, y, colour=ACCENT, words=f"{found.counts[place]} {what}: sure to {x:.0%}, right in {y:.0%}")
    counts = number_axis(f"How many {what}", found.counts.tolist(), from_zero=True)
    below = Plot(f"How many {what} were so sure", sure, counts, height=150)
    for place in there:
        left, right = float(found.edges[place]), float(found.edges[place + 1])
        below.bar(left + 0.005, right - 0.005, float(found.counts[place]), colour=NEUTRAL, words=f"{found.counts[place]} {what}")
    caption = (
        f"Calibration error {found.error:.3f}: the mean distance from the dotted line, on which it is as right as it says. "
        "Upright lines: 95 % intervals."
    )
    return figure(joined(plot.markup(), below.markup()), caption)


def selective(found: Coverage, *, what: str, threshold: float = 0.5) -> Markup:
    """Accuracy of the verdicts that remain against how many remain, as the threshold rises."""
    title = f"Accuracy of the {what} that get a verdict, by how many do"
    plot = Plot(title, share_axis(f"Coverage: share of {what} that get a verdict"), share_axis("Share of these that is right"))
    points = [
        (share, entry) for share, entry in zip(found.share.tolist(), found.accuracy, strict=True) if entry.value is not None
    ]
    banded = [(share, entry.low, entry.high) for share, entry in points if entry.low is not None and entry.high is not None]
    plot.band([(share, low) for share, low, _ in banded], [(share, high) for share, _, high in banded], colour=ACCENT)
    plot.line([(share, float(entry.value or 0.0)) for share, entry in points], colour=ACCENT)
    caption = f"Pale: 95 % interval over {found.over}. Those who ask for more certainty get fewer verdicts."
    at = found.at(threshold)
    if at is not None:
        share, entry = float(found.share[at]), found.accuracy[at]
        said = f"With “not sure” under {threshold:g}, {share:.0%} get a verdict; of these {entry} are right."
        plot.dot(share, float(entry.value or 0.0), colour=WARM, words=said)
        caption = f"{said} {caption}"
    return figure(plot.markup(), caption)


def dots(names: Sequence[str], scores: Sequence[Interval], colours: Sequence[str], *, title: str) -> Markup:
    """A row a name: its score from 0 to 1 as a dot, its interval as a line; without a score no dot."""
    shown = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names]
    left = 20 + round(6.2 * max(map(len, shown), default=0))
    plot = Plot(title, share_axis(title), row_axis("", shown), height=58 + ROW * len(names), left=max(70, left))
    for place, (name, score, colour) in enumerate(zip(names, scores, colours, strict=True)):
        if score.value is None:
            continue
        said = f"{name}: {score}"
        if score.low is not None and score.high is not None:
            plot.line([(score.low, -place), (score.high, -place)], colour=colour, width=4, words=said)
        plot.dot(score.value, -place, colour=colour, radius=6, words=said)
    return plot.markup()


def by_genre(genres: Sequence[str], scores: Sequence[Interval]) -> Markup:
    """F1 a genre with its interval."""
    colours = genre_colours(genres)
    plot = dots(genres, scores, [colours[genre] for genre in genres], title="F1 a genre and its 95 % interval")
    return figure(plot)


def history(entries: Sequence[Mapping[str, Any]]) -> Markup | None:
    """Loss (or an autoencoder's error) and accuracy by epoch, train and valid; None where nothing was noted.

    Parameters
    ----------
    entries : sequence of mapping
        One an epoch: epoch, loss, accuracy, valid_loss, valid_accuracy; `part` where several trainings follow each other.
    """
    panels = [
        (key, title, form)
        for key, title, form in (
            ("loss", "Loss [nats]", "{:.3f}"),
            ("error", "Reconstruction error [variances]", "{:.3f}"),
            ("accuracy", "Accuracy of segments", "{:.1%}"),
        )
        if any(_is_number(entry.get(key)) for entry in entries)
    ]
    if not panels:
        return None
    parts = list(dict.fromkeys(str(entry.get("part", "")) for entry in entries))
    return element("div", [_learning(entries, parts, *panel) for panel in panels], class_="pair")


def _learning(entries: Sequence[Mapping[str, Any]], parts: Sequence[str], key: str, title: str, form: str) -> Markup:
    last = max(int(entry["epoch"]) for entry in entries)
    known = [float(entry[name]) for entry in entries for name in (key, f"valid_{key}") if _is_number(entry.get(name))]
    y = share_axis(title) if key == "accuracy" else number_axis(title, known, from_zero=True)
    ticks = number_axis("Epoch", [1.0, float(max(2, last))]).ticks
    x = Axis("Epoch", 1.0, float(max(2, last)), tuple(tick for tick in ticks if 1 <= tick[0] <= last and tick[0] % 1 == 0))
    plot = Plot(f"{title} by epoch", x, y)
    for prefix, name, colour in (("", "train", ACCENT), ("valid_", "valid", WARM)):
        for part in parts:
            its = [entry for entry in entries if str(entry.get("part", "")) == part and _is_number(entry.get(prefix + key))]
            points = [(float(entry["epoch"]), float(entry[prefix + key])) for entry in its]
            if points:
                words = f"{name}{f', {part}' if part else ''}, at the end {form.format(points[-1][1])}"
                plot.line(points, colour=colour, width=1.8 if len(parts) == 1 else 1.0, words=words)
    return figure(plot.markup(), "", {"train": ACCENT, "valid": WARM})


def robustness(rows: Sequence[Row]) -> Markup:
    """Share of tracks that each change renames, and accuracy that is left, the worst change on top."""
    changes = sorted(rows[1:], key=lambda row: (-(row.flips.value or 0.0), row.accuracy.value or 0.0))
    names = [row.title for row in changes]
    flips, accuracy = [row.flips for row in changes], [row.accuracy for row in changes]
    drawn = [
        dots(names, scores, [colour] * len(names), title=title)
        for scores, colour, title in (
            (flips, WARM, "Tracks that are renamed (flips)"),
            (accuracy, ACCENT, f"Tracks named rightly (as it is: {rows[0].accuracy})"),
        )
    ]
    return element("div", [figure(plot) for plot in drawn], class_="pair")


def _line_colours(genres: Sequence[str]) -> dict[str, str]:
    return {**genre_colours(genres), ALL: NEUTRAL}


def _width(name: str) -> float:
    return 3.5 if name == ALL else 1.6


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and bool(np.isfinite(value))
