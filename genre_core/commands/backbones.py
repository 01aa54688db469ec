"""`backbones`: write the pretrained nets anew from their published checkpoints."""

from __future__ import annotations

from pathlib import Path

import click

from genre_core import paths
from genre_core.features.backbones import BACKBONES
from genre_core.models.backbones.convert import SOURCES, convert_all


@click.command()
@click.argument("package", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--net", "names", multiple=True, type=click.Choice(list(SOURCES)), help="Several times for several; else what ships."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to; else where the nets ship.")
def command(*, package: Path, names: tuple[str, ...], out: Path | None) -> None:
    """Write the pretrained nets from the folder `musicnn` of the installed PACKAGE of that name."""
    convert_all(names or tuple(BACKBONES), package, out or paths.BACKBONES, click.echo)
