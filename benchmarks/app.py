"""The dashboard in a real browser: start, reruns, bytes sent, memory after a tour, upload to result.

    python -m benchmarks.app [--audio FOLDER] [--root FOLDER] [--visitors 5]

Songs of the folder are uploaded; without it demo songs in five formats. The table goes to docs/benchmarks.md; `--print-only`
leaves it as it is.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from benchmarks import record
from benchmarks.memory import maps, memory, processor_seconds, tree
from benchmarks.songs import audio_files
from benchmarks.visitor import PAGES, Visitor, next_option, other_radio, other_view
from genre_core.audio import Clip, encode_wav
from genre_core.datasets.demo import DEMO_NAME, make_demo
from genre_core.datasets.library import load_dataset
from genre_core.inference import Predictor
from genre_core.paths import Root
from genre_core.runs import find_run
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.server import Server

RUN = "demo-cnn-small"
TRACKS_A_GENRE = 3
MOST_UPLOADS = 8
UNKNOWN = "cannot be told here"

Upload = tuple[str, bytes]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--audio", type=Path, help="a folder of songs to upload; demo songs without it")
    parser.add_argument("--root", type=Path, help="a root that holds the demo set; a temporary one without it")
    parser.add_argument("--starts", type=int, default=3, help="server starts for each of two pages")
    parser.add_argument("--changes", type=int, default=9, help="widget changes a page")
    parser.add_argument("--rounds", type=int, default=3, help="tours of the one visitor")
    parser.add_argument("--visitors", type=int, default=5, help="visitors at a time after that")
    parser.add_argument("--print-only", action="store_true", help="leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare, sync_playwright() as playwright:
        root = options.root or Path(spare)
        if not (root / "datasets" / DEMO_NAME / "dataset.json").exists():
            make_demo(root / "datasets", n_tracks=TRACKS_A_GENRE)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        text = report(options, root, browser)
        browser.close()
    print(text)
    if not options.print_only:
        record.write_between(record.DOCUMENT, "app", text)


def report(options: argparse.Namespace, root: Path, browser: Browser) -> str:
    """Measure everything; Markdown."""
    before = record.load()
    files = uploads(options.audio, root)
    formats = ", ".join(sorted({Path(name).suffix.lstrip(".") for name, _ in files}))
    words = "songs of a folder" if options.audio else "demo songs, synthesised"
    starts = {title: first_picture(root, browser, path, options.starts) for title, path in (("Home", ""), ("Explore", "Explore"))}
    empty = empty_app(browser)
    with serving(root) as server:
        pages = page_rows(server, browser, options.changes)
    with serving(root) as server:
        results = upload_rows(server, browser, root)
    with serving(root) as server:
        memories, libraries = memory_rows(server, browser, files, options.rounds, options.visitors)
    return "\n\n".join(
        [
            f"Uploads: {len(files)} {words} ({formats}). On {record.machine()}; {before} before the start.",
            record.table(
                (
                    "from the start of the server to the first picture",
                    "median [s]",
                    "slowest [s]",
                    "processor time of the server [s]",
                ),
                [(title, *seconds(found)) for title, found in starts.items()],
            ),
            record.table(
                (
                    "page",
                    "opened [kB]",
                    "of it sound [kB]",
                    "change",
                    "rerun, median [ms]",
                    "slowest [ms]",
                    "received, median [kB]",
                ),
                pages,
            ),
            record.table(("upload to result, warm", "median [ms]", "slowest [ms]"), results),
            record.table(
                ("memory [MB]", "server's process, resident", "its share of what is shared", "with the processes it started"),
                [("an empty Streamlit app, one visitor", *empty), *memories],
            ),
            libraries,
        ]
    )


@contextmanager
def serving(root: Path, *, script: str = "app.py") -> Iterator[Server]:
    """A server for as long as it is needed."""
    server = Server(root, script=script)
    try:
        yield server
    finally:
        server.close()


def first_picture(root: Path, browser: Browser, path: str, n_starts: int) -> list[tuple[float, float | None]]:
    """Seconds from starting the server's process until a picture stands on a page, for a browser that was never here.

    With each the server's own time on the processor, which says more where other programs run.
    """
    found = []
    for _ in range(n_starts):
        start = time.perf_counter()
        with serving(root) as server:
            visitor = Visitor(browser, server.url)
            visitor.open(path)
            found.append((time.perf_counter() - start, processor_seconds(server.pid)))
            visitor.close()
    return found


def seconds(found: Sequence[tuple[float, float | None]]) -> tuple[str, str, str]:
    """Median and slowest of the times, median of the processor's."""
    times = [elapsed for elapsed, _ in found]
    busy = [own for _, own in found if own is not None]
    return f"{statistics.median(times):.1f}", f"{max(times):.1f}", f"{statistics.median(busy):.1f}" if busy else UNKNOWN


def in_memory(server: Server) -> tuple[str, str, str]:
    """Memory of the server's process, resident and by share, and with its children, in words."""
    found = memory(server.pid)
    if found is None:
        return UNKNOWN, UNKNOWN, UNKNOWN
    children = f" ({found.n_children} more)" if found.n_children else ""
    return f"{found.rss:.0f}", f"{found.pss:.0f}", f"{found.all_pss:.0f}{children}"


def empty_app(browser: Browser) -> tuple[str, str, str]:
    """Memory of a server that shows one word."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text("import streamlit as st\n\nst.write('Hello')\n")
        with serving(Path(folder), script=str(script)) as server:
            visitor = Visitor(browser, server.url)
            visitor.page.goto(server.url)
            visitor.page.get_by_text("Hello").wait_for()
            visitor.rest()
            found = in_memory(server)
            visitor.close()
            return found


def page_rows(server: Server, browser: Browser, n_changes: int) -> list[tuple[str, ...]]:
    """Bytes of each page when it is opened, time and bytes of its reruns."""
    visitor = Visitor(browser, server.url)
    visitor.open()
    visitor.rest()
    rows = [("Streamlit's scripts and fonts, once", f"{visitor.received['scripts'] / 1e3:,.0f}", "", "", "", "", "")]
    for title, (words, action) in PAGES.items():
        visitor.reset()
        visitor.follow(title)
        opened = visitor.received.copy()
        changes = [visitor.change(action, number) for number in range(n_changes)]
        times, sizes = zip(*changes, strict=True)
        rows.append(
            (
                "Home" if title == "Genrescope" else title,
                f"{(sum(opened.values()) - opened['scripts']) / 1e3:,.0f}",
                f"{opened['sound'] / 1e3:,.0f}",
                words,
                f"{statistics.median(times):.0f}",
                f"{max(times):.0f}",
                f"{statistics.median(sizes) / 1e3:,.0f}",
            )
        )
    visitor.close()
    return rows


def upload_rows(server: Server, browser: Browser, root: Path, *, repeats: int = 6) -> list[tuple[str, ...]]:
    """Upload of a 30-s clip, each time another, until the verdict stands: in this process, and on the page Classify."""
    clips = [track.clip() for track in load_dataset(DEMO_NAME, root / "datasets").tracks[: repeats + 1]]
    songs = [encode_wav(clip) for clip in clips]
    predictor = Predictor.from_run(find_run(RUN, Root(root)))
    rows = []
    for kind, contents in (("wav", songs), ("mp3", [encoded(clip, "mp3") for clip in clips])):
        predictor.classify(contents[0])
        times = [1000 * predictor.classify(content).elapsed_seconds for content in contents[1:]]
        words = f"`{RUN}`, 30 s of {kind}: bytes to posterior, in a process"
        rows.append((words, f"{statistics.median(times):.0f}", f"{max(times):.0f}"))
    visitor = Visitor(browser, server.url)
    visitor.open(f"Classify?run={RUN}")
    times = []
    for number, content in enumerate(songs):
        visitor.rest()
        times.append(visitor.upload(f"song {number}.wav", content))
        visitor.take_back()
    visitor.close()
    words = f"`{RUN}`, 30 s of wav: chosen in the browser to verdict on the page"
    return [*rows, (words, f"{statistics.median(times[1:]):.0f}", f"{max(times[1:]):.0f}")]


def memory_rows(
    server: Server, browser: Browser, files: Sequence[Upload], rounds: int, n_visitors: int
) -> tuple[list[tuple[str, ...]], str]:
    """Memory as one visitor goes through every page again and again, and with several at a time."""
    visitor = Visitor(browser, server.url)
    visitor.open()
    visitor.rest()
    rows = [("Home opened", *in_memory(server))]
    for number in range(1, rounds + 1):
        tour(visitor, files)
        rows.append((f"after every page with songs, round {number}", *in_memory(server)))
    if n_visitors:
        others = [Visitor(browser, server.url) for _ in range(n_visitors)]
        for other in others:
            other.open()
            tour(other, files)
        rows.append((f"after {n_visitors} more visitors, all still there", *in_memory(server)))
        for other in others:
            other.close()
    visitor.close()
    return rows, libraries_loaded(server)


def libraries_loaded(server: Server) -> str:
    """Which of the heavy libraries the server's process, and the processes it started, have loaded."""
    said = {None: UNKNOWN, True: "**loaded**", False: "not loaded"}
    own = ", ".join(f"{word} {said[maps(server.pid, word)]}" for word in ("tensorflow", "llvmlite", "sklearn"))
    training = sum(bool(maps(child, "tensorflow")) for child in tree(server.pid)[1:])
    return f"In the server's process: {own} (llvmlite comes with librosa). Processes it started that hold TensorFlow: {training}."


def tour(visitor: Visitor, files: Sequence[Upload]) -> None:
    """Every page: songs heard, looked at in every view, uploaded and classified, one by one and several at once."""
    page = visitor.page
    visitor.follow("Genrescope")
    for number in range(4):
        visitor.change(other_radio, number)
    visitor.upload(*files[0])
    visitor.take_back()
    visitor.follow("Explore")
    for _ in range(3):
        next_option(page, "Clip")
        for number in range(4):
            visitor.change(other_view, number)
    page.get_by_text("Your own").first.click()
    visitor.upload(*files[-1])
    page.keyboard.press("Escape")
    for number in range(7):
        visitor.change(other_view, number)
    page.get_by_role("radio", name="All genres").click()
    visitor.rest()
    for title in ("Dataset", "Train", "Evaluate"):
        visitor.follow(title)
        for number in range(3):
            visitor.change(PAGES[title][1], number)
    visitor.follow("Classify")
    for number in range(3):
        visitor.change(PAGES["Classify"][1], number)
    for name, content in files:
        visitor.rest()
        visitor.upload(name, content)
    visitor.rest()
    visitor.take_back()


def uploads(folder: Path | None, root: Path) -> list[Upload]:
    """Files to upload: up to eight of a folder, else demo songs in five formats."""
    if folder is not None:
        files = audio_files(folder)
        if not files:
            raise SystemExit(f"Expected sound files below {folder}. Received: none. Name a folder of songs.")
        chosen = np.unique(np.linspace(0, len(files) - 1, MOST_UPLOADS).round().astype(int))
        return [(files[index].name, files[index].read_bytes()) for index in chosen]
    tracks = load_dataset(DEMO_NAME, root / "datasets").tracks
    formats = ("wav", "mp3", "flac", "ogg", "m4a", "wav", "mp3", "ogg")
    return [(f"song {track.genre}.{kind}", encoded(track.clip(), kind)) for track, kind in zip(tracks, formats, strict=False)]


def encoded(clip: Clip, kind: str) -> bytes:
    """A clip as a file of this format."""
    if kind == "wav":
        return encode_wav(clip)
    out = io.BytesIO()
    if kind != "m4a":
        import soundfile

        soundfile.write(out, clip.y, clip.sr, format=kind.upper())
        return out.getvalue()
    import av

    with av.open(out, "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=clip.sr, layout="mono")
        frame = av.AudioFrame.from_ndarray(clip.y[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = clip.sr, 0
        fifo = av.AudioFifo()
        fifo.write(frame)
        while part := fifo.read(1024, partial=True):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return out.getvalue()


if __name__ == "__main__":
    main()
