"""The cells of a benchmark as rows: what the seeds agree on, and what each row costs."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from genre_core.evaluation.listeners import Answer, agreement
from genre_core.models import model_spec
from genre_core.runs import versions
from genre_core.training.benchmark.plan import BenchmarkPlan, Cell, Division
from genre_core.training.benchmark.running import Record, why_left_out

FORMAT = 1


def summarise(plan: BenchmarkPlan, records: Mapping[str, Record], *, answers: Sequence[Answer] = ()) -> dict[str, Any]:
    """Everything that the table says, as plain JSON values, with the records of all cells.

    Of several seeds the one in the middle speaks: its scores and their intervals are told whole, beside mean and standard
    deviation over the seeds.

    Parameters
    ----------
    plan : BenchmarkPlan
        What was asked for.
    records : mapping
        What is known of its cells; the table of an unfinished benchmark says how many are missing.
    answers : sequence of Answer, optional
        What listeners said of some tracks: told beside each division whose judged tracks are among them.
    """
    done = [cell for cell in plan.cells if records.get(cell.key, {}).get("state") == "finished"]
    left = [cell for cell in plan.cells if cell not in done and not why_left_out(cell, plan, records)]
    loads = [record["load"] for record in records.values() if record.get("load") is not None]
    dataset = plan.dataset
    return {
        "format": FORMAT,
        "settings": plan.request.to_dict(),
        "dataset": {
            "name": dataset.name,
            "title": dataset.title,
            "note": dataset.note,
            "fingerprint": dataset.fingerprint,
            "n_tracks": len(dataset.tracks),
            "genres": list(dataset.genres),
        },
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "versions": versions(),
        },
        "load": [min(loads), max(loads)] if loads else None,
        "cells_to_go": len([cell for cell in left if records.get(cell.key, {}).get("state") != "failed"]),
        "divisions": [_division(division, plan, records, answers) for division in plan.divisions],
        "rows": [_row(model, division, plan, records) for division in plan.divisions for model in plan.request.models],
        "cells": [{"key": cell.key, **records[cell.key]} for cell in plan.cells if cell.key in records],
    }


def _division(
    division: Division, plan: BenchmarkPlan, records: Mapping[str, Record], answers: Sequence[Answer]
) -> dict[str, Any]:
    known = next((record for cell, record in _finished(plan, records) if cell.division is division), {})
    truth = {track_id: plan.dataset.by_id[track_id].genre for track_id in division.judged}
    found = agreement(answers, truth, genres=plan.dataset.genres) if truth else None
    return {
        "name": division.name,
        "title": division.title,
        "leaky": division.leaky,
        "badge": division.badge,
        "role": known.get("role"),
        "n_tracks": known.get("n_tracks"),
        "over": known.get("over"),
        "n_groups": known.get("n_groups"),
        "clip_seconds": known.get("clip_seconds"),
        "listeners": None if found is None else found.to_dict(),
    }


def _row(model: str, division: Division, plan: BenchmarkPlan, records: Mapping[str, Record]) -> dict[str, Any]:
    spec = model_spec(model)
    cells = [cell for cell in plan.cells if cell.place == (model, division.name)]
    level = "segments" if division.leaky else "tracks"
    found = [records[cell.key] for cell in cells if records.get(cell.key, {}).get("state") == "finished"]
    found.sort(key=lambda record: (record[level]["accuracy"]["value"], record["seed"]))
    failed = [records[cell.key]["error"]["message"] for cell in cells if records.get(cell.key, {}).get("state") == "failed"]
    row: dict[str, Any] = {
        "model": model,
        "title": spec.title,
        "division": division.name,
        "leaky": division.leaky,
        "claimed": spec.claimed,
        "honest": spec.honest,
        "n_seeds": len(found),
        "why_fewer_seeds": next((reason for cell in cells if (reason := why_left_out(cell, plan, records))), ""),
        "errors": failed,
    }
    if not found:
        return row
    values = [record[level]["accuracy"]["value"] for record in found]
    middle = found[(len(found) - 1) // 2]
    return {
        **row,
        "seed": middle["seed"],
        "mean_accuracy": statistics.fmean(values),
        "deviation": statistics.stdev(values) if len(values) > 1 else None,
        "tracks": middle["tracks"],
        "segments": middle["segments"],
        "epochs": middle["epochs"],
        "parameters": middle["parameters"],
        "training_seconds": _median([record["training_seconds"] for record in found]),
        "inference_ms": _median([record["inference_ms"] for record in found]),
    }


def _finished(plan: BenchmarkPlan, records: Mapping[str, Record]) -> list[tuple[Cell, Record]]:
    return [(cell, records[cell.key]) for cell in plan.cells if records.get(cell.key, {}).get("state") == "finished"]


def _median(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None
