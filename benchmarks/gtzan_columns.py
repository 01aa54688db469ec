"""Join GTZAN's table of 57 columns with a published division by artist, so that the product can import both as one table.

    python -m benchmarks.gtzan_columns GTZAN_FOLDER OUT.csv

GTZAN_FOLDER holds `features_30_sec.csv` (a row a clip) and `artist_folds.csv` (track_id, fold, artist_group). OUT.csv is the
former with two columns more: `fold`, `excluded` for clips that the division leaves out, and `artist`, empty for these.
"""

from __future__ import annotations

import csv
from pathlib import Path

import click


def join(columns: Path, folds: Path, out: Path) -> tuple[int, int]:
    """Write the joined table; how many rows it has, and how many of them are in a fold."""
    with folds.open(encoding="utf-8", newline="") as file:
        known = {row["track_id"]: row for row in csv.DictReader(file)}
    with columns.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    n_known = 0
    for row in rows:
        its = known.get(Path(row["filename"]).stem)
        n_known += its is not None
        row["fold"] = its["fold"] if its else "excluded"
        row["artist"] = f"artist group {its['artist_group']}" if its else ""
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return len(rows), n_known


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def main(folder: Path, out: Path) -> None:
    """Write the table and say how many clips have a fold."""
    n_rows, n_known = join(folder / "features_30_sec.csv", folder / "artist_folds.csv", out)
    click.echo(f"{n_rows} clips, {n_known} of them in a fold: {out}")


if __name__ == "__main__":
    main()
