"""`import`: a folder of songs becomes a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from genre_core.commands.job import do_work
from genre_core.commands.output import StatusLine, emit, json_option
from genre_core.jobs import prepare
from genre_core.paths import Root

_SHOWN = 10


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="Key of the data set; by default the folder's name.")
@click.option("--title", default="", help="Words to show; by default the name.")
@click.option("--replace", is_flag=True, help="Replace the data set of this name.")
@click.option(
    "--artist-folders/--no-artist-folders",
    default=True,
    help="Whether folders inside a genre's folder are artists. They are by default.",
)
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to use; as many as cores by default.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    folder: Path,
    name: str | None,
    title: str,
    replace: bool,
    artist_folders: bool,
    processes: int | None,
    as_json: bool,
) -> None:
    """Import FOLDER, which holds one folder of songs a genre (genre/song.mp3 or genre/artist/song.mp3).

    Any copy of GTZAN is understood. The songs stay where they are and are never changed. Files that cannot be read, are silent,
    shorter than half a second or the same audio as another of their genre are left out and listed with the reason.
    """
    values = {
        "folder": str(folder.expanduser().absolute()),
        "name": name,
        "title": title,
        "replace": replace,
        "artist_folders": artist_folders,
        "processes": processes,
    }
    result = do_work(prepare("import", values, root), root, listener=StatusLine())
    emit(result, as_json=as_json, text=_words(result))


def _words(result: dict[str, Any]) -> str:
    minutes, problems = result["seconds"] / 60, result["problems"]
    lines = [f"{result['dataset']}: {result['tracks']} songs, {minutes:.0f} min, {len(result['genres'])} genres"]
    lines += [f"  {genre:<12} {count}" for genre, count in result["genres"].items()]
    if problems:
        lines.append(f"{len(problems)} remark{'s' * (len(problems) > 1)}:")
        lines += [f"  {problem['file']}: {problem['kind']}. {problem['message']}" for problem in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            lines.append(f"  and {len(problems) - _SHOWN} more; --json lists all")
    return "\n".join(lines)
