"""Nets: built from their tables, trained stage by stage, written as one ONNX graph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.errors import TrainingError
from genre_core.jobs.journal import Journal
from genre_core.models.base import Classifier
from genre_core.models.networks import Stage, export_onnx, fit_scaler
from genre_core.training.augment import Augmentation
from genre_core.training.backend import load_tensorflow, seed_keras
from genre_core.training.batches import Batches
from genre_core.training.fit import Part, fit
from genre_core.training.learners.base import Task
from genre_core.training.recipe import Recipe, TrainConfig
from genre_core.training.state import STATE, TrainState
from genre_core.training.steps import Steps, answering, freeze, make_steps

CHECKPOINT = "checkpoint.keras"


@dataclass(frozen=True, eq=False)
class LearnedNet:
    """A trained net."""

    model: Any
    stopped: bool
    facts: dict[str, Any]
    classifier: Classifier

    def save(self, folder: Path, sample: tuple[np.ndarray, ...]) -> None:
        self.model.save(folder / CHECKPOINT)
        export_onnx(self.model, folder / "model.onnx", sample)


class NetworkLearner:
    """Trains a net as often as a run asks; its functions are traced once and serve every fold."""

    def __init__(self, recipe: Recipe, n_genres: int, journal: Journal) -> None:
        assert isinstance(recipe.training, TrainConfig)
        self.recipe, self.config, self.n_genres, self.journal = recipe, recipe.training, n_genres, journal
        self.net_stages: tuple[Stage, ...] = recipe.spec.build.stages  # type: ignore[attr-defined]
        self.stages = tuple(stage.name for stage in self.net_stages)
        self.model: Any = None
        self.steps: dict[str, Steps] = {}
        self.answer: Classifier | None = None

    def check(self, n_segments: int) -> None:
        if self.config.batch_size > n_segments:
            raise TrainingError(
                f"A batch must not be larger than what there is to learn from: {n_segments} train segments. "
                f"Received: batch_size={self.config.batch_size}. Choose {max(1, n_segments // 4)}, or add tracks."
            )

    def start(self) -> None:
        self.journal.report("preparing", "Starting TensorFlow")
        load_tensorflow()
        self.journal.heed_stop()

    def learn(self, task: Task) -> LearnedNet:
        model = self._untrained(task)
        scaler = fit_scaler(model, task.segments.features, task.train_rows)
        fill = tuple(np.array(entry["mean"]) for entry in scaler)
        augmentation = Augmentation(self.config, self.recipe.features, fill)
        train = Batches(task.segments, task.train_rows, self.n_genres, self.config, augmentation)
        valid = None
        if task.valid_rows is not None:
            valid = Batches(task.segments, task.valid_rows, self.n_genres, self.config)
        stopped = False
        for index, stage in enumerate(self.net_stages):
            if self._is_past(task, index):
                continue
            part = self._part(task, index)
            config = self.config.replace(epochs=task.epochs[stage.name]) if task.epochs else self.config
            freeze(model, stage)
            hook = task.after_epoch if index == len(self.net_stages) - 1 else None
            steps = self._steps(stage)
            fitted = fit(model, steps, train, valid, config, self.journal, part=part, stage=stage, after_epoch=hook)
            stopped = fitted.stopped
            if stopped and index < len(self.net_stages) - 1:
                self.journal.heed_stop()  # no genres yet: there is nothing to keep, but a continuation goes on here
        if self.answer is None:
            self.answer = answering(model)
        return LearnedNet(model, stopped, {"scaler": scaler}, self.answer)

    def _untrained(self, task: Task) -> Any:
        """The net with its first weights, which follow from the seed; built once, as its functions are bound to it."""
        seed_keras(self.config.seed, deterministic=self.config.deterministic)
        shapes = tuple(values.shape[1:] for values in task.segments.features)
        fresh = self.recipe.spec.build(self.recipe.config, shapes, self.n_genres)
        if self.model is None:
            self.model = fresh
        else:
            for variable, first in zip(self.model.variables, fresh.variables, strict=True):
                variable.assign(np.array(first))
        return self.model

    def _steps(self, stage: Stage) -> Steps:
        if stage.name not in self.steps:
            output = str(getattr(self.recipe.config, "output", "softmax"))
            self.steps[stage.name] = make_steps(self.model, stage, self.config, output=output)
        return self.steps[stage.name]

    def _part(self, task: Task, index: int) -> Part:
        return task.part.stage(self.stages[index], index, len(self.stages))

    def _is_past(self, task: Task, index: int) -> bool:
        """Whether an earlier, broken call had come to a later stage of this very training."""
        stored = TrainState.load(self.journal.folder / STATE) if index < len(self.stages) - 1 else None
        later = {self._part(task, behind).name for behind in range(index + 1, len(self.stages))}
        return stored is not None and stored.fingerprint == task.part.fingerprint and stored.part in later
