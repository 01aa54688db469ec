"""The job that makes the demo data set."""

from __future__ import annotations

from typing import Any

from genre_core.datasets.demo import make_demo
from genre_core.jobs import Journal
from genre_core.paths import Root


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Make what is missing of the demo songs; `values` may say `processes`."""
    progress = journal.counting("working", "Making demo songs")
    dataset = make_demo(root.datasets, progress=progress, processes=values.get("processes"))
    result = {
        "dataset": dataset.name,
        "tracks": len(dataset.tracks),
        "genres": list(dataset.genres),
        "note": dataset.note,
        "folder": str(root.datasets / dataset.name),
    }
    words = f"{len(dataset.tracks)} demo songs in {len(dataset.genres)} styles are made"
    journal.report("finished", words, progress=1.0, seconds_left=0.0, result=result)
    return result
