"""`fetch`: download a data set that lies on the net, and import it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from genre_core.commands.job import carry_out
from genre_core.commands.output import StatusLine, emit, json_option
from genre_core.errors import DatasetError
from genre_core.jobs import StopAsked
from genre_core.paths import Root


@click.command()
@click.argument("name", required=False)
@click.option("--url", "urls", multiple=True, help="Another address; once more for the next archive of the data set.")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Folder to download to; by default downloads/ below the root."
)
@click.option("--dataset", default="", help="Key of the data set; by default NAME.")
@click.option("--yes", is_flag=True, help="Begin without asking.")
@click.option("--replace", is_flag=True, help="Replace the data set of this name.")
@click.option(
    "--any-checksum", is_flag=True, help="Take an archive that differs from the published one, and record its checksum."
)
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to read songs with; all cores by default.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    name: str | None,
    urls: tuple[str, ...],
    folder: Path | None,
    dataset: str,
    yes: bool,
    replace: bool,
    any_checksum: bool,
    processes: int | None,
    as_json: bool,
) -> None:
    """Download NAME (gtzan, fma_small) and import it; without a name, list what can be fetched.

    Its size, licence and terms are said first. A download that broke off, or was stopped, goes on where it was when the same
    command is given again.
    """
    from genre_core.datasets.fetch import SOURCES_ON_THE_NET, net_source
    from genre_core.datasets.naming import NameTakenError, check_free

    if name is None:
        for key, source in SOURCES_ON_THE_NET.items():
            emit(_facts(key, source), as_json=as_json, text=f"{key}\n  " + "\n  ".join(source.words()))
        return
    source = net_source(name, urls)
    try:
        check_free(dataset or name, root.datasets, replace=replace)  # said before anybody is asked, or waits
    except NameTakenError as error:
        raise DatasetError(f"{error} Here: --dataset {error.free}, or --replace.") from None
    click.echo("\n".join(source.words()), err=True)
    if not yes and as_json:
        raise DatasetError(
            f"Expected --yes, which accepts the terms of {source.title}. Received: --json, where nobody can be asked."
        )
    if not yes and not click.confirm("Fetch it under these terms?", err=True):
        raise DatasetError("Nothing was fetched, as the terms were not accepted.")
    values = {
        "name": name,
        "url": list(urls),
        "to": str(folder.expanduser().absolute()) if folder else "",
        "dataset": dataset,
        "replace": replace,
        "any_checksum": any_checksum,
        "processes": processes,
    }
    try:
        result = carry_out("fetch", values, root, name=f"fetch-{name}", listener=StatusLine())
    except StopAsked:
        raise DatasetError("Stopped; what has come is kept. Give the same command again to go on.") from None
    emit(result, as_json=as_json, text=_words(result))


def _facts(name: str, source: Any) -> dict[str, Any]:
    files = [
        {"name": file.name, "url": file.url, "bytes": file.n_bytes, "checksum": file.checksum, "by": file.checksum_source}
        for file in source.files
    ]
    return {"name": name, "title": source.title, "licence": source.licence, "terms": source.terms, "files": files}


def _words(result: dict[str, Any]) -> str:
    lines = [f"{result['dataset']}: {result['tracks']} songs, {len(result['genres'])} genres, in {result['songs']}"]
    lines += [f"  {check}" for check in result["checks"]]
    lines.append("  The archives may be deleted: " + ", ".join(result["archives"]))
    if result["problems"]:
        lines.append(f"  {len(result['problems'])} remarks; see the Dataset page, or `check {result['dataset']}`")
    return "\n".join(lines)
