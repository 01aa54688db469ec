"""What the benchmarks write down: tables in docs/benchmarks.md, each between marks of its own, and the machine they ran on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "benchmarks.md"
PACKAGES = ("numpy", "scipy", "librosa", "onnxruntime", "streamlit")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; a cell's own bars are kept from dividing it."""
    lines = [list(header), ["---"] * len(header), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)


def write_between(document: Path, name: str, text: str) -> None:
    """Replace what stands between the marks of `name` in a document; the rest of it is left alone.

    Raises
    ------
    ValueError
        If the document does not hold both marks, once each and in order.
    """
    begin, end = marks(name)
    content = document.read_text(encoding="utf-8")
    if content.count(begin) != 1 or content.count(end) != 1 or content.index(begin) > content.index(end):
        raise ValueError(f"Expected the lines {begin} and {end} once each in {document.name}. Add them where the table belongs.")
    before, rest = content.split(begin)
    after = rest.split(end)[1]
    document.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")


def marks(name: str) -> tuple[str, str]:
    """The lines that a table of this name stands between."""
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


def machine() -> str:
    """Processor, cores, memory, system and versions in one sentence."""
    versions = ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory()}{platform.system()}, "
        f"Python {platform.python_version()}, {versions}, {load()}"
    )


def load() -> str:
    """How busy the machine is, in words."""
    if not hasattr(os, "getloadavg"):
        return "load unknown"
    return f"load {os.getloadavg()[0]:.1f} in the last minute"


def _processor() -> str:
    cpu = Path("/proc/cpuinfo")
    if cpu.is_file():
        for line in cpu.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return ""
    return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GB, "


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
