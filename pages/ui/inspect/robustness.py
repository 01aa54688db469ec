"""Does the verdict hang on the sound of the recording? Copies that leave the genre as it is, and what they do to verdicts."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from genre_core import jobs
from genre_core.datasets.tracks import Track
from genre_core.evaluation.intervals import Groups
from genre_core.inspection.robustness import HEARD_BEFORE, MEANING, Flip, Robustness, Row, most_where_none
from genre_core.inspection.robustness_work import KIND, N_TRACKS, Plan
from genre_core.inspection.transforms import TRANSFORMS
from genre_core.parallel import n_cores
from genre_core.runs import Run
from pages.figures.robustness import robustness as dots
from pages.figures.robustness import worst_first
from pages.figures.theme import PLAIN_CONFIG
from pages.figures.verdict import posterior_bars
from pages.ui import cached, caches_robustness, state
from pages.ui.activity import offer, unfinished
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.inspect.subject import PAGE, Subject, choose, chosen
from pages.ui.player import player
from pages.ui.root import root
from pages.ui.verdict import in_short
from pages.ui.words import duration, plain

COUNTS = (10, 20, 40, 80, 160)
SECONDS_A_COPY = 0.5
"""Of a song of 30 s, where this machine has heard none yet."""


def robustness(subject: Subject) -> None:
    """The picture with its controls; below it the tracks that a change renames, each heard beside its copy."""
    run, role = subject.run, subject.role
    songs_here = run.has_model and subject.dataset is not None and subject.dataset.has_audio
    if not songs_here and caches_robustness.measured(run, role) is None:
        st.info("This run's songs cannot be heard here, so nothing can be measured. Choose a run whose songs are here.")
        return
    for job in unfinished(KIND):
        if _is_of(job, run, role):
            offer(job, PAGE)
    picture, side = st.columns([3, 1], gap="large")
    going = [job for job in jobs.active_jobs(root(), KIND) if _is_of(job, run, role)]
    with side:
        plan = _ask(subject, busy=bool(going))
    with picture:
        if going:
            st.fragment(_so_far, run_every=3.0)(subject, int(going[0].values.get("tracks") or N_TRACKS))
            return
        found = caches_robustness.measured(run, role)
        if found is None:
            _nothing_yet(plan)
            return
        name = _picture(found)
    _renamed(subject, found, name)


def _is_of(job: jobs.Job, run: Run, role: str) -> bool:
    return job.values.get("run") == run.id and (job.values.get("role") or run.judged_role) == role


def _ask(subject: Subject, *, busy: bool) -> Plan | None:
    """How many tracks, the button, and how long it may take; gives what would be heard, None where nothing can be."""
    judged = len(subject.ids)
    options = [count for count in COUNTS if count < judged] + [judged]
    first = N_TRACKS if N_TRACKS in options else judged
    n_tracks, plan = first, None
    if len(options) > 1:
        place = state.adopt(PAGE, "tracks", default=first, options=options)
        n_tracks = st.select_slider("Tracks to hear", options, key=place, disabled=busy)
        state.publish(PAGE, "tracks", n_tracks, default=first)
    with spoken():
        plan = caches_robustness.plan(subject.run, subject.role, int(n_tracks))
        if st.button("Measure", type="primary", key=f"{PAGE}.measure", disabled=busy, width="stretch"):
            values = {"run": subject.run.id, "title": subject.run.title, "role": subject.role, "tracks": int(n_tracks)}
            jobs.start(KIND, values, root())
            st.rerun()
        if not busy:
            st.caption(_cost(plan))
    st.caption(MEANING, help=meaning("flip"))
    if subject.role == "folds" or subject.run.is_leaky:
        st.caption(f":orange[:material/info:] {HEARD_BEFORE}")
    return plan


def _cost(plan: Plan) -> str:
    missing = len(plan.tracks) - len(plan.so_far().tracks)
    n_copies = len(plan.transforms) + 1
    if not missing:
        return f"All {len(plan.tracks)} songs and their copies have been heard: it takes a moment."
    each = caches_robustness.seconds_each(plan.memory) or SECONDS_A_COPY
    took = duration(max(5.0, missing * n_copies * each / n_cores()))
    return f"{missing} songs, each as it is and in {n_copies - 1} copies: roughly {took}. What is heard is kept."


def _nothing_yet(plan: Plan | None) -> None:
    titles = ", ".join(transform.title for transform in TRANSFORMS.values())
    if plan is None:
        st.info("This run's songs cannot be heard here, so nothing can be measured. Choose a run whose songs are here.")
    else:
        st.info(
            "Not measured yet: “Measure” lets the model hear its songs, and copies that a listener would call the same genre."
        )
    st.caption(f"The copies: {titles}.")


def _so_far(subject: Subject, n_tracks: int) -> None:
    """What is known while the work goes on, drawn anew every few seconds."""
    with spoken():
        plan = caches_robustness.plan(subject.run, subject.role, n_tracks)
        found = plan.so_far()
        st.caption(f"{len(found.tracks)} of {len(plan.tracks)} songs heard so far; the work is at the top of the page.")
        if found.tracks:
            st.plotly_chart(dots(caches_robustness.rows(found)), key=f"{PAGE}.robustness.so_far", config=PLAIN_CONFIG)


def _picture(found: Robustness) -> str:
    """The dots; returns the change that is looked at."""
    rows = caches_robustness.rows(found)
    names = [row.name for row in worst_first(rows[1:])]
    place = state.adopt(PAGE, "copy", default=names[0], options=names)
    picked = st.session_state.get(f"{PAGE}.robustness")
    if picked and (points := picked.selection.points):
        name = points[0]["customdata"]
        name = name[0] if isinstance(name, list) else name
        if name in names and st.session_state.get(f"{PAGE}.robustness.seen") != name:
            st.session_state[place] = name
        st.session_state[f"{PAGE}.robustness.seen"] = name
    part = f"{found.role} tracks" if found.role != "folds" else "tracks of its folds"
    groups = found.groups
    st.caption(
        f"{len(found.tracks)} {part}, genres in turn. Lines: 95 % intervals over {groups.n_groups} {groups.over}; a difference "
        f"inside them may be chance. {_none(rows, groups)}Click a dot to hear what it renames.",
        help=meaning("interval"),
    )
    st.plotly_chart(
        dots(rows, chosen=st.session_state[place]),
        key=f"{PAGE}.robustness",
        config=PLAIN_CONFIG,
        on_select="rerun",
        selection_mode="points",
    )
    for track_id, why in found.problems:
        st.caption(f":orange[:material/warning:] {plain(track_id)} could not be heard: {plain(why)}")
    name = st.selectbox("Change to hear", names, format_func=found.transforms.get, key=place)
    state.publish(PAGE, "copy", name, default=names[0])
    return str(name)


def _none(rows: Sequence[Row], groups: Groups) -> str:
    """What to think of changes that rename nothing, where there are some."""
    if all(row.n_flips for row in rows[1:]):
        return ""
    return f"Where none is renamed, of other songs up to {most_where_none(groups.n_groups):.0%} may still be. "


def _renamed(subject: Subject, found: Robustness, name: str) -> None:
    flips = found.flips(name)
    title = found.transforms[name]
    st.subheader(f"Renamed by “{title}”: {len(flips)} of {len(found.tracks)}", anchor=False)
    if not flips:
        st.caption("Every one of these tracks keeps its verdict. Choose another change to hear what is renamed.")
        return
    picked = st.dataframe(
        [_line(flip) for flip in flips],
        key=f"{PAGE}.renamed.{name}",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=min(38 + 35 * len(flips), 250),
    )
    if rows := picked.selection.rows:
        choose(flips[rows[0]].track_id)
    asked = chosen(subject)
    flip = next((flip for flip in flips if flip.track_id == asked), flips[0])
    track = subject.track(flip.track_id)
    if track is None:
        st.caption("Its songs are not here, so the pair cannot be heard.")
        return
    _pair(subject, flip, track, name, title)


def _line(flip: Flip) -> dict[str, str]:
    return {
        "track": flip.track_id,
        "true genre": flip.genre,
        "as it is": f"{flip.before} {flip.probability_before:.2f}",
        "the copy": f"{flip.after} {flip.probability_after:.2f}",
        "verdict": flip.outcome,
    }


def _pair(subject: Subject, flip: Flip, track: Track, name: str, title: str) -> None:
    """The sound as it is and its copy, each with what the model says of it."""
    by = f", by {track.artist}" if track.artist else ""
    st.markdown(f"**{plain(track.id)}**, {plain(flip.genre)}{plain(by)}")
    with spoken():
        clip = cached.track_clip(track)
        sounds = {"as it is": clip, title: caches_robustness.copy_of(clip, name)}
        for place, (words, sound) in zip(st.columns(2, gap="large"), sounds.items(), strict=True):
            with place:
                said = cached.prediction(subject.run, sound)
                st.markdown(f"{plain(words[0].upper() + words[1:])}: **{in_short(said)}**")
                player(sound, key=f"{PAGE}.pair.{'first' if words == 'as it is' else 'copy'}", title=f"{track.id}, {words}")
                figure = posterior_bars(said.genres, said.posterior, height=90 + 26 * len(said.genres))
                st.plotly_chart(figure, key=f"{PAGE}.pair.bars.{words}", config=PLAIN_CONFIG)
