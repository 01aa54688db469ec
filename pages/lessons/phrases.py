"""Phrases of lessons: labels, sentences and words of pictures, said in another way where a teacher wrote one.

Their list is a Markdown file, `pages/texts/lessons/<language>/phrases.md`, a line a phrase:

    - Tone [Hz] :: Ton [Hz]
    - You hear **{alias:,.0f} Hz**. :: Zu hören sind **{alias} Hz**.

Before `::` stands the phrase in English, by which it is found; after it what is said instead. What stands in braces becomes a
number or a name while the lesson goes on; all of them stay, in any order, and numbers look as in English. What is missing, or
cannot be used, stands in English.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from pages.lessons import words

FILE = "phrases.md"
_LINE = re.compile(r"^[-*] +(.+?)(?: +::(?: +(.*?))?)? *$", re.MULTILINE)
_WRAPPED = re.compile(r"\n[ \t]+(?=\S)")
"""An editor may break a long phrase into lines; what is indented belongs to the line above."""


class Phrases(NamedTuple):
    """What is said for English phrases, and which lines of the lists cannot be used, and why, in words."""

    said: dict[str, str]
    faults: tuple[str, ...]

    def say(self, phrase: str, /, **values: Any) -> str:
        """A phrase in other words, or as it is, with its values put in; without values braces are left alone."""
        template = self.said.get(phrase, phrase)
        return template.format(**values) if values else template


AS_THEY_ARE = Phrases({}, ())


def phrases(language: str = words.FIRST_LANGUAGE) -> Phrases:
    """The phrases of a language; those that it lacks as the English list has them."""
    return _both(*(_stamped(words.FOLDER / name / FILE) for name in (words.FIRST_LANGUAGE, language)))


def _stamped(path: Path) -> tuple[Path, int]:
    return path, path.stat().st_mtime_ns if path.is_file() else 0


@cache
def _both(english: tuple[Path, int], own: tuple[Path, int]) -> Phrases:
    known, said, faults = None, {}, []
    for path, changed in dict.fromkeys((english, own)):
        if not changed:
            continue
        name = f"{path.parent.name}/{path.name}"
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            faults.append(f"{name} is no text in UTF-8: save it in that encoding. Nothing of it is used.")
            continue
        found = read_phrases(text, name=name, known=known)
        known = listed(text) if known is None else known
        said |= found.said
        faults += found.faults
    return Phrases(said, tuple(faults))


def listed(text: str) -> tuple[str, ...]:
    """The English phrases of a list, in its order."""
    return tuple(match[1] for match in _LINE.finditer(_WRAPPED.sub(" ", text)))


def read_phrases(text: str, *, name: str, known: Collection[str] | None = None) -> Phrases:
    """Phrases from the text of a list.

    Parameters
    ----------
    text : str
    name : str
        Of the file, for what is said of faults.
    known : collection of str or None
        Phrases that the lessons ask for; others are faults. None takes all.
    """
    said: dict[str, str] = {}
    faults = []
    for match in _LINE.finditer(_WRAPPED.sub(" ", text)):
        phrase, other = match[1], match[2] or ""
        if not other:
            continue
        template, fault = _fitting(phrase, other)
        if known is not None and phrase not in known:
            fault = "is no phrase of the lessons: look it up in the English list"
        elif said.get(phrase, template) != template:
            fault = "stands there twice, in different words: the first ones are used"
        if fault:
            faults.append(f"{name}: `{phrase}` {fault}. Received: `{other}`")
        else:
            said[phrase] = template
    return Phrases(said, tuple(faults))


def _fitting(phrase: str, other: str) -> tuple[str, str]:
    """Other words as a template whose numbers look as the phrase's; or why they cannot be one, else empty."""
    wanted = _fields(phrase)
    expected = ", ".join(f"{{{name}}}" for name in wanted) or "nothing"
    try:
        parts, found = list(Formatter().parse(other)), _fields(other)
    except ValueError:
        return "", f"must hold {expected} in braces, each opened and closed; English stands there"
    if set(found) != set(wanted):
        return "", f"must hold {expected} in braces, and nothing else; English stands there"
    if any(form not in ("", wanted[name]) for name, form in found.items()):
        return "", f"must leave numbers as they are, {expected} without more; English stands there"
    if "%{" in phrase and any(field is not None and not before.endswith("%") for before, field, _, _ in parts):
        return "", "must have % before each brace, as in English; English stands there"
    return "".join(before + (f"{{{field}{wanted[field]}}}" if field is not None else "") for before, field, _, _ in parts), ""


def _fields(template: str) -> dict[str, str]:
    """How each name in braces is written, `:,.0f`, by the name."""
    return {
        name: (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in Formatter().parse(template)
        if name is not None
    }
