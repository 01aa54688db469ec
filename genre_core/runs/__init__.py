"""Runs: the one thing that travels. A folder with a model and all that serving and judging it needs.

manifest.py   the format of `manifest.json`: what it must hold, how an earlier one is read
facts.py      what a manifest says, in types
run.py        a run: load, save, predict, open the test split, rename, annotate, delete
changes.py    one change at a time, whichever process makes it
library.py    the runs below a root: list, find, which may be compared
calibrating.py  a finished run gets its temperature, and learns what is unlike its songs
comparing.py  runs compared in pairs on the tracks that both judged
deleted.py    deleted runs, kept aside for seven days
exporting.py  a run as one file; importing.py, packed.py and trial.py take one in that somebody else made
reading.py    how a run reads tracks
"""

from genre_core.runs.deleted import DeletedRun
from genre_core.runs.exporting import export_name, export_run
from genre_core.runs.importing import AlreadyHereError, import_run
from genre_core.runs.library import (
    DEFAULT_RUN,
    DamagedRun,
    by_score,
    default_run,
    deleted_runs,
    find_run,
    list_runs,
    restore_run,
    scan_runs,
    unused_title,
    why_not_compared,
)
from genre_core.runs.manifest import FORMAT_VERSION, MANIFEST, ROLES, leak_record, read_manifest, versions
from genre_core.runs.reading import Reading, predict_dataset, predict_role
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
    "by_score",
    "default_run",
    "deleted_runs",
    "export_name",
    "export_run",
    "find_run",
    "import_run",
    "leak_record",
    "list_runs",
    "predict_dataset",
    "predict_role",
    "read_manifest",
    "restore_run",
    "scan_runs",
    "unused_title",
    "versions",
    "why_not_compared",
]
