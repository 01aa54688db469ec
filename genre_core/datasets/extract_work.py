"""The job that computes and stores the features of a data set."""

from __future__ import annotations

from typing import Any

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.given import provide
from genre_core.datasets.library import load_dataset
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.features import feature_from_dict
from genre_core.jobs import Journal
from genre_core.paths import Root


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Compute what is missing of `values["dataset"]`.

    `values["requests"]` holds pairs {"feature": `Feature.to_dict`, "segments": `SegmentConfig.to_dict`}; `processes` may be
    there, or `scheduler`, the address of a Dask cluster that does the work. What is stored is never computed again, so that a
    continued job goes on where it was.

    Raises
    ------
    DatasetError
        If the data set cannot be read or the store not be written.
    ParameterError
        If a feature does not exist or a value does not fit.
    ScaleError
        If the cluster cannot be reached or cannot work.
    """
    dataset = load_dataset(values["dataset"], root.datasets)
    pairs = values["requests"]
    requests = [(feature_from_dict(pair["feature"]), SegmentConfig.from_dict(pair["segments"])) for pair in pairs]
    provide(dataset, requests, root.datasets, FeatureStore(root.features))
    progress = journal.counting("working", "Computing features")
    problems = extract_all(
        dataset,
        requests,
        FeatureStore(root.features),
        progress=progress,
        processes=values.get("processes"),
        scheduler=values.get("scheduler"),
    )
    result = {
        "dataset": dataset.name,
        "tracks": len(dataset.tracks),
        "features": [feature.name for feature, _ in requests],
        "failed": [{"track": problem.file, "kind": problem.kind, "message": problem.message} for problem in problems],
        "folder": str(root.features),
    }
    n_stored = len(dataset.tracks) - len({problem.file for problem in problems})
    words = f"Features of {n_stored} of {len(dataset.tracks)} tracks are stored"
    if problems:
        words += f"; {problems[0].file}: {problems[0].message}"
    journal.report("finished", words, progress=1.0, seconds_left=0.0, result=result)
    return result
