"""What was found out about a run, kept on disk: arrays in an npz, by the fingerprint of all that they follow from."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np

from genre_core.errors import RunError
from genre_core.files import why_not_written, write_whole
from genre_core.paths import Root
from genre_core.runs import Run

_UNREADABLE = (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


def place(run: Run, root: Root, name: str) -> Path:
    """Where something about a run lies, or would: below `Root.inspections`, since a shipped run is never written."""
    return root.inspections / run.id / name


def kept(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file; none where there is no file, or it is damaged: they are computed anew then."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except _UNREADABLE:
        return {}


def keep(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays whole or not at all; `RunError` if the disk is full or the folder cannot be written."""
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, packed.getvalue(), durable=False)
    except OSError as error:
        spare = f"{path.parent} itself may be deleted: it is computed again"
        raise RunError(f"What was found out cannot be kept in {path.parent}: {why_not_written(error, spare=spare)}") from error
