"""Which demo songs the default model finds hard to tell apart: the playlist of that name is what this writes.

    python -m benchmarks.hard_songs [--root FOLDER]

The default model hears each song of the demo set, which it never learned from. Of the songs that it does not find unlike all
music that it knows, those whose two likeliest genres lie closest together are written, with their recipes, so that songs of
another recipe are not taken for them. It takes a few minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from benchmarks.record import ROOT
from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.library import load_dataset
from genre_core.datasets.tracks import RECIPE, Track
from genre_core.inference import Predictor
from genre_core.paths import find_root
from genre_core.prediction import Prediction
from genre_core.runs import default_run

FILE = ROOT / "pages" / "texts" / "hard_songs.toml"
N_SONGS = 10


class Doubt(NamedTuple):
    """A song with the two genres that a model hesitates between."""

    track: Track
    first: tuple[str, float]
    second: tuple[str, float]

    @property
    def margin(self) -> float:
        """How much likelier the first is."""
        return self.first[1] - self.second[1]


def hardest(said: Sequence[tuple[Track, Prediction]], n_songs: int = N_SONGS) -> list[Doubt]:
    """The songs of which the two likeliest genres lie closest together, closest first; what sounds unlike all is left out."""
    doubts = [Doubt(track, *prediction.ranking[:2]) for track, prediction in said if not prediction.unlike]
    return sorted(doubts, key=lambda doubt: doubt.margin)[:n_songs]


def as_toml(run_id: str, title: str, doubts: Sequence[Doubt]) -> str:
    """What the page reads."""
    lines = [
        "# Written by `python -m benchmarks.hard_songs`: the demo songs of which the default model is least sure.",
        f'run = "{run_id}"',
        f'title = "{title}"',
    ]
    for doubt in doubts:
        between = ", ".join(f'{{ genre = "{genre}", probability = {share:.4f} }}' for genre, share in (doubt.first, doubt.second))
        recipe = doubt.track.extra.get(RECIPE, "")
        lines += ["", "[[songs]]", f'id = "{doubt.track.id}"', f'recipe = "{recipe}"', f"between = [{between}]"]
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--root", "folder", type=click.Path(path_type=Path), default=None, help="Where the demo set lies.")
@click.option("--out", type=click.Path(path_type=Path), default=FILE, help="The file to write.")
def main(folder: Path | None, out: Path) -> None:
    """Ask the default model about each demo song."""
    root = find_root(folder)
    run = default_run(root)
    predictor = Predictor.from_run(run)
    tracks = load_dataset(DEMO_NAME, root.datasets).tracks
    with click.progressbar(tracks, label="Listening") as listed:
        said = [(track, predictor.predict(track.clip())) for track in listed]
    out.write_text(as_toml(run.id, run.title, hardest(said)), encoding="utf-8")


if __name__ == "__main__":
    main()
