"""Deleting runs, with the way back in sight."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from genre_core.runs import Run, deleted_runs, restore_run
from pages.ui.errors import spoken
from pages.ui.root import root
from pages.ui.words import plain


def delete_button(page: str, runs: Sequence[Run], label: str) -> None:
    """Delete these runs at a click; `undo` says so and leads back."""
    if not st.button(label, key=f"{page}.delete.{'.'.join(run.id for run in runs)}", icon=":material/delete:"):
        return
    done = []
    with spoken():
        for run in runs:
            done.append(run.delete()[0])
    if done:
        st.session_state[f"{page}.undo"] = done
        if len(done) == len(runs):
            st.rerun()


def undo(page: str) -> None:
    """What was deleted last, with the way back, as long as there is one."""
    waiting = {entry.folder for entry in deleted_runs(root())}
    done = [entry for entry in st.session_state.get(f"{page}.undo", []) if entry.folder in waiting]
    if not done:
        return
    what = f"“{plain(done[0].title)}”" if len(done) == 1 else f"{len(done)} runs"
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"Deleted {what}. Kept for 7 days.", width="content")
        undone = st.button("Undo", key=f"{page}.undo.button", type="primary", icon=":material/undo:")
        closed = st.button("Close", key=f"{page}.undo.close", type="tertiary")
    if closed:
        del st.session_state[f"{page}.undo"]
        st.rerun()
    if undone:
        with spoken():
            for entry in done:
                restore_run(entry.folder.name, root())
            del st.session_state[f"{page}.undo"]
            st.rerun()


def bringing_back(page: str) -> None:
    """Runs deleted in the last days."""
    found = deleted_runs(root())
    with st.popover(f"Deleted: {len(found)}", disabled=not found, width="stretch", key=f"{page}.deleted"):
        for entry in found:
            name, act = st.columns([3, 2], vertical_alignment="center")
            name.markdown(f"{plain(entry.title)}  \n:gray[{entry.deleted:%d %b %H:%M} UTC]")
            if act.button("Bring back", key=f"{page}.restore.{entry.folder.name}", width="stretch"):
                with spoken():
                    restore_run(entry.folder.name, root())
                    st.rerun()
