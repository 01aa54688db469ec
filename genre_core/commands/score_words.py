"""The scores of `evaluate` for people: headlines, further scores, and tables of genres, ways and artists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genre_core.evaluation.aggregation import SideBySide
    from genre_core.evaluation.artists import ArtistScores
    from genre_core.evaluation.evaluate import Evaluation
    from genre_core.evaluation.scored import ScoreReport

HEADLINES = {"accuracy": "accuracy", "macro_f1": "macro F1", "mean_average_precision": "mAP", "roc_auc": "AUC"}

ON_A_LINE = 5
MOST_ARTISTS = 20
"""Rows that a screen holds; --json has all."""


def words(found: dict[str, Any], judged: Evaluation) -> str:
    """The scores for people."""
    split = found["split"]
    name = split["title"]
    part = {"whole": "whole", "folds": f"out of fold, {name}"}.get(found["role"], f"{found['role']} of split {name}")
    note = f" ({found['dataset_note']})" if found["dataset_note"] else ""
    lines = [f"{found['run']} on {found['dataset']}, {part}{note}", f"  {split['badge']}"]
    for level, report in (("tracks", judged.tracks), ("segments", judged.segments)):
        scores = ", ".join(f"{said} {report.intervals[name]}" for name, said in HEADLINES.items())
        lines.append(f"  {report.n} {level}{' (leaky)' if split['leaky'] else ''}: {scores}")
        lines += further(report)
    interval = judged.tracks.intervals["accuracy"]
    lines.append(
        f"  No interval: {interval.reason}"
        if interval.reason
        else f"  In brackets: 95 % intervals over {judged.n_groups} {judged.over}"
    )
    lines += genre_lines(judged.tracks)
    if found.get("unmapped"):
        left_out = ", ".join(f"{genre} ({count})" for genre, count in found["unmapped"].items())
        lines.append(f"  Not known to the run, left out: {left_out}. Coverage {found['coverage']:.1%} of the tracks.")
    return "\n".join(lines)


def further(report: ScoreReport) -> list[str]:
    """The scores that are no headlines, a few on a line."""
    from genre_core.evaluation.definitions import SCORE_SPECS

    rest = [f"{spec.title} {report.intervals[name]}" for name, spec in SCORE_SPECS.items() if name not in HEADLINES]
    return [f"    {', '.join(rest[start : start + ON_A_LINE])}" for start in range(0, len(rest), ON_A_LINE)]


def genre_lines(report: ScoreReport) -> list[str]:
    """A table of the genres, and below it why some scores have no interval."""
    from genre_core.evaluation.scored import unsaid

    columns = {"precision": "precision", "recall": "recall", "f1": "F1", "average_precision": "average precision"}
    width = max(len(row.genre) for row in report.genres) + 2
    lines = [f"  {'':<{width}}" + "".join(f"{said:<20}" for said in columns.values()) + "tracks"]
    for row in report.genres:
        cells = "".join(f"{row.intervals[name]!s:<20}" for name in columns)
        lines.append(f"  {row.genre:<{width}}{cells}{row.support}")
    return [*lines, *(f"  {genres}: {reason}" for reason, genres in unsaid(report).items())]


def way_lines(found: SideBySide) -> list[str]:
    """A row a way from segments to a track."""
    from genre_core.evaluation.aggregation import AGGREGATIONS

    columns = {**HEADLINES, "log_loss": "log loss", "brier": "Brier score"}
    width = max(len(row.title) for row in AGGREGATIONS.values()) + 2
    lines = [f"  {'':<{width}}" + "".join(f"{said:<20}" for said in columns.values()).rstrip()]
    for name, report in found.reports.items():
        cells = "".join(f"{report.intervals[score]!s:<20}" for score in columns)
        lines.append(f"  {AGGREGATIONS[name].title:<{width}}{cells}".rstrip())
    lines += [f"  {AGGREGATIONS[name].title}: {reason}" for name, reason in found.left_out.items()]
    return [*lines, f"  95 % intervals over {found.n_groups} {found.over}: differences inside them may be chance."]


def artist_lines(rows: Sequence[ArtistScores]) -> list[str]:
    """A row an artist, those most often mistaken first."""
    shown = rows[:MOST_ARTISTS]
    width = max(len(row.artist) for row in shown) + 2
    lines = [f"  {'':<{width}}{'tracks':<8}{'accuracy':<20}{'genre':<20}taken for"]
    for row in shown:
        taken = ", ".join(f"{genre} ({count})" for genre, count in row.taken_for)
        told = f"  {row.artist:<{width}}{row.n_tracks:<8}{row.accuracy!s:<20}{', '.join(row.genres):<20}{taken}"
        lines.append(told.rstrip())
    more = len(rows) - len(shown)
    return [*lines, *([f"  and {more} more artists, mistaken less often" if more > 1 else "  and 1 more artist"] if more else [])]
