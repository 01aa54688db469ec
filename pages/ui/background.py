"""Commands of the product that run beside the dashboard: started once, followed through their log, surviving a reload."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre_core.paths import Root

_COUNT = re.compile(r"(\d+) of (\d+)")
_PROJECT = Path(__file__).resolve().parents[2]
_children: dict[str, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Work:
    """How a command stands.

    Attributes
    ----------
    state : str
        absent, running, finished or failed.
    line : str
        Last line it said of its progress.
    done, total : int
        What that line counts; 0 where it has not counted yet.
    result : dict
        The object it printed at its end.
    """

    state: str
    line: str = ""
    done: int = 0
    total: int = 0
    result: dict[str, Any] | None = None

    @property
    def error(self) -> str:
        """Sentence of the error it ended on; empty where there is none."""
        found = (self.result or {}).get("error")
        if isinstance(found, dict):
            return str(found.get("message", ""))
        return self.line if self.state == "failed" else ""


def begin(name: str, arguments: Sequence[str], root: Root) -> None:
    """Start `python -m genre_core ARGUMENTS --json` once; nothing happens while it runs already."""
    if look(name, root).state == "running":
        return
    folder = _folder(root)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.out").open("wb") as out, (folder / f"{name}.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "genre_core", "--root", str(root.path), *arguments, "--json"],
            cwd=_PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
            start_new_session=True,
        )
    _children[str(folder / name)] = child
    (folder / f"{name}.pid").write_text(str(child.pid), encoding="utf-8")


def look(name: str, root: Root) -> Work:
    """How the command of that name stands, from its files."""
    folder = _folder(root)
    try:
        pid = int((folder / f"{name}.pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Work("absent")
    lines = _lines(folder / f"{name}.log")
    line = lines[-1] if lines else ""
    counts = _COUNT.search(line)
    done, total = (int(counts[1]), int(counts[2])) if counts else (0, 0)
    if _lives(pid, str(folder / name)):
        return Work("running", line, done, total)
    result = _result(_lines(folder / f"{name}.out"))
    failed = result is None or "error" in result
    return Work("failed" if failed else "finished", line, done, total, result)


def forget(name: str, root: Root) -> None:
    """Drop the traces of a command that has ended."""
    for ending in ("pid", "out", "log"):
        (_folder(root) / f"{name}.{ending}").unlink(missing_ok=True)


def _folder(root: Root) -> Path:
    return root.path / "work"


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line.strip() for line in text.replace("\r", "\n").splitlines() if line.strip()]


def _result(lines: list[str]) -> dict[str, Any] | None:
    for line in reversed(lines):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            return found
    return None


def _lives(pid: int, name: str) -> bool:
    child = _children.get(name)
    if child is not None and child.pid == pid:
        return child.poll() is None
    if os.name != "posix":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
