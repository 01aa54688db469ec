"""Many songs: a folder or a data set, named song by song, as a picture, a table, and what sounds alike."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from genre_core.collection.classify_work import KIND, jobs_of
from genre_core.collection.kept import Collection, list_collections, load_collection, remove_collection
from genre_core.errors import GenreError
from genre_core.runs import find_run
from pages.ui import caches_collection, state
from pages.ui.activity import offer, unfinished
from pages.ui.classify.asked import PAGE, Asked
from pages.ui.collection.bringing import CHOSEN, TURN, begin, bring, first_time
from pages.ui.collection.repeats import repeats
from pages.ui.collection.song import alike, chosen, one
from pages.ui.collection.table import SONG, filters, listed, picture, take_away
from pages.ui.errors import spoken
from pages.ui.root import root
from pages.ui.words import plain

LOOK_SECONDS = 2.0
"""From one look at a collection that grows to the next."""


def many(asked: Asked) -> None:
    """Choose or begin a collection, and look into it."""
    for job in unfinished(KIND):
        offer(job, PAGE)
    found = _collections()
    if not found:
        first_time(asked.run)
        return
    collection = _choose(found, asked)
    is_growing = any(not job.status().is_over for job in jobs_of(collection.name, root()))
    st.fragment(_look, run_every=LOOK_SECONDS if is_growing else None)(asked, collection, is_growing=is_growing)


def _collections() -> dict[str, Collection]:
    """All that can be read, newest first; of a damaged one it is said what to do."""
    found = {}
    for name in list_collections(root()):
        with spoken():
            found[name] = load_collection(name, root())
    return dict(sorted(found.items(), key=lambda entry: entry[1].created, reverse=True))


def _choose(found: dict[str, Collection], asked: Asked) -> Collection:
    """The collection that is looked at, and what can be done with collections."""
    first = next(iter(found))
    if (begun := st.session_state.get(CHOSEN)) in found:
        st.session_state[f"{PAGE}.collection"] = st.session_state.pop(CHOSEN)
        st.query_params["collection"] = str(begun)
        st.session_state[f"url.{PAGE}.collection"] = str(begun)
        st.session_state[SONG] = ""
        _show_all()
    choosing, doing = st.columns([5, 4], vertical_alignment="bottom", gap="medium")
    place = state.adopt(PAGE, "collection", default=first, options=list(found))
    titles = _titles(found)
    with choosing:
        name = st.selectbox(
            "Songs of",
            list(found),
            format_func=titles.__getitem__,
            key=place,
        )
    state.publish(PAGE, "collection", name)
    collection = found[name or first]
    with doing, st.container(horizontal=True, vertical_alignment="bottom"):
        turn = st.session_state.get(TURN, 0)  # another one is closed
        with st.popover("Other songs", icon=":material/create_new_folder:", key=f"{PAGE}.many.other.{turn}"):
            bring(asked.run)
        if st.button("Look for new songs", key=f"{PAGE}.many.again", help="Hears what is new or has changed, and nothing twice."):
            with spoken():
                begin(collection.source, find_run(collection.run, root()))
        with st.popover("Remove", icon=":material/delete:"):
            _removing(collection)
    if collection.run != asked.run.id:
        said, button = st.columns([6, 2], vertical_alignment="center")
        said.caption(f"What stands here is what {plain(collection.run_title)} says, not {plain(asked.run.title)}.")
        if button.button(f"Ask {asked.run.title} too", key=f"{PAGE}.many.ask", width="stretch"):
            with spoken():
                begin(collection.source, asked.run)
    return collection


def _titles(found: dict[str, Collection]) -> dict[str, str]:
    """What collections are called; those that would be called the same say their names too."""
    titles = {name: f"{entry.shown}, heard by {entry.run_title}" for name, entry in found.items()}
    counted = Counter(titles.values())
    return {name: f"{title}, kept as {name}" if counted[title] > 1 else title for name, title in titles.items()}


def _show_all() -> None:
    """Other songs are looked at: what was filtered before is not asked of them."""
    for name in ("verdict", "least", "text"):
        st.query_params.pop(name, None)
        st.session_state.pop(f"kept.{state.key(PAGE, name)}", None)
    state.anew(PAGE, "verdict", "least", "text")


def _removing(collection: Collection) -> None:
    st.markdown("What was said of these songs is forgotten. The songs themselves stay as they are.")
    if st.button("Remove for good", key=f"{PAGE}.many.remove.{collection.name}"):
        with spoken():
            for job in jobs_of(collection.name, root()):
                if not job.status().is_over:
                    st.warning("Its songs are still being heard: stop that first, at the top of the page.")
                    return
            remove_collection(collection.name, root())
            st.query_params.pop("collection", None)
            st.rerun(scope="app")


def _look(asked: Asked, collection: Collection, *, is_growing: bool) -> None:
    """The picture, the table and the song that is looked at; drawn again and again while songs are heard."""
    try:
        table = caches_collection.table(collection, as_heard=is_growing)
        rows = caches_collection.judged(collection, asked.threshold, asked.aggregation, as_heard=is_growing)
    except GenreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not rows:
        next_step = "The first ones appear in a moment." if is_growing else "“Look for new songs” begins to hear them."
        words = f"No song was heard yet. {next_step}"
        st.info(words, icon=":material/hourglass_top:")
        return
    for problem in table.problems:
        st.warning(f"{plain(problem.file)}: {plain(problem.message)}", icon=":material/folder_off:")
    if table.passed_over:
        st.caption(plain(table.passed_over))
    seen, told = st.columns([2, 3], gap="large")
    with seen:
        known = f"{len(rows):,} of {table.n_listed:,}" if len(rows) < table.n_listed else f"{len(rows):,}"
        st.markdown(f"**{known} songs**, as {plain(collection.run_title)} hears them")
        picture(rows, table)
    with told:
        wanted_of = filters(rows, table)
        wanted = [row for row in rows if wanted_of.takes(row)]
        if wanted:
            listed(wanted, table, collection)
        else:
            st.info("No song is left with these filters: show all songs, or ask for less.")
    if wanted:
        take_away(rows, wanted, table, collection, asked)
    if not is_growing:
        repeats(rows, collection)
    if (row := chosen(rows)) is not None:
        one(row, collection, asked)
        alike(row, rows, collection)
