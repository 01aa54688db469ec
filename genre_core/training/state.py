"""The state of a training between two epochs: with it, a training that broke off goes on as if nothing had happened."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.files import write_whole

STATE = "state.npz"


@dataclass
class TrainState:
    """Where a training stands after a whole epoch.

    Attributes
    ----------
    part : str
        Which of a run's trainings it is; '' where there is one.
    fingerprint : str
        Of the data that it learns from.
    epoch : int
        Epochs done.
    best_epoch : int
        The one with the lowest loss on the valid split; 0 before there is one.
    best_loss : float or None
        That loss [nats].
    variables, optimizer, best : list of np.ndarray
        The net's variables (the generators of its dropout among them), the optimizer's, and the best weights.
    """

    part: str = ""
    fingerprint: str = ""
    epoch: int = 0
    best_epoch: int = 0
    best_loss: float | None = None
    variables: list[np.ndarray] = field(default_factory=list)
    optimizer: list[np.ndarray] = field(default_factory=list)
    best: list[np.ndarray] = field(default_factory=list)

    def take(self, model: Any, optimizer: Any) -> None:
        """Copy the present values of a Keras model and its optimizer into this state."""
        self.variables = [np.array(variable) for variable in model.variables]
        self.optimizer = [np.array(variable) for variable in optimizer.variables]

    def give(self, model: Any, optimizer: Any) -> None:
        """Set a Keras model and its optimizer to the values of this state."""
        for variable, value in zip(model.variables, self.variables, strict=True):
            variable.assign(value)
        for variable, value in zip(optimizer.variables, self.optimizer, strict=True):
            variable.assign(value)

    @classmethod
    def of(cls, path: Path, part: str, fingerprint: str) -> TrainState:
        """The state to go on from: the one in that file if it is of this very part, else a new one."""
        stored = cls.load(path)
        if stored is not None and (stored.part, stored.fingerprint) == (part, fingerprint):
            return stored
        return cls(part=part, fingerprint=fingerprint)

    def save(self, path: Path) -> None:
        """Write it whole: a reader finds the former epoch's state or this one."""
        facts: dict[str, Any] = {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name not in _LISTS}
        facts["counts"] = [len(getattr(self, name)) for name in _LISTS]
        arrays = {f"{name}_{index:04d}": array for name in _LISTS for index, array in enumerate(getattr(self, name))}
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, facts=np.array(json.dumps(facts)), **arrays)
        write_whole(path, packed.getvalue(), durable=False)

    @classmethod
    def load(cls, path: Path) -> TrainState | None:
        """What `save` wrote; None where there is nothing, or it is damaged."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                names = sorted(stored.files)
                lists: dict[str, Any] = {key: [stored[name] for name in names if name.startswith(f"{key}_")] for key in _LISTS}
                facts = json.loads(str(stored["facts"]))
            if facts.pop("counts") != [len(lists[name]) for name in _LISTS]:
                return None
            return cls(**facts, **lists)
        except (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
            return None


_LISTS = ("variables", "optimizer", "best")
