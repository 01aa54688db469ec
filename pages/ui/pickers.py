"""Choosing a data set, a track, a clip or a run, linked to the URL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from genre_core.audio import Clip
from genre_core.audio.recording import Recording
from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.library import list_datasets
from genre_core.datasets.splits import SPLITS, Split, best_of, remarks, why_taken
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError, RunError
from genre_core.runs import Run, default_run, scan_runs
from pages.ui import cached, state
from pages.ui.glossary import meaning
from pages.ui.root import root

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
"""Parts of the training tracks to choose from, for a learning curve."""
ROLES = {"folds": "out-of-fold, all tracks", "valid": "valid", "test": "test"}
"""Parts of a run's tracks that were judged, in words."""
OWN = "own"
"""Stands for the visitor's own sound among the tracks to choose from."""
LAST_DATASET = "visitor.dataset"
"""The data set that a visitor looked at last, on whatever page: the next page opens on it."""


@dataclass(frozen=True)
class Chosen:
    """A clip that was picked, with its track where it has one."""

    clip: Clip | Recording
    title: str
    track: Track | None = None


def datasets() -> dict[str, Dataset]:
    """All data sets that can be read, the demo set first."""
    found = {}
    names = list_datasets(root().datasets)
    for name in sorted(names, key=lambda name: (name != DEMO_NAME, name)):
        try:
            found[name] = cached.dataset(name, root().datasets)
        except DatasetError as error:
            st.error(str(error))
    return found


def label(dataset: Dataset) -> str:
    """Title of a data set, which says what a reader must know of it."""
    return dataset.title or dataset.name


def reference(dataset: Dataset, track: Track) -> str:
    """Short name of a track for links, `demo/blues.00`."""
    return f"{dataset.name}/{track.id.removeprefix(dataset.name + '.')}"


def pick_dataset(page: str) -> Dataset | None:
    """A data set; None where there is none that holds tracks."""
    found = {name: entry for name, entry in datasets().items() if entry.tracks}
    if not found:
        return None
    first = next(iter(found))
    place = state.key(page, "dataset")
    if "dataset" not in st.query_params and st.session_state.get(LAST_DATASET) in found:
        st.session_state[place] = st.session_state[LAST_DATASET]
    state.adopt(page, "dataset", default=first, options=list(found))
    name = st.selectbox(
        "Data set",
        list(found),
        format_func=lambda name: label(found[name]),
        key=place,
        on_change=lambda: st.session_state.update({LAST_DATASET: st.session_state[place]}),
    )
    st.session_state[LAST_DATASET] = name
    state.publish(page, "dataset", name, default=first)
    return found[name]


def pick_split(page: str, dataset: Dataset) -> str | None:
    """A split that the data set allows; says why it does not allow the others. None where it allows none, or none is chosen yet.

    A leaky one is never chosen by itself: while songs are being made none is offered, and where nothing else is possible the
    visitor has to ask for it.
    """
    made: dict[str, Split] = {}
    refused = []
    for name, spec in SPLITS.items():
        try:
            made[name], _ = cached.split(dataset, name)
        except DatasetError as error:
            refused.append(f"Not {spec.title}: {error}")
    allowed, first = list(made), best_of(made, dataset)
    if first is None and not dataset.complete:
        st.info("Songs are still being made: how they are divided can be chosen as soon as there are enough of each genre.")
        return None
    if not allowed:
        st.error(" ".join(refused))
        return None
    _split_of(page, dataset, first)
    place = state.adopt(page, "split", default=first, options=allowed)
    name = st.radio(
        "Split", allowed, format_func=lambda name: SPLITS[name].title, key=place, horizontal=True, help=" ".join(refused) or None
    )
    state.publish(page, "split", name, default=first)
    if name is None:
        st.warning(f"These songs allow no honest division. {refused[0]} A leaky one shows what not to do, if you choose it.")
        return None
    chosen = st.session_state.setdefault(f"{page}.splits", {})
    chosen.pop(dataset.name, None)
    if name != first:
        chosen[dataset.name] = name
    why = f"Chosen here because {why_taken(name)}." if name == first else ""
    st.caption(" ".join([SPLITS[name].description, *remarks(made[name], dataset), why]))
    return str(name)


def _split_of(page: str, dataset: Dataset, first: str | None) -> None:
    """A split is chosen for one data set: another one begins with what was chosen for it, or with its own first.

    What nobody chose gives way to a better one as soon as the songs allow it.
    """
    of, was, place = f"{page}.split.of", f"{page}.split.first", state.key(page, "split")
    if st.session_state.get(of, dataset.name) != dataset.name:
        if st.query_params.get("split") == st.session_state.get(f"url.{page}.split"):  # else a link asks for it
            st.query_params.pop("split", None)
        kept = st.session_state.get(f"{page}.splits", {}).get(dataset.name, first)
        st.session_state[place] = st.session_state[f"kept.{place}"] = kept
    elif was in st.session_state and place in st.session_state and st.session_state[place] == st.session_state[was] != first:
        st.session_state[place] = st.session_state[f"kept.{place}"] = first
    st.session_state[of], st.session_state[was] = dataset.name, first


def pick_part(page: str, dataset: Dataset) -> tuple[tuple[str, ...], float]:
    """Which genres to learn, none meaning all, and from what share of the training tracks."""
    with st.expander("Which songs"):
        genres = st.multiselect(
            "Genres",
            dataset.genres,
            placeholder="all",
            key=state.key(page, "genres"),
            help="Two at least; a much cited study took classical, jazz, metal and pop.",
        )
        share = st.select_slider(
            "Learn from",
            SHARES,
            value=1.0,
            format_func=lambda share: f"{100 * share:.0f} % of the training tracks",
            key=state.key(page, "train_share"),
            help="A smaller part lies in a larger one: runs on each tell whether more songs would help.",
        )
    return tuple(genres), share


def tracks_by_reference() -> dict[str, Track]:
    """Every track of every data set that can be heard, by its short name, in order."""
    return {
        reference(dataset, track): track for dataset in datasets().values() for track in dataset.tracks if track.path is not None
    }


def pick_track(
    page: str, tracks: dict[str, Track], *, title: str = "Clip", own: str = "", on_change: Callable[[], None] | None = None
) -> str | None:
    """Short name of a track, or OWN for the visitor's own sound, called `own`; None where there is none."""
    options = [*([OWN] if own else []), *tracks]
    if not options:
        return None
    place = state.adopt(page, "clip", default=next(iter(tracks), OWN), options=options)
    chosen = st.selectbox(
        title,
        options,
        format_func=lambda name: f"{own}  ·  your own" if name == OWN else spoken_name(name, tracks[name]),
        key=place,
        on_change=on_change,
    )
    state.publish(page, "clip", None if chosen == OWN else chosen)  # an upload is private: a link cannot lead to it
    st.session_state[f"kept.{place}"] = chosen
    return chosen


def spoken_name(name: str, track: Track) -> str:
    """`blues · Slow walk · artist`, as much of it as is known."""
    words = [name, *(word for word in (track.extra.get("title"), track.artist) if word)]
    return "  ·  ".join(words)


def runs(*, say_damaged: bool = True) -> list[Run]:
    """All finished runs, newest first; damaged ones are said in a sentence each, if asked."""
    found, damaged = scan_runs(root())
    for entry in damaged if say_damaged else []:
        st.warning(entry.message)
    return found


def default_run_id() -> str | None:
    """Id of the run that serves where nothing is said, the same as on the command line; None where there is none."""
    try:
        return default_run(root()).id
    except RunError:
        return None


def heard_run_id() -> str | None:
    """Id of the newest run whose songs are here to be heard; None where there is none."""
    for run in (run for run in runs(say_damaged=False) if run.has_model):
        with suppress(DatasetError):
            learned = cached.learned_dataset(run)
            if learned.has_audio and learned.fingerprint == run.dataset_fingerprint:
                return run.id
    return None


def pick_run(page: str, *, first: str | None = None, to_ask: bool = False, title: str = "Run") -> Run | None:
    """A run, at first the one of id `first`, else the newest; None where there is none. `to_ask`: only those with a model."""
    found = {run.id: run for run in runs() if run.has_model or not to_ask}
    if not found:
        return None
    first = first if first in found else next(iter(found))
    place = state.adopt(page, "run", default=first, options=list(found))
    default = default_run_id()
    chosen = st.selectbox(title, list(found), format_func=lambda name: run_name(found[name], default), key=place)
    state.publish(page, "run", chosen)
    return found[chosen]


def pick_role(page: str, run: Run, *, titled: bool = True) -> str:
    """Which judged tracks: all, each out of fold, where the run has folds; valid; test where it was opened."""
    options = [role for role in ROLES if role in run.scores]
    if len(options) < 2:
        return options[0] if options else run.judged_role
    first = run.judged_role if run.judged_role in options else options[0]
    role = st.segmented_control(
        "Judged on",
        options,
        format_func=ROLES.get,
        key=state.adopt(page, "split", default=first, options=options),
        required=True,
        label_visibility="visible" if titled else "collapsed",
        help=meaning("split"),
    )
    state.publish(page, "split", role, default=first)
    return str(role)


def run_name(run: Run, default: str | None = None) -> str:
    """Title of a run and whether it serves by `default`; of one that did not ship its data set and day."""
    words = [run.title]
    if run.id == default:
        words.append("the default")
    if not run.is_shipped:
        words += [run.dataset_title, f"{'imported ' * run.is_imported}{run.created:%d %b %H:%M}"]
    elif run.id != default:
        words.append("shipped")
    return "  ·  ".join(words)


def synthesised(run: Run) -> str:
    """Words that stand beside numbers which come from the demo set; empty for real music."""
    return "Demo set: synthesised; on real music the same model scores differently." if run.dataset_note == "synthesised" else ""


def carry(name: str, content: bytes) -> None:
    """Keep the song that a visitor dropped on the start page, for the page that its links lead to."""
    st.session_state["visitor.song"] = (name, content)


def carried() -> tuple[str, bytes] | None:
    """Name and bytes of the song that came along from the start page; None where none did."""
    return st.session_state.get("visitor.song") if st.query_params.get("own") else None


def let_go_of_link() -> None:
    """Another song is chosen: the address no longer speaks of the one that came along."""
    st.query_params.pop("own", None)


def let_go() -> None:
    """Forget the song that came along."""
    st.session_state.pop("visitor.song", None)
    st.query_params.pop("own", None)


def artists_of(run: Run, role: str) -> tuple[str | None, ...] | None:
    """Artist of each track of one part of the run's split; None where its data set is not here."""
    try:
        by_id = cached.dataset(run.dataset_name, root().datasets).by_id
    except DatasetError:
        return None
    ids = [str(track_id) for track_id in cached.predictions(run, role).track_ids]
    return tuple(by_id[name].artist for name in ids) if all(name in by_id for name in ids) else None
