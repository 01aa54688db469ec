"""From segments to a track, five ways side by side."""

from __future__ import annotations

import streamlit as st

from genre_core.evaluation.aggregation import AGGREGATIONS
from genre_core.evaluation.definitions import SCORE_SPECS
from pages.figures.theme import PLAIN_CONFIG
from pages.figures.ways import ways as ways_figure
from pages.ui import caches_scores
from pages.ui.evaluate.judged import PAGE, Judged
from pages.ui.words import plain

TOLD = ("accuracy", "macro_f1", "mean_average_precision", "top2", "top3", "log_loss", "brier", "calibration_error")
OWN = "mean"


def ways(judged: Judged) -> None:
    """Accuracy of each way as a dot on its interval, and more scores as a table."""
    found = caches_scores.ways(judged.run, judged.role, judged.artists)
    scores = {AGGREGATIONS[name].title: report.intervals["accuracy"] for name, report in found.reports.items()}
    st.plotly_chart(ways_figure(scores, own=AGGREGATIONS[OWN].title), key=f"{PAGE}.ways", config=PLAIN_CONFIG)
    st.caption(
        f"How segments become a track; the run itself takes the mean. 95 % intervals over {found.n_groups} {found.over}: "
        "differences inside them may be chance, and who picks the best of five flatters it. The last way is a second model, "
        "taught on these very tracks without the artist (or track) that it judges: the run does not serve it.",
        help="  \n".join(f"**{row.title}**: {row.definition} ({row.source})" for row in AGGREGATIONS.values()),
    )
    rows = [
        {"way": AGGREGATIONS[name].title, **{SCORE_SPECS[score].title: str(report.intervals[score]) for score in TOLD}}
        for name, report in found.reports.items()
    ]
    st.dataframe(rows, hide_index=True, key=f"{PAGE}.ways.table", height=38 + 35 * len(rows))
    for name, reason in found.left_out.items():
        st.caption(f"{AGGREGATIONS[name].title}: {plain(reason)}")
