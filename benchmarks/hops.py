"""How often the shipped model needs to listen: accuracy against time, as the hop between its segments grows.

    python -m benchmarks.hops GTZAN_FOLDER TAGS.npz [--root FOLDER]

Heads learn as the shipped model does, by five folds of artists under three divisions, and judge the songs at hand by a segment of
three seconds every 1.5, 3, 6, 9, 15 seconds (the product itself leaves no gaps). Times are of one core, from bytes to verdict, of
a clip of 30 s. Written are a table into docs/results.md and the curve, docs/images/hops.png. No test track takes part.
"""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import plotly.graph_objects as go

from benchmarks.record import ROOT, load, table, write_between
from benchmarks.results import DOCUMENT
from benchmarks.songs import songs
from benchmarks.transfer_tries import CHOSEN, SEGMENTS, Bench, bench, say
from genre_core.audio import Clip, decode, encode_wav
from genre_core.datasets.library import load_dataset
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.inference import SR, Predictor
from genre_core.models import MODELS
from genre_core.paths import Root, find_root
from genre_core.runs import default_run
from genre_core.shipped.gtzan import SONGS

FINEST = 1.5
HOPS = (1.5, 3.0, 6.0, 9.0, 15.0)
"""Seconds from one segment to the next; multiples of the finest."""
DIVISIONS = (0, 1, 2)
REPEATS = 9
FEATURES = MODELS["transfer"].presets["gaussian"].features
PICTURE = ROOT / "docs" / "images" / "hops.png"


def accuracies(place: Bench, root: Root) -> dict[float, list[float]]:
    """Accuracy over the songs at hand under each division, by hop."""
    tracks = [track for track in load_dataset(SONGS, root.datasets).tracks if track.id in place.heard]
    store, fine = FeatureStore(root.features), replace(SEGMENTS, hop_seconds=FINEST)
    requests = [(feature, fine) for feature in FEATURES]
    extract_all(tracks, requests, store, progress=lambda done, total, left: say(f"{done} of {total} songs heard"))
    heard = {track.id: [store.get(track, *request).values for request in requests] for track in tracks}
    found: dict[float, list[float]] = {hop: [] for hop in HOPS}
    for seed in DIVISIONS:
        fold = place.folds[seed]
        right: dict[float, list[bool]] = {hop: [] for hop in HOPS}
        for number in sorted(set(fold.values())):
            head = place.taught(CHOSEN, [track.id for track in place.dataset.tracks if fold[track.id] != number])
            for track in (track for track in tracks if fold[track.id] == number):
                posteriors = head(*heard[track.id]).posterior  # (n_segments, n_genres)
                for hop in HOPS:
                    said = posteriors[:: round(hop / FINEST)].mean(axis=0).argmax()
                    right[hop].append(place.dataset.genres[said] == track.genre)
        for hop in HOPS:
            found[hop].append(statistics.mean(right[hop]))
    return found


def milliseconds(run_root: Root) -> dict[float, float]:
    """Median time of a clip of 30 s on one core, by hop."""
    predictor = Predictor.from_run(default_run(run_root))
    clips, found = songs(None, REPEATS).clips, {}
    for number, hop in enumerate(HOPS):
        side_by_side = predictor.segments.segment_seconds
        asked = replace(predictor, segments=replace(predictor.segments, hop_seconds=min(hop, side_by_side)))
        times = []
        for clip in clips:
            # A little later each time: the net remembers what it said of the very same segments.
            content = encode_wav(replace(clip, y=clip.y[number * 500 :]))
            start = time.perf_counter()
            sound = decode(content, sr=SR)
            asked.predict(thinned(sound, hop, side_by_side))
            times.append(1000 * (time.perf_counter() - start))
        found[hop] = statistics.median(times)
    return found


def thinned(clip: Clip, hop: float, segment_seconds: float) -> Clip:
    """What is heard of a sound where segments leave gaps, put together: the product itself skips nothing."""
    if hop <= segment_seconds:
        return clip
    length, step = round(segment_seconds * clip.sr), round(hop * clip.sr)
    return Clip(np.concatenate([clip.y[start : start + length] for start in range(0, clip.n_samples, step)]), clip.sr)


def curve(scores: dict[float, list[float]], times: dict[float, float]) -> go.Figure:
    """Accuracy over time, a point a hop, with the range over the divisions."""
    means = [statistics.mean(scores[hop]) for hop in HOPS]
    figure = go.Figure(
        go.Scatter(
            x=[times[hop] for hop in HOPS],
            y=means,
            mode="lines+markers+text",
            text=[f"every {hop:g} s" for hop in HOPS],
            textposition="bottom right",
            line={"color": "#0f766e"},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [max(scores[hop]) - mean for hop, mean in zip(HOPS, means, strict=True)],
                "arrayminus": [mean - min(scores[hop]) for hop, mean in zip(HOPS, means, strict=True)],
            },
        )
    )
    figure.update_xaxes(title="time of a 30-s clip on one core [ms]", range=[0, 1.15 * max(times.values())])
    figure.update_yaxes(title="accuracy, songs at hand, out of fold", range=[0.7, 0.9], dtick=0.05)
    return figure.update_layout(template="plotly_white", width=900, height=480, font={"size": 16}, margin={"t": 20, "r": 20})


def take(figure: go.Figure, path: Path) -> None:
    """The figure as a picture."""
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import find_chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 900, "height": 480})
        page.set_content(figure.to_html(include_plotlyjs=True, config={"staticPlot": True}))
        page.wait_for_selector(".main-svg")
        page.locator(".plotly-graph-div").screenshot(path=path)
        browser.close()


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("tags", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--root", type=click.Path(file_okay=False), help="Folder of data sets and features.")
def main(folder: Path, tags: Path, root: str | None) -> None:
    """Measure, write the table and the curve."""
    place_of_data = find_root(root)
    scores = accuracies(bench(place_of_data, folder, tags), place_of_data)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    times = milliseconds(find_root())
    rows = [
        (
            f"{hop:g}",
            f"{len(np.arange(0, 27 + 1e-9, hop))}",
            f"{statistics.mean(scores[hop]):.3f}",
            f"{min(scores[hop]):.3f} to {max(scores[hop]):.3f}",
            f"{times[hop]:.0f}",
        )
        for hop in HOPS
    ]
    header = ("a segment every [s]", "segments of 30 s", "accuracy, mean of three divisions", "from, to", "time, one core [ms]")
    text = f"""{table(header, rows)}

![Accuracy of the shipped model against time, as the hop between segments grows](images/hops.png)

Songs at hand of the fault-filtered train and valid lists, five folds by artist; time: median of {REPEATS}, {load()}."""
    write_between(DOCUMENT, "hops", text)
    take(curve(scores, times), PICTURE)
    click.echo(text)


if __name__ == "__main__":
    main()
