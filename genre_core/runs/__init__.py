"""Runs: the one thing that travels. A folder with a model and all that serving and judging it needs."""

from genre_core.evaluation.report import score_report
from genre_core.files import write_json
from genre_core.runs.deleted import DeletedRun
from genre_core.runs.exporting import export_name, export_run
from genre_core.runs.importing import AlreadyHereError, import_run
from genre_core.runs.library import (
    DEFAULT_RUN,
    DamagedRun,
    default_run,
    deleted_runs,
    find_run,
    list_runs,
    restore_run,
    scan_runs,
)
from genre_core.runs.manifest import FORMAT_VERSION, MANIFEST, ROLES, leak_record, read_manifest, versions
from genre_core.runs.reading import Reading, predict_dataset
from genre_core.runs.run import CARD, Run

__all__ = [
    "CARD",
    "DEFAULT_RUN",
    "FORMAT_VERSION",
    "MANIFEST",
    "ROLES",
    "AlreadyHereError",
    "DamagedRun",
    "DeletedRun",
    "Reading",
    "Run",
    "default_run",
    "deleted_runs",
    "export_name",
    "export_run",
    "find_run",
    "import_run",
    "leak_record",
    "list_runs",
    "predict_dataset",
    "read_manifest",
    "restore_run",
    "scan_runs",
    "score_report",
    "versions",
    "write_json",
]
