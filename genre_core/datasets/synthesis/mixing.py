"""From a score to sound: play each part, set it in the room, and master the mix."""

from __future__ import annotations

import numpy as np

from genre_core.datasets.synthesis import effects
from genre_core.datasets.synthesis.band import Band, Part
from genre_core.datasets.synthesis.drums import KITS, strokes
from genre_core.datasets.synthesis.instruments import INSTRUMENTS
from genre_core.datasets.synthesis.oscillators import SR, noise

CEILING = 0.95
"""Largest magnitude of a sample in a finished track."""

_FADE_SECONDS = 0.02
_PART_LEVEL = 0.1


def play(part: Part, n_samples: int) -> np.ndarray:
    """All notes of a part, dry, float32, shape (n_samples,). Each pitch is computed once, at its longest."""
    instrument = INSTRUMENTS[part.instrument]
    release = max(1, round(instrument.release_seconds * SR))
    falling = np.linspace(1, 0, release, dtype=np.float32) ** 2
    sounds: dict[tuple[float, bool], np.ndarray] = {}
    out = np.zeros(n_samples, np.float32)
    for note in part.notes:
        start = round(note.start * SR)
        if start >= n_samples:
            continue
        tone = (note.pitch, note.velocity > 0.65)
        if tone not in sounds:
            sounds[tone] = instrument.note(*tone)
        held = sounds[tone]
        n = min(round(note.seconds * SR), held.size - release)
        sound = held[: n + release] * np.float32(note.velocity**1.3)
        sound[n:] *= falling
        stop = min(n_samples, start + sound.size)
        out[start:stop] += sound[: stop - start]
    return out


def play_drums(band: Band, n_samples: int) -> np.ndarray:
    """All strokes, dry, float32, shape (n_samples,)."""
    out = np.zeros(n_samples, np.float32)
    if not band.strokes:
        return out
    kit = strokes(KITS[band.artist.kit], band.rng)
    for stroke in band.strokes:
        start = round(stroke.start * SR)
        if start < n_samples:
            sound = kit[stroke.drum][: n_samples - start]
            out[start : start + sound.size] += sound * np.float32(stroke.velocity**1.3)
    return out


def mix(band: Band) -> np.ndarray:
    """The finished track: 16-bit steps as float32 of shape (n_samples,), no sample beyond `CEILING`."""
    n_samples = round(band.seconds * SR)
    artist, rng = band.artist, band.rng
    dry, send = np.zeros(n_samples, np.float32), np.zeros(n_samples, np.float32)
    for part in band.parts.values():
        y = play(part, n_samples)
        if part.drive:
            y = effects.drive(y, part.drive)
        if part.low_hz or part.high_hz:
            y = effects.cut(y, low_hz=part.low_hz, high_hz=part.high_hz)
        if part.echo_seconds:
            y = effects.echo(y, part.echo_seconds, part.echo_feedback)
        _add(y, part.gain_db, part.wet, dry, send)
    _add(play_drums(band, n_samples), band.drums_db + artist.drums_db, 0.5, dry, send)
    if band.hiss_db is not None:
        _add(_vinyl(rng, n_samples), band.hiss_db, 0.0, dry, send)
    wet = artist.wet * float(rng.uniform(0.85, 1.15))
    y = dry + wet * effects.room(send, artist.room_seconds, rng)
    y = effects.tilt(y, artist.tilt_db + float(rng.normal(0, 0.15)), presence_db=artist.presence_db)
    return _master(y, artist.loudness_db + float(rng.normal(0, 0.5)))


def _add(y: np.ndarray, gain_db: float, wet: float, dry: np.ndarray, send: np.ndarray) -> None:
    """Bring a part to its level, whatever its instrument, and add it to the two sums."""
    level = effects.active_rms(y)
    if level > 0:
        y = y * np.float32(_PART_LEVEL * effects.decibels(gain_db) / level)
        dry += y
        send += wet * y


def _vinyl(rng: np.random.Generator, n_samples: int) -> np.ndarray:
    """Surface noise of a record: soft hiss and small crackles."""
    crackle = np.zeros(n_samples, np.float32)
    where = rng.integers(0, n_samples, n_samples // 2500)
    crackle[where] = rng.normal(0, 12, where.size)
    return effects.cut(crackle + 0.6 * noise(rng, n_samples), low_hz=400, high_hz=5000)


def _master(y: np.ndarray, loudness_db: float) -> np.ndarray:
    """Compress, bring to the loudness asked for, limit, fade, round to 16 bit."""
    y = effects.compress(y, threshold_db=2.0, ratio=2.5)
    target = effects.decibels(loudness_db)
    for _ in range(2):  # the limiter takes a little of the loudness away
        y = effects.limit(y * np.float32(target / max(effects.rms(y), 1e-9)), CEILING)
    y = effects.fade(y, _FADE_SECONDS)
    return (np.round(y * 32767) / 32768).astype(np.float32)
