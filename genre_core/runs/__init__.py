"""Runs: the one thing that travels. A folder with a model and all that serving and judging it needs."""

from genre_core.evaluation.report import score_report
from genre_core.files import write_json
from genre_core.runs.library import DEFAULT_RUN, DamagedRun, default_run, find_run, list_runs, scan_runs
from genre_core.runs.manifest import FORMAT_VERSION, MANIFEST, ROLES, leak_record, read_manifest, versions
from genre_core.runs.reading import Reading, predict_dataset
from genre_core.runs.run import CARD, Run

__all__ = [
    "CARD",
    "DEFAULT_RUN",
    "FORMAT_VERSION",
    "MANIFEST",
    "ROLES",
    "DamagedRun",
    "Reading",
    "Run",
    "default_run",
    "find_run",
    "leak_record",
    "list_runs",
    "predict_dataset",
    "read_manifest",
    "scan_runs",
    "score_report",
    "versions",
    "write_json",
]
