"""A search of settings on the Train page: what is tried, how often, ranked by what."""

from __future__ import annotations

from typing import Any

import streamlit as st

from genre_core import jobs
from genre_core.errors import GenreError
from genre_core.jobs.job import SEARCH
from genre_core.params import Param
from genre_core.training.recipe import Recipe, TrainRequest
from genre_core.training.search import check_search
from genre_core.training.search_request import METRICS, SearchRequest
from genre_core.training.search_space import LUCK, PLACES, search_space
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.root import root
from pages.ui.searched import found
from pages.ui.words import plain

COUNTS = (10, 20, 40, 80, 160, 320)
WHAT = (
    "Trains the model again and again, each time with other values, and ranks them on the valid split. The test split is not "
    "looked at. What the model reads and how tracks are cut stays as the form has it."
)
_STEPS = (1.0, 2.0, 5.0)


def search(page: str, request: TrainRequest | None, recipe: Recipe | None) -> None:
    """The part of the Train page that searches: a form on the left, on the right what the search has found.

    Parameters
    ----------
    page : str
        Name of the page, for keys and links.
    request, recipe : TrainRequest, Recipe or None
        What the form above asks for: its values are tried first. None where they do not go together.
    """
    st.subheader("Search for better settings", anchor=False, help=meaning("hyper-parameter search"))
    if request is None or recipe is None:
        st.caption("The values above do not go together: a search begins with them.")
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.caption(WHAT)
        _ask(page, request, recipe)
    with right:
        found(page, request.model, request.dataset)


def _ask(page: str, request: TrainRequest, recipe: Recipe) -> None:
    """What to try, how often, ranked by what."""
    key = f"{page}.search.{request.model}"
    declared: dict[str, Param] = {
        name: entry
        for place in PLACES
        for name, entry in getattr(recipe, place).params().items()
        if name not in LUCK and (entry.search or entry.options)
    }
    try:
        first = [dimension.name for dimension in search_space(recipe.config, recipe.training)]
    except GenreError:
        first = []  # nothing by default: the visitor may choose some
    chosen = st.multiselect(
        "What is tried",
        list(declared),
        default=first,
        key=f"{key}.names",
        format_func=lambda name: declared[name].title,
        placeholder="Choose one at least",
    )
    ranges: dict[str, Any] = dict.fromkeys(name for name, entry in declared.items() if entry.search and name not in chosen)
    with st.expander("From where to where"):
        for name in chosen:
            ranges[name] = _range(key, name, declared[name])
    count, by = st.columns(2)
    n_trials = count.select_slider("Trials", COUNTS, value=20, key=f"{key}.n_trials", help="How many settings are tried in all.")
    metric = by.radio(
        "Ranked by",
        list(METRICS),
        format_func=lambda name: METRICS[name].title,
        key=f"{key}.metric",
        help=f"Log loss is counted in nats. {meaning('nats')}",
    )
    asked = SearchRequest(_once(request), ranges, n_trials, metric)
    wrong = ""
    try:
        asked.space()
    except GenreError as error:
        wrong = str(error)
        st.error(plain(wrong))
    if st.button("Search", key=f"{page}.search.go", width="stretch", disabled=bool(wrong)):
        with spoken():
            check_search(asked, root())
            job = jobs.start(SEARCH, asked.to_dict(), root(), name=f"search-{request.model}")
            st.session_state[f"{page}.search.job"] = job.id
            st.rerun()
    epochs = getattr(recipe.training, "epochs", None)
    if epochs:
        st.caption(
            f"At most {epochs} epochs a trial, as above: fewer make the search quicker. Hopeless trials are given up early."
        )
    st.caption("Several machines can work on one search: `python -m genre_core search --storage` with a database's address.")


def _once(request: TrainRequest) -> TrainRequest:
    """The same training without folds: trials are judged on the valid split."""
    values = request.to_dict()
    return TrainRequest.from_dict({**values, "folds": 0, "folds_column": "", "split": values["split"] or "by_artist"})


def _range(key: str, name: str, entry: Param) -> list[Any]:
    """A widget for what is tried of one setting."""
    place, search = f"{key}.range.{name}", list(entry.search)
    is_choice = bool(entry.options) or isinstance(entry.default, bool | str) or len(search) != 2
    if is_choice:
        options = list(entry.options) or ([True, False] if isinstance(entry.default, bool) else search)
        chosen = st.pills(
            entry.title, options, selection_mode="multi", default=search or options, key=place, help=entry.help or None
        )
        return [option for option in options if option in chosen]
    low, high = search
    if isinstance(entry.default, int) or not entry.log:
        kind = type(entry.default)
        ends = (kind(low if entry.low is None else entry.low), kind(high if entry.high is None else min(entry.high, 4 * high)))
        return list(st.slider(entry.title, *ends, value=(kind(low), kind(high)), key=place, help=entry.help or None))
    steps = _by_ratio(max(entry.low or 0.0, low / 10), high if entry.high is None else min(entry.high, 10 * high))
    steps = sorted({*steps, low, high})
    return list(
        st.select_slider(
            entry.title, steps, value=(low, high), key=place, format_func=lambda value: f"{value:g}", help=entry.help or None
        )
    )


def _by_ratio(low: float, high: float) -> list[float]:
    """1, 2, 5, 10 and so on between two numbers above 0.

    >>> _by_ratio(0.01, 0.1)
    [0.01, 0.02, 0.05, 0.1]
    """
    found = [float(f"{step}e{power}") for power in range(-9, 7) for step in _STEPS]
    return [value for value in found if low * 0.999 <= value <= high * 1.001]
