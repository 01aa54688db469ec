"""Features of several files as one table, one row a file: CSV, JSON, npz or Parquet, by the file's extension."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.errors import GenreError, ParameterError
from genre_core.features.base import Feature
from genre_core.files import write_whole

_SUMMARIES = (".csv", ".parquet")
"""Formats of plain columns: they hold each row's mean and standard deviation over time (of what has no frames
every number), the others every frame."""


class Table:
    """Rows gathered one by one, then written whole.

    Parameters
    ----------
    out : Path
        File to write; its extension chooses the format.
    feature : Feature
        What the rows hold.

    Raises
    ------
    ParameterError
        If the extension is unknown or the folder does not exist: before any work, not after it.
    """

    def __init__(self, out: Path, feature: Feature) -> None:
        if out.suffix.lower() not in WRITERS:
            raise ParameterError(f"The file to write must end in {', '.join(WRITERS)}. Received: {out.name!r}.")
        if out.is_dir() or not out.absolute().parent.is_dir():
            raise ParameterError(f"The file to write needs a folder that exists. Received: {out}. Make the folder first.")
        self.out = out
        self.feature = feature
        self.paths: list[str] = []
        self.columns: list[str] = []
        self.rows: list[np.ndarray] = []

    def add(self, path: Path, values: np.ndarray) -> None:
        """Add the row of one file; `values` of shape (n_rows,) or (n_rows, n_frames)."""
        names = row_names(self.feature, values.shape[0])
        if values.ndim > 1 and self.out.suffix.lower() in _SUMMARIES:
            if self.feature.per_frame:
                names = [f"{name}_{statistic}" for name in names for statistic in ("mean", "std")]
                long = values.astype(np.float64)
                values = np.stack([long.mean(axis=1), long.std(axis=1)], axis=1).ravel()  # (2 * n_rows,)
            else:  # columns that are no frames, as a covariance has them, are not averaged
                names = [f"{name}_{number}" for name in names for number in range(1, values.shape[1] + 1)]
                values = values.ravel()  # (n_rows * n_columns,)
        self.columns = names
        self.paths.append(str(path))
        self.rows.append(values)

    def write(self) -> None:
        """Write the file, whole or not at all; `GenreError` if it cannot be written."""
        content = WRITERS[self.out.suffix.lower()](self)
        try:
            write_whole(self.out, content)
        except OSError as error:
            raise GenreError(
                f"{self.out} cannot be written: {error.strerror or error}. Free some space or choose another place."
            ) from error


def row_names(feature: Feature, n_rows: int) -> list[str]:
    """Names for columns: the feature's own where it has them (`MFCC 1` becomes `mfcc1`), else its name and a number from 1."""
    for known in (getattr(feature, "COLUMNS", None), getattr(feature, "rows", None)):
        if isinstance(known, tuple) and len(known) == n_rows:
            return [
                re.sub(r"\W+", "_", re.sub(r"(?<=[a-z]) (?=\d)", "", str(name).lower().replace("♯", "_sharp"))) for name in known
            ]
    return [f"{feature.name}{number}" for number in range(1, n_rows + 1)]


def _csv(table: Table) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["path", *table.columns])
    for path, values in zip(table.paths, table.rows, strict=True):
        writer.writerow([path, *(f"{value:.9g}" for value in values)])  # nine digits hold a float32
    return text.getvalue().encode("utf-8", "surrogateescape")


def _json(table: Table) -> bytes:
    rows = [
        {"path": path, **dict(zip(table.columns, values.tolist(), strict=True))}
        for path, values in zip(table.paths, table.rows, strict=True)
    ]
    return json.dumps(rows, allow_nan=False).encode()


def _npz(table: Table) -> bytes:
    lengths = [values.shape[1] if values.ndim > 1 else 1 for values in table.rows]
    padded = np.full((len(table.rows), *table.rows[0].shape[:1], max(lengths)), np.nan, np.float32)
    for number, (values, length) in enumerate(zip(table.rows, lengths, strict=True)):
        padded[number, :, :length] = values.reshape(-1, length)  # (n_rows, n_frames)
    arrays: dict[str, Any] = {
        "path": np.array(table.paths),
        "columns": np.array(table.columns),
        "values": padded if table.rows[0].ndim > 1 else padded[:, :, 0],  # (n_files, n_rows, n_frames) or (n_files, n_rows)
        "n_frames": np.array(lengths),
        "feature": np.array(json.dumps(table.feature.to_dict())),
    }
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def _parquet(table: Table) -> bytes:
    import pyarrow
    import pyarrow.parquet

    numbers = np.array(table.rows, dtype=np.float32)  # (n_files, n_columns)
    columns = {name: numbers[:, column] for column, name in enumerate(table.columns)}
    paths = [path.encode("utf-8", "replace").decode() for path in table.paths]  # Parquet knows only whole text
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"path": paths, **columns}), content)
    return content.getvalue()


WRITERS: dict[str, Callable[[Table], bytes]] = {".csv": _csv, ".json": _json, ".npz": _npz, ".parquet": _parquet}
