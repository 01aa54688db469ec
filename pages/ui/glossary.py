"""Tooltips from the glossary, so that a term is explained in one place.

In texts a term is marked `[[term]]`, `[[shown words|term]]` or, for a plural, `[[term]]s`; it may begin with a capital letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from genre_core.errors import unknown_name
from genre_core.glossary import GLOSSARY as GLOSSARY
from genre_core.glossary import terms as terms

_MARKED = re.compile(r"\[\[([^\]|]+)(?:\|([^\]|]+))?\]\](\w*)")


def named_in(text: str) -> tuple[str, ...]:
    """Terms that a text marks, in the glossary's spelling, each once, in their order.

    Raises
    ------
    ParameterError
        If the glossary does not hold one of them.
    """
    return tuple(dict.fromkeys(_term(match) for match in _MARKED.finditer(text)))


def linked(text: str) -> str:
    """Markdown in which each marked term is a link to its place in the glossary, whose tooltip is its meaning.

    Raises
    ------
    ParameterError
        If the glossary does not hold a marked term.
    """

    def link(match: re.Match[str]) -> str:
        term = _term(match)
        title = terms()[term].replace("\\", "\\\\").replace('"', '\\"')
        return f'[{match[1]}{match[3]}]({address(term)} "{title}")'

    return _MARKED.sub(link, text)


def listed(names: Iterable[str]) -> str:
    """Markdown list of terms with their meanings, for those who read without a pointer."""
    return "\n".join(f"- **{name}**: {terms()[name]}" for name in names)


def plain(text: str) -> str:
    """The text with its marks taken away, for places that show no links."""
    return _MARKED.sub(lambda match: match[1] + match[3], text)


def address(term: str) -> str:
    """Where the glossary tells of a term, as seen from any other page."""
    return f"Glossary?term={quote(term)}"


def meaning(term: str) -> str | None:
    """What a term means in a sentence, for a tooltip, with the way to the glossary; None where the glossary does not hold it."""
    sentence = terms().get(term)
    return sentence and f"{sentence} [Glossary]({address(term)})"


def _term(match: re.Match[str]) -> str:
    written = match[2] or match[1]
    for term in (written, written[0].lower() + written[1:]):
        if term in terms():
            return term
    raise unknown_name("term", written, terms())
