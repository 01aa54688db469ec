"""What people say of labels after hearing: said beside a track, listed, taken away, applied, and what that changes."""

from __future__ import annotations

import streamlit as st

from genre_core import jobs
from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.opinions import (
    LABEL_WRONG,
    VERDICTS,
    Opinion,
    apply_opinions,
    load_opinions,
    opinions_csv,
    pending,
    say,
)
from genre_core.inspection.judged import Judged
from genre_core.runs import Run
from genre_core.runs.corrected import compare_corrected, request_again, trained_again
from pages.ui import cached, pickers
from pages.ui.errors import spoken
from pages.ui.inspect.subject import PAGE, Subject
from pages.ui.root import root
from pages.ui.words import plain

NONE_FITS = ""


def what_you_say(subject: Subject, track: Judged) -> None:
    """A verdict and a note on one track's label; kept with the data set."""
    if subject.dataset is None or track.track_id not in cached.dataset(subject.dataset.name, root().datasets).by_id:
        return
    kept = load_opinions(subject.dataset.name, root().datasets).get(track.track_id, Opinion(track.track_id))
    place = f"{PAGE}.say.{track.track_id}.{kept.said}"
    st.markdown("**What do you hear?**")
    verdict = st.radio(
        "What do you hear?",
        list(VERDICTS),
        index=list(VERDICTS).index(kept.verdict) if kept.verdict else None,
        format_func=VERDICTS.get,
        key=f"{place}.verdict",
        label_visibility="collapsed",
    )
    genre = NONE_FITS
    if verdict == LABEL_WRONG:
        options = [*(name for name in subject.run.genres if name != track.true), NONE_FITS]
        likely = kept.genre or track.predicted
        genre = st.selectbox(
            "It is",
            options,
            index=options.index(likely) if likely in options else 0,
            format_func=lambda name: name or "none of these genres",
            key=f"{place}.genre",
        )
    note = st.text_area("Note", kept.note, key=f"{place}.note", height=68, max_chars=2000, placeholder="What tells you so")
    said = Opinion(track.track_id, verdict or "", genre or "", note, run=subject.run.id)
    if (said.verdict, said.genre, said.note.strip()) == (kept.verdict, kept.genre, kept.note):
        if kept.said:
            st.caption(f"Kept with the data set, {kept.said[:10]}.")
            if st.button("Take it back", key=f"{place}.back"):
                _keep(subject, Opinion(track.track_id))
        return
    if st.button("Keep", type="primary", key=f"{place}.keep"):
        _keep(subject, said)


def _keep(subject: Subject, opinion: Opinion) -> None:
    assert subject.dataset is not None
    with spoken():
        say(subject.dataset.name, root().datasets, opinion)
        st.rerun()


def opinions(subject: Subject) -> None:
    """All that was said of this data set's labels, and what follows from it."""
    if subject.dataset is None:
        return
    name = subject.dataset.name
    found = load_opinions(name, root().datasets)
    again = trained_again(subject.run, pickers.runs(say_damaged=False))
    if not found and not again:
        return
    st.divider()
    st.subheader(f"What was said of the labels: {len(found)}", anchor=False)
    if found:
        rows = [
            {
                "track": entry.track_id,
                "label": entry.label,
                "verdict": VERDICTS.get(entry.verdict, ""),
                "it is": entry.genre,
                "note": entry.note,
                "said": entry.said[:10],
            }
            for entry in found.values()
        ]
        st.dataframe(rows, hide_index=True, key=f"{PAGE}.opinions", height=38 + 35 * min(6, len(rows)))
    with st.container(horizontal=True):
        st.download_button(
            "Opinions as CSV",
            opinions_csv(found),
            f"{name}-opinions.csv",
            "text/csv",
            key=f"{PAGE}.opinions.csv",
            on_click="ignore",
        )
        if name == DEMO_NAME:
            st.caption(
                "The demo songs were synthesised with their labels, so these are not changed. In your own data set they can be."
            )
        else:
            _apply(name, len(pending(cached.dataset(name, root().datasets), found)))
            _train_again(subject.run, name, again)
    for later in again:
        with spoken():
            _difference(subject.run, later)


def _apply(name: str, n_pending: int) -> None:
    if not n_pending:
        return
    words = "1 correction" if n_pending == 1 else f"{n_pending} corrections"
    if st.button(
        f"Make {words}", type="primary", key=f"{PAGE}.apply", help="As a new version of the data set; the present one stays."
    ):
        with spoken():
            saved = apply_opinions(name, root().datasets)
            st.toast(f"The data set is now version {saved.version}; the former version is kept.")
            st.rerun()


def _train_again(run: Run, name: str, again: list[Run]) -> None:
    """The button for the training on the data set as it now is, unless that has been done or goes on."""
    now = cached.dataset(name, root().datasets).fingerprint
    if now == run.dataset_fingerprint or any(later.dataset_fingerprint == now for later in again):
        return
    going = (job.values for job in jobs.active_jobs(root(), "train"))
    if any((values.get("dataset"), values.get("model")) == (name, run.model) for values in going):
        st.caption("It is being trained again.")
    elif st.button("Train again on the corrected labels", key=f"{PAGE}.again"):
        with spoken():
            jobs.start("train", request_again(run), root(), name=run.model)
            st.rerun()


def _difference(run: Run, later: Run) -> None:
    st.markdown(f"**{plain(later.title)}**, {later.created:%d %b %H:%M}")
    st.markdown(plain(compare_corrected(run, later, root()).words))
