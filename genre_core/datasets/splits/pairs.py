"""Tracks that a check of a data set has found to be alike: what a split must not tear apart."""

from __future__ import annotations

from pathlib import Path

from genre_core.datasets.division import Alike
from genre_core.datasets.tracks import Dataset


def known_pairs(dataset: Dataset, root_datasets: Path) -> tuple[Alike, ...]:
    """Near-duplicates in the report of the last check of this very data set; none where it was not checked, or has changed."""
    from genre_core.datasets.checks import load_report  # which listens to audio when it checks

    report = load_report(dataset.name, root_datasets)
    return () if report is None or report.is_stale(dataset) else report.pairs
