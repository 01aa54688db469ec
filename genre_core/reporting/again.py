"""Command lines that give a report's numbers again."""

from __future__ import annotations

import shlex
from typing import Any

from genre_core.models import MODELS
from genre_core.params import Config
from genre_core.reporting.material import Material
from genre_core.runs import Run
from genre_core.runs.exporting import safe_name
from genre_core.training.recipe import TrainRequest

PROGRAM = "python -m genre_core"


def commands(material: Material) -> list[tuple[str, str]]:
    """What each command does, and the command; nothing here trains, opens or changes anything by itself."""
    run, role = material.run, material.role
    found = [
        ("Score it again", _line("evaluate", run.id, "--split", role)),
        ("This report, and its predictions as a table", report_command(run, role)),
    ]
    if training := training_command(run):
        needs = " (its card names the folders that this needs)" if run.is_shipped else ""
        found.insert(0, (f"Train such a run again{needs}", training))
    return found


def report_command(run: Run, role: str) -> str:
    """The command that writes report and predictions of a run into this folder."""
    name = f"{safe_name(run.id)}-{role}"
    return _line("report", run.id, "--split", role, "--out", f"{name}.html", "--csv", f"{name}.csv")


def training_command(run: Run) -> str:
    """The command that trains a run with the same settings; empty for a run whose model cannot be trained here."""
    if run.is_shipped:
        return _line("shipped", run.folder.name)
    if run.model not in MODELS or (run.preset and run.preset not in MODELS[run.model].presets):
        return ""
    split, folds = run.manifest["split"], run.folds
    words: list[Any] = ["train", "--model", run.model, "--dataset", run.dataset_name]
    words += ["--preset", run.preset] * bool(run.preset)
    if folds is None:
        words += ["--split", split["name"], "--split-seed", split.get("seed", 0)]
    else:
        words += ["--folds", folds["count"], "--split-seed", folds["seed"]]
    words += ["--genres", ",".join(split.get("genres", ()))] * bool(split.get("genres"))
    words += ["--train-share", f"{run.train_share:g}"] * (run.train_share != 1)
    begun = TrainRequest(run.model, preset=run.preset).resolve()
    for config, values in ((begun.config, run.config), (begun.training, run.training), (begun.segments, run.segments.to_dict())):
        for name, value in _changed(config, values).items():
            words += ["-p", f"{name}={_plain(value)}"]
    return _line(*words)


def _changed(config: Config, values: dict[str, Any]) -> dict[str, Any]:
    """Values that are not those that a training of the model begins with; names that are no longer known are left out."""
    begun = config.to_dict()
    return {name: value for name, value in values.items() if name in config.params() and begun[name] != value}


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _line(*words: Any) -> str:
    return f"{PROGRAM} {shlex.join(str(word) for word in words)}"
