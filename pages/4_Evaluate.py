"""Evaluate: how good is it, really?"""

from __future__ import annotations

import streamlit as st

from genre_core.runs import Run
from pages.figures.scores import by_genre
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import cached, pickers, state, tables
from pages.ui.against import comparison, pick_against
from pages.ui.badges import run_badge, split_words, verdict_of
from pages.ui.errors import spoken
from pages.ui.evaluate.beside import second_picture
from pages.ui.evaluate.every_score import every_score
from pages.ui.evaluate.judged import LEVELS, PAGE, Judged
from pages.ui.evaluate.matrix import matrix
from pages.ui.glossary import meaning
from pages.ui.page import open_page
from pages.ui.report import downloads
from pages.ui.root import root
from pages.ui.words import plain


def choose_part(run: Run) -> str:
    """Which tracks are judged: all, each out of fold, where the run has folds; valid; test once it was opened."""
    role = pickers.pick_role(PAGE, run)
    times = len(run.test_openings)
    if times:
        st.caption(f"The test split has been opened {'once' if times == 1 else f'{times} times'}.")
    elif run.track_ids("test"):
        offer_test(run)
    return role


def offer_test(run: Run) -> None:
    """Opening the test split: an act of its own."""
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


def headline(judged: Judged) -> None:
    """The scores that matter, each over its interval, with a word of help."""
    run, role, level, evaluation, report = judged.run, judged.role, judged.level, judged.evaluation, judged.report
    told = {
        "accuracy": ("Accuracy", f"{meaning('accuracy')} Guessing gives about {1 / len(evaluation.genres):.2f}."),
        "macro_f1": ("Macro F1", f"{meaning('F1')} The mean over the genres that occur here, so that each counts alike."),
        "mean_average_precision": ("mAP", meaning("mAP")),
        "roc_auc": ("AUC", meaning("AUC")),
    }
    for place, (name, (title, words)) in zip(st.columns(len(told)), told.items(), strict=True):
        score = report.intervals[name]
        place.metric(
            title,
            "n/a" if score.value is None else f"{score.value:.2f}",
            delta=score.ends or None,
            delta_color="off",
            delta_arrow="off",
            help=f"{words} {score.reason}",
        )
    over = f"95 % interval over {evaluation.n_groups} {evaluation.over}"
    if any(report.intervals[name].ends for name in told):
        spread = f"In brackets: {over}; a difference inside it may be chance.{_too_narrow(judged)}"
    else:
        spread = f"No {over}: {report.intervals['accuracy'].reason}"
    split = verdict_of(run, role)
    counted = f"{report.n} {level}, each judged out of fold" if role == "folds" else f"{report.n} {level} of the {role} split"
    st.caption(
        f"{counted}. {plain(run.dataset_title)}, {plain(split_words(split, bold=False).lower())}: {split['badge']}. "
        f"{spread} {pickers.synthesised(run)}",
        help=meaning("interval"),
    )
    if role == "valid" and run.search:
        st.caption(plain(run.search["words"]))


def _too_narrow(judged: Judged) -> str:
    """What must be known of an interval over tracks that are by artists, of whom some are not named."""
    named = [artist for artist in judged.artists or () if artist]
    if judged.evaluation.over != "tracks" or len(set(named)) == len(named):
        return ""
    lacking = len(judged.artists or ()) - len(named)
    return (
        f" It is too narrow: {lacking} tracks name no artist, so each track counts for itself, though songs of one artist rise "
        "and fall together."
    )


def genre_by_genre(judged: Judged) -> None:
    """F1 a genre as bars, all scores a genre as a table, each with its interval."""
    report = judged.report
    st.subheader("Genre by genre", anchor=False)
    picture, table = st.columns([2, 3], gap="medium")
    with picture:
        figure = by_genre(judged.evaluation.genres, [row.intervals["f1"] for row in report.genres])
        st.plotly_chart(figure, key=f"{PAGE}.f1", config=PLAIN_CONFIG)
    with table:
        rows = tables.genre_scores(report)
        st.dataframe(rows, hide_index=True, key=f"{PAGE}.genres", height=38 + 35 * len(rows))
    st.caption(
        f"Precision: {meaning('precision')} Recall: {meaning('recall')}"
        f" True and predicted count {judged.level} by their real genre and by the verdict."
    )
    st.caption("  \n".join(f"{plain(genres)}: {plain(reason)}" for reason, genres in tables.no_interval(report).items()))


with open_page(PAGE), spoken():
    place, beside = st.columns(2)
    with place:
        run = pickers.pick_run(PAGE)
    with beside:
        other = None if run is None else pick_against(PAGE, run, pickers.runs(say_damaged=False))
if run is None:
    st.info("No run is here yet. Train a model first: it takes a minute.")
    st.page_link("pages/3_Train.py", label="Train a model", icon=":material/arrow_forward:")
    st.stop()

with spoken():
    badge, part, level_place = st.columns([2, 1, 1], vertical_alignment="top")
    with part:
        role = choose_part(run)
    with badge:
        run_badge(run, role)
    with level_place:
        place = state.adopt(PAGE, "level", default=run.judged_level, options=list(LEVELS))
        level = st.segmented_control("Counted by", list(LEVELS), format_func=LEVELS.get, key=place, required=True)
        state.publish(PAGE, "level", level, default=run.judged_level)
    if other is not None:
        comparison(PAGE, run, other, None if role == run.judged_role else role)
        st.subheader(f"{plain(run.title)}, by itself", anchor=False)
    artists = pickers.artists_of(run, role)
    judged = Judged(run, role, str(level), artists, cached.evaluation(run, role, artists), other)
    headline(judged)
    left, right = st.columns(2, gap="large")
    with left:
        matrix(judged)
    with right:
        second_picture(judged)
    genre_by_genre(judged)
    every_score(judged)
    downloads(PAGE, run, role)
