"""Every score of tracks and of segments side by side, each with its interval, what it means and where it comes from."""

from __future__ import annotations

import streamlit as st

from genre_core.evaluation.definitions import SCORE_SPECS
from pages.ui.evaluate.judged import PAGE, Judged
from pages.ui.glossary import meaning


def every_score(judged: Judged) -> None:
    """The table."""
    st.subheader("Every score", anchor=False)
    tracks, segments = judged.evaluation.tracks, judged.evaluation.segments
    rows = [
        {
            "score": spec.title,
            f"{tracks.n} tracks [95 %]": str(tracks.intervals[name]),
            f"{segments.n} segments [95 %]": str(segments.intervals[name]),
            "better": "lower" if spec.lower_is_better else "higher",
            "what it says": meaning(spec.term),
            "source": spec.source,
        }
        for name, spec in SCORE_SPECS.items()
    ]
    st.dataframe(
        rows,
        hide_index=True,
        key=f"{PAGE}.every_score",
        height=38 + 35 * len(rows),
        column_config={
            "score": st.column_config.TextColumn(width=130),
            "what it says": st.column_config.TextColumn(width="large"),
        },
    )
    reasons = {
        f"{SCORE_SPECS[name].title}, {level}: {found.reason}"
        for level, report in (("tracks", tracks), ("segments", segments))
        for name, found in report.intervals.items()
        if found.reason
    }
    if reasons:
        st.caption("  \n".join(sorted(reasons)))
