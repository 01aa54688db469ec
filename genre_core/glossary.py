"""The glossary: what each term means, in a sentence, written down once in docs/glossary.md."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

GLOSSARY = Path(__file__).resolve().parents[1] / "docs" / "glossary.md"


class Entry(NamedTuple):
    """A line of the glossary: the names of a term (`AP`, `mAP`), and what it means in a sentence."""

    names: tuple[str, ...]
    sentence: str


@cache
def entries() -> tuple[Entry, ...]:
    """All terms, in their order."""
    found = []
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if GLOSSARY.exists() else []:
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if len(cells) == 2 and cells[0] not in ("term", "---"):
            found.append(Entry(tuple(cells[0].split(", ")), cells[1]))
    return tuple(found)


@cache
def terms() -> dict[str, str]:
    """Sentence of each term, in the glossary's spelling and by each of the names in it (`AP, mAP` gives both)."""
    found: dict[str, str] = {}
    for entry in entries():
        found.update(dict.fromkeys([", ".join(entry.names), *entry.names], entry.sentence))
    return found


def meaning(term: str) -> str | None:
    """What a term means in a sentence; None where the glossary does not hold it."""
    return terms().get(term)
