"""Precision against recall, and the ROC curve."""

from __future__ import annotations

import streamlit as st

from pages.figures.score_curves import precision_recall, roc
from pages.ui.evaluate.clips import clickable, lead
from pages.ui.evaluate.judged import Judged
from pages.ui.glossary import meaning


def pr_curve(judged: Judged) -> None:
    """Precision over recall, a line a genre."""
    report = judged.report
    scores = {row.genre: row.intervals["average_precision"] for row in report.genres}
    combined = report.intervals["micro_average_precision"]
    figure = precision_recall(judged.pr, genres=judged.evaluation.genres, scores={**scores, None: combined}, what=judged.level)
    _lead(judged, clickable(figure, "pr"))
    st.caption(
        f"Average precision of all combined: {combined}. Thin lines: the same F1. Click a curve for the clips of its genre.",
        help=f"{meaning('AP')} F1: {meaning('F1')}",
    )
    _without(judged)


def roc_curve(judged: Judged) -> None:
    """True against false positives, a line a genre."""
    report = judged.report
    if not judged.roc:
        st.info(report.reasons.get("roc_auc", "There is no ROC curve here."), icon=":material/block:")
        return
    areas = {row.genre: row.intervals["roc_auc"] for row in report.genres}
    [combined] = [f"{curve.area:.2f}" for curve in judged.roc if curve.genre is None]
    figure = roc(judged.roc, genres=judged.evaluation.genres, scores={**areas, None: combined}, what=judged.level)
    _lead(judged, clickable(figure, "roc"))
    st.caption(
        f"Mean area over the genres: {report.intervals['roc_auc']}. Click a curve for the clips of its genre.",
        help=f"{meaning('ROC curve')} {meaning('AUC')}",
    )
    _without(judged)


def _lead(judged: Judged, found: list[str]) -> None:
    if found and found[0]:
        lead(judged, true=found[0])


def _without(judged: Judged) -> None:
    absent = [row.genre for row in judged.report.genres if not row.support]
    if absent:
        st.caption(f"No curve of {', '.join(absent)}: none of the {judged.level} judged here is of that genre.")
