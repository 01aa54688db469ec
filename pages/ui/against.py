"""A second run beside the one that is looked at: which is better, and whether these tracks can tell."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from genre_core.errors import GenreError
from genre_core.runs import Run, why_not_compared
from genre_core.runs.comparing import Pair
from pages.figures.paired import agreement, differences
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import cached, pickers, state
from pages.ui.glossary import meaning
from pages.ui.tables import Row
from pages.ui.words import plain

NONE = ""
SWAPPED = (
    "The test swaps the two runs' verdicts group by group, artist by artist where they are known: how often does that give so "
    "large a difference? McNemar's test does so track by track."
)

SCORES = {"accuracy": "Accuracy", "macro_f1": "Macro F1"}


def pick_against(page: str, run: Run, runs: Sequence[Run]) -> Run | None:
    """A second run to compare with, those that may be compared first; None where none is asked for."""
    others = sorted(
        (other for other in runs if other.id != run.id),
        key=lambda other: bool(why_not_compared([run, other], same_tracks=False)),
    )
    found = {other.id: other for other in others}
    place = state.adopt(page, "second run", default=NONE, options=[NONE, *found], link="against")
    chosen = st.selectbox(
        "Against",
        [NONE, *found],
        format_func=lambda name: pickers.run_name(found[name]) if name else "no other run",
        key=place,
        disabled=not found,
        help="A second run, judged on the same tracks: which of the two is better, and can these tracks tell?",
    )
    state.publish(page, "second run", chosen, default=NONE, link="against")
    return found.get(chosen)


def comparison(page: str, run: Run, other: Run, role: str | None) -> None:
    """What may be concluded from the two runs, first in words, then as pictures, then in numbers.

    Parameters
    ----------
    page : str
    run, other : Run
    role : str or None
        What both were judged on; None takes what each is chosen by.
    """
    terms = ("McNemar's test", "paired bootstrap", "p value")
    told = "  \n".join(f"**{term}**: {meaning(term)}" for term in terms)
    st.subheader("Which of the two is better?", anchor=False, help=told)
    try:
        pair = cached.comparison(run, other, role)
    except GenreError as error:
        st.warning(plain(str(error)), icon=":material/block:")
        return
    st.markdown(f"**{plain(pair.verdict)}** {plain(pair.grounds)}")
    found = pair.found
    left, right = st.columns([2, 3], gap="large")
    with left:
        counts = (found.both, found.only_a, found.only_b, found.neither)
        st.plotly_chart(agreement(counts, what=found.level), key=f"{page}.agreement", config=PLAIN_CONFIG)
    with right:
        shown = {SCORES[name]: score for name, score in found.differences.items()}
        st.plotly_chart(differences(shown, told_apart=pair.told_apart), key=f"{page}.difference", config=PLAIN_CONFIG)
    st.caption("  \n".join(plain(words) for words in pair.cautions))
    _details(page, pair)


def _details(page: str, pair: Pair) -> None:
    with st.expander("In numbers"):
        scores, genres = st.columns([2, 3], gap="large")
        with scores:
            st.dataframe(score_rows(pair), hide_index=True, key=f"{page}.against.scores")
            st.caption(f"{SWAPPED} p: {meaning('p value')}")
        with genres:
            rows = genre_rows(pair)
            st.dataframe(rows, hide_index=True, key=f"{page}.against.genres", height=38 + 35 * len(rows))


def score_rows(pair: Pair) -> list[Row]:
    """One row a score and one a test."""
    found = pair.found
    rows = [
        {
            "": SCORES[name],
            "first": f"{found.scores_a[name]:.3f}",
            "second": f"{found.scores_b[name]:.3f}",
            "difference [95 %]": str(score),
        }
        for name, score in found.differences.items()
    ]
    tests = {f"p, swapping {found.over}": found.p_value, "p, McNemar's test": found.p_mcnemar}
    return rows + [{"": name, "first": "", "second": "", "difference [95 %]": f"{value:.3g}"} for name, value in tests.items()]


def genre_rows(pair: Pair) -> list[Row]:
    """One row a genre: how many of its tracks both, only one, or neither gets right."""
    words = ("both right", "only first", "only second", "neither")
    return [
        {"genre": genre, pair.found.level: sum(counts), **dict(zip(words, counts, strict=True))}
        for genre, counts in pair.found.by_genre.items()
    ]
