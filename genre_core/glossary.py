"""The glossary: what each term means, in a sentence, written down once in docs/glossary.md."""

from __future__ import annotations

from functools import cache
from pathlib import Path

GLOSSARY = Path(__file__).resolve().parents[1] / "docs" / "glossary.md"


@cache
def terms() -> dict[str, str]:
    """Sentence of each term, in the glossary's spelling and by each of the names in it (`AP, mAP` gives both)."""
    found: dict[str, str] = {}
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if GLOSSARY.exists() else []:
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if len(cells) != 2 or cells[0] in ("term", "---"):
            continue
        found.update(dict.fromkeys([cells[0], *cells[0].split(", ")], cells[1]))
    return found


def meaning(term: str) -> str | None:
    """What a term means in a sentence; None where the glossary does not hold it."""
    return terms().get(term)
