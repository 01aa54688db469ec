"""Instruments with a pitch: one function a family, one row an instrument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from genre_core.datasets.synthesis.oscillators import (
    SR,
    decay,
    fm,
    hertz,
    noise,
    one_pole,
    oscillate,
    phase,
    pluck,
    swell,
    wavetable,
)

_ORDER = np.arange(1, 257)


@dataclass(frozen=True)
class Instrument:
    """A row of INSTRUMENTS.

    Attributes
    ----------
    sound : callable
        `sound(freq, n, hard)` -> n samples of a note held for ever; `hard` is True for a loud note, which is brighter.
    release_seconds : float
        Time in which a note dies away when it is let go.
    longest_seconds : float
        No note is held longer.
    """

    sound: Callable[[float, int, bool], np.ndarray]
    release_seconds: float = 0.08
    longest_seconds: float = 2.5

    def note(self, pitch: float, hard: bool) -> np.ndarray:
        """Samples of the longest note at a MIDI number, float32, shape (n,)."""
        n = round((self.longest_seconds + self.release_seconds) * SR)
        return self.sound(hertz(pitch), n, hard).astype(np.float32, copy=False)


Sound = Callable[[float, int, bool], np.ndarray]


def _string(
    t60: float, damping: float, slope: float, *, position: float = 0.15, dark_hz: float = 0.0, bend: float = 0.0
) -> Sound:
    """Plucked or struck string; low strings ring longer. `bend` mixes in a second string detuned by so many cents."""

    def sound(freq: float, n: int, hard: bool) -> np.ndarray:
        ring = t60 * float(np.clip((220 / freq) ** 0.4, 0.4, 1.6))
        tilt = slope if hard else slope + 0.35
        y = pluck(freq, n, t60_seconds=ring, damping=damping, position=position, slope=tilt)
        if bend:
            second = freq * 2 ** (bend / 1200)
            y = y + 0.7 * pluck(second, n, t60_seconds=1.2 * ring, damping=damping, position=position * 1.3, slope=tilt)
        if dark_hz:
            y = one_pole(y, dark_hz + 2 * freq)
        return y * swell(n, 0.002)

    return sound


def _bowed(slope: float, attack: float, *, vibrato: float = 12.0, voices: int = 3, dark_hz: float = 3500.0) -> Sound:
    """Section of bowed strings: detuned saw-like voices, slow attack, vibrato."""

    def sound(freq: float, n: int, hard: bool) -> np.ndarray:
        table = wavetable(1 / _ORDER ** (slope if hard else slope + 0.25), freq)
        y = np.zeros(n, np.float32)
        for voice in range(voices):
            detune = 2 ** ((voice - (voices - 1) / 2) * 7 / 1200)
            cycles = phase(freq * detune, n, vibrato_cents=vibrato, vibrato_hz=5.0 + 0.37 * voice)
            y += oscillate(table, cycles + 0.31 * voice)
        return one_pole(y, dark_hz + freq) * swell(n, attack)

    return sound


def _blown(
    amplitudes: tuple[float, ...], attack: float, *, breath: float = 0.02, vibrato: float = 14.0, tail: float = 1.5
) -> Sound:
    """Wind instrument: given first harmonics, then falling as order to the power of `tail`, with breath noise."""

    def sound(freq: float, n: int, hard: bool) -> np.ndarray:
        steep = tail if hard else tail + 0.4
        rest = amplitudes[-1] * (len(amplitudes) / _ORDER[len(amplitudes) : 40]) ** steep
        table = wavetable(np.concatenate([amplitudes, rest]), freq)
        y = oscillate(table, phase(freq, n, vibrato_cents=vibrato, vibrato_hz=5.1, delay_seconds=0.35))
        rng = np.random.default_rng(int(freq))
        air = one_pole(noise(rng, n), 3 * freq + 1500)
        return (y + breath * air) * swell(n, attack)

    return sound


def _brass(index: float, attack: float) -> Sound:
    """Brass by frequency modulation: the index rises with the attack, as the sound opens."""

    def sound(freq: float, n: int, hard: bool) -> np.ndarray:
        opening = swell(n, attack) * (0.55 + 0.45 * decay(n, 1.5)) * index * (1.0 if hard else 0.65)
        return fm(freq, n, ratio=1.0, index=opening, detune_hz=0.4) * swell(n, attack * 0.6)

    return sound


def _tines(index: float, t60: float, *, ratio: float = 1.0, tine: float = 14.0, tremolo: float = 0.15) -> Sound:
    """Electric piano or bell by frequency modulation, with a short high tine and slow tremolo."""

    def sound(freq: float, n: int, hard: bool) -> np.ndarray:
        body = fm(freq, n, ratio=ratio, index=index * (1.0 if hard else 0.6) * decay(n, 0.6 * t60), detune_hz=0.3)
        y = body * decay(n, t60)
        if tine and freq * tine < 0.45 * SR:
            y = y + 0.12 * fm(freq, n, ratio=tine, index=0.6 * decay(n, 0.5)) * decay(n, 0.4)
        t = np.arange(n, dtype=np.float32) / SR
        return y * (1 + tremolo * np.sin(2 * np.pi * 4.6 * t)) * swell(n, 0.003)

    return sound


def _organ(drawbars: tuple[float, ...], *, click: float = 0.04, spin_hz: float = 6.2) -> Sound:
    """Organ: sines at the drawbars' orders 1/2, 3/2, 1, 2, 3, 4, 5, 6, 8 and a turning speaker."""
    orders = np.array([1, 3, 2, 4, 6, 8, 10, 12, 16])  # of half the pitch

    def sound(freq: float, n: int, hard: bool) -> np.ndarray:
        amplitudes = np.zeros(16)
        amplitudes[orders - 1] = drawbars
        y = oscillate(
            wavetable(amplitudes, freq / 2), phase(freq / 2, n, vibrato_cents=6, vibrato_hz=spin_hz, delay_seconds=0.02)
        )
        t = np.arange(n, dtype=np.float32) / SR
        y = y * (1 + 0.18 * np.sin(2 * np.pi * spin_hz * t))
        knock = noise(np.random.default_rng(int(freq)), n) * decay(n, 0.03) * click
        return (y + knock) * swell(n, 0.006)

    return sound


def _synth(
    slope: float, bright_hz: float, dark_hz: float, close: float, *, odd: bool = False, voices: int = 2, attack: float = 0.004
) -> Sound:
    """Detuned oscillators through a filter that closes: from `bright_hz` to `dark_hz` in about `close` seconds."""

    def sound(freq: float, n: int, hard: bool) -> np.ndarray:
        harmonics = 1 / _ORDER**slope
        if odd:
            harmonics = harmonics * (_ORDER % 2)
        roll = lambda edge: 1 / np.sqrt(1 + (freq * _ORDER / edge) ** 4)  # noqa: E731  (two poles, as amplitude of each harmonic)
        bright = wavetable(harmonics * roll(bright_hz * (1.0 if hard else 0.6)), freq)
        dark = wavetable(harmonics * roll(max(dark_hz, 1.2 * freq)), freq)
        closing = decay(n, 3 * close)
        y = np.zeros(n, np.float32)
        for voice in range(voices):
            cycles = phase(freq * 2 ** ((voice - (voices - 1) / 2) * 9 / 1200), n) + 0.37 * voice
            y += oscillate(bright, cycles) * closing + oscillate(dark, cycles) * (1 - closing)
        return y * swell(n, attack)

    return sound


def _voice(formants: tuple[tuple[float, float], ...], *, vibrato: float = 22.0, attack: float = 0.05, voices: int = 1) -> Sound:
    """Singing on a vowel: harmonics of a glottal source shaped by formants (frequency [Hz], strength)."""

    def sound(freq: float, n: int, hard: bool) -> np.ndarray:
        harmonics = freq * _ORDER
        shape = sum(gain / (1 + ((harmonics - centre) / (0.09 * centre + 40)) ** 2) for centre, gain in formants)
        table = wavetable((0.04 + shape) / _ORDER ** (0.8 if hard else 1.1), freq)
        y = np.zeros(n, np.float32)
        for voice in range(voices):
            detune = 2 ** ((voice - (voices - 1) / 2) * 11 / 1200)
            y += oscillate(table, phase(freq * detune, n, vibrato_cents=vibrato, vibrato_hz=5.2 + 0.4 * voice) + 0.3 * voice)
        air = one_pole(noise(np.random.default_rng(int(freq)), n), 4000)
        return (y + 0.02 * air) * swell(n, attack)

    return sound


def _sub(drive: float, t60: float) -> Sound:
    """Deep sine bass with a falling start, softly saturated."""

    def sound(freq: float, n: int, hard: bool) -> np.ndarray:
        t = np.arange(n) / SR
        cycles = freq * t + 0.6 * freq * 0.02 * (1 - np.exp(-t / 0.02))
        return np.tanh(drive * np.sin(2 * np.pi * cycles)).astype(np.float32) * decay(n, t60) * swell(n, 0.004)

    return sound


_AAH = ((750.0, 1.0), (1150.0, 0.6), (2500.0, 0.25), (3400.0, 0.15))
_OOH = ((380.0, 1.0), (850.0, 0.35), (2300.0, 0.08))
_EEH = ((480.0, 1.0), (1800.0, 0.5), (2600.0, 0.3), (3500.0, 0.15))

INSTRUMENTS: dict[str, Instrument] = {
    "nylon guitar": Instrument(_string(2.6, 1.0, 1.25, position=0.28, dark_hz=2800)),
    "steel guitar": Instrument(_string(3.2, 0.45, 0.95, position=0.18, dark_hz=6000)),
    "electric guitar": Instrument(_string(4.0, 0.35, 1.05, position=0.22, dark_hz=3800)),
    "muted guitar": Instrument(_string(0.5, 1.0, 1.0, position=0.12, dark_hz=4200), 0.03, 0.6),
    "riff guitar": Instrument(_string(5.0, 0.22, 0.8, position=0.13, bend=4.0), 0.03),
    "palm guitar": Instrument(_string(0.55, 0.8, 0.9, position=0.1, bend=3.0), 0.02, 0.6),
    "banjo": Instrument(_string(0.9, 0.35, 0.75, position=0.08), 0.05, 1.0),
    "mandolin": Instrument(_string(1.1, 0.35, 0.8, position=0.1, bend=7.0), 0.05, 1.0),
    "harp": Instrument(_string(2.4, 0.9, 1.4, position=0.4, dark_hz=3500), 0.4),
    "harpsichord": Instrument(_string(2.0, 0.3, 0.55, position=0.12), 0.08, 2.0),
    "piano": Instrument(_string(4.5, 0.35, 1.35, position=0.13, dark_hz=4500, bend=1.6), 0.15),
    "bright piano": Instrument(_string(4.0, 0.25, 1.0, position=0.11, dark_hz=7000, bend=2.5), 0.12),
    "upright bass": Instrument(_string(1.6, 1.0, 1.5, position=0.25, dark_hz=700), 0.06, 1.5),
    "finger bass": Instrument(_string(2.6, 0.7, 1.3, position=0.2, dark_hz=1100), 0.05, 2.0),
    "pick bass": Instrument(_string(2.6, 0.35, 0.95, position=0.12, dark_hz=2600), 0.04, 2.0),
    "synth bass": Instrument(_synth(1.0, 1800, 350, 0.15), 0.04, 1.5),
    "sub bass": Instrument(_sub(1.6, 2.5), 0.05, 2.0),
    "deep bass": Instrument(_sub(2.6, 1.6), 0.05, 1.5),
    "strings": Instrument(_bowed(1.05, 0.14), 0.25, 4.0),
    "short strings": Instrument(_bowed(0.95, 0.035, vibrato=4), 0.12, 1.5),
    "violin": Instrument(_bowed(0.9, 0.07, vibrato=20, voices=1, dark_hz=5000), 0.12, 3.0),
    "cello": Instrument(_bowed(1.1, 0.09, vibrato=14, voices=2, dark_hz=2200), 0.15, 3.0),
    "fiddle": Instrument(_bowed(0.8, 0.03, vibrato=10, voices=1, dark_hz=6000), 0.06, 2.0),
    "flute": Instrument(_blown((1.0, 0.35, 0.12, 0.05), 0.06, breath=0.05), 0.1),
    "clarinet": Instrument(_blown((1.0, 0.05, 0.6, 0.05, 0.4, 0.06, 0.2), 0.04), 0.07),
    "oboe": Instrument(_blown((0.6, 0.9, 1.0, 0.6, 0.4, 0.3), 0.04), 0.07),
    "saxophone": Instrument(_blown((1.0, 0.8, 0.7, 0.5, 0.4, 0.25), 0.035, breath=0.08, vibrato=18), 0.07),
    "harmonica": Instrument(_blown((0.7, 1.0, 0.8, 0.7, 0.5, 0.4), 0.03, breath=0.03, vibrato=20, tail=1.1), 0.05),
    "pedal steel": Instrument(_blown((1.0, 0.45, 0.3, 0.15, 0.08), 0.05, breath=0.0, vibrato=16, tail=2.0), 0.2),
    "trumpet": Instrument(_brass(3.4, 0.05), 0.06),
    "muted trumpet": Instrument(_blown((0.3, 0.5, 0.9, 1.0, 0.8, 0.5), 0.03, breath=0.03, vibrato=12), 0.06),
    "brass": Instrument(_brass(2.6, 0.06), 0.08),
    "horn": Instrument(_brass(1.5, 0.09), 0.15, 3.0),
    "electric piano": Instrument(_tines(1.5, 3.5), 0.12),
    "glass piano": Instrument(_tines(2.2, 2.4, tine=7.0), 0.2),
    "vibraphone": Instrument(_tines(0.7, 3.0, ratio=4.0, tine=10.0, tremolo=0.3), 0.3),
    "bell": Instrument(_tines(2.0, 2.8, ratio=3.5, tine=0.0, tremolo=0.0), 0.5),
    "organ": Instrument(_organ((0.6, 0.4, 1.0, 0.5, 0.2, 0.25, 0.0, 0.05, 0.1))),
    "bright organ": Instrument(_organ((0.4, 0.5, 1.0, 0.8, 0.5, 0.5, 0.3, 0.3, 0.4))),
    "church organ": Instrument(_organ((0.7, 0.1, 1.0, 0.8, 0.3, 0.6, 0.1, 0.3, 0.4), click=0.0, spin_hz=0.7), 0.4, 4.0),
    "accordion": Instrument(_blown((0.8, 1.0, 0.7, 0.6, 0.5, 0.3), 0.05, breath=0.01, vibrato=8, tail=1.0), 0.06),
    "clavinet": Instrument(_string(0.7, 0.3, 0.6, position=0.1, dark_hz=5000), 0.03, 0.8),
    "synth pad": Instrument(_synth(1.1, 1500, 900, 1.5, voices=3, attack=0.2), 0.4, 4.0),
    "synth pluck": Instrument(_synth(0.9, 5000, 500, 0.08), 0.1, 1.0),
    "synth lead": Instrument(_synth(0.9, 4500, 1800, 0.6, odd=True), 0.08),
    "synth brass": Instrument(_synth(0.9, 3500, 1200, 0.4, voices=3, attack=0.03), 0.1),
    "voice": Instrument(_voice(_AAH), 0.1),
    "soft voice": Instrument(_voice(_OOH, vibrato=16, attack=0.08), 0.12),
    "bright voice": Instrument(_voice(_EEH), 0.09),
    "choir": Instrument(_voice(_AAH, voices=3, attack=0.16), 0.3, 4.0),
    "drive lead": Instrument(_bowed(0.75, 0.01, vibrato=24, voices=1, dark_hz=6000), 0.05, 3.0),
}
"""Name to row; every name that a style uses is here."""
