"""Memory of a process and its children, as the kernel counts it; None where the system does not tell."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Memory:
    """Resident and proportional memory [MB]: pages that several processes share count for each of them, or once in all."""

    rss: float
    pss: float
    n_processes: int

    def __str__(self) -> str:
        several = f", {self.n_processes} processes" if self.n_processes > 1 else ""
        return f"{self.rss:.0f} MB (shared pages once: {self.pss:.0f} MB{several})"


def memory(pid: int, *, proc: Path = PROC) -> Memory | None:
    """Memory of a process and all below it."""
    found = [sizes for child in tree(pid, proc=proc) if (sizes := _sizes(proc / str(child) / "smaps_rollup"))]
    if not found:
        return None
    return Memory(sum(rss for rss, _ in found), sum(pss for _, pss in found), len(found))


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
