"""Several songs in one table: what each is, how sure that is, and which of them is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from genre_core.prediction import Prediction
from pages.ui.classify.asked import PAGE
from pages.ui.classify.hearing import HEARING, WAITING, Heard
from pages.ui.verdict import LEAST_SHARE, why_unsure
from pages.ui.words import length

ROWS_SHOWN = 6

COLUMNS = {
    "song": st.column_config.TextColumn("Song", width="medium"),
    "genre": st.column_config.TextColumn("Verdict", width="small"),
    "probability": st.column_config.ProgressColumn(
        "Probability", min_value=0.0, max_value=1.0, format="%.2f", width="small", help="Of the best guess."
    ),
    "reason": st.column_config.TextColumn("Why not sure", width="medium"),
    "then": st.column_config.TextColumn("Next", width="small"),
    "length": st.column_config.TextColumn("Length", width="small", help="[min:s]"),
}


def choose_song(all_heard: Mapping[str, Heard], found: Mapping[str, Prediction], *, looked_at: str = "") -> str:
    """The song that is looked at: of several the one that is picked in the table, at first `looked_at`, else the first."""
    names = list(all_heard)
    if len(names) == 1:
        return names[0]
    done = [found[name] for name, heard in all_heard.items() if heard.is_over and name in found]
    n_sure = sum(prediction.decision == "genre" for prediction in done)
    n_lost = sum(heard.error is not None for heard in all_heard.values())
    n_left = sum(not heard.is_over for heard in all_heard.values())
    key = f"{PAGE}.songs.{len(names)}.{n_lost}"  # another song, or one that cannot be heard: chosen anew
    lost = f", {n_lost} could not be heard" if n_lost else ""
    coming = f", {n_left} to be heard" if n_left else ""
    st.markdown(f"**{len(names)} songs**: {n_sure} named, {len(done) - n_sure} not sure{lost}{coming}. Choose one to look at.")
    first = next((name for name in names if all_heard[name].error is None), names[0])
    if looked_at in all_heard and all_heard[looked_at].error is None:
        first = looked_at
    shown = st.dataframe(
        [_row(name, heard, found.get(name)) for name, heard in all_heard.items()],
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [names.index(first)]}},
        hide_index=True,
        column_config=COLUMNS,
        height=38 + 35 * min(ROWS_SHOWN, len(names)),
    )
    rows = shown.selection.rows
    if rows and rows[0] < len(names):
        return names[rows[0]]
    return first


def _row(name: str, heard: Heard, prediction: Prediction | None) -> dict[str, Any]:
    row: dict[str, Any] = {**dict.fromkeys(COLUMNS, ""), "probability": None}
    row["song"] = name
    if heard.sound is not None:
        row["length"] = length(heard.sound.seconds)
    if prediction is not None:
        second = prediction.ranking[1:2]
        row["genre"] = prediction.genre if prediction.decision == "genre" else "not sure"
        row["probability"] = None if prediction.unlike else prediction.confidence
        row["reason"] = why_unsure(prediction)
        is_near = not prediction.unlike and second and second[0][1] >= LEAST_SHARE
        row["then"] = f"{second[0][0]} {second[0][1]:.2f}" if is_near else ""
    if heard.error is not None:
        row["reason"] = "cannot be heard"
    elif not heard.is_over:
        row["reason"] = {WAITING: "waits for its turn", HEARING: "being heard ..."}.get(heard.state, "")
    return row
