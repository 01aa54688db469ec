"""Labels that may be wrong, the most doubtful first: to hear beside the tracks that lie near, and to be judged by ear."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from genre_core.inspection.doubted import Doubted
from genre_core.inspection.judged import judged
from genre_core.inspection.label_issues import KINDS, N_NEAR, Suspect, suspects_csv
from genre_core.runs import Run
from pages.figures.label_support import label_support
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import caches_map
from pages.ui.glossary import meaning
from pages.ui.inspect.listed import heard
from pages.ui.inspect.near import near
from pages.ui.inspect.opinions import opinions, what_you_say
from pages.ui.inspect.subject import PAGE, Subject, choose
from pages.ui.player import file_name
from pages.ui.words import plain

ROWS_SHOWN = 9
TITLES = {"conflict": "a repeat", "model": "the model", "outlier": "neighbours"}


def labels(subject: Subject) -> None:
    """How far the model supports each label; below it the doubtful ones, and the one that is chosen among them."""
    run = subject.run
    if run.folds is None or run.is_leaky:
        _needs_folds(run)
        return
    found = caches_map.doubted(run)
    if not found.suspects:
        st.success(f"None of {found.n_tracks} labels is doubtful.")
        _looked_at(found, run.dataset_name)
        return
    picture, side = st.columns([5, 2], gap="medium")
    with picture:
        kinds = _kinds(found)
    shown = [suspect for suspect in found.suspects if set(kinds) & set(suspect.kinds)]
    with picture:
        _picture(subject, found, shown)
    with side:
        _looked_at(found, run.dataset_name)
        st.download_button(
            "Doubtful labels as CSV",
            suspects_csv(shown),
            f"{file_name(run.title, 'labels')}.csv",
            "text/csv",
            key=f"{PAGE}.labels.csv",
            on_click="ignore",
        )
    st.subheader(f"Doubtful labels: {len(shown)} of {found.n_tracks}, the most doubtful first", anchor=False)
    st.caption(
        "First repeats with two labels, then by how little the model and the nearest tracks support the label. A model that errs "
        "often doubts often: begin at the top."
    )
    if shown:
        _listed(subject, shown)
    else:
        st.info("Of the kinds that are ticked there is none.")
    opinions(subject)


def _needs_folds(run: Run) -> None:
    if not run.has_model:
        st.info("These are predictions of another tool. What it learned from is not known, so it may know these labels by heart.")
        return
    st.info(
        "This run has learned most labels by heart, so it cannot doubt them. Train the same model with 5 folds: then every track "
        "is judged by a model that never heard it, and its label can be doubted."
    )
    st.page_link("pages/3_Train.py", label="Train with folds", icon=":material/arrow_forward:")


def _kinds(found: Doubted) -> list[str]:
    """What may speak against a label, each with the number of labels that it speaks against."""
    counts = {kind: sum(kind in suspect.kinds for suspect in found.suspects) for kind in KINDS}
    chosen = st.pills(
        "Doubted by",
        list(KINDS),
        format_func=lambda kind: f"{TITLES[kind]} ({counts[kind]})",
        selection_mode="multi",
        default=list(KINDS),
        key=f"{PAGE}.labels.kinds",
        help=" ".join(f"{TITLES[kind].capitalize()}: {words}." for kind, words in KINDS.items()),
    )
    return list(chosen)


def _looked_at(found: Doubted, dataset: str) -> None:
    """What the list rests on, and what would make it longer."""
    st.caption(
        f"{found.n_tracks} labels were looked at. A doubtful label is no wrong label: listen, then say what you hear.",
        help=meaning("confident learning"),
    )
    if not found.compared:
        st.caption("Repeats with two labels were not looked for: check the data set first.")
        st.page_link("pages/2_Dataset.py", label="Check the data set", query_params={"dataset": dataset, "look": "report"})
    if not found.placed:
        st.caption("Neighbours were not asked: the model has still to place the tracks. The look Map does that.")


def _picture(subject: Subject, found: Doubted, shown: list[Suspect]) -> None:
    key = f"{PAGE}.labels.support.{subject.run.id}"

    def picked() -> None:
        points = st.session_state[key].selection.points
        if points:
            name = points[0]["customdata"]
            choose(name[0] if isinstance(name, list) else name)

    track_ids, given, support = caches_map.supported(subject.run)
    genres = [genre for genre in subject.run.genres if genre in given]
    suggested = {suspect.track_id: suspect.suggested for suspect in found.suspects}
    figure = label_support(
        genres,
        track_ids,
        given,
        support,
        suggested,
        chosen=st.query_params.get("track"),
        shown={suspect.track_id for suspect in shown},
    )
    st.plotly_chart(figure, key=key, config=PLAIN_CONFIG, on_select=picked, selection_mode="points")


def _listed(subject: Subject, shown: list[Suspect]) -> None:
    """The list, and what is chosen in it: why, its sound, what lies near, and what you hear."""
    asked = st.query_params.get("track")
    first = next((place for place, suspect in enumerate(shown) if suspect.track_id == asked), 0)
    key = f"{PAGE}.labels.{subject.run.id}.{hash(tuple(suspect.track_id for suspect in shown)) & 0xFFFFFF:x}.{first}"

    def picked() -> None:
        rows = st.session_state[key].selection.rows
        choose(shown[rows[0]].track_id if rows else None)

    table, sound = st.columns([5, 6], gap="large")
    with table:
        st.dataframe(
            [_row(subject, suspect) for suspect in shown],
            key=key,
            on_select=picked,
            selection_mode="single-row",
            selection_default={"selection": {"rows": [first]}},
            hide_index=True,
            height=38 + 35 * min(ROWS_SHOWN, len(shown)),
        )
    suspect = shown[first]
    with sound:
        heard(
            subject,
            suspect.track_id,
            place="labels.player",
            words=f": is **{plain(suspect.given)}**, rather **{plain(suspect.suggested)}**?",
        )
        for reason in suspect.reasons:
            st.markdown(f"- {plain(reason)}")
    beside, said = st.columns([3, 1], gap="large")
    with said:
        _say(subject, suspect)
    with beside:
        near(subject, suspect.track_id)


def _row(subject: Subject, suspect: Suspect) -> dict[str, str]:
    track = subject.track(suspect.track_id)
    return {
        "track": suspect.track_id,
        "label": suspect.given,
        "rather": suspect.suggested,
        "support": f"{suspect.quality:.2f}",
        "near": "" if suspect.near is None else f"{round(N_NEAR * suspect.near)} of {N_NEAR}",
        "doubted by": ", ".join(TITLES[kind] for kind in suspect.kinds),
        "artist": (track.artist if track is not None else None) or "",
    }


def _say(subject: Subject, suspect: Suspect) -> None:
    """What the visitor hears; of a wrong label, what is suggested comes first."""
    found = judged(caches_map.out_of_fold(subject.run))
    mine = next(track for track in found if track.track_id == suspect.track_id)
    what_you_say(subject, replace(mine, predicted=suspect.suggested))
