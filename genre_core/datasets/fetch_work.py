"""The job that fetches a data set from the net and imports it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genre_core.datasets import import_work
from genre_core.datasets.fetch import Fetched, fetch, net_source
from genre_core.datasets.naming import check_free
from genre_core.datasets.places import folder_of, has_head, head_value
from genre_core.jobs import Journal
from genre_core.paths import Root


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Fetch `values["name"]`, a row of SOURCES_ON_THE_NET, and import it.

    Further values: `url` (or several), `to` (folder instead of `Root.downloads`), `dataset` (key of the data set, by default the
    row's), `any_checksum`, `replace`, `processes`. What has come stays, so that a continued job, or a new one, goes on there.

    Raises
    ------
    FetchError
        As `fetch`.
    DatasetError
        If a data set of this name is here and is not to be replaced, before anything is fetched; and as the import.
    """
    source = net_source(values["name"], values.get("url"))
    dataset, replace = values.get("dataset") or values["name"], bool(values.get("replace"))
    folder = folder_of(dataset, root.datasets)
    if not has_head(folder) or head_value(folder, "made_by") != journal.folder.name:
        check_free(dataset, root.datasets, replace=replace)

    def progress(doing: str, done: int, total: int | None, seconds_left: float | None) -> None:
        journal.heed_stop()
        of = f" of {total / 1e6:,.0f}" if total else ""
        share = done / total if total else 0.0
        is_last = total is not None and done >= total
        journal.report(
            "working", f"{doing}: {done / 1e6:,.0f}{of} MB", often=not is_last, progress=share, seconds_left=seconds_left
        )

    journal.report("preparing", f"Asking for {source.title}")
    fetched = fetch(
        values["name"],
        Path(values["to"]) if values.get("to") else root.downloads,
        url=values.get("url"),
        any_checksum=bool(values.get("any_checksum")),
        progress=progress,
        should_stop=lambda: journal.stop_asked,
    )
    imported = import_work.work(
        {
            "path": str(fetched.folder),
            "name": dataset,
            "title": source.title,
            "replace": replace,
            "processes": values.get("processes"),
        },
        root,
        journal,
    )
    return {**imported, **facts(fetched)}


def facts(fetched: Fetched) -> dict[str, Any]:
    """What was fetched, as plain values."""
    return {"songs": str(fetched.folder), "archives": [str(path) for path in fetched.archives], "checks": list(fetched.checks)}
