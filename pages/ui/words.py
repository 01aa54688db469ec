"""Numbers as people say them."""

from __future__ import annotations

import re


def clock(seconds: float) -> str:
    """`0:30`, `4:05`, `1:02:03`."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def length(seconds: float) -> str:
    """Length of a sound: `200 ms`, `3.25 s`, from ten seconds on as `clock` has it."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 10 else clock(seconds)


def left(seconds: float | None) -> str:
    """Time left in words; empty where nobody knows yet."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s left"
    return f"about {round(seconds / 60)} min left"


def duration(seconds: float) -> str:
    """Total sound in words."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def plain(text: str) -> str:
    """`text` as it stands where Markdown is read: a title that somebody else wrote draws no picture and sets no link."""
    unlinked = re.sub(r"(?i)(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", "\u2060", text)  # addresses become links by themselves
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])", r"\\\1", unlinked)
