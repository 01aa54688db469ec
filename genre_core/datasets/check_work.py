"""The job that checks a data set and keeps the report."""

from __future__ import annotations

from typing import Any

from genre_core.datasets.checks import counted_words, make_report, save_report
from genre_core.datasets.library import load_dataset
from genre_core.jobs import Journal
from genre_core.paths import Root

MEMORY = "examined.jsonl"
"""What a check has found so far, in its job's folder: a continued one does not decode it again."""


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Check `values["dataset"]` and keep the report with it; `processes` may be there.

    Raises
    ------
    DatasetError
        If the data set cannot be read, or the report not be written.
    """
    dataset = load_dataset(values["dataset"], root.datasets)
    memory = journal.folder / MEMORY
    report = make_report(
        dataset,
        progress=journal.counting("working", "Checking songs"),
        searching=journal.counting("working", "Looking for repeats"),
        processes=values.get("processes"),
        memory=memory,
    )
    save_report(report, root.datasets)
    counts = report.counts
    result = {
        "dataset": dataset.name,
        "fingerprint": report.fingerprint,
        "tracks": report.n_tracks,
        **counts,
        "pairs": len(report.pairs),
        "method": report.method,
    }
    journal.report("finished", counted_words(counts).capitalize(), progress=1.0, seconds_left=0.0, result=result)
    memory.unlink(missing_ok=True)
    return result
