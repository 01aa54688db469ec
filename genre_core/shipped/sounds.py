"""Sounds that are no music, to choose by what is turned away: recordings of a Debian package, and what is computed here.

The package tuxpaint-stamps-default holds drawings with sounds: what they show is read aloud in many languages, animals and things
make their noises. `apt-get download tuxpaint-stamps-default && dpkg-deb -x *.deb FOLDER` unpacks it, without installing it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.audio.decode import decode
from genre_core.audio.listening import MIN_SECONDS
from genre_core.errors import DatasetError

SR = 22050
SPEECH_SECONDS, LEAST_SPEECH_SECONDS = 12.0, 6.0
MOST_OF_A_LANGUAGE = 5
"""Clips of speech made of each language."""
THINGS = ("household", "naturalforces", "vehicles", "space", "food")
"""Folders of drawings whose noises hold no tune."""


class Sound(NamedTuple):
    """Attributes
    ----------
    kind : str
        speech, words, animals, things, noise, tones or silence.
    group : str
        What is judged by a check that has heard nothing of it: a language, a species, one thing.
    name : str
    clip : Clip
    """

    kind: str
    group: str
    name: str
    clip: Clip


def unmusical(folder: Path) -> list[Sound]:
    """All sounds that are no music, always the same ones in the same order.

    Parameters
    ----------
    folder : Path
        What the package unpacks to.

    Raises
    ------
    DatasetError
        If the drawings are not in it.
    AudioError
        If one of their sounds cannot be read.
    """
    place = next(iter(sorted(folder.rglob("tuxpaint/stamps"))), None)
    if place is None:
        raise DatasetError(
            f"Expected in {folder} what the Debian package tuxpaint-stamps-default unpacks to. Received: no tuxpaint/stamps in "
            "it. docs/shipped.md says how to get it."
        )
    found = [*_speech(place), *_noises(place), *computed()]
    return [sound for sound in found if sound.clip.seconds >= MIN_SECONDS]


def _speech(place: Path) -> Iterator[Sound]:
    """Descriptions read aloud, one behind the other, a few clips a language; the files' names end in the language."""
    files = defaultdict(list)
    for path in sorted(place.rglob("*_desc_*.ogg")):
        files[path.stem.rpartition("_desc_")[2]].append(path)
    for language, paths in sorted(files.items()):
        random.Random(0).shuffle(paths)
        waiting = iter(paths)
        for number in range(MOST_OF_A_LANGUAGE):
            said: list[np.ndarray] = []
            while sum(map(len, said)) < SPEECH_SECONDS * SR and (following := next(waiting, None)):
                said.append(decode(following, sr=SR).y)
            if sum(map(len, said)) >= LEAST_SPEECH_SECONDS * SR:
                yield Sound("speech", language, f"{language} {number + 1}", Clip(np.concatenate(said), SR))


def _noises(place: Path) -> Iterator[Sound]:
    for path in sorted(place.rglob("*.ogg")):
        parts = path.relative_to(place).with_suffix("").parts
        name = "/".join(parts)
        if "_desc" in path.stem:
            continue
        if parts[0] == "animals":
            yield Sound("animals", "/".join(parts[1:3]), name, decode(path, sr=SR))
        elif parts[0] == "symbols":
            yield Sound("words", path.stem.rpartition("_")[2], name, decode(path, sr=SR))
        elif parts[0] in THINGS:
            yield Sound("things", name, name, decode(path, sr=SR))


def computed() -> Iterator[Sound]:
    """Noise, tones and silence, ten seconds each."""
    rng = np.random.default_rng(0)
    t = np.arange(10 * SR) / SR
    for kind, found in (("noise", _noise(rng, t)), ("tones", _tones(t)), ("silence", _silence(rng, t))):
        for name, y in found:
            yield Sound(kind, name.split()[0], name, Clip(y.astype(np.float32), SR))


def _noise(rng: np.random.Generator, t: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    for peak in (0.3, 0.03, 0.003):
        white = rng.standard_normal(t.size)
        spectrum = np.fft.rfft(white)
        bins = np.arange(1, spectrum.size + 1)
        sounds = {
            "white": white,
            "pink": np.fft.irfft(spectrum / np.sqrt(bins), t.size),
            "brown": np.fft.irfft(spectrum / bins, t.size),
            "hum": 4 * np.sign(np.sin(2 * np.pi * 50 * t)) + white,
            "crackle": np.where(rng.random(t.size) < 3e-4, white, 0),
            "waves": white * (0.5 + 0.5 * np.sin(2 * np.pi * 0.3 * t)),
        }
        for name, y in sounds.items():
            yield f"{name} {peak}", peak * y / abs(y).max()


def _tones(t: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    for hertz in (50, 110, 220, 440, 880, 1000, 2000, 4000, 8000):
        for peak in (0.5, 0.02):
            yield f"sine {hertz} {peak}", peak * np.sin(2 * np.pi * hertz * t)
    for hertz in (110, 440, 1000):
        yield f"square {hertz}", 0.3 * np.sign(np.sin(2 * np.pi * hertz * t))
        yield f"saw {hertz}", 0.3 * (2 * (hertz * t % 1) - 1)
    yield "sweep", 0.5 * np.sin(2 * np.pi * (50 * t + 200 * t**2))
    yield "dial", 0.3 * (np.sin(2 * np.pi * 697 * t) + np.sin(2 * np.pi * 1209 * t)) * (t % 0.4 < 0.2)
    yield "clicks", 0.5 * (t % 0.5 < 0.002)
    yield "beep", 0.4 * np.sin(2 * np.pi * 1000 * t) * (t % 1 < 0.3)


def _silence(rng: np.random.Generator, t: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    yield "zeros", np.zeros(t.size)
    yield "rounding", rng.integers(-1, 2, t.size) / 32768
    yield "hiss", 1e-3 * rng.standard_normal(t.size)
    yield "offset", np.full(t.size, 0.1)
