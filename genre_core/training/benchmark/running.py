"""Training a benchmark's cells: one after the other, a file each, so that a killed benchmark goes on where it was."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from genre_core.errors import GenreError, JobError
from genre_core.evaluation.report import score_of, split_verdict
from genre_core.files import why_not_written, write_json
from genre_core.jobs import Status, perform, prepare
from genre_core.jobs.job import TRAIN
from genre_core.jobs.locks import FileLock
from genre_core.jobs.queue import make_ready
from genre_core.paths import Annex, Root
from genre_core.runs import MANIFEST, Run
from genre_core.training.benchmark.measures import inference, n_parameters
from genre_core.training.benchmark.plan import BenchmarkPlan, Cell
from genre_core.training.trainer import work

Record = dict[str, Any]
"""What is known of a cell: `state` (begun, finished or failed) and, once it is finished, its scores and costs."""

CELLS, RUNS = "cells", "runs"
SCORES = ("accuracy", "macro_f1", "mean_average_precision")


def run_benchmark(
    plan: BenchmarkPlan, root: Root, folder: Path, *, progress: Callable[[Status], None] | None = None
) -> dict[str, Record]:
    """Train every cell that has no result yet, and give the records of all by key.

    A cell that fails is written down with its sentence, and the rest goes on; at the next call it is tried again. The runs lie in
    `folder/runs`, apart from the user's own; each takes its turn in the root's queue.

    Parameters
    ----------
    plan : BenchmarkPlan
        What to train.
    root : Root
        Where data sets and features lie.
    folder : Path
        Where cells and runs are kept.
    progress : callable, optional
        Called with a `Status` whose message names the cell and whose `seconds_left` is that of the whole benchmark.

    Raises
    ------
    JobError
        If another process works in that folder, or it cannot be written.
    """
    try:
        (folder / CELLS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JobError(f"The benchmark must be written to {folder}. That failed: {why_not_written(error)}") from error
    lock = FileLock(folder / ".benchmark.lock")
    if not lock.acquire():
        raise JobError(f"Another benchmark works in {folder} already. Wait for it, or choose another folder with --out.")
    annex = Annex(root.path, root.shipped, place=folder / RUNS)
    try:
        for number, cell in enumerate(plan.cells, start=1):
            records = read_records(plan, folder)
            if records.get(cell.key, {}).get("state") == "finished" or why_left_out(cell, plan, records):
                continue
            words = f"{cell.model}, {cell.division.title}, seed {cell.seed} (cell {number} of {len(plan.cells)})"
            _train_cell(cell, plan, annex, folder, _Teller(words, seconds_left(plan, records), progress))
    finally:
        lock.release()
    return read_records(plan, folder)


def read_records(plan: BenchmarkPlan, folder: Path) -> dict[str, Record]:
    """What is known of the plan's cells; one whose file is damaged counts as not trained."""
    found = {}
    for cell in plan.cells:
        try:
            record = json.loads((folder / CELLS / f"{cell.key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(record, dict) and "state" in record:
            found[cell.key] = record
    return found


def why_left_out(cell: Cell, plan: BenchmarkPlan, records: Mapping[str, Record]) -> str:
    """Why a cell is not trained, in words; empty where it is.

    A net whose epochs are slow has one seed, and what failed from the first seed is not tried from others.
    """
    if cell.left_out or not cell.seed:
        return cell.left_out
    first = records.get(next(other.key for other in plan.cells if other.place == cell.place), {})
    if first.get("state") == "failed":
        return "the first seed failed"
    epoch_seconds = first.get("epoch_seconds") or 0.0
    if epoch_seconds > plan.request.slow_epoch_seconds:
        return f"an epoch took {epoch_seconds:.0f} s"
    return ""


def seconds_left(plan: BenchmarkPlan, records: Mapping[str, Record]) -> float | None:
    """How long the cells to come will take, from what cells of the same row took; None before the first."""
    took: dict[Any, list[float]] = {}
    for cell in plan.cells:
        record = records.get(cell.key, {})
        if record.get("state") == "finished":
            for known in (cell.place, cell.model, None):
                took.setdefault(known, []).append(record["seconds"])
    if not took:
        return None
    total = 0.0
    for cell in plan.cells:
        if records.get(cell.key, {}).get("state") == "finished" or why_left_out(cell, plan, records):
            continue
        nearest = next(known for known in (cell.place, cell.model, None) if known in took)
        total += statistics.fmean(took[nearest])
    return total


class _Teller:
    """Listens to a cell's training: passes on what it says, and times it."""

    def __init__(self, words: str, left: float | None, listener: Callable[[Status], None] | None) -> None:
        self.words, self.left, self.listener = words, left, listener
        self.began = time.monotonic()
        self.trains_since: float | None = None

    def __call__(self, status: Status) -> None:
        now = time.monotonic()
        if status.state == "training" and self.trains_since is None:
            self.trains_since = now
        if self.listener is not None:
            left = None if self.left is None else max(0.0, self.left - (now - self.began))
            self.listener(replace(status, message=f"{self.words}: {status.message}", seconds_left=left))


def _train_cell(cell: Cell, plan: BenchmarkPlan, annex: Annex, folder: Path, teller: _Teller) -> None:
    path = folder / CELLS / f"{cell.key}.json"
    head: Record = {
        "model": cell.model,
        "division": cell.division.name,
        "leaky": cell.division.leaky,
        "seed": cell.seed,
        "request": cell.request.to_dict(),
    }
    place = _begun(path, annex) or prepare(TRAIN, cell.request.to_dict(), annex, name=cell.model)
    write_json(path, {"state": "begun", **head, "run": place.name})
    try:
        run = _trained(cell, annex, place, teller)
        trained_for = None if teller.trains_since is None else time.monotonic() - teller.trains_since
        measured = _measured(run, plan, annex, trained_for)
        end: Record = {"state": "finished", "seconds": time.monotonic() - teller.began, **measured}
    except GenreError as error:
        end = {"state": "failed", "error": {"kind": error.kind, "message": str(error)}}
    except Exception as error:  # whatever is wrong with one row must not cost a night's other rows; the table says it
        end = {"state": "failed", "error": {"kind": "unexpected", "message": f"{type(error).__name__}: {error}"}}
    if end["state"] == "failed":
        teller(Status("failed", str(end["error"]["message"])))
    write_json(path, {**head, "run": place.name, "load": _load(), **end})


def _begun(path: Path, annex: Annex) -> Path | None:
    """The folder of a training that an earlier call broke off; None where there is none that could go on."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        place = annex.runs / str(record["run"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return place if record.get("state") == "begun" and (place / "request.json").is_file() else None


def _trained(cell: Cell, annex: Annex, place: Path, teller: _Teller) -> Run:
    if (place / MANIFEST).is_file():  # broken off between the run and the cell's own file
        return Run.load(place)
    make_ready(place)
    return perform(place, annex, lambda journal: work(cell.request.to_dict(), annex, journal), listener=teller)


def _measured(run: Run, plan: BenchmarkPlan, annex: Annex, trained_for: float | None) -> Record:
    """Scores of the judged role with their intervals, and costs. The judged role is valid or out of fold, never test."""
    entry = run.scores[run.judged_role]
    epochs = [entry["seconds"] for entry in run.history]
    return {
        "role": run.judged_role,
        "n_tracks": entry["n_tracks"],
        "n_segments": entry["n_segments"],
        "over": entry["over"],
        "n_groups": entry["n_groups"],
        "split": split_verdict(run.manifest, role=run.judged_role),
        **{level: {name: score_of(entry, name, level=level).to_dict() for name in SCORES} for level in ("tracks", "segments")},
        "training_seconds": sum(epochs) if epochs else trained_for,
        "epochs": len(epochs),
        "best_epoch": run.best_epoch,
        "epoch_seconds": statistics.median(epochs) if epochs else None,
        "parameters": n_parameters(run),
        **inference(run, plan.dataset, annex),
        "versions": run.manifest["versions"],
    }


def _load() -> float | None:
    """How busy the machine was in the last minute; None where it does not say."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
