"""A report read again, as strictly as XML: every tag closed, every attribute quoted, nothing fetched from elsewhere."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter

SVG = "{http://www.w3.org/2000/svg}"


def read(page: str) -> ElementTree.Element:
    """The root of a page, after checks that hold for every report."""
    assert page.startswith("<!DOCTYPE html>\n")
    root = ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n"))
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert not [name for name, count in ids.items() if count > 1]
    for element in root.iter():
        assert element.tag.removeprefix(SVG) not in {"script", "link", "iframe", "img", "object", "embed", "base", "form"}
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), name
            assert name not in {"src", "srcset", "action"}
            assert "url(" not in value
        if (place := element.get("href")) is not None:
            assert place.startswith("#")
            assert place[1:] in ids
    assert "@import" not in page
    assert "url(" not in page
    return root


def words(element: ElementTree.Element) -> str:
    """All text in an element, each piece once, with single spaces."""
    return " ".join(" ".join(element.itertext()).split())


def section(root: ElementTree.Element, name: str) -> ElementTree.Element:
    return next(element for element in root.iter("section") if element.get("id") == name)


def plots(element: ElementTree.Element) -> list[ElementTree.Element]:
    return list(element.iter(f"{SVG}svg"))


def texts(plot: ElementTree.Element, kind: str) -> list[str]:
    """Words of a figure of one kind: axis, tick or mark."""
    return [words(element) for element in plot.iter(f"{SVG}text") if element.get("class") == kind]


def marks(plot: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    """Shapes that were drawn: path, circle or rect."""
    return list(plot.iter(f"{SVG}{tag}"))
