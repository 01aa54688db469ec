"""A run as one HTML file that needs nothing beside it: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from genre_core.paths import Root
from genre_core.reporting import inspected, mistakes, sections
from genre_core.reporting.markup import Markup, element, joined
from genre_core.reporting.material import Material, gather
from genre_core.reporting.style import STYLE
from genre_core.runs import Run

Part = Callable[[Material], Markup | None]

PARTS: dict[str, tuple[str, Part]] = {
    "what": ("What it is", sections.what_it_is),
    "scores": ("How good it is", sections.scores),
    "confusion": ("Who is taken for whom", sections.confusion),
    "genres": ("Genre by genre", sections.genres),
    "curves": ("Found against right", sections.curves),
    "probabilities": ("How honest its probabilities are", sections.probabilities),
    "errors": ("Its surest errors", mistakes.errors),
    "artists": ("Artist by artist", mistakes.artists),
    "labels": ("Which labels may be wrong", inspected.labels),
    "robustness": ("Does the sound of a recording sway it?", inspected.robustness),
    "faithfulness": ("Can its maps of what it listens to be believed?", inspected.faithfulness),
    "training": ("How it learned", sections.training),
    "settings": ("Its settings", sections.settings),
    "card": ("Its card", sections.card),
    "again": ("These numbers again", sections.again),
}
"""Anchor -> heading, and what writes the part; a part that has nothing to say is left out."""


def report_html(run: Run, root: Root, *, role: str | None = None, now: datetime | None = None) -> str:
    """A report on a run: figures, tables, its card, what is known of its errors, and how to get the numbers again.

    Parameters
    ----------
    run : Run
    root : Root
        Where its data set lies, which knows the artists, and what was found out by inspecting it. Both may be missing.
    role : str or None
        valid, folds or test: the tracks that it speaks of, those that the run is judged on by default.
    now : datetime or None
        The report's date; now by default.

    Returns
    -------
    str
        One HTML file in UTF-8, light or dark as the reader's system is, made to be printed too.

    Raises
    ------
    RunError
        If the run has no predictions of that part, its test split was not opened, or a file is damaged.
    """
    material = gather(run, root, role=role, now=now)
    written = {name: (title, part(material)) for name, (title, part) in PARTS.items()}
    shown = {name: (title, body) for name, (title, body) in written.items() if body is not None}
    split = material.split
    divided = split["title"] if "fold" in split["name"] else f"split {split['title']}"
    lead = f"{material.judged_on[0].upper() + material.judged_on[1:]}. {run.dataset_title}, {divided}."
    note = f" The data set is {run.dataset_note}." if run.dataset_note else ""
    page = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", f"{run.title} · Genrescope"),
            element("style", Markup(STYLE)),
        ),
        element(
            "body",
            element(
                "header",
                element("h1", run.title),
                element("p", lead, note, class_="lead"),
                element("p", element("span", split["badge"], class_="badge")),
                sections.warnings(material),
                element("nav", [element("a", title, href=f"#{name}") for name, (title, _) in shown.items()]),
            ),
            element("main", [element("section", element("h2", title), body, id=name) for name, (title, body) in shown.items()]),
            element("footer", element("p", f"Written by Genrescope on {material.written:%d %B %Y, %H:%M %Z}.", class_="note")),
        ),
        lang="en",
    )
    return joined(Markup("<!DOCTYPE html>\n"), page, Markup("\n"))
