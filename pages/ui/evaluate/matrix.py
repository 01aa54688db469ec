"""The first picture: who is taken for whom, of one run or as the difference of two."""

from __future__ import annotations

import streamlit as st

from genre_core.errors import GenreError
from genre_core.runs import why_not_compared
from pages.figures.confusion import confusion, confusion_difference
from pages.ui import cached, pickers, state
from pages.ui.evaluate.clips import clickable, lead
from pages.ui.evaluate.judged import PAGE, Judged
from pages.ui.glossary import meaning
from pages.ui.words import plain

SHOWN = {"counts": "counts", "share": "per cent of the row", "difference": "difference of the two runs"}


def matrix(judged: Judged) -> None:
    """The confusion matrix with what its cells tell; a click on a cell leads to its clips."""
    st.subheader("Who is taken for whom", anchor=False, help=meaning("confusion matrix"))
    options = [name for name in SHOWN if name != "difference" or judged.other is not None]
    place = state.adopt(PAGE, "cells", default="share", options=options)
    shown = st.segmented_control("Cells", options, format_func=SHOWN.get, key=place, required=True, label_visibility="collapsed")
    state.publish(PAGE, "cells", shown, default="share")
    told = f"Click a cell for its clips. Each counts {judged.level}."
    if shown == "difference":
        reason, other = _other(judged)
        if other is None:
            st.info(plain(reason), icon=":material/block:")
            return
        figure = confusion_difference(judged.matrix, other.matrix, judged.evaluation.genres, what=judged.level)
        told = (
            f"Red: said more often by {plain(judged.run.title)} than by {plain(other.run.title)}; blue: less often. On the "
            f"diagonal red is better, elsewhere blue. pp: percentage points of the row. {told}"
        )
    else:
        figure = confusion(judged.matrix, judged.evaluation.genres, what=judged.level, by=str(shown))
    found = clickable(figure, f"confusion.{shown}")
    st.caption(told)
    if len(found) == 2:
        true, predicted = found
        lead(judged, true=true, predicted=predicted, **({"right": "true"} if true == predicted else {}))


def _other(judged: Judged) -> tuple[str, Judged | None]:
    """The second run judged on the very same tracks; else why it is not."""
    run, other, role = judged.run, judged.other, judged.role
    if other is None:
        return "Choose a second run under “Against”.", None
    reason = why_not_compared([run, other], same_tracks=False)
    if reason:
        return reason, None
    if role not in other.scores:
        return f"“{other.title}” was not judged on the {role} tracks, so there is no difference to show.", None
    try:
        ours, theirs = cached.predictions(run, role), cached.predictions(other, role)
    except GenreError as error:
        return str(error), None
    if ours.genres != theirs.genres:
        return "The two runs tell different genres apart, or in another order, so their cells don't match.", None
    if set(ours.track_ids.tolist()) != set(theirs.track_ids.tolist()):
        both = len(set(ours.track_ids.tolist()) & set(theirs.track_ids.tolist()))
        return (
            f"The two runs were judged on different tracks: {both} of {len(ours.track_ids)} and {len(theirs.track_ids)} are the "
            "same. A difference of counts needs the same tracks; train both on the same split.",
            None,
        )
    if judged.level == "segments" and len(ours.segment_track) != len(theirs.segment_track):
        return "The two runs cut tracks into segments of other lengths. Count by whole tracks to see their difference.", None
    return "", Judged(other, role, judged.level, judged.artists, cached.evaluation(other, role, pickers.artists_of(other, role)))
