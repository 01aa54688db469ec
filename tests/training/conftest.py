"""One training session for all tests here: TensorFlow is imported in one other process, once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from genre_core.audio.decode import decode
from genre_core.datasets.library import save_dataset
from genre_core.datasets.tracks import Dataset, Track
from genre_core.jobs.spawning import LARGE_PAGES
from genre_core.paths import Root

SR = 22050
TONES = {"high": 3000.0, "low": 200.0, "noise": 0.0}


def make_tones(root: Root, name: str = "tones", *, n_tracks: int = 10, seconds: float = 1.7) -> Dataset:
    """A data set of tones: three genres that a small net tells apart, five artists each."""
    rng = np.random.default_rng(5)
    tracks = []
    for genre, frequency in TONES.items():
        for number in range(n_tracks):
            t = np.arange(round(seconds * SR)) / SR
            tone = np.sin(2 * np.pi * frequency * (1 + 0.02 * number) * t) if frequency else np.zeros(t.size)
            y = (0.3 * tone + (0.02 if frequency else 0.3) * rng.standard_normal(t.size)).clip(-1, 1)
            path = root.datasets / name / "audio" / genre / f"{number}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, y.astype(np.float32), SR, subtype="PCM_16")
            clip = decode(path)
            tracks.append(Track(f"{genre}.{number}", genre, path, f"{genre} {number % 5}", clip.seconds, clip.sha256))
    dataset = Dataset(name, tuple(tracks), title="Tones", note="synthesised")
    save_dataset(dataset, root.datasets)
    return dataset


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Root in which `session.py` has trained its runs, beside its notes in `notes.json`."""
    folder = tmp_path_factory.mktemp("trained")
    make_tones(Root(folder))
    script = Path(__file__).with_name("session.py")
    environment = {**os.environ, "GLIBC_TUNABLES": LARGE_PAGES}  # as a training from the page has it
    done = subprocess.run(
        [sys.executable, str(script), str(folder)],
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return folder
