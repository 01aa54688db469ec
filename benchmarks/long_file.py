"""Long files by path: how long the shipped model takes, and how much memory above an idle process.

    python -m benchmarks.long_file [--hours H ...] [--print-only]

An MP3 of demo songs, one after the other, is written to a temporary folder. A process of its own opens the model, hears three
seconds, and is idle; what the file then takes beyond that is counted by the kernel. The table goes into docs/benchmarks.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np

from benchmarks.record import DOCUMENT, machine, table, write_between
from benchmarks.songs import SR, songs
from genre_core.audio import Clip
from genre_core.inference import Predictor
from genre_core.paths import find_root
from genre_core.runs import default_run

HOURS = (1.0, 3.0)
N_SONGS = 20
LIMIT_MB = 300


def write_long(path: Path, hours: float) -> None:
    """Demo songs in turn until the file is so long; in stereo at 44,100 Hz, as songs are."""
    import soundfile

    rate = 2 * SR
    found = [np.repeat(clip.resample(rate).y[:, None], 2, axis=1) for clip in songs(None, N_SONGS).clips]
    left = round(hours * 3600 * rate)
    with soundfile.SoundFile(path, "w", samplerate=rate, channels=2, format="MP3", subtype="MPEG_LAYER_III") as file:
        while left > 0:
            for y in found:
                file.write(y[:left])
                left -= min(left, len(y))


def memory_mb(field: str) -> float:
    """What this process holds (`VmRSS`), or has held at most (`VmHWM`) [MB]: the kernel's own count, of this program alone.

    `resource.getrusage` would count what the process that started this one held then.
    """
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"Expected {field} in /proc/self/status. Received: none. Memory is counted on Linux alone.")


def heard(path: Path) -> dict[str, float | int | str]:
    """In a process of its own: seconds, memory above idle, and what was said."""
    predictor = Predictor.from_run(default_run(find_root()))
    rng = np.random.default_rng(0)
    predictor.predict(Clip(0.1 * rng.normal(size=3 * SR), SR))
    idle, start = memory_mb("VmRSS"), time.perf_counter()
    prediction = predictor.classify(path)
    n_sections = len(prediction.sections)
    return {
        "elapsed_seconds": time.perf_counter() - start,
        "idle_mb": idle,
        "above_mb": memory_mb("VmHWM") - idle,
        "n_segments": len(prediction.start_seconds),
        "n_sections": n_sections,
    }


@click.command()
@click.option("--hours", multiple=True, type=float, default=HOURS, show_default=True)
@click.option("--hear", type=click.Path(exists=True, dir_okay=False, path_type=Path), hidden=True)
@click.option("--print-only", is_flag=True, help="Leave docs/benchmarks.md as it is.")
def main(hours: tuple[float, ...], hear: Path | None, print_only: bool) -> None:
    """Write long files, hear each in a process of its own, and write the table."""
    if hear is not None:
        click.echo(json.dumps(heard(hear)))
        return
    rows = []
    for length in hours:
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "long.mp3"
            write_long(path, length)
            command = [sys.executable, "-m", "benchmarks.long_file", "--hear", str(path)]
            said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            size = path.stat().st_size / 1e6
        rows.append(
            (
                f"{length:g} h",
                f"{size:.0f}",
                f"{said['n_segments']:,}",
                f"{said['elapsed_seconds']:.0f}",
                f"{said['idle_mb']:.0f}",
                f"**{said['above_mb']:.0f}**",
            )
        )
        click.echo(" | ".join(rows[-1]), err=True)
    header = ("MP3, stereo, 44.1 kHz", "size [MB]", "segments", "seconds", "idle process [MB]", "most above it [MB]")
    text = f"""{table(header, rows)}

Demo songs in turn, by path, with the shipped model; sections included. The limit is {LIMIT_MB} MB.

{machine()}"""
    click.echo(text)
    if not print_only:
        write_between(DOCUMENT, "long", text)


if __name__ == "__main__":
    main()
