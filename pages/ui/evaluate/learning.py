"""Would more songs help? Runs on shares of the training tracks, and a button that trains those that are missing."""

from __future__ import annotations

import streamlit as st

from genre_core import jobs
from genre_core.errors import GenreError
from genre_core.jobs.job import TRAIN
from genre_core.runs import Run
from genre_core.runs.learning_curve import LearningCurve, request_share, share_title
from genre_core.runs.learning_curve import learning_curve as curve_of
from pages.figures.growing import learning_curve as learning_figure
from pages.ui import pickers
from pages.ui.errors import spoken
from pages.ui.evaluate.clips import clickable, lead
from pages.ui.evaluate.judged import PAGE, Judged
from pages.ui.root import root
from pages.ui.words import plain


def learning(judged: Judged) -> None:
    """Score on valid tracks by the number of training tracks."""
    try:
        found = curve_of(judged.run, pickers.runs(say_damaged=False))
    except GenreError as error:
        st.info(plain(str(error)), icon=":material/block:")
        return
    if len(found.points) > 1:
        clicked = clickable(learning_figure(found.points, chosen=judged.run.id), "learning")
        st.caption(
            f"Each point is a run, judged on the same {found.n_valid} valid tracks; where intervals overlap, a difference may be "
            "chance. Still rising at the right: more songs would help. Flat: they would hardly, another model or feature might. "
            "The training far above: it learns by heart. "
            "Click a point for the clips of its run."
        )
        if clicked:
            lead(Judged(_run(judged, clicked[0]), "valid", "tracks", None, judged.evaluation))
    else:
        st.info(
            f"A learning curve needs this model on smaller parts of the training tracks. Here is one run only, on "
            f"{found.points[0].n_tracks} tracks: {found.points[0].scores['accuracy']}.",
            icon=":material/stacked_line_chart:",
        )
    if found.missing:
        _missing(judged, found)


def _run(judged: Judged, run_id: str) -> Run:
    return next((run for run in pickers.runs(say_damaged=False) if run.id == run_id), judged.run)


def _missing(judged: Judged, found: LearningCurve) -> None:
    """Train what the curve lacks: as jobs, one after the other."""
    titles = {share_title(judged.run, share) for share in found.missing}
    going = [job for job in jobs.active_jobs(root(), TRAIN) if job.values.get("title") in titles]
    if going:
        st.caption(f"{len(going)} of its trainings wait or go on: the curve grows as each ends.")
        st.button("Look again", key=f"{PAGE}.learning.again", icon=":material/refresh:")
        return
    shares = ", ".join(f"{100 * share:.0f} %" for share in found.missing)
    seconds = found.missing_seconds
    cost = (
        "how long is not known: its model has no epochs that were timed"
        if seconds is None
        else f"about {max(1, round(seconds))} s of epochs"
        if seconds < 90
        else f"about {round(seconds / 60)} min of epochs"
    )
    label = f"Train on {shares} of the training tracks"
    told = f"{len(found.missing)} trainings as jobs, {cost}. They become runs of their own, which you can delete."
    if st.button(label, key=f"{PAGE}.learning.train", icon=":material/model_training:", help=told):
        with spoken():
            wanted = [request_share(judged.run, share, root()) for share in found.missing]
            for values in wanted:
                jobs.start("train", values, root(), name=judged.run.model)
            st.rerun()
    st.caption(told)
