"""Names that every page, terminal and table can show, whatever bytes the disk has."""

from __future__ import annotations

import unicodedata

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows: with them a name can look like another."""

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")

_RAW = range(0xDC80, 0xDD00)
"""How Python writes the bytes of a file's name that are no text."""


def printable(text: str) -> str:
    r"""`text` with bytes that are no text as `\xff`, control signs as `\n`, and signs that turn the direction as `\u202e`.

    Letters of every alphabet and composed emoji stay as they are.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(sign) for sign in text)


def cell_text(text: str) -> str:
    """Text of a table's cell; one that a spreadsheet would take for a formula has an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _shown(sign: str) -> str:
    if ord(sign) in _RAW:
        return f"\\x{ord(sign) - 0xDC00:02x}"
    if sign in _TURNING or unicodedata.category(sign) in ("Cc", "Cs"):
        return sign.encode("unicode_escape").decode("ascii")
    return sign
