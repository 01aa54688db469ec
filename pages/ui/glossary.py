"""Tooltips from the glossary, so that a term is explained in one place.

In texts a term is marked `[[term]]`, `[[shown words|term]]` or, for a plural, `[[term]]s`; it may begin with a capital letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from genre_core.errors import unknown_name
from genre_core.glossary import GLOSSARY as GLOSSARY
from genre_core.glossary import meaning as meaning
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
    """Markdown in which each marked term is a link whose tooltip is its meaning.

    Streamlit shows the title of a link that stays on the page when the pointer rests on it; the link leads to `anchor(term)`, the
    heading of the term wherever the page lists its terms.

    Raises
    ------
    ParameterError
        If the glossary does not hold a marked term.
    """

    def link(match: re.Match[str]) -> str:
        term = _term(match)
        title = terms()[term].replace("\\", "\\\\").replace('"', '\\"')
        return f'[{match[1]}{match[3]}](#{anchor(term)} "{title}")'

    return _MARKED.sub(link, text)


def listed(names: Iterable[str]) -> str:
    """Markdown list of terms with their meanings, for those who read without a pointer."""
    return "\n".join(f"- **{name}**: {terms()[name]}" for name in names)


def plain(text: str) -> str:
    """The text with its marks taken away, for places that show no links."""
    return _MARKED.sub(lambda match: match[1] + match[3], text)


def anchor(term: str) -> str:
    """Name of a term's place on a page, as Streamlit makes it from a heading: `mel band` gives `mel-band`."""
    return re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")


def _term(match: re.Match[str]) -> str:
    written = match[2] or match[1]
    for term in (written, written[0].lower() + written[1:]):
        if term in terms():
            return term
    raise unknown_name("term", written, terms())
