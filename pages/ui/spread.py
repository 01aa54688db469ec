"""How lengths, tempi and loudness are spread in a data set, and its tracks on a plane to hear."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genre_core.datasets.tracks import Dataset, Track
from pages.figures.dataset import spread, track_map
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import cached, pickers, tables
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.measuring import compute
from pages.ui.player import player

PAGE = "dataset"
QUANTITIES = {"seconds": "Length [s]", "tempo": "Tempo [beats a minute]", "loudness": "Loudness [dB, full scale = 0]"}


def distributions(dataset: Dataset) -> None:
    """One quantity of every track by genre, and the genres in a table."""
    with spoken():
        numbers, _, _ = cached.numbers(dataset)
        names = {"seconds": "Length", "tempo": "Tempo", "loudness": "Loudness"}
        chosen = st.segmented_control(
            "Of each track", list(names), format_func=names.get, default="seconds", key=f"{PAGE}.quantity", required=True
        )
        genre_of = {track.id: track.genre for track in dataset.tracks}
        if chosen == "seconds":
            values = [(track.id, track.seconds) for track in dataset.tracks]
        else:
            values = list(zip(numbers.ids, numbers.tempo_bpm if chosen == "tempo" else numbers.loudness_db, strict=True))
        if values:
            by_genre = {
                genre: [(name, float(value)) for name, value in values if genre_of[name] == genre] for genre in dataset.genres
            }
            figure = spread(dataset.genres, by_genre, title=QUANTITIES[chosen])
            st.plotly_chart(figure, key=f"{PAGE}.spread", config=PLAIN_CONFIG)
        _how_many(dataset, numbers.n_tracks, needed=chosen != "seconds")
        st.dataframe(tables.by_genre(dataset, numbers), hide_index=True, key=f"{PAGE}.genres")


def plane_of_tracks(dataset: Dataset, side: DeltaGenerator) -> None:
    """Tracks by what the 57 columns say of them; the one whose point is clicked plays at the side."""
    with spoken():
        numbers, points, shares = cached.numbers(dataset)
        _how_many(dataset, numbers.n_tracks, needed=True)
        if numbers.n_tracks < 3:
            return
        tracks = [dataset.by_id[name] for name in numbers.ids]
        figure = track_map(
            dataset.genres,
            points.tolist(),
            [pickers.spoken_name(track.id, track) for track in tracks],
            [track.genre for track in tracks],
            shares.tolist(),
        )
        picked = st.plotly_chart(
            figure, key=f"{PAGE}.map.{dataset.name}", config=PLAIN_CONFIG, on_select="rerun", selection_mode="points"
        )
        st.caption(
            "Each point is a track; what lies near measures alike. Genres that overlap are hard to tell by these numbers.",
            help=meaning("principal components"),
        )
        chosen = [point["customdata"] for point in picked.selection.points]
        with side:
            if chosen:
                first = chosen[0]
                hear(dataset, tracks[first[0] if isinstance(first, list) else int(first)])
            else:
                st.caption("Click a point to hear it here." if dataset.has_audio else "Click a point to see which track it is.")


def hear(dataset: Dataset, track: Track) -> None:
    """A track with its player, and the way to Explore."""
    st.markdown(f"**{track.id}**, {track.genre}" + (f", by {track.artist}" if track.artist else ""))
    if track.path is None:
        st.caption("No audio: this data set holds numbers only.")
        return
    player(cached.track_clip(track), key=f"{PAGE}.player", title=track.id)
    st.page_link("pages/1_Explore.py", label="Explore this sound", query_params={"clip": pickers.reference(dataset, track)})


def _how_many(dataset: Dataset, n_stored: int, *, needed: bool) -> None:
    """Say what is still to be computed before these numbers speak of every track."""
    lacking = len(dataset.tracks) - n_stored
    if lacking and needed:
        st.info(f"{lacking} of {len(dataset.tracks)} tracks have not been measured yet.", icon=":material/calculate:")
        compute(dataset)
