"""`import`: a folder of songs becomes a data set."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from genre_core.commands.output import ProgressLine, emit, json_option
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError
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
    from genre_core.datasets.importers import import_folder
    from genre_core.datasets.library import check_name, list_datasets, save_dataset

    if name is not None and check_name(name) in list_datasets(root.datasets) and not replace:
        raise _taken(name)
    with ProgressLine("Reading songs") as progress:
        dataset = import_folder(
            folder, name=name, title=title, artist_folders=artist_folders, progress=progress, processes=processes
        )
    if dataset.name in list_datasets(root.datasets) and not replace:
        raise _taken(dataset.name)
    save_dataset(dataset, root.datasets)
    emit(_summary(dataset, root), as_json=as_json, text=_words(dataset))


def _taken(name: str) -> DatasetError:
    return DatasetError(f"There is a data set named {name!r} already. Give another with --name, or say --replace.")


def _summary(dataset: Dataset, root: Root) -> dict[str, object]:
    return {
        "dataset": dataset.name,
        "tracks": len(dataset.tracks),
        "genres": dict(sorted(Counter(track.genre for track in dataset.tracks).items())),
        "seconds": round(sum(track.seconds for track in dataset.tracks), 3),
        "artists_known": dataset.artists_known,
        "fingerprint": dataset.fingerprint,
        "problems": [asdict(problem) for problem in dataset.problems],
        "folder": root.datasets / dataset.name,
    }


def _words(dataset: Dataset) -> str:
    counts = Counter(track.genre for track in dataset.tracks)
    minutes = sum(track.seconds for track in dataset.tracks) / 60
    lines = [f"{dataset.name}: {len(dataset.tracks)} songs, {minutes:.0f} min, {len(counts)} genres"]
    lines += [f"  {genre:<12} {counts[genre]}" for genre in dataset.genres]
    if dataset.problems:
        lines.append(f"{len(dataset.problems)} remarks:")
        lines += [f"  {problem.file}: {problem.kind}. {problem.message}" for problem in dataset.problems[:_SHOWN]]
        if len(dataset.problems) > _SHOWN:
            lines.append(f"  and {len(dataset.problems) - _SHOWN} more; --json lists all")
    return "\n".join(lines)
