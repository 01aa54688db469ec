"""How quick judging and inspecting are: 1,000 tracks of 10 segments on the pages; then benchmarks.occlusion and benchmarks.map.

    python -m benchmarks.inspect [--print-only]

The songs are numbers drawn about those that the shipped dense network learned from, so that nothing has to be synthesised or
heard; the pages run in this process, without a browser. The tables go into docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from streamlit.testing.v1 import AppTest

from benchmarks import map as benchmark_of_maps
from benchmarks import occlusion
from benchmarks.record import DOCUMENT, ROOT, machine, table, write_between
from genre_core.audio import Clip, decode, encode_wav
from genre_core.datasets.library import save_dataset
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset, Track
from genre_core.evaluation.report import score_report
from genre_core.features.base import SegmentFeatures
from genre_core.paths import Root, find_root
from genre_core.runs import MANIFEST, Run, find_run
from genre_core.runs.reading import predict_dataset

N_TRACKS, N_TRAIN, N_SEGMENTS, N_ARTISTS = 1000, 1000, 10, 100
N_TIMES = 9
SPREAD = 0.9
"""Of a track about its genre, in standard deviations of the columns: with it a good tenth is called by another genre."""


class Act(NamedTuple):
    """What a visitor does, in words, on which page, and how."""

    words: str
    page: str
    query: dict[str, str]
    do: Callable[[AppTest, int], None]


def populate(root: Root) -> Run:
    """A run judged on `N_TRACKS` tracks that learned from as many, with their features and a sound a genre."""
    shipped = find_run("demo-ann", root)
    [feature] = shipped.features
    scale = {name: np.array(values, np.float32) for name, values in shipped.manifest["scaler"][0].items()}
    rng, store = np.random.default_rng(0), FeatureStore(root.features)
    starts = shipped.segments.hop_seconds * np.arange(N_SEGMENTS)
    sounds = {genre: _sound(root.path / f"{genre}.wav", rng) for genre in shipped.genres}
    middles = {genre: rng.normal(size=len(scale["mean"])) for genre in shipped.genres}
    tracks, roles = [], {}
    for number in range(N_TRACKS + N_TRAIN):
        genre = shipped.genres[number % len(shipped.genres)]
        track = Track(f"song.{number:04d}", genre, sounds[genre], f"artist {number % N_ARTISTS}", 30.0, f"{number:064x}")
        own = middles[genre] + SPREAD * rng.normal(size=len(scale["mean"]))
        values = scale["mean"] + scale["std"] * (own + 0.5 * rng.normal(size=(N_SEGMENTS, len(own)))).astype(np.float32)
        ends = starts + shipped.segments.segment_seconds
        store.save(track, feature, shipped.segments, SegmentFeatures(values.astype(np.float32), starts, ends))
        tracks.append(track)
        roles[track.id] = "valid" if number < N_TRACKS else "train"
    dataset = Dataset("thousand", tuple(tracks), title="A thousand songs")
    save_dataset(dataset, root.datasets)
    return _judged(shipped, dataset, roles, store, root)


def _sound(path: Path, rng: np.random.Generator) -> Path:
    path.write_bytes(encode_wav(Clip(0.1 * rng.normal(size=30 * 22050).astype(np.float32), 22050, path.stem)))
    decode(path)
    return path


def _judged(shipped: Run, dataset: Dataset, roles: dict[str, str], store: FeatureStore, root: Root) -> Run:
    """The shipped network as a run on these tracks; the genre that it names most for a genre's tracks counts as theirs."""
    folder = root.runs / "thousand"
    shutil.copytree(shipped.folder, folder)
    for name in ("card.md", "predictions_test.npz", "likeness.npz"):
        (folder / name).unlink(missing_ok=True)
    learned = {"name": dataset.name, "title": dataset.title, "note": "", "fingerprint": dataset.fingerprint}
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest |= {
        "id": "thousand",
        "title": "A thousand songs",
        "dataset": learned,
        "test_openings": [],
        "split": {**manifest["split"], "roles": roles},
        "leaks": None,
        "scores": {},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    run = Run.load(folder)
    ids = [track_id for track_id, role in roles.items() if role == "valid"]
    predictions = predict_dataset(run.classifier(), dataset, ids, run, store)
    predictions.save(folder / "predictions_valid.npz")
    run.manifest["scores"] = {"valid": score_report(predictions, [dataset.by_id[track_id].artist for track_id in ids])}
    run.save()
    return run


def pages(root: Root) -> list[tuple[str, ...]]:
    """A row an act: what is done, median and slowest [ms] of `N_TIMES`, after it has been done once."""
    os.environ["GENRE_HOME"] = str(root.path)
    return [_acted(act) for act in acts()]


def acts() -> list[Act]:
    """What is done on the two pages; each time something else is chosen, so that no answer is there already."""
    run = {"run": "thousand"}

    def pick(key: str) -> Callable[[AppTest, int], None]:
        def change(app: AppTest, number: int) -> None:
            menu = app.selectbox(key=key)
            menu.set_value(menu.options[1 + number % (len(menu.options) - 1)])

        return change

    def turn(key: str) -> Callable[[AppTest, int], None]:
        def change(app: AppTest, number: int) -> None:
            choice = next(entry for entry in (*app.segmented_control, *app.pills) if entry.key == key)
            choice.set_value(choice.options[number % len(choice.options)])

        return change

    def follow(app: AppTest, number: int) -> None:
        app.query_params["track"] = f"song.{10 * number:04d}"

    return [
        Act("Evaluate: opened again", "pages/4_Evaluate.py", run, lambda app, number: None),
        Act("Evaluate: tracks or segments", "pages/4_Evaluate.py", run, _levels),
        Act("Inspect: opened again", "pages/5_Inspect.py", run, lambda app, number: None),
        Act("Inspect: another genre", "pages/5_Inspect.py", run, pick("inspect.true")),
        Act("Inspect: another track, its sound and its neighbours", "pages/5_Inspect.py", {**run, "right": "True"}, follow),
    ]


def _levels(app: AppTest, number: int) -> None:
    app.query_params["level"] = ("segments", "tracks")[number % 2]


def _acted(act: Act) -> tuple[str, ...]:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300).switch_page(act.page)
    for name, value in act.query.items():
        app.query_params[name] = value
    times = []
    app.run()
    for number in range(N_TIMES + 1):
        act.do(app, number)
        begun = time.perf_counter()
        app.run()
        times.append(1000 * (time.perf_counter() - begun))
        if app.exception or app.error:
            raise SystemExit(f"{act.words} failed: {[entry.value for entry in (*app.exception, *app.error)]}")
    return act.words, f"{statistics.median(times[1:]):.0f}", f"{max(times[1:]):.0f}"


@click.command()
@click.option("--print-only", is_flag=True, help="Leave docs/benchmarks.md as it is.")
@click.pass_context
def main(context: click.Context, print_only: bool) -> None:
    """Measure the pages, then what models listen to and maps, and write the three tables."""
    with tempfile.TemporaryDirectory() as folder:
        root = find_root(folder)
        populate(root)
        words = f"{N_TRACKS:,} judged tracks of {N_SEGMENTS} segments, {N_ARTISTS} artists; server time, {N_TIMES} times:"
        text = f"{words}\n\n{table(('done', 'median [ms]', 'slowest [ms]'), pages(root))}\n\n{machine()}"
    click.echo(text)
    if not print_only:
        write_between(DOCUMENT, "inspect", text)
    context.invoke(occlusion.main, runs=(), print_only=print_only)
    context.invoke(benchmark_of_maps.main, n_tracks=N_TRACKS, write=not print_only)


if __name__ == "__main__":
    main()
