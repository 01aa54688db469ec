"""The job that has a run hear every track of a data set once, to know where it places them."""

from __future__ import annotations

from typing import Any

from genre_core.datasets.library import load_dataset
from genre_core.inspection.embeddings import track_embeddings
from genre_core.jobs import Journal
from genre_core.paths import Root
from genre_core.runs import find_run


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Place the tracks of `values["dataset"]` (its name) by the model of `values["run"]` (its id); what is there stays.

    `values["title"]`, where it is there, names both for those who watch.

    Raises
    ------
    GenreError
        As `track_embeddings`.
    """
    run, dataset = find_run(values["run"], root), load_dataset(values["dataset"], root.datasets)
    found = track_embeddings(run, root, progress=journal.counting("working", "Placing songs"), dataset=dataset)
    words = f"{len(found.track_ids)} songs have their place"
    if found.left_out:
        words += f"; {len(found.left_out)} could not be heard"
    result = {"run": run.id, "dataset": dataset.name, "tracks": len(found.track_ids), "left_out": found.left_out}
    journal.report("finished", words, progress=1.0, seconds_left=0.0, result=result)
    return result
