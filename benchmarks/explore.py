"""Explore, view by view: server time and bytes of one changed parameter, on 30 s and on ten minutes, and when it is painted.

    python -m benchmarks.explore [--root FOLDER] [--changes 3] [--print-only]

Server time is that of the whole page's script, run in this process without a browser; in a browser only the part below the menu
runs again. Bytes are what a real browser received.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from playwright.sync_api import Browser, sync_playwright
from streamlit.testing.v1 import AppTest

import pages.ui.player as player
from benchmarks import record
from benchmarks.app import serving
from benchmarks.visitor import Visitor
from genre_core import resynthesis
from genre_core.audio import Clip, encode_wav
from genre_core.audio.recording import open_recording
from genre_core.datasets.demo import DEMO_NAME, make_demo
from genre_core.datasets.library import load_dataset
from pages.ui.views import VIEWS
from tests.browser.chromium import ARGUMENTS, find_chromium

APP = str(Path(__file__).resolve().parent.parent / "app.py")
CLIP = "demo/blues.00"
LONG_MINUTES = 10
HOPS = (256, 1024, 384, 640, 896, 320)
"""Hops to change to, by turns; where a view offers some only, those."""
EXEMPT = ("f0", "harmonic", "percussive")
"""Views whose figure is given and not held to the aim."""

PAINTED = "() => [...window.__genrescope.players].reduce((sum, one) => sum + Number(one.host.dataset.painted || 0), 0)"


class Row(NamedTuple):
    """What was measured of one view."""

    view: str
    server_ms: float
    slowest_ms: float
    picture_kb: float
    long_ms: float
    long_kb: float
    received_kb: float
    painted_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--root", type=Path, help="a root that holds the demo set; a temporary one without it")
    parser.add_argument("--changes", type=int, default=3, help="changes of a parameter a view")
    parser.add_argument("--print-only", action="store_true", help="leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare, sync_playwright() as playwright:
        root = options.root or Path(spare)
        if not (root / "datasets" / DEMO_NAME / "dataset.json").exists():
            make_demo(root / "datasets", n_tracks=1)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        text = report(root, browser, options.changes)
        browser.close()
    print(text)
    if not options.print_only:
        record.write_between(record.DOCUMENT, "explore", text)


def report(root: Path, browser: Browser, n_changes: int) -> str:
    """Measure everything; Markdown."""
    os.environ["GENRE_HOME"] = str(root)
    before = record.load()
    song = load_dataset(DEMO_NAME, root / "datasets").tracks[0].clip()
    hour = encode_wav(Clip(np.tile(song.y, 2 * LONG_MINUTES), song.sr))
    with serving(root) as server:
        browsed = {name: in_browser(browser, server.url, name, n_changes) for name in VIEWS}
    rows = []
    for name in VIEWS:
        short, size = in_process(name, None, n_changes)
        long, long_size = in_process(name, hour, n_changes)
        rows.append(Row(name, statistics.median(short), max(short), size, statistics.median(long), long_size, *browsed[name]))
    return "\n\n".join(
        [
            f"A demo song of 30 s, and {LONG_MINUTES} minutes of it; {n_changes} changes of a parameter a view, medians. "
            f"On {record.machine()}; {before} before the start.",
            record.table(
                (
                    "view",
                    "server, 30 s [ms]",
                    "slowest [ms]",
                    "picture [kB]",
                    f"server, {LONG_MINUTES} min [ms]",
                    "picture [kB]",
                    "received by the browser, 30 s [kB]",
                    "input to painted, 30 s [ms]",
                ),
                [(f"`{row.view}`{' *' * (row.view in EXEMPT)}", *(f"{value:.0f}" for value in row[1:])) for row in rows],
            ),
            "\\* heavy by nature: the median filters of the two parts, and pYIN on at most ten seconds.",
            record.table(("made of a region of 5 s", "time [ms]"), rebuilding_rows(song)),
            record.table(("a long file is gone through once", "time [s]"), long_rows(song)),
        ]
    )


def in_process(view: str, upload: bytes | None, n_changes: int) -> tuple[list[float], float]:
    """Milliseconds of each run of the page after a changed parameter, and kilobytes of its pictures."""
    app = AppTest.from_file(APP, default_timeout=120).switch_page("pages/1_Explore.py")
    app.query_params["view"] = view
    app.query_params["clip"] = CLIP
    app.run()
    if upload is not None:
        app.file_uploader(key="explore.upload").upload("long.wav", upload, "audio/wav").run()
    times, sizes = [], []
    for number in range(n_changes):
        change(app, view, number)
        with packed() as found:
            start = time.perf_counter()
            app.run()
            times.append(1000 * (time.perf_counter() - start))
        if app.exception or app.error:
            raise SystemExit(f"The view {view} failed: {[entry.value for entry in (*app.exception, *app.error)]}")
        sizes.append(sum(found) / 1000)
    return times, max(sizes)


def change(app: AppTest, view: str, number: int) -> None:
    """Give the view another hop; a view without one is drawn again as it is."""
    key = f"explore.{view}.hop_length"
    for box in app.number_input:
        if box.key == key:
            box.set_value(HOPS[number % len(HOPS)])
    for menu in app.selectbox:
        if menu.key == key:
            options = [option for option in menu.options if option != str(menu.value)]
            menu.set_value(type(menu.value)(options[number % len(options)]))


@contextmanager
def packed() -> Iterator[list[int]]:
    """Bytes of each block that is packed for a player meanwhile."""
    found: list[int] = []
    pack = player.pack

    def counting(header: Any) -> bytes:
        content = pack(header)
        found.append(len(content))
        return content

    player.pack = counting
    try:
        yield found
    finally:
        player.pack = pack


def in_browser(browser: Browser, url: str, view: str, n_changes: int) -> tuple[float, float]:
    """Kilobytes received after a changed hop, and milliseconds from the input until the picture is painted; medians."""
    visitor = Visitor(browser, url)
    visitor.open(f"Explore?clip={CLIP}&view={view}")
    visitor.rest()
    page = visitor.page
    sizes, times = [], []
    for number in range(n_changes):
        visitor.reset()
        painted = page.evaluate(PAINTED)
        box = page.get_by_role("spinbutton", name="Hop [samples]")
        menu = page.get_by_role("combobox", name="Hop [samples]")
        if box.count():
            box.fill(str(HOPS[number % len(HOPS)]))
            box.press("Enter")
        elif menu.count():
            menu.click()
            menu.press("ArrowDown" if number % 2 == 0 else "ArrowUp")
            menu.press("Enter")
        else:  # nothing to set: look closer
            page.get_by_role("button", name="Look closer (+)").click()
        if VIEWS[view].below is not None and VIEWS[view].picture is None:  # a chart, which the player knows nothing of
            times.append(visitor.rest())
        else:
            page.wait_for_function(f"before => ({PAINTED})() > before", arg=painted, polling="raf")
            times.append(page.evaluate("performance.now() - window.__seen.input"))
            visitor.rest()
        sizes.append(sum(visitor.received.values()) / 1000)
    visitor.close()
    return statistics.median(sizes), statistics.median(times)


def rebuilding_rows(song: Clip) -> Sequence[tuple[str, str]]:
    """Time of each sound that is made on demand."""
    region = song.slice(5.0, 10.0)
    made = {
        "rebuilt from 13 MFCC": lambda: resynthesis.rebuild_from_mfcc(region, n_mfcc=13),
        "rebuilt from 128 mel bands": lambda: resynthesis.rebuild_from_mel(region, n_mels=128),
        "rebuilt from magnitudes (Griffin-Lim)": lambda: resynthesis.rebuild_from_magnitude(region),
        "harmonic part": lambda: resynthesis.harmonic(region),
        "half the speed": lambda: resynthesis.stretch(region, rate=0.5),
    }
    rows = []
    for words, make in made.items():
        make()
        times = []
        for _ in range(3):
            start = time.perf_counter()
            make()
            times.append(1000 * (time.perf_counter() - start))
        rows.append((words, f"{statistics.median(times):.0f}"))
    return rows


def long_rows(song: Clip) -> Sequence[tuple[str, str]]:
    """Time to open an hour of wav, and to decode a minute in its middle."""
    content = encode_wav(Clip(np.tile(song.y, 120), song.sr))
    start = time.perf_counter()
    recording = open_recording(content, name="hour.wav")
    opened = time.perf_counter() - start
    start = time.perf_counter()
    recording.slice(1800.0, 1860.0)
    return [
        (f"{recording.seconds / 60:.0f} minutes of wav", f"{opened:.1f}"),
        ("a minute in its middle, decoded", f"{time.perf_counter() - start:.2f}"),
    ]


if __name__ == "__main__":
    main()
