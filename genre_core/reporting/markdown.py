"""A run's card, written in Markdown, as HTML: headings, paragraphs, bold, code, lists and tables.

Links and pictures stay text: a card may come from a stranger, and a report fetches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from genre_core.reporting.markup import Markup, element, escaped, joined

_INLINE = re.compile(r"\*\*(.+?)\*\*|`([^`]+)`")
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_RULE = re.compile(r"\|?[\s:|-]*-[\s:|-]*\|?")


def markdown(text: str, *, below: int = 2) -> Markup:
    """Markdown as HTML.

    Parameters
    ----------
    text : str
        Of any origin: all of it is escaped.
    below : int
        Level of the heading under which it stands: its own ones are smaller.
    """
    return joined(_block(lines, below) for lines in _blocks(text))


def _blocks(text: str) -> Iterator[list[str]]:
    """Paragraphs: lines that stand together; a heading stands alone."""
    block: list[str] = []
    for line in text.splitlines():
        alone = _HEADING.fullmatch(line.strip()) is not None
        if block and (alone or not line.strip()):
            yield block
            block = []
        if alone:
            yield [line.strip()]
        elif line.strip():
            block.append(line.strip())
    if block:
        yield block


def _block(lines: list[str], below: int) -> Markup:
    if heading := _HEADING.fullmatch(lines[0]):
        return element(f"h{min(6, below + len(heading[1]))}", _inline(heading[2]))
    if all(line.startswith("|") for line in lines) and len(lines) > 1 and _RULE.fullmatch(lines[1]):
        head, *rows = [_cells(line) for line in (lines[0], *lines[2:])]
        return element(
            "div",
            element(
                "table",
                element("thead", element("tr", [element("th", _inline(cell)) for cell in head])),
                element("tbody", [element("tr", [element("td", _inline(cell)) for cell in row]) for row in rows]),
            ),
            class_="wide",
        )
    if all(line.startswith(("- ", "* ")) for line in lines):
        return element("ul", [element("li", _inline(line[2:])) for line in lines])
    return element("p", _inline(" ".join(lines)))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _inline(text: str) -> Markup:
    parts, end = [], 0
    for match in _INLINE.finditer(text):
        parts += [escaped(text[end : match.start()]), element("strong" if match[1] else "code", match[1] or match[2])]
        end = match.end()
    return joined(parts, escaped(text[end:]))
