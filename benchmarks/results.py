"""Put the table of a benchmark into docs/results.md, between the marks of its name.

    python -m benchmarks.results columns artifacts/benchmarks/gtzan-columns

The folder is what `python -m genre_core benchmark` wrote; its table.md is taken as it is.
"""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.record import ROOT, write_between

DOCUMENT = ROOT / "docs" / "results.md"
TABLE = "table.md"


@click.command()
@click.argument("name")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--document", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=DOCUMENT, help="Where it is put."
)
def main(name: str, folder: Path, document: Path) -> None:
    """Replace what stands between the marks of NAME by the table in FOLDER."""
    if not (folder / TABLE).is_file():
        raise click.ClickException(f"Expected {TABLE} in {folder}. Run `python -m genre_core benchmark` first.")
    try:
        write_between(document, name, (folder / TABLE).read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{document}: {name}")


if __name__ == "__main__":
    main()
