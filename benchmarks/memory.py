"""Memory of a process and its children, as the kernel counts it; None where the system does not tell."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Memory:
    """What a process and its children hold [MB].

    Attributes
    ----------
    rss : float
        Resident memory of the process itself; libraries that other programs use too count in full.
    pss : float
        The same with what is shared counted by its share.
    all_pss : float
        With all processes that it started.
    n_children : int
    """

    rss: float
    pss: float
    all_pss: float
    n_children: int


def memory(pid: int, *, proc: Path = PROC) -> Memory | None:
    """Memory of a process, and of all below it."""
    own = _sizes(proc / str(pid) / "smaps_rollup")
    if own is None:
        return None
    children = [sizes for child in tree(pid, proc=proc)[1:] if (sizes := _sizes(proc / str(child) / "smaps_rollup"))]
    return Memory(*own, own[1] + sum(pss for _, pss in children), len(children))


def tree(pid: int, *, proc: Path = PROC) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for parent in found:
        for children in (proc / str(parent) / "task").glob("*/children"):
            try:
                found += [int(word) for word in children.read_text().split()]
            except OSError:
                continue  # the thread has ended
    return found


def maps(pid: int, word: str, *, proc: Path = PROC) -> bool | None:
    """Whether a process has a file with this word in its path mapped, its libraries among them; None where nobody can tell."""
    try:
        return word in (proc / str(pid) / "maps").read_text()
    except OSError:
        return None


def processor_seconds(pid: int, *, proc: Path = PROC) -> float | None:
    """Time that a process has spent on the processor [s], which other programs hardly lengthen; None where nobody can tell."""
    try:
        fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _sizes(path: Path) -> tuple[float, float] | None:
    try:
        fields = {line.split(":")[0]: line.split(":")[1].split()[0] for line in path.read_text().splitlines()[1:]}
        return int(fields["Rss"]) / 1024, int(fields["Pss"]) / 1024
    except (OSError, KeyError):
        return None
