"""What a model learned from and what it is bad at, on the page that it answers on."""

from __future__ import annotations

import streamlit as st

from genre_core.evaluation.report import score_of
from genre_core.models import MODELS
from genre_core.runs import Run
from pages.ui import cached, pickers, tables
from pages.ui.badges import run_badge
from pages.ui.glossary import meaning
from pages.ui.verdict import worth
from pages.ui.words import plain


def about(page: str, run: Run) -> None:
    """The run's card, folded away; of a run without one its data set and its score."""
    with st.expander("About this model: what it learned from, what it is bad at", key=f"{page}.about"):
        card = cached.card(run)
        if card is None:
            _facts(run)
        elif run.is_imported:
            # Somebody else's Markdown could fetch a picture from anywhere, or set a link that looks like the page's own.
            st.caption("This run was imported. Its makers wrote:")
            st.code(card, language=None, wrap_lines=True)
        else:
            st.markdown(f"**{plain(run.title)}**\n\n{_without_title(card)}")
        st.page_link(
            "pages/4_Evaluate.py",
            label="See which genres it mixes up",
            query_params={"run": run.id},
            icon=":material/arrow_forward:",
        )


def _facts(run: Run) -> None:
    spec = MODELS.get(run.model)
    reads = " and ".join(dict.fromkeys(plain((feature.title or feature.name).lower()) for feature in run.features))
    st.markdown(
        f"**{plain(run.title)}**: {plain(spec.title if spec else run.model).lower()}, reads {reads}. "
        f"It learned from **{plain(run.dataset_title)}**: {', '.join(map(plain, run.genres))}. {pickers.synthesised(run)}"
    )
    score = score_of(run.scores.get(run.judged_role, {}), "accuracy", level=run.judged_level)
    if score.value is not None:
        st.markdown(f"Accuracy {score}, {tables.judged_on(run)}. {worth(run)}", help=meaning("expected calibration error"))
        run_badge(run, run.judged_role)
    st.caption("It has no card, so nobody wrote down what it is bad at: its confusion matrix shows it.")


def _without_title(card: str) -> str:
    first, _, rest = card.lstrip().partition("\n")
    return rest if first.startswith("# ") else card
