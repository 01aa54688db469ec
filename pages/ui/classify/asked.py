"""Who is asked what a sound is, and from which probability on an answer counts."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from genre_core.evaluation.aggregation import AGGREGATIONS, WITHIN
from genre_core.prediction import THRESHOLD, Prediction
from genre_core.runs import Run
from pages.ui import pickers, state

PAGE = "classify"
NOBODY = ""
"""Stands in the URL for no second model."""

THRESHOLDS = [percent / 100 for percent in range(101)]


@dataclass(frozen=True)
class Asked:
    """A run with the threshold and the way from segments to a song that a visitor chose; `other` is a second run, or None."""

    run: Run
    threshold: float = THRESHOLD
    aggregation: str = WITHIN[0]
    other: Run | None = None

    def judged(self, prediction: Prediction) -> Prediction:
        """A prediction of the run as this visitor wants it judged; nothing is heard anew."""
        return prediction.aggregated(self.aggregation, self.threshold)


def ask(*, with_other: bool = False) -> Asked | None:
    """Model, threshold and aggregation, and a second model if asked for; None where there is no model."""
    choosing, comparing, deciding, joining = st.columns([13, 11, 6, 5] if with_other else [13, 2, 6, 5], gap="medium")
    with choosing:
        run = pickers.pick_run(PAGE, first=pickers.default_run_id(), to_ask=True, title="Model")
    if run is None:
        return None
    with comparing:
        other = _another(run) if with_other else None
    with deciding:
        threshold = _threshold()
    with joining:
        return Asked(run, threshold, _aggregation(), other)


def _another(run: Run) -> Run | None:
    """A second model that hears the same song, or None."""
    others = {found.id: found for found in pickers.runs(say_damaged=False) if found.has_model and found.id != run.id}
    if not others:
        return None
    default = pickers.default_run_id()
    place = state.adopt(PAGE, "other", default=NOBODY, options=[NOBODY, *others])
    chosen = st.selectbox(
        "Ask another model too",
        [NOBODY, *others],
        format_func=lambda name: pickers.run_name(others[name], default) if name else "no, one is enough",
        key=place,
    )
    state.publish(PAGE, "other", chosen, default=NOBODY)
    return others.get(str(chosen))


def _threshold() -> float:
    """How probable the best guess must be to be named."""
    place = state.adopt(PAGE, "threshold", default=THRESHOLD, options=THRESHOLDS)
    chosen = st.select_slider(
        "Not sure under",
        THRESHOLDS,
        format_func="{:.2f}".format,
        key=place,
        help="Probability that the best guess needs. Higher: fewer verdicts, more of them right. Nothing is heard anew.",
    )
    state.publish(PAGE, "threshold", chosen, default=THRESHOLD)
    return float(chosen)


def _aggregation() -> str:
    """How the segments' probabilities become the song's."""
    place = state.adopt(PAGE, "aggregation", default=WITHIN[0], options=WITHIN)
    chosen = st.selectbox(
        "Segments join by",
        WITHIN,
        format_func=lambda name: AGGREGATIONS[name].title,
        key=place,
        help="\n\n".join(f"**{AGGREGATIONS[name].title}**: {AGGREGATIONS[name].definition}" for name in WITHIN),
    )
    state.publish(PAGE, "aggregation", chosen, default=WITHIN[0])
    return str(chosen)
