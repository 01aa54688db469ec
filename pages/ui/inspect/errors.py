"""What a run calls by another genre, the surest error first: to hear, beside the songs that may have led it there."""

from __future__ import annotations

import streamlit as st

from genre_core.inspection.judged import Judged, judged, worst_first
from pages.figures.theme import PLAIN_CONFIG
from pages.figures.verdict import posterior_bars, ribbon
from pages.ui import cached, pickers
from pages.ui.errors import spoken
from pages.ui.inspect.filters import choose_wanted, headline, let_go
from pages.ui.inspect.near import near
from pages.ui.inspect.opinions import opinions, what_you_say
from pages.ui.inspect.subject import PAGE, Subject, choose, chosen
from pages.ui.player import player
from pages.ui.words import plain

ROWS_SHOWN = 7


def errors(subject: Subject) -> None:
    """The list, the track that is chosen in it, and what lies near that."""
    artists = pickers.artists_of(subject.run, subject.role)
    tracks = judged(subject.predictions, artists, cached.other_predictions(subject.run, pickers.runs(say_damaged=False)))
    wanted = choose_wanted(subject, tracks)
    found = worst_first(tracks, wanted)
    st.subheader(headline(wanted, len(found), len(tracks)), anchor=False)
    if found:
        _show(subject, found)
    else:
        _none(tracks)
    opinions(subject)


def _none(tracks: list[Judged]) -> None:
    if all(track.is_right for track in tracks):
        st.success("It called every track by its own genre: there is no error to look at.")
        return
    st.info("With these filters nothing is left.")
    st.button("Show all errors", type="primary", on_click=let_go, key=f"{PAGE}.all")


def _show(subject: Subject, found: list[Judged]) -> None:
    listed, heard = st.columns([5, 6], gap="large")
    with listed:
        track = _choose(subject, found)
        bars = posterior_bars(subject.predictions.genres, subject.predictions.posteriors[track.index], height=200)
        st.plotly_chart(bars, key=f"{PAGE}.bars", config=PLAIN_CONFIG)
    with heard:
        _hear(subject, track)
    beside, said = st.columns([3, 1], gap="large")
    with said:
        what_you_say(subject, track)
    with beside:
        near(subject, track.track_id)


def _choose(subject: Subject, found: list[Judged]) -> Judged:
    """The track that is looked at: one picked in the table, or by a link or another look, else the worst."""
    asked = chosen(subject)
    first = next((place for place, track in enumerate(found) if track.track_id == asked), 0)
    key = f"{PAGE}.errors.{subject.run.id}.{subject.role}.{hash(tuple(track.track_id for track in found)) & 0xFFFFFF:x}"

    def picked() -> None:
        rows = st.session_state[key].selection.rows
        choose(found[rows[0]].track_id if rows else None)

    some_others = any(track.n_others for track in found)
    st.dataframe(
        [_row(track, others=some_others) for track in found],
        key=key,
        on_select=picked,
        selection_mode="single-row",
        selection_default={"selection": {"rows": [first]}},
        hide_index=True,
        height=38 + 35 * min(ROWS_SHOWN, len(found)),
    )
    return found[first]


def _row(track: Judged, *, others: bool) -> dict[str, str]:
    row = {
        "track": track.track_id,
        "artist": track.artist or "",
        "genre": track.true,
        "called": track.predicted,
        "how sure": f"{track.confidence:.2f}",
    }
    if others:
        row["other runs right"] = f"{track.n_others_right} of {track.n_others}" if track.n_others else ""
    return row


def _hear(subject: Subject, track: Judged) -> None:
    """The track's sound, with the genre over time below it."""
    predictions, at = subject.predictions, subject.predictions.segment_track == track.index
    known = subject.track(track.track_id)
    by = f", by {plain(track.artist)}" if track.artist else ""
    verdict = f"**{plain(track.predicted)}** {track.confidence:.2f}"
    own = "rightly" if track.is_right else f"its own genre has {track.probability_true:.2f}"
    st.markdown(f"**{plain(track.track_id)}**{by}: is **{plain(track.true)}**, called {verdict}, {own}")
    with spoken():
        if known is None:
            st.caption("Its data set is not here, so it cannot be heard.")
        elif known.path is None:
            st.caption("No audio: this data set holds numbers only.")
        else:
            player(cached.track_clip(known), key=f"{PAGE}.player", title=track.track_id)
    if at.sum() > 1:
        times = predictions.start_seconds[at], predictions.end_seconds[at]
        st.plotly_chart(
            ribbon(predictions.genres, predictions.segment_posteriors[at], *times, height=200),
            key=f"{PAGE}.ribbon",
            config=PLAIN_CONFIG,
        )
    if known is not None and known.path is not None and subject.dataset is not None:
        st.page_link(
            "pages/1_Explore.py", label="Explore this sound", query_params={"clip": pickers.reference(subject.dataset, known)}
        )
