"""The words of Explore's views: read once from a table that a teacher can translate or change."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from genre_core.errors import ParameterError, unknown_name
from pages.ui.glossary import named_in

VIEWS_FILE = Path(__file__).resolve().parents[1] / "texts" / "views.toml"


class StepWords(NamedTuple):
    """Words of one picture of a chain: a title of two or three words, and a sentence."""

    title: str
    sentence: str


class ViewWords(NamedTuple):
    """Words of one view.

    Attributes
    ----------
    title : name in the menu.
    what : what you see and how to read it, with terms marked for `pages.ui.glossary.linked`.
    formula : KaTeX.
    code : librosa that computes the same numbers; the name it binds last is the result.
    why : what it is for in genre classification, marked like `what`.
    steps : words of the pictures that lead to it, by name in their order; empty for most views.
    """

    title: str
    what: str
    formula: str
    code: str
    why: str
    steps: dict[str, StepWords]

    @property
    def terms(self) -> tuple[str, ...]:
        """Terms of the glossary that the words name, each once, in their order."""
        return tuple(dict.fromkeys([*named_in(self.what), *named_in(self.why)]))


def view_words(name: str) -> ViewWords:
    """The words of a view.

    Raises
    ------
    ParameterError
        If there is no view of that name, or the table lacks a text or holds one that nobody knows.
    """
    views = all_view_words()
    if name not in views:
        raise unknown_name("view", name, views)
    return views[name]


def views_naming(terms: Iterable[str]) -> list[str]:
    """Views that show one of these terms, or whose words name it; those that bear its name first."""
    wanted = {term.lower() for term in terms}
    found = {name: {words.title.lower(), name} & wanted for name, words in all_view_words().items()}
    named = [name for name, words in all_view_words().items() if wanted & {term.lower() for term in words.terms}]
    return list(dict.fromkeys([*(name for name, own in found.items() if own), *named]))


@cache
def all_view_words() -> dict[str, ViewWords]:
    """The words of every view, by name in the order of the menu."""
    return read_view_words(VIEWS_FILE.read_text(encoding="utf-8"))


def read_view_words(text: str) -> dict[str, ViewWords]:
    """The words of every view from the table's text; raises `ParameterError` where a key is missing or unknown."""
    return {name: _view(name, entry) for name, entry in tomllib.loads(text).items()}


def _view(name: str, entry: dict[str, Any]) -> ViewWords:
    steps = {
        step: StepWords(**_texts(f"{name}.steps.{step}", words, StepWords._fields))
        for step, words in entry.get("steps", {}).items()
    }
    texts = {key: value for key, value in entry.items() if key != "steps"}
    return ViewWords(**_texts(name, texts, ViewWords._fields[:-1]), steps=steps)


def _texts(table: str, entry: dict[str, Any], keys: tuple[str, ...]) -> dict[str, str]:
    """The texts of one table, stripped; exactly those of `keys`, none of them empty."""
    missing = [key for key in keys if not (isinstance(entry.get(key), str) and entry[key].strip())]
    unknown = sorted(set(entry) - set(keys))
    if missing or unknown:
        raise ParameterError(
            f"[{table}] in {VIEWS_FILE.name} must hold the texts {', '.join(keys)}, no more and no fewer. "
            f"Received: {'; '.join([f'no {key}' for key in missing] + [f'an unknown key {key}' for key in unknown])}."
        )
    return {key: entry[key].strip() for key in keys}
