"""Elements of HTML. What is not made here is text, and is escaped: titles and names come from strangers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Union

Child = Union["Markup", str, int, None, Iterable["Child"]]
Attribute = str | int | float | bool | None

VOID = {"br", "circle", "hr", "line", "meta", "path", "polygon", "polyline", "rect"}
"""Elements without content: of HTML, and shapes of SVG, which are closed in their own tag where they hold nothing."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Markup(str):
    """Text that is HTML already; only `element` and `joined` make it."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Text as HTML shows it, letter by letter; what no page may hold (control codes) becomes a replacement sign."""
    return Markup(html.escape(_UNPRINTABLE.sub("\ufffd", text), quote=True))


def joined(*children: Child) -> Markup:
    """Elements and texts one after the other; None is left out."""
    return Markup("".join(_flat(children)))


def element(tag: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """An element with its children, texts escaped.

    Parameters
    ----------
    tag : str
        `td`.
    *children
        Elements, texts, or lists of them; None is left out.
    **attributes
        `class_="number"`; an underscore inside a name becomes a hyphen. None and False leave one out, True names it alone.
    """
    head = "".join(_attribute(name, value) for name, value in attributes.items())
    inner = joined(*children)
    if not inner and tag in VOID:
        return Markup(f"<{tag}{head}/>")
    return Markup(f"<{tag}{head}>{inner}</{tag}>")


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    if value is True:
        return f' {name}=""'
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{escaped(text)}"'


def _flat(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, Markup):
            yield child
        elif isinstance(child, str | int):
            yield escaped(str(child))
        else:
            yield from _flat(child)
