"""Evaluate: how good is it, really?"""

from __future__ import annotations

import streamlit as st

from genre_core.evaluation.intervals import Interval
from genre_core.runs import Run
from pages.figures.scores import confusion, precision_recall
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import cached, pickers, state, tables
from pages.ui.badges import run_badge
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.page import open_page
from pages.ui.root import root

PAGE = "evaluate"
LEVELS = {"tracks": "whole tracks", "segments": "segments"}
SHARE = st.column_config.ProgressColumn(min_value=0, max_value=1, format="%.2f")


def choose_part(run: Run) -> str:
    """Which part of the split is judged: valid, or test once it was opened."""
    if run.test_openings:
        place = state.adopt(PAGE, "split", default="valid", options=["valid", "test"])
        role = st.segmented_control("Judged on", ["valid", "test"], key=place, required=True, help=meaning("split"))
        state.publish(PAGE, "split", role, default="valid")
        times = len(run.test_openings)
        st.caption(f"The test split has been opened {'once' if times == 1 else f'{times} times'}.")
        return role
    with st.popover("Open the test split"):
        st.markdown(
            "The test tracks judge a finished model **once**. Who looks, changes the model and looks again, fits it to the test, "
            "and the score begins to flatter. The run records that it was opened, and how often."
        )
        if st.button("Open it now", type="primary", key=f"{PAGE}.open_test"):
            with spoken(), st.spinner("Scoring the test tracks ..."):
                run.open_test(root())
                st.query_params["split"] = "test"
                st.rerun()
    return "valid"


def headline(run: Run, role: str, level: str, evaluation: cached.Evaluation) -> None:
    """The scores that matter, each with a word of help."""
    report = evaluation.tracks if level == "tracks" else evaluation.segments
    right = evaluation.accuracy if level == "tracks" else evaluation.segment_accuracy
    f1 = evaluation.macro_f1 if level == "tracks" else evaluation.segment_macro_f1
    guess = 1 / len(evaluation.genres)
    columns = st.columns([2, 2, 1, 1])
    columns[0].metric(f"Accuracy, {role} split", said(right), help=f"{meaning('accuracy')} Guessing gives about {guess:.2f}.")
    columns[1].metric("Macro F1", said(f1), help=f"{meaning('F1')} The mean over the genres, so that each counts alike.")
    columns[2].metric("mAP", f"{report.mean_average_precision:.2f}", help=meaning("mAP"))
    columns[3].metric("AUC", "n/a" if report.roc_auc is None else f"{report.roc_auc:.2f}", help=meaning("AUC"))
    note = f" {pickers.synthesised(run)}" if pickers.synthesised(run) else ""
    st.caption(
        f"{report.n} {level} of the {role} split, {run.dataset_title}, split {run.split_name.replace('_', ' ')}. "
        f"In brackets: 95 % interval over {right.over}; a difference inside it may be chance.{note}"
    )


def said(interval: Interval) -> str:
    """`0.79 [0.71, 0.86]`, or the value alone where there is no interval."""
    if interval.low is None or interval.high is None:
        return f"{interval.value:.2f}"
    return f"{interval.value:.2f} [{interval.low:.2f}, {interval.high:.2f}]"


def pictures(level: str, evaluation: cached.Evaluation) -> None:
    """Who is taken for whom, and precision against recall."""
    left, right = st.columns(2, gap="large")
    matrix = evaluation.confusion_tracks if level == "tracks" else evaluation.confusion_segments
    curves = evaluation.pr_tracks if level == "tracks" else evaluation.pr_segments
    with left:
        st.subheader("Who is taken for whom", anchor=False, help=meaning("confusion matrix"))
        st.plotly_chart(confusion(matrix, evaluation.genres, what=level), key=f"{PAGE}.confusion", config=PLAIN_CONFIG)
    with right:
        st.subheader("Precision against recall", anchor=False, help=meaning("AP"))
        st.plotly_chart(precision_recall(curves, genres=evaluation.genres), key=f"{PAGE}.pr", config=PLAIN_CONFIG)


with open_page(PAGE), spoken():
    run = pickers.pick_run(PAGE)
if run is None:
    st.info("No run is here yet. Train a model first: it takes a minute.")
    st.page_link("pages/3_Train.py", label="Train a model", icon=":material/arrow_forward:")
    st.stop()

with spoken():
    badge, part, level_place = st.columns([2, 1, 1], vertical_alignment="top")
    with badge:
        run_badge(run)
    with part:
        role = choose_part(run)
    with level_place:
        place = state.adopt(PAGE, "level", default="tracks", options=list(LEVELS))
        level = st.segmented_control("Counted by", list(LEVELS), format_func=LEVELS.get, key=place, required=True)
        state.publish(PAGE, "level", level, default="tracks")
    evaluation = cached.evaluation(run, role, pickers.artists_of(run, role))
    headline(run, role, level, evaluation)
    pictures(level, evaluation)
    report = evaluation.tracks if level == "tracks" else evaluation.segments
    st.subheader("Genre by genre", anchor=False)
    st.dataframe(
        tables.genre_scores(report),
        hide_index=True,
        key=f"{PAGE}.genres",
        column_config=dict.fromkeys(("precision", "recall", "F1", "average precision"), SHARE),
    )
    st.caption(
        f"Precision: {meaning('precision')} Recall: {meaning('recall')}"
        f" True and predicted count {level} by their real genre and by the verdict."
    )
