"""What two or more runs differ in, in as few words as a legend has room for, and names that say it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from genre_core.features import FEATURES
from genre_core.models import MODELS
from genre_core.params import Param
from genre_core.runs import Run
from genre_core.training.recipe import TRAINING

MOST = 3
"""Differences that are named; the others are counted."""

Value = tuple[str, Any]


def differing(runs: Sequence[Run]) -> list[str]:
    """For each run what is its own among them: `dropout 0.3`, `dropout 0.6, L2 penalty 0`; empty where nothing differs.

    Titles and notes don't count, nor the day.
    """
    told = [_values(run) for run in runs]
    names = list(dict.fromkeys(name for values in told for name in values))
    apart = [name for name in names if len({repr(values[name]) if name in values else None for values in told}) > 1]
    return [_sentence([values[name] for name in apart if name in values], len(apart)) for values in told]


def names_apart(runs: Sequence[Run]) -> list[str]:
    """Names for runs that are compared: titles, of one model's runs with what is each one's own, `Dense network, dropout 0.3`.

    Where that does not tell two of them apart, the id stands behind.
    """
    apart = differing(runs) if len({run.model for run in runs}) == 1 else [""] * len(runs)
    names = [f"{run.title}, {words}" if words else run.title for run, words in zip(runs, apart, strict=True)]
    counted = Counter(names)
    return [name if counted[name] == 1 else f"{name} ({run.id})" for name, run in zip(names, runs, strict=True)]


def _sentence(values: Sequence[Value], n_apart: int) -> str:
    shown = [_said(label, value) for label, value in values[:MOST]]
    more = max(0, n_apart - MOST)
    return ", ".join(shown) + (f" and {more} more" if more and shown else "")


def _said(label: str, value: Any) -> str:
    if isinstance(value, bool):
        return label if value else f"no {label}"
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{label} {shown}".strip()


def _values(run: Run) -> dict[str, Value]:
    """Everything that a run was asked for, by a name of its own: words and value."""
    spec = MODELS.get(run.model)
    values: dict[str, Value] = {"model": ("", run.model), "preset": ("preset", run.preset or "ours")}
    if spec is not None:
        values |= _named("config", run.config, spec.config.params())
        values |= _named("training", run.training, TRAINING[spec.family].params())
    for index, feature in enumerate(run.features):
        values |= _named(f"{index} {feature.name}", feature.to_dict(), FEATURES[feature.name].params())
    values |= _named("segments", run.segments.to_dict(), run.segments.params())
    split = run.manifest["split"]
    values["split"] = ("split", split["name"].replace("_", " "))
    values["split seed"] = ("split seed", split["seed"])
    values["folds"] = ("folds", (run.manifest["folds"] or {}).get("count", 0))
    values["dataset"] = ("", run.dataset_title)
    values["genres"] = ("genres", len(run.genres))
    return values


def _named(where: str, values: Mapping[str, Any], params: Mapping[str, Param]) -> dict[str, Value]:
    return {f"{where}.{name}": (_lower(params[name].label), value) for name, value in values.items() if name in params}


def _lower(label: str) -> str:
    """`Dropout` as it stands inside a sentence; `L2 penalty` as it is."""
    return label if label[1:2].isupper() or label[1:2].isdigit() else label[:1].lower() + label[1:]
