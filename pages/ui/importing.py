"""Bringing songs: from this machine, as an archive, from the net. Each looks first and says what it found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from genre_core import jobs
from genre_core.datasets.fetch import SOURCES_ON_THE_NET, size_words
from genre_core.datasets.given_import import FoundNumbers, look_at_features
from genre_core.datasets.naming import why_not_free
from genre_core.datasets.sources import FEATURES, Found, find, keep_upload, recognise
from pages.ui import tables
from pages.ui.activity import progress_of
from pages.ui.errors import spoken
from pages.ui.root import root
from pages.ui.words import plain

PAGE = "dataset"
WAYS = {"here": "On this machine", "zip": "ZIP archive", "net": "From the net"}
REPLACING = "The former one can be brought back for seven days: the import is undone below the data set."
ARTISTS_HOW = (
    "Artists become known by an import of folders genre/artist, of a table with a column artist, or of files whose tags name "
    "genre and artist. Then a split can keep artists apart."
)


def importing() -> None:
    """Where songs come from, and what was found there; reading them goes on as a job."""
    st.subheader("Bring your own songs", anchor=False)
    st.caption("Your files are read, never moved and never changed. An import can be taken back.")
    way = st.segmented_control(
        "From where",
        list(WAYS),
        format_func=WAYS.get,
        default="here",
        key=f"{PAGE}.way",
        required=True,
        label_visibility="collapsed",
    )
    {"here": _from_here, "zip": _from_archive, "net": _from_the_net}[way or "here"]()
    for kind in ("import", "fetch"):
        progress_of(kind)


def _from_here() -> None:
    with st.form(f"{PAGE}.import", enter_to_submit=False):
        path = st.text_input(
            "Folder or table on this machine",
            placeholder="/music/gtzan/genres_original",
            key=f"{PAGE}.path",
            help="A folder that holds a folder a genre (any copy of GTZAN), files whose tags name their genre, FMA's folder, "
            "a CSV or Parquet table with a path and a genre a row, or Kaggle's features_30_sec.csv.",
        ).strip()
        left, right = st.columns(2)
        name = left.text_input("Name", placeholder="as the folder", key=f"{PAGE}.name").strip()
        beside = left.empty()
        audio = right.text_input(
            "Where a table's songs lie",
            placeholder="beside the table",
            key=f"{PAGE}.audio",
            help="Only for a table with short paths.",
        ).strip()
        replace = st.checkbox("Replace the data set of this name, if there is one", key=f"{PAGE}.replace", help=REPLACING)
        look, take = st.columns(2)
        looked = look.form_submit_button("Look first", width="stretch")
        taken = take.form_submit_button("Import", type="primary", width="stretch")
    if not (looked or taken):
        return
    if not path:
        st.warning("Name a folder or a table first.")
        return
    with spoken():
        place = Path(path).expanduser().absolute()
        values: dict[str, Any] = {"path": str(place), "name": name}
        if audio:
            values["audio"] = str(Path(audio).expanduser().absolute())
        kind = recognise(place)
        found = look_at_features(place) if kind == FEATURES else find(place, kind, audio=Path(values["audio"]) if audio else None)
        refused = why_not_free(name or found.name, root().datasets, replace=replace)
        if refused:
            beside.error(refused)
        elif taken:  # what cannot be imported at all was said here and now
            jobs.start("import", values | ({"replace": True} if replace else {}), root())
            st.rerun()
        _show(found)


def _from_archive() -> None:
    upload = st.file_uploader("An archive with a folder a genre", type=["zip"], key=f"{PAGE}.zip")
    if upload is None:
        st.caption("Its songs are unpacked beside the data set and go when the data set goes.")
        return
    with spoken():
        found = find(upload)
        _show(found)
        name, replace, free = _name(found.name, "zip")
        if st.button("Import this archive", type="primary", key=f"{PAGE}.zip_take", disabled=not free):
            upload.seek(0)
            kept = keep_upload(upload, upload.name, root().uploads)
            jobs.start("import", {"path": str(kept), "name": name, **replace}, root())
            st.rerun()


def _from_the_net() -> None:
    sources = SOURCES_ON_THE_NET
    name = st.segmented_control(
        "Data set", list(sources), format_func=lambda name: sources[name].title, default="gtzan", key=f"{PAGE}.net", required=True
    )
    source = sources[name or "gtzan"]
    st.markdown(source.description)
    st.markdown(
        f"**{size_words(source.n_bytes)}** to download and {size_words(source.unpacked_bytes)} more to unpack. "
        f"Licence: {plain(source.licence)} {plain(source.terms)}"
    )
    st.caption(f"{plain(source.cite)} [More]({source.homepage})")
    url = st.text_input(
        "Another address",
        placeholder="the published one",
        key=f"{PAGE}.url",
        help="Where the published address no longer answers.",
    ).strip()
    trusted = st.checkbox(
        "Take it even if its checksum is another",
        key=f"{PAGE}.any_checksum.{name}",
        help="A copy that is packed otherwise has another checksum than the published one. Take it if you trust who gives it; "
        "its checksum is recorded, and later downloads are compared with it.",
    )
    wanted, replace, free = _name(name or "gtzan", f"net.{name}")
    if wanted != name:
        replace["dataset"] = wanted
    agreed = st.checkbox("I may use it under these terms", key=f"{PAGE}.agreed.{name}")
    if st.button("Download and import", type="primary", key=f"{PAGE}.fetch", disabled=not (agreed and free)):
        with spoken():
            values = {"name": name, **({"url": url} if url else {}), **({"any_checksum": True} if trusted else {}), **replace}
            jobs.start("fetch", values, root())
            st.rerun()


def _name(suggested: str, of: str) -> tuple[str, dict[str, Any], bool]:
    """The name that a visitor gives, what a job is told of replacing, and whether the name may be taken; why not stands below."""
    name = st.text_input("Name", value=suggested, key=f"{PAGE}.{of}_name").strip()
    if not (refused := why_not_free(name, root().datasets)):
        return name, {}, True
    place = st.empty()
    may = not why_not_free(name, root().datasets, replace=True)
    if may and st.checkbox(f"Replace {plain(name)}", key=f"{PAGE}.{of}_replace", help=REPLACING):
        return name, {"replace": True}, True
    place.error(refused)
    return name, {}, False


def _show(found: Found | FoundNumbers) -> None:
    """What an import would bring: in sentences, by genre, and what it would leave out."""
    st.markdown(" ".join(plain(line) for line in found.words()))
    st.dataframe(tables.found(found), hide_index=True)
    if found.problems:
        st.dataframe(tables.problems(found.problems), hide_index=True)
    if not found.artists_known:
        st.caption(ARTISTS_HOW)
    if isinstance(found, Found):
        st.caption("Import reads each of them and reports what cannot be used.")
