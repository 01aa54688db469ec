"""What speaks for the shipped choice where scores are level: copies of songs that are softer, and how sure the difference is.

    python -m benchmarks.transfer_copies GTZAN_FOLDER TAGS.npz [--root FOLDER]

Three ways to hear are compared: as it ships, with the 57 columns, and without evened loudness. Each judges every third song at
hand and a copy of it that is 12 dB softer, out of fold under three divisions; beside it stands the difference of accuracy to what
ships over all songs, five divisions, with an interval over artists. The table goes into docs/results.md. No test track takes
part.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from benchmarks.record import table, write_between
from benchmarks.results import DOCUMENT
from benchmarks.transfer_tries import CHOSEN, OWN, SEEDS, Bench, G, Try, bench, say
from genre_core.audio.clip import Clip
from genre_core.datasets.library import load_dataset
from genre_core.features.base import segment_features
from genre_core.paths import Root, find_root
from genre_core.shipped.gtzan import SONGS

GAIN_DB = -12.0
DIVISIONS = (0, 1, 2)
N_RESAMPLES = 2000
WAYS = {
    "as it ships": CHOSEN,
    "with the 57 columns": Try((*CHOSEN.reads, "columns"), G),
    "as loud as it comes": Try(("tags", "mean pool"), G),
}


def renamed(place: Bench, root: Root) -> dict[str, float]:
    """Share of verdicts that another volume changes, by way."""
    tracks = [track for track in load_dataset(SONGS, root.datasets).tracks if track.id in place.heard][::3]
    reads = list(dict.fromkeys(name for way in WAYS.values() for name in way.reads))
    copies = {}
    for number, track in enumerate(tracks, 1):
        clip = track.clip()
        softer = Clip(clip.y * np.float32(10 ** (GAIN_DB / 20)), clip.sr)
        copies[track.id] = {name: segment_features(softer, *OWN[name]).values for name in reads}
        say(f"{number} of {len(tracks)} copies heard")
    found = {}
    for words, way in WAYS.items():
        changed = []
        for seed in DIVISIONS:
            fold = place.folds[seed]
            for number in sorted(set(fold.values())):
                head = place.taught(way, [track.id for track in place.dataset.tracks if fold[track.id] != number])
                for track_id in (track.id for track in tracks if fold[track.id] == number):
                    said = [
                        head(*parts).posterior.mean(axis=0).argmax()
                        for parts in (place.inputs(way, track_id), [copies[track_id][name] for name in way.reads])
                    ]
                    changed.append(said[0] != said[1])
        found[words] = float(np.mean(changed))
    return found


def differences(place: Bench) -> dict[str, str]:
    """Accuracy less that of what ships, over all songs and divisions, with a 95 % interval over artists, by way."""
    right = {}
    for words, way in WAYS.items():
        judged = [place.judged(way, seed) for seed in SEEDS]
        right[words] = np.mean([its.y_pred == its.y_true for its in judged], axis=0)  # (n_songs,)
    artists = [track.artist or track.id for track in place.dataset.tracks]
    _, group = np.unique(artists, return_inverse=True)
    counts = np.random.default_rng(0).multinomial(group.max() + 1, np.full(group.max() + 1, 1 / (group.max() + 1)), N_RESAMPLES)
    weights = counts[:, group]  # (n_resamples, n_songs)
    found = {}
    for words, its in right.items():
        gain = its - right["as it ships"]
        drawn = (weights @ gain) / weights.sum(axis=1)
        low, high = np.quantile(drawn, [0.025, 0.975])
        found[words] = "–" if words == "as it ships" else f"{gain.mean():+.3f} [{low:+.3f}, {high:+.3f}]"
    return found


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("tags", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--root", type=click.Path(file_okay=False), help="Folder of data sets and features.")
def main(folder: Path, tags: Path, root: str | None) -> None:
    """Measure, and write the table."""
    place_of_data = find_root(root)
    place = bench(place_of_data, folder, tags)
    gains, changed = differences(place), renamed(place, place_of_data)
    rows = [(words, gains[words], f"{changed[words]:.0%}") for words in WAYS]
    text = table(("heard", "accuracy, against what ships", f"named otherwise at {GAIN_DB:.0f} dB"), rows)
    write_between(DOCUMENT, "copies", text)
    click.echo(text)


if __name__ == "__main__":
    main()
