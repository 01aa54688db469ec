"""The picture and the table of a collection: how many songs a genre, filters, rows, and what can be taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from genre_core.collection.exporting import playlist_of, playlists_by_genre, playlists_zip, songs_csv, songs_json, told_of
from genre_core.collection.kept import Collection
from genre_core.collection.playlists import file_name, playlist_bytes, write_playlist
from genre_core.collection.table import NOT_HEARD, NOT_SURE, Judged, Table, Wanted, count
from genre_core.datasets.sources.names import printable
from pages.figures.collection import verdict_bars
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import state
from pages.ui.classify.asked import PAGE, Asked
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.root import root
from pages.ui.verdict import LEAST_SHARE, UNLIKE
from pages.ui.words import clock, plain

ANY = ""
MOST_SHOWN = 10_000
"""Rows that a browser draws without trouble."""
ROWS_IN_SIGHT = 9
LEAST = [percent / 100 for percent in range(0, 101, 5)]
UNLIKE_KEY = "unlike"
PICTURE, SONGS = f"{PAGE}.many.picture", f"{PAGE}.many.table"
SONG = f"{PAGE}.many.song"
"""The path of the song that is looked at."""


def picture(rows: Sequence[Judged], table: Table) -> None:
    """How many songs each verdict has; a click shows these alone, another one all."""
    key = f"{PAGE}.verdict"
    counts = count(rows, table.genres)

    def clicked() -> None:
        points = st.session_state[PICTURE].selection.points
        st.session_state[key] = str(points[0]["customdata"]) if points else ANY

    figure = verdict_bars(counts, chosen=st.session_state.get(key, ANY), unnamed=(NOT_SURE, NOT_HEARD))
    st.plotly_chart(figure, key=PICTURE, config=PLAIN_CONFIG, on_select=clicked, selection_mode="points")


def filters(rows: Sequence[Judged], table: Table) -> Wanted:
    """Which rows are wanted; all of it in the URL."""
    counts = count(rows, table.genres)
    verdicts = [ANY, *sorted((name for name in table.genres if counts[name]), key=lambda name: -counts[name])]
    verdicts += [NOT_SURE, UNLIKE_KEY, NOT_HEARD]
    first, second, third = st.columns([4, 4, 5], gap="medium")
    place = state.adopt(PAGE, "verdict", default=ANY, options=verdicts)
    verdict = first.selectbox(
        "Show",
        verdicts,
        format_func=lambda name: {ANY: "all songs", UNLIKE_KEY: "not sure: unlike any genre"}.get(name, name),
        key=place,
        help="Unlike: silence, speech, noise, or music unlike all that the model learned from.",
    )
    state.publish(PAGE, "verdict", verdict, default=ANY)
    place = state.adopt(PAGE, "least", default=0.0, options=LEAST)
    least = second.select_slider("At least this sure", LEAST, format_func="{:.2f}".format, key=place, help=meaning("calibration"))
    state.publish(PAGE, "least", least, default=0.0)
    place = state.adopt(PAGE, "text", default="")
    text = third.text_input("Words in path or title", placeholder="any", key=place).strip()
    state.publish(PAGE, "text", text, default="")
    if verdict == UNLIKE_KEY:
        return Wanted(least=least, shown="unlike", text=text)
    return Wanted(verdict=verdict, least=least, text=text)


def listed(rows: Sequence[Judged], table: Table, collection: Collection) -> None:
    """The rows that are wanted; one that is picked is looked at below."""
    shown = rows[:MOST_SHOWN]
    paths = [str(row.song.path) for row in shown]

    def picked() -> None:
        chosen = st.session_state[SONGS].selection.rows
        st.session_state[SONG] = paths[chosen[0]] if chosen and chosen[0] < len(paths) else ""

    values = [_row(row, table, collection) for row in shown]
    st.dataframe(
        values,
        key=SONGS,
        on_select=picked,
        selection_mode="single-row",
        hide_index=True,
        column_config=_columns(values),
        height=38 + 35 * max(3, min(ROWS_IN_SIGHT, len(shown))),
    )
    more = f", the first {MOST_SHOWN:,} of them here: filter for others" if len(rows) > MOST_SHOWN else ""
    many = "1 song" if len(rows) == 1 else f"{len(rows):,} songs"
    st.caption(f"{many}{more}. Pick a row to hear it and find what sounds alike.")


def _row(row: Judged, table: Table, collection: Collection) -> dict[str, Any]:
    return {
        "song": row.song.shown,
        "folder": printable(_folder(row.song.path, collection)),
        "said": row.song.said_genre,
        "verdict": row.verdict,
        "probability": None if row.unlike or row.said.kind else row.confidence,
        "beside": _beside(row, table),
        "length": clock(row.said.seconds) if row.said.seconds else "",
    }


def _beside(row: Judged, table: Table) -> str:
    """What else it might be, or why it is not named."""
    if row.said.kind:
        return row.said.message
    if row.decision != "genre":
        return UNLIKE.get(row.unlike) or f"closest: {row.genre}"
    order = row.posterior.argsort()[::-1][1:3]
    return ", ".join(
        f"{table.genres[genre]} {row.posterior[genre]:.2f}" for genre in order if row.posterior[genre] >= LEAST_SHARE
    )


def _folder(path: Path, collection: Collection) -> str:
    """Where a song lies, below the folder that was named."""
    for home in collection.source.paths:
        if path.is_relative_to(home) and path != home:
            inside = path.relative_to(home).parent.as_posix()
            return "" if inside == "." else inside
    return "" if collection.source.dataset else str(path.parent)


def _columns(values: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Those in which something stands."""
    column = st.column_config
    known = {name for row in values for name, value in row.items() if value}
    return {
        "song": column.TextColumn("Song", width="medium"),
        "folder": column.TextColumn("Folder", width="small") if "folder" in known else None,
        "said": column.TextColumn("Labelled", width="small", help="What its data set calls it.") if "said" in known else None,
        "verdict": column.TextColumn("Verdict", width="small"),
        "probability": column.ProgressColumn(
            "Probability", min_value=0.0, max_value=1.0, format="%.2f", width="small", help="Of the best guess."
        ),
        "beside": column.TextColumn("Next, or why not", width="medium"),
        "length": column.TextColumn("Length", width="small", help="[min:s]"),
    }


def take_away(rows: Sequence[Judged], wanted: Sequence[Judged], table: Table, collection: Collection, asked: Asked) -> None:
    """Tables and playlists of all songs, and of those that are shown."""
    name = collection.shown
    stem = file_name(name).rpartition(".")[0]
    is_part = len(wanted) != len(rows)
    what = f"{len(wanted):,} shown" if is_part else "all"
    playable = playlist_of(wanted, f"{name}, {what}")
    with st.container(horizontal=True, vertical_alignment="center"):
        _download("CSV", lambda: songs_csv(_told(wanted, collection, asked), table.genres), f"{stem}.csv", "text/csv")
        _download("JSON", lambda: songs_json(_told(wanted, collection, asked)), f"{stem}.json", "application/json")
        _download(
            "Playlist a genre",
            lambda: playlists_zip(playlists_by_genre(wanted, table.genres).values()),
            f"{stem}-playlists.zip",
            "application/zip",
            help="A ZIP archive with an M3U8 file for each genre, the surest first, and one of what is not sure. They name the "
            "songs where they lie on the machine where Genrescope runs.",
        )
        _download("One playlist", lambda: playlist_bytes(playable), f"{stem}.m3u8", "audio/x-mpegurl", help="M3U8, as shown.")
        with st.popover("Keep as playlist", icon=":material/playlist_add:", disabled=not playable.entries):
            _keep(playable.title, wanted)
        if is_part:
            st.caption("Of the one song shown." if len(wanted) == 1 else f"Of the {len(wanted):,} songs shown.")
        else:
            st.caption("Of the one song." if len(rows) == 1 else f"Of all {len(rows):,} songs.")


def _told(wanted: Sequence[Judged], collection: Collection, asked: Asked) -> Iterator[dict[str, Any]]:
    return told_of(wanted, collection, threshold=asked.threshold, aggregation=asked.aggregation)


def _download(label: str, make: Any, name: str, kind: str, *, help: str | None = None) -> None:
    st.download_button(label, make, name, kind, key=f"{PAGE}.many.{label}", on_click="ignore", help=help)


def _keep(title: str, wanted: Sequence[Judged]) -> None:
    """Keep what is shown as a playlist of Genrescope's own, for the lecture view."""
    name = st.text_input("Name", value=title, key=f"{PAGE}.many.playlist").strip()
    if st.button("Keep", key=f"{PAGE}.many.keep", type="primary", disabled=not name):
        with spoken():
            path = root().playlists / file_name(name)
            write_playlist(path, playlist_of(wanted, name))
            st.success(f"Kept. The lecture view offers it as “{plain(path.stem)}”.")
