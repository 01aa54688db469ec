"""`demo`: make the demo data set."""

from __future__ import annotations

import click

from genre_core.commands.job import carry_out
from genre_core.commands.output import StatusLine, emit, json_option
from genre_core.paths import Root


@click.command()
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to use; as many as cores by default.")
@click.pass_obj
@json_option
def command(root: Root, /, *, processes: int | None, as_json: bool) -> None:
    """Make the demo data set: songs synthesised in ten styles, with known tempo, key and artist.

    The songs depend on the seed alone; what is there already is kept. About a minute on two cores.
    """
    result = carry_out("demo", {"processes": processes}, root, listener=StatusLine())
    text = f"{result['tracks']} songs in {len(result['genres'])} styles lie in {result['folder']}. {result['note']}".rstrip()
    emit(result, as_json=as_json, text=text)
