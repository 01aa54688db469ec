"""Is it as right as it says, and what would a higher threshold leave?"""

from __future__ import annotations

import streamlit as st

from genre_core.prediction import THRESHOLD
from pages.figures.honesty import coverage as coverage_figure
from pages.figures.honesty import reliability as reliability_figure
from pages.ui import caches_scores
from pages.ui.evaluate.clips import clickable, lead
from pages.ui.evaluate.judged import Judged
from pages.ui.glossary import meaning


def reliability(judged: Judged) -> None:
    """How often it is right, by how sure it was; below, how often it was so sure."""
    bins, accuracy = caches_scores.bins(judged.run, judged.role, judged.level, judged.artists)
    found = clickable(reliability_figure(bins, accuracy, what=judged.level), "reliability")
    error, brier = (judged.report.intervals[name] for name in ("calibration_error", "brier"))
    st.caption(
        f"Bars at the dotted line are as right as they say, below it too sure; orange: what was said on average. "
        f"Calibration error {error}, Brier score {brier}. Click a bar for its clips.",
        help=f"{meaning('reliability diagram')} {meaning('calibration error')} Brier score: {meaning('Brier score')}",
    )
    if len(found) == 2:
        lead(judged, low=f"{found[0]:.2f}", high=f"{found[1]:.2f}", right="true")


def coverage(judged: Judged) -> None:
    """How right the verdicts are that a threshold leaves."""
    found = caches_scores.covered(judged.run, judged.role, judged.level, judged.artists)
    clicked = clickable(coverage_figure(found, marked=THRESHOLD, what=judged.level), "coverage")
    st.caption(
        f"Under a threshold a verdict is “not sure”; {THRESHOLD:g} is the one that Classify begins with. Shaded: 95 % interval "
        f"over {found.over}. Click a point for the clips that its threshold leaves.",
        help=f"{meaning('coverage')} Geifman and El-Yaniv, NeurIPS 2017.",
    )
    if clicked:
        lead(judged, low=f"{clicked[0]:.2f}", right="true")
