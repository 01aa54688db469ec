"""`import`: songs become a data set, wherever they come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genre_core.commands.job import carry_out
from genre_core.commands.output import ProgressLine, StatusLine, emit, json_option
from genre_core.errors import DatasetError
from genre_core.jobs import active_jobs
from genre_core.paths import Root

if TYPE_CHECKING:
    from genre_core.datasets.given_import import FoundNumbers

SOURCES = ("folder", "table", "zip", "tags", "fma", "features")
"""Names of `datasets.sources.SOURCES`, and the tables of numbers; written out, so that --help loads none of them."""

_SHOWN = 10


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--as", "source", type=click.Choice(SOURCES), help="What PATH is; found out if not given.")
@click.option("--look", is_flag=True, help="Only show what would be imported: nothing is decoded and nothing written.")
@click.option("--audio", type=click.Path(path_type=Path), help="Folder of the songs that a table names; by default its own.")
@click.option("--name", help="Key of the data set; by default the name of the folder or file.")
@click.option("--title", default="", help="Words to show; by default the name.")
@click.option(
    "--replace", is_flag=True, help="Replace the data set of this name; `datasets undo` takes that back for seven days."
)
@click.option(
    "--artist-folders/--no-artist-folders",
    default=True,
    help="Whether folders inside a genre's folder are artists. They are by default.",
)
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to use; as many as cores by default.")
@click.option("--scheduler", help="Address of a Dask scheduler (tcp://host:port) whose workers read the songs.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    path: Path,
    source: str | None,
    look: bool,
    audio: Path | None,
    name: str | None,
    title: str,
    replace: bool,
    artist_folders: bool,
    processes: int | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Import the songs at PATH as a data set.

    PATH is a folder that holds one folder of songs a genre (genre/song.mp3 or genre/artist/song.mp3; any copy of GTZAN), a CSV
    or Parquet table that names files and genres, a ZIP archive of such a folder, a folder of songs whose tags name the genre,
    FMA's clips with their tracks.csv, or a table of the 57 summary columns without audio.

    Your files stay where they are and are never changed. Files that cannot be read, are silent, shorter than half a second or the
    same audio as another of their genre are left out and listed with the reason.
    """
    from genre_core.datasets.removed import NameTakenError

    whole = path.expanduser().absolute()
    folder = audio.expanduser().absolute() if audio else None
    if look:
        _look(whole, source, folder, root, name=name, replace=replace, artist_folders=artist_folders, as_json=as_json)
        return
    values = {
        "path": str(whole),
        "source": source,
        "audio": str(folder) if folder else None,
        "name": name,
        "title": title,
        "replace": replace,
        "artist_folders": artist_folders,
        "processes": processes,
        "scheduler": scheduler,
    }
    try:
        if active_jobs(root):  # it would have to wait: what cannot be taken is said now
            from genre_core.datasets.import_work import check_import

            check_import(values, root)
        result = carry_out("import", values, root, listener=StatusLine())
    except NameTakenError as error:
        raise DatasetError(f"{error} Here: --name {error.free}, or --replace.") from None
    emit(result, as_json=as_json, text=_words(result))


def _look(
    path: Path,
    source: str | None,
    audio: Path | None,
    root: Root,
    *,
    name: str | None,
    replace: bool,
    artist_folders: bool,
    as_json: bool,
) -> None:
    """Print what an import would bring, and whether its name is free."""
    from genre_core.datasets import sources
    from genre_core.datasets.given_import import look_at_features
    from genre_core.datasets.naming import why_not_free

    source = source or sources.recognise(path)
    found: sources.Found | FoundNumbers
    if source == sources.FEATURES:
        found = look_at_features(path)
    else:
        with ProgressLine("Looking at files") as progress:
            found = sources.find(path, source, artist_folders=artist_folders, audio=audio, progress=progress)
    problems = [{"file": problem.file, "kind": problem.kind, "message": problem.message} for problem in found.problems]
    lines = [*found.words(), *(f"  {genre:<12} {count}" for genre, count in found.genres.items()), *_remarks(problems)]
    refused = why_not_free(name or found.name, root.datasets, replace=replace)
    if refused:
        lines.append(f"Not under this name: {refused} (--name, --replace)")
    lines.append("Nothing is imported yet; the same command without --look does it.")
    facts = {**found.to_dict(), "name": name or found.name, "name_refused": refused, "problems": problems}
    emit(facts, as_json=as_json, text="\n".join(lines))


def _words(result: dict[str, Any]) -> str:
    minutes = result["seconds"] / 60
    lines = [f"{result['dataset']}: {result['tracks']} songs, {minutes:.0f} min, {len(result['genres'])} genres"]
    lines += [f"  {genre:<12} {count}" for genre, count in result["genres"].items()]
    return "\n".join([*lines, *_remarks(result["problems"])])


def _remarks(problems: list[dict[str, Any]]) -> list[str]:
    if not problems:
        return []
    lines = [f"{len(problems)} remark{'s' * (len(problems) > 1)}:"]
    lines += [f"  {problem['file']}: {problem['kind']}. {problem['message']}" for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        lines.append(f"  and {len(problems) - _SHOWN} more; --json lists all")
    return lines
