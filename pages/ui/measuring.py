"""What models read of a data set: how much of it is stored, the job that computes the rest, and what a training will cost."""

from __future__ import annotations

from statistics import median

import streamlit as st

from genre_core import jobs
from genre_core.datasets.tracks import Dataset
from genre_core.training.recipe import Recipe, TrainRequest
from pages.ui import cached, pickers, tables, words
from pages.ui.activity import progress_of
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.root import root

PAGE = "dataset"


def features(dataset: Dataset) -> None:
    """A row a feature, and the button for what is missing."""
    stored = cached.stored_features(dataset)
    st.dataframe(tables.stored(stored, len(dataset.tracks)), hide_index=True, key=f"{PAGE}.features")
    if all(count == len(dataset.tracks) for _, count in stored):
        st.caption("Everything that the models read is stored: a training begins at once.", help=meaning("feature"))
    else:
        st.caption("A training computes what is missing before its first epoch. It can be done now, on all cores.")
        compute(dataset)


def compute(dataset: Dataset) -> None:
    """The button that computes what is missing, or how far that is."""
    missing = [pair for pair, count in cached.stored_features(dataset) if count < len(dataset.tracks)]
    if any(job.values.get("dataset") == dataset.name for job in jobs.active_jobs(root(), "extract")):
        progress_of("extract")
    elif missing and st.button("Compute now", type="primary", key=f"{PAGE}.extract"):
        with spoken():
            jobs.start("extract", {"dataset": dataset.name, "requests": missing}, root())
            st.rerun()


def cost(dataset: Dataset, split: str, request: TrainRequest, recipe: Recipe) -> str:
    """What a training has to do before its first epoch, and how long it may take where an earlier one tells."""
    said = [_to_compute(dataset, split, request, recipe), _to_train(dataset, request, recipe)]
    return " ".join(sentence for sentence in said if sentence)


def _to_compute(dataset: Dataset, split: str, request: TrainRequest, recipe: Recipe) -> str:
    if dataset.given:
        return "Its numbers are given with the data set: it begins at once."
    made, _ = cached.split(dataset, split, genres=request.genres, train_share=request.train_share)
    count, seconds = cached.not_stored(dataset, made, recipe.features, recipe.segments)
    if not count:
        return "Its features are stored: it begins at once."
    songs = "one song" if count == 1 else f"{count:,} songs"
    return (
        f"Features of {songs}, {words.duration(seconds)} of sound, are computed first, on all cores. They are kept: the next "
        "training begins at once."
    )


def _to_train(dataset: Dataset, request: TrainRequest, recipe: Recipe) -> str:
    epochs = getattr(recipe.training, "epochs", 0)
    same = (
        run
        for run in pickers.runs(say_damaged=False)
        if epochs and run.history and (run.model, run.dataset_name, run.preset) == (request.model, dataset.name, request.preset)
    )
    earlier = next(same, None)
    took = [entry["seconds"] for entry in earlier.history if entry.get("seconds")] if earlier is not None else []
    if not took:
        return ""
    an_epoch = median(took)
    longest = words.duration(max(1.0, an_epoch * epochs * (request.folds + 1)))
    return f"An epoch took {an_epoch:.1f} s in the last training of it on these songs: {longest} at most for what is asked here."
