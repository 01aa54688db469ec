"""Time to classify a 30-s wav: as a whole process (cold), and in a process that has done it before (warm).

Usage: python benchmarks/classify.py [RUN]
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

import numpy as np

SR = 22050
REPEATS = 5


def main() -> None:
    """Print one line for each of cold and warm."""
    from genre_core.inference import Predictor
    from genre_core.paths import find_root
    from genre_core.runs import default_run, find_run

    root = find_root()
    run = find_run(sys.argv[1], root) if len(sys.argv) > 1 else default_run(root)
    content = song()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.wav"
        path.write_bytes(content)
        command = [sys.executable, "-m", "genre_core", "classify", str(path), "--run", str(run.folder), "--json"]
        report("cold, whole process", lambda: subprocess.run(command, check=True, capture_output=True))
    predictor = Predictor.from_run(run)
    predictor.classify(content)
    report("warm, bytes to result", lambda: predictor.classify(content))


def song() -> bytes:
    """30 s of noise as a 16-bit wav."""
    y = np.random.default_rng(0).normal(0, 3000, 30 * SR).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(SR)
        target.writeframes(y.tobytes())
    return file.getvalue()


def report(what: str, work: object) -> None:
    """Run `work` a few times; print the median and the fastest."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()  # type: ignore[operator]
        times.append(1000 * (time.perf_counter() - start))
    print(f"{what:24} median {statistics.median(times):7.1f} ms, fastest {min(times):7.1f} ms")


if __name__ == "__main__":
    main()
