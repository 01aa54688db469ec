"""How long the map of a run's tracks takes: the first time, when everything is computed, and the second.

    python -m benchmarks.map [--tracks 1000]

A data set of numbers is made in a temporary folder (ten segments a track, the 57 columns, ten genres that overlap), a logistic
regression trained on it, and each map made twice by the command `map`, each time in a process of its own. Seconds count from the
start of the process to its end; processor seconds are those of all cores. The table goes into docs/benchmarks.md.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np

from benchmarks.record import DOCUMENT, ROOT, machine, table, write_between
from genre_core.datasets.given import import_features, save_given
from genre_core.features.summary import Summary57
from genre_core.inspection.embedding_map import METHODS
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train

GENRES, SEGMENTS, ARTISTS = 10, 10, 8


def make_run(root: Root, n_tracks: int) -> Run:
    """A run that has judged or learned from so many tracks."""
    rng = np.random.default_rng(0)
    columns = Summary57.COLUMNS
    middles = rng.standard_normal((GENRES, len(columns)))
    path = root.path / "songs.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["track_id", "segment", "seconds", "artist", *columns, "label"])
        for number in range(n_tracks):
            genre = number % GENRES
            own = middles[genre] + 1.5 * rng.standard_normal(len(columns))
            for segment in range(SEGMENTS):
                values = own + rng.standard_normal(len(columns))
                artist = f"{genre} {number // GENRES % ARTISTS}"
                rows.writerow([f"g{genre}.{number}", segment, 3.0, artist, *map(repr, values.tolist()), f"g{genre}"])
    dataset, values_of = import_features(path, name="songs", title="Songs")
    save_given(dataset, [values_of], root.datasets)
    return train(TrainRequest("logistic", "songs", split="", folds=3), root)


def seconds_of(root: Root, run: Run, method: str) -> tuple[float, float]:
    """Seconds and processor seconds of one call of the command."""
    call = [sys.executable, "-m", "genre_core", "--root", str(root.path), "map", run.id, "--method", method, "--json"]
    used, started = sum(os.times()[2:4]), time.monotonic()
    subprocess.run(call, cwd=ROOT, check=True, capture_output=True)
    return time.monotonic() - started, sum(os.times()[2:4]) - used


@click.command()
@click.option("--tracks", "n_tracks", default=1000, show_default=True)
@click.option("--write/--no-write", default=True, help="Into docs/benchmarks.md.")
def main(n_tracks: int, write: bool) -> None:
    """Time the maps of a run."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for method in METHODS:
            root = Root(Path(folder) / method)
            root.path.mkdir()
            run = make_run(root, n_tracks)  # each method places the tracks anew
            (first, busy), (second, busy_again) = (seconds_of(root, run, method) for _ in range(2))
            rows.append([METHODS[method].title, f"{first:.1f}", f"{busy:.1f}", f"{second:.1f}", f"{busy_again:.1f}"])
    header = (f"map of {n_tracks:,} tracks", "first time [s]", "processor [s]", "second time [s]", "processor [s]")
    text = f"{table(header, rows)}\n\nOn {machine()}."
    click.echo(text)
    if write:
        write_between(DOCUMENT, "map", text)


if __name__ == "__main__":
    main()
