"""The runs as a list: compare, rename, annotate, delete and bring back, export and import."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from genre_core.errors import GenreError
from genre_core.evaluation.report import score_of
from genre_core.jobs import Job
from genre_core.runs import (
    AlreadyHereError,
    Run,
    export_name,
    export_run,
    import_run,
    why_not_compared,
)
from genre_core.runs.facts import LEAKY
from genre_core.training.differing import differing
from genre_core.training.state import STATE
from pages.figures.compared import compared
from pages.figures.theme import PLAIN_CONFIG
from pages.figures.training import overlay
from pages.ui import state, tables
from pages.ui.activity import continue_button
from pages.ui.errors import spoken
from pages.ui.root import root
from pages.ui.run_deletion import bringing_back, delete_button, undo
from pages.ui.watching import last_stage
from pages.ui.words import plain

MOST_ROWS = 8
"""Rows in sight; a longer table scrolls."""

MOST_CURVES = 6
"""Runs whose curves are drawn over each other: more can't be told apart."""

MOST_LETTERS = 24
"""Of a title in a legend."""

GAP = (
    "Look at the gap between a run's dotted train curve and its solid valid curve: where the train loss falls and the valid loss "
    "rises, it learns its songs by heart. Dropout and L2 are there to make the gap smaller; the lower solid curve knows new "
    "songs better."
)

_WIDTHS = {
    "run": 264,
    "accuracy [95 %]": 122,
    "macro F1 [95 %]": 122,
    "split": 210,
    "judged on": 108,
    "data set": 130,
    "trained": 130,
    "origin": 75,
    "note": 200,
    "id": None,
}
"""The columns in their order, with their widths in pixels: up to the day they fill a laptop's page, the others scroll."""


def run_list(page: str, runs: list[Run]) -> None:
    """All runs with the scores that they are chosen by; one that is ticked can be changed, several are compared."""
    title, find, taking, deleted = st.columns([3, 4, 1.6, 1.6], vertical_alignment="bottom")
    title.subheader("Runs", anchor=False)
    with find:
        words = st.text_input(
            "Find", placeholder="Find a title, note, data set or model", key=f"{page}.find", label_visibility="collapsed"
        )
    with taking:
        _importing(page)
    with deleted:
        bringing_back(page)
    shown = [run for run in runs if _speaks_of(run, words)]
    if not runs:
        st.info("No run is here yet. Train a model above, or import a run that somebody exported.")
    elif not shown:
        st.info(f"No run speaks of “{plain(words)}”. Empty the field to see all {len(runs)}.")
    ticked = _table(page, shown) if shown else []
    undo(page)
    if len(ticked) == 1:
        _one(page, ticked[0])
    elif ticked:
        _several(page, ticked)
    elif shown:
        st.caption("Tick a run to rename it, keep a note, export or delete it. Tick several to compare them.")


def _speaks_of(run: Run, words: str) -> bool:
    """Whether every word is in what the list says of the run."""
    said = f"{run.title} {run.note} {run.dataset_title} {run.model} {run.id} {_origin(run)}".casefold()
    return all(word in said for word in words.casefold().split())


def _origin(run: Run) -> str:
    return "imported" if run.is_imported else "shipped" if run.is_shipped else "own"


def _table(page: str, runs: Sequence[Run]) -> list[Run]:
    """The table; returns the runs that are ticked. They stay ticked when others come, go or are filtered out."""
    rows: list[dict[str, Any]] = []
    for run, row in zip(runs, tables.runs(runs), strict=True):
        row |= {"note": " ".join(run.note.split()), "origin": _origin(run)}
        rows.append({name: row[name] for name in _WIDTHS})
    place = state.adopt(page, "runs", default="")
    wanted = set(st.session_state[place].split(","))
    # Rows are counted, so another list is another table: a tick must never slip to a neighbour.
    key = f"{page}.runs.table.{hash(tuple(run.id for run in runs))}"
    if st.session_state.get(f"{page}.runs.key") != key:
        st.session_state[f"{page}.runs.key"] = key
        st.session_state[f"{page}.runs.first"] = [row for row, run in enumerate(runs) if run.id in wanted]
    table = st.dataframe(
        rows,
        key=key,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": st.session_state[f"{page}.runs.first"]}},
        hide_index=True,
        height=36 + 35 * min(MOST_ROWS, len(rows)),
        column_config={name: st.column_config.TextColumn(width=width) for name, width in _WIDTHS.items()},
    )
    ticked = [runs[row] for row in table.selection.rows if row < len(runs)]
    state.publish(page, "runs", ",".join(run.id for run in ticked), default="")
    st.session_state[place] = ",".join(run.id for run in ticked)
    return ticked


def _one(page: str, run: Run) -> None:
    """What can be done with one run."""
    with st.container(border=True):
        words, acts = st.columns([3, 2], gap="large")
        with words:
            if run.is_shipped:
                st.markdown(f"**{plain(run.title)}**")
                st.caption("This run comes with Genrescope: it can be exported, not changed.")
            else:
                _words(page, run)
        with acts:
            st.markdown("  \n".join(_facts(run)))
            with st.container(horizontal=True):
                st.download_button(
                    "Export",
                    partial(export_run, run),
                    file_name=export_name(run),
                    mime="application/zip",
                    key=f"{page}.export.{run.id}",
                    icon=":material/download:",
                    on_click="ignore",
                    help="One file with the model, its scores and your note, but no audio: others import it here.",
                )
                if not run.is_shipped:
                    delete_button(page, [run], "Delete")
            if run.state == "stopped" and not run.test_openings and (run.folder / STATE).exists():
                continue_button(Job(run.folder), f"{page}.list")
            st.page_link("pages/4_Evaluate.py", label="How good is it? Evaluate this run", query_params={"run": run.id})


def _words(page: str, run: Run) -> None:
    """Title and note, to be changed."""
    with st.form(f"{page}.words.{run.id}", border=False):
        title = st.text_input("Title", run.title, key=f"{page}.title.{run.id}")
        note = st.text_area("Note", run.note, key=f"{page}.note.{run.id}", height=100, placeholder="What you tried, what you saw")
        saved = st.form_submit_button("Save")
    if saved:
        with spoken():
            if title.strip() != run.title:
                run.rename(title)
            if note.strip() != run.note:
                run.annotate(note)
            st.rerun()


def _facts(run: Run) -> list[str]:
    """What the table has no room for."""
    facts = [
        f"{run.model}, {len(run.history)} epochs, seed {run.seed}" if run.has_model else "Predictions of another tool, no model"
    ]
    openings = len(run.test_openings)
    facts.append(f"Test split: {('never opened', 'opened once')[openings] if openings < 2 else f'opened {openings} times'}")
    if run.imported is not None:
        facts.append(f"Imported on {run.imported['at'][:10]}; its scores are those it came with")
    if run.state == "stopped":
        facts.append("Stopped early; its best weights are kept")
    return facts


def _importing(page: str) -> None:
    """Runs that somebody exported, checked before they are taken in."""
    with st.popover("Import a run", width="stretch", icon=":material/upload:", key=f"{page}.import"):
        turn = st.session_state.setdefault(f"{page}.import.turn", 0)
        files = st.file_uploader(
            "Files that Export wrote",
            accept_multiple_files=True,
            key=f"{page}.import.{turn}",
            help="Their names end in .genrerun.zip. Should your browser unpack zip files by itself: tell it not to.",
        )
        if files:
            with st.spinner("Checking what the file holds ..."):
                st.session_state[f"{page}.import.said"] = [_take(page, file) for file in files]
            st.session_state[f"{page}.import.turn"] = turn + 1  # a new, empty field: the same file can be chosen again
            st.rerun()
        for kind, sentence in st.session_state.get(f"{page}.import.said", []):
            {"success": st.success, "info": st.info, "error": st.error}[kind](sentence)


def _take(page: str, file: Any) -> tuple[str, str]:
    """Import one file: how it went, and a sentence."""
    try:
        run = import_run(file, root())
    except AlreadyHereError as error:
        return "info", plain(str(error))
    except GenreError as error:
        return "error", f"**{plain(file.name)}**: {plain(str(error))}"
    st.session_state[f"{page}.runs"] = run.id
    return "success", f"Imported “{plain(run.title)}”."


def _several(page: str, runs: Sequence[Run]) -> None:
    """Scores with their intervals, and the curves over each other."""
    names = dict(zip(_told_apart(runs), runs, strict=True))
    reason = why_not_compared(runs)
    scores = {
        name: score_of(run.scores.get(run.judged_role, {}), "accuracy", level=run.judged_level) for name, run in names.items()
    }
    left, right = st.columns([2, 3], gap="large")
    with left:
        if reason:
            st.warning(plain(reason))
        st.plotly_chart(compared(scores), key=f"{page}.compared", config=PLAIN_CONFIG)
        if not reason:
            st.caption(f"All judged on the same {_judged_on(runs[0])}. Where the lines overlap, the difference may be chance.")
        if len(runs) == 2 and not why_not_compared(runs, same_tracks=False):
            link = {"run": runs[0].id, "against": runs[1].id}
            st.page_link("pages/4_Evaluate.py", label="Which of the two is better? Compare them", query_params=link)
    with right:
        curves = {name: last_stage(run.history) for name, run in names.items() if run.history}
        if curves:
            drawn = dict(list(curves.items())[:MOST_CURVES])
            st.plotly_chart(overlay(drawn), key=f"{page}.overlay", config=PLAIN_CONFIG)
            st.caption(GAP)
        if flat := [f"{plain(name)}" for name, run in names.items() if not run.history]:
            st.caption(f"No curve, as it learns all at once: {', '.join(flat)}.")
        if len(curves) > MOST_CURVES:
            st.caption(f"The curves of the first {MOST_CURVES} are drawn: more can't be told apart.")
    own = [run for run in runs if not run.is_shipped]
    if own:
        delete_button(page, own, f"Delete these {len(own)} runs" if len(own) > 1 else f"Delete “{plain(own[0].title)}”")


def _told_apart(runs: Sequence[Run]) -> list[str]:
    """A name of each for a legend: what is its own among them, or its title where nothing is."""
    apart = differing(runs)
    same_model = len({run.model for run in runs}) == 1
    names = []
    for number, (run, words) in enumerate(zip(runs, apart, strict=True), 1):
        leaky = f" ({LEAKY})" if run.is_leaky else ""
        names.append(f"{number}. {words}{leaky}" if words and same_model else f"{number}. {_short(run)}")
    return names


def _short(run: Run) -> str:
    """As much of the title as a legend has room for; that a run is leaky is never cut off."""
    title = run.title if len(run.title) <= MOST_LETTERS else f"{run.title[: MOST_LETTERS - 1].rstrip()}…"
    return f"{title} ({LEAKY})" if run.is_leaky and LEAKY not in title.casefold() else title


def _judged_on(run: Run) -> str:
    count = run.scores.get(run.judged_role, {}).get(f"n_{run.judged_level}", 0)
    judged = run.judged_level.removesuffix("s") if count == 1 else run.judged_level
    return f"{count} {judged}, out of fold" if run.judged_role == "folds" else f"{count} valid {judged}"
