"""A run as one file, to hand to somebody else."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path, PureWindowsPath
from typing import Any

from genre_core.errors import RunError
from genre_core.models.serve import model_file
from genre_core.runs.manifest import MANIFEST
from genre_core.runs.run import CARD, LIKENESS, Run

SUFFIX = ".genrerun.zip"
REQUEST = "request.json"
HISTORY = "history.jsonl"
ROLES = ("valid", "test", "folds")
"""Roles whose predictions travel."""

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
_FIRST_TIME = (1980, 1, 1, 0, 0, 0)
"""The same for every member, so that the same run gives the same bytes."""


def export_run(run: Run) -> bytes:
    """Everything that serving and judging a run needs, in one zip file: no audio, no log, no path of this machine.

    Raises
    ------
    RunError
        If a file of the run is missing or cannot be read.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in _members(run).items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_TIME), member, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def export_name(run: Run) -> str:
    """File name that every system accepts, `20261121-064700-ann.genrerun.zip`."""
    return safe_name(run.id) + SUFFIX


def safe_name(text: str) -> str:
    """`text` as the name of a file or folder on any system: letters, digits, dot, dash and underscore."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")[:80].rstrip("-.") or "run"
    return f"run-{name}" if name.split(".")[0].lower() in _RESERVED else name


def _members(run: Run) -> dict[str, bytes]:
    run.refuse_without_model()
    members = {MANIFEST: (json.dumps({**run.manifest, "imported": None}, indent=1, allow_nan=False) + "\n").encode()}
    try:
        model = model_file(run.folder).name
    except RunError as error:
        raise RunError(f"{run.title!r} cannot be exported: {error}") from error
    members[model] = _read(run, model)
    for role in ROLES:
        # Predictions without scores are those of an opening that was broken off: nobody has seen them.
        if role in run.scores:
            members[f"predictions_{role}.npz"] = _read(run, f"predictions_{role}.npz")
    for name in (HISTORY, CARD, LIKENESS):
        if (run.folder / name).is_file():
            members[name] = _read(run, name)
    request = _request(run.folder / REQUEST)
    if request is not None:
        members[REQUEST] = (json.dumps(request, indent=1) + "\n").encode()
    return members


def _read(run: Run, name: str) -> bytes:
    try:
        return (run.folder / name).read_bytes()
    except OSError as error:
        raise RunError(
            f"{run.title!r} cannot be exported: its {name} cannot be read ({error.strerror or error}). Train it again, or export "
            "another run."
        ) from error


def _request(path: Path) -> dict[str, Any] | None:
    """What was asked for, without what names a place on this machine; None where it cannot be read."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {key: value for key, value in values.items() if not _is_place(value)} if isinstance(values, dict) else None


def _is_place(value: Any) -> bool:
    return isinstance(value, str) and (Path(value).is_absolute() or PureWindowsPath(value).is_absolute())
