"""`demo`: make the demo data set."""

from __future__ import annotations

import click

from genre_core.commands.output import ProgressLine, emit, json_option
from genre_core.paths import Root


@click.command()
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to use; as many as cores by default.")
@click.pass_obj
@json_option
def command(root: Root, /, *, processes: int | None, as_json: bool) -> None:
    """Make the demo data set: songs synthesised in ten styles, with known tempo, key and artist.

    The songs depend on the seed alone; what is there already is kept. About a minute on two cores.
    """
    from genre_core.datasets.demo import make_demo

    with ProgressLine("Making demo songs") as progress:
        dataset = make_demo(root.datasets, progress=progress, processes=processes)
    folder = root.datasets / dataset.name
    emit(
        {
            "dataset": dataset.name,
            "tracks": len(dataset.tracks),
            "genres": dataset.genres,
            "note": dataset.note,
            "folder": folder,
        },
        as_json=as_json,
        text=f"{len(dataset.tracks)} songs in {len(dataset.genres)} styles lie in {folder}. {dataset.note}".rstrip(),
    )
