"""Where a run places tracks: a map to hear, with errors ringed, and a place on it for a song of one's own."""

from __future__ import annotations

from typing import Any

import streamlit as st

from genre_core.audio import AUDIO_EXTENSIONS
from genre_core.inspection.embedding_map import METHODS, Layout, MapConfig, place
from genre_core.inspection.embeddings import TrackEmbeddings
from genre_core.inspection.mapped import MapRow, map_csv
from genre_core.inspection.neighbours import nearest
from genre_core.prediction import Prediction
from genre_core.runs import Run
from pages.figures.embedding_map import COLOURINGS, MAP_CONFIG, embedding_map
from pages.ui import cached, caches_map, state
from pages.ui.activity import offer, unfinished
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.inspect.listed import heard, listed
from pages.ui.inspect.near import ask_to_place, start
from pages.ui.inspect.subject import PAGE, Subject, choose
from pages.ui.player import file_name
from pages.ui.words import plain

NEIGHBOURS = (5, 10, 15, 30, 50, 100)
N_NEAR = 5


def map_of_tracks(subject: Subject) -> None:
    """The map with its controls and what is chosen on it; below, a list of what was drawn around, and a song of one's own."""
    run = subject.run
    found = caches_map.embeddings(run)
    picture, side = st.columns([5, 2], gap="medium")
    with side:
        config, colour_by, learned_too = _controls(any_learned=_any_learned(run))
        for job in unfinished("map"):
            if job.values.get("run") == run.id:
                offer(job, PAGE)
    if found is None:
        with picture:
            ask_to_place(run, config)
        return
    with side:
        pointed, uploading = st.container(), st.container()
    with uploading:
        own = _own_song()
        heard_as = None if own is None else cached.prediction(run, own[1])
    with picture:
        layout, shown = _layout(run, config, found)
        rows = [row for row in caches_map.rows(run, found, layout) if learned_too or row.predicted is not None]
        drawn = _draw(subject, rows, layout, shown, colour_by, _star(found, layout, own, heard_as))
    with pointed:
        _chosen_track(subject, rows)
    if heard_as is not None and own is not None:
        _near_own(subject, found, own[0], heard_as)
    _list(subject, rows, drawn)
    _left_out(subject, found)


def _any_learned(run: Run) -> bool:
    """Whether the run learned from tracks that it was not judged on."""
    return bool(set(run.track_ids("train")) - set(run.track_ids("folds"))) and not run.is_leaky


def _controls(*, any_learned: bool) -> tuple[MapConfig, str, bool]:
    """How tracks are laid out, what colours them, and whether what was learned from is shown."""
    asked = state.adopt(PAGE, "method", default="umap", options=list(METHODS))
    method = st.segmented_control(
        "Laid out by", list(METHODS), format_func=lambda name: METHODS[name].title, key=asked, required=True
    )
    state.publish(PAGE, "method", method, default="umap")
    asked = state.adopt(PAGE, "colour", default="genre", options=list(COLOURINGS))
    colour_by = st.selectbox("Coloured by", list(COLOURINGS), format_func=lambda name: COLOURINGS[name][0], key=asked)
    state.publish(PAGE, "colour", colour_by, default="genre")
    with st.popover("More", width="stretch"):
        asked = state.adopt(PAGE, "neighbours", default=MapConfig().neighbours, options=list(NEIGHBOURS))
        help = MapConfig.params()["neighbours"].help
        neighbours = st.select_slider("Neighbours that count", NEIGHBOURS, key=asked, help=help, disabled=method == "pca")
        state.publish(PAGE, "neighbours", neighbours, default=MapConfig().neighbours)
        learned_too = True
        if any_learned:
            asked = state.adopt(PAGE, "learned", default=True)
            help = "Small points. They lie nearer to their genre than a new song would."
            learned_too = st.toggle("Also what it learned from", key=asked, help=help)
            state.publish(PAGE, "learned", learned_too, default=True)
    return MapConfig(str(method), int(neighbours)), str(colour_by), bool(learned_too)


def _layout(run: Run, config: MapConfig, found: TrackEmbeddings) -> tuple[Layout, str]:
    """The points and the method's name; PCA while a job computes what was asked for."""
    layout = caches_map.layout(run, config, found)
    if layout is not None:
        return layout, config.method
    title = METHODS[config.method].title
    key = f"{PAGE}.map.asked.{run.id}.{config.fingerprint}"
    if not caches_map.map_jobs(run) and key not in st.session_state:
        st.session_state[key] = True  # once: what was stopped or has failed is offered at the side
        start(run, config)
        st.rerun()
    if caches_map.map_jobs(run):
        st.caption(f":material/hourglass_top: {title} takes a few seconds. Until it is there, this is PCA.")
    else:
        st.caption(f":material/info: {title} was not made. This is PCA.")
        st.button(f"Make {title}", key=f"{PAGE}.make", on_click=st.session_state.pop, args=(key, None))
    stand_in = caches_map.layout(run, MapConfig("pca"), found)
    assert stand_in is not None  # it is computed here
    return stand_in, "pca"


def _draw(
    subject: Subject, rows: list[MapRow], layout: Layout, method: str, colour_by: str, star: tuple[float, float, str] | None
) -> list[str]:
    """Draw the map; returns the ids that a box or a lasso holds. A click chooses its track for every look."""
    key = f"{PAGE}.map.{subject.run.id}.{method}"

    def picked() -> None:
        points, box, lasso = _selection(key)
        if len(points) == 1 and not box and not lasso:
            choose(points[0])

    figure = embedding_map(
        rows,
        subject.run.genres,
        method=METHODS[method].title,
        shares=layout.shares.tolist(),
        colour_by=colour_by,
        chosen=st.query_params.get("track"),
        star=star,
    )
    st.plotly_chart(figure, key=key, config=MAP_CONFIG, on_select=picked, selection_mode=("points", "box", "lasso"))
    source = f"{METHODS[method].title}: {METHODS[method].source}."
    st.caption(
        f"Near means that the model hears them alike. {METHODS[method].shows} A red ring is an error. Click a point to hear it; "
        "with the lasso or the box at its side draw around several for a list.",
        help=f"{meaning('embedding')} {source}",
    )
    points, box, lasso = _selection(key)
    return points if box or lasso or len(points) > 1 else []


def _selection(key: str) -> tuple[list[str], list[Any], list[Any]]:
    """Ids of the selected points, each once, and the boxes and lassos that hold them."""
    selection = (st.session_state.get(key) or {}).get("selection") or {}
    ids = [point.get("customdata") for point in selection.get("points", [])]
    names = [entry[0] if isinstance(entry, list) else entry for entry in ids if entry]
    return list(dict.fromkeys(names)), selection.get("box") or [], selection.get("lasso") or []


def _chosen_track(subject: Subject, rows: list[MapRow]) -> None:
    row = next((row for row in rows if row.track_id == st.query_params.get("track")), None)
    if row is None:
        st.caption("Click a point to hear it here.")
        return
    heard(subject, row.track_id, place="map.player", words=f": {_said(row)}")


def _said(row: MapRow) -> str:
    if row.predicted is None or row.confidence is None:
        return f"{plain(row.genre)}, learned from"
    called = f"called **{plain(row.predicted)}** {row.confidence:.2f}"
    return f"{plain(row.genre)}, rightly {called}" if row.is_right else f"{plain(row.genre)}, wrongly {called}"


def _own_song() -> tuple[str, Any] | None:
    """A song that the visitor wants to see on the map: its name and clip."""
    upload = st.file_uploader(
        "Where does my song lie?",
        type=[entry.lstrip(".") for entry in AUDIO_EXTENSIONS],
        key=state.key(PAGE, "upload"),
        help="Up to 10 minutes. It is read in memory, and not kept.",
    )
    if upload is None:
        return None
    with spoken():
        return upload.name, cached.upload_clip(upload.getvalue(), upload.name)
    return None


def _star(
    found: TrackEmbeddings, layout: Layout, own: tuple[str, Any] | None, said: Prediction | None
) -> tuple[float, float, str] | None:
    if own is None or said is None:
        return None
    x, y = place(found, layout.points, said.embedding, N_NEAR).tolist()
    return x, y, own[0]


def _near_own(subject: Subject, found: TrackEmbeddings, name: str, said: Prediction) -> None:
    """The tracks between which the visitor's song lies, to hear."""
    genre = said.genre or "not sure"
    st.subheader(f"Nearest to {plain(name)}: {plain(genre)} {said.confidence:.2f}", anchor=False)
    near = nearest(found, said.embedding, N_NEAR)
    table, sound = st.columns(2, gap="large")
    with table:
        row = listed(
            [
                {"track": entry.track_id, "genre": _genre(subject, entry.track_id), "distance": f"{entry.distance:.2f}"}
                for entry in near
            ],
            key=f"{PAGE}.map.near",
            first=0,
        )
        st.caption("The star lies at the mean of these, weighted by one over the distance: 0 is the same, 1 nothing in common.")
    with sound:
        if row is not None:
            heard(subject, near[row].track_id, place="map.near.player")


def _genre(subject: Subject, track_id: str) -> str:
    track = subject.track(track_id)
    return "" if track is None else track.genre


def _list(subject: Subject, rows: list[MapRow], drawn: list[str]) -> None:
    """What a lasso or a box holds, to hear and to take away; all points to take away where nothing is drawn around."""
    among = sorted((row for row in rows if row.track_id in set(drawn)), key=lambda row: row.is_right is not False)
    if among:
        wrong = sum(row.is_right is False for row in among)
        st.subheader(f"Drawn around: {len(among)} tracks, {wrong} of them errors", anchor=False)
        table, sound = st.columns([3, 2], gap="large")
        with table:
            picked = listed([_row(row) for row in among], key=f"{PAGE}.map.list.{hash(tuple(drawn)) & 0xFFFFFF:x}", first=0)
        with sound:
            if picked is not None:
                heard(subject, among[picked].track_id, place="map.list.player", words=f": {_said(among[picked])}")
    st.download_button(
        "These as CSV" if among else "All points as CSV",
        map_csv(among or rows),
        f"{file_name(subject.run.title, 'map')}.csv",
        "text/csv",
        key=f"{PAGE}.map.csv",
        on_click="ignore",
    )


def _row(row: MapRow) -> dict[str, str]:
    return {
        "track": row.track_id,
        "artist": row.artist or "",
        "genre": row.genre,
        "called": row.predicted or "",
        "how sure": "" if row.confidence is None else f"{row.confidence:.2f}",
        "": "error" if row.is_right is False else "",
    }


def _left_out(subject: Subject, found: TrackEmbeddings) -> None:
    """Which tracks have no place, and why."""
    if not found.left_out:
        return
    with st.expander(f"{len(found.left_out)} tracks of {plain(subject.run.dataset_title)} are not on the map"):
        for track_id, why in found.left_out.items():
            st.markdown(f"**{plain(track_id)}**: {plain(why)}")
