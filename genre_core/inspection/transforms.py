"""What may be done to a recording without making it another genre: louder, duller, as MP3, slower, higher, cut.

A listener names the same genre before and after. Sturm tests systems so ("A simple method to determine if a music information
retrieval system is a 'horse'", IEEE Transactions on Multimedia, 2014, doi 10.1109/TMM.2014.2330697): where such a change alters
the answer, the system goes by something else than what makes the genre. A tempo within 6 % is the range of Sturm, Kereliuk and
Larsen, "¿El Caballo Viejo? Latin genre recognition with deep learning and spectral periodicity", 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import scipy.fft

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError, unknown_name
from genre_core.inspection.mp3 import as_mp3, check_encoder
from genre_core.params import Config, param
from genre_core.resynthesis.levels import limited, within_full_scale
from genre_core.resynthesis.stretch import stretch

SEMITONE = 2 ** (1 / 12)
_SHELF_HZ = (1000.0, 4000.0)


class Transform(Config):
    """A change of a clip: called with one it gives another, of the same rate; equal clips give equal ones."""

    def __call__(self, clip: Clip) -> Clip:
        raise NotImplementedError

    @property
    def title(self) -> str:
        """What is done, in a few words with its unit."""
        raise NotImplementedError

    def check_here(self) -> None:
        """Raise `ParameterError` where this machine lacks what the transform needs."""


@dataclass(frozen=True)
class Gain(Transform):
    """Louder or softer, the same length; peaks that would leave full scale are held there for some milliseconds, as a limiter
    does, so that nothing is cut off.
    """

    name: ClassVar[str] = "gain"
    gain_db: float = param(-12.0, "Gain", unit="dB", low=-60.0, high=20.0)

    @property
    def title(self) -> str:
        return f"{abs(self.gain_db):g} dB {'softer' if self.gain_db < 0 else 'louder'}"

    def __call__(self, clip: Clip) -> Clip:
        y = clip.y * np.float32(10 ** (self.gain_db / 20))  # (n_samples,)
        return replace(clip, y=limited(y, clip.sr) if np.abs(y).max(initial=0.0) > 1 else y)


@dataclass(frozen=True)
class Shelf(Transform):
    """Treble raised or lowered, as with a tone control: nothing below 1 kHz, all of it from 4 kHz on, smoothly between; no phase
    is shifted. Where it would leave full scale the whole is turned down.
    """

    name: ClassVar[str] = "shelf"
    gain_db: float = param(6.0, "Treble", unit="dB", low=-24.0, high=24.0)

    @property
    def title(self) -> str:
        return f"treble {self.gain_db:+g} dB".replace("-", "\u2212")

    def __call__(self, clip: Clip) -> Clip:
        length = scipy.fft.next_fast_len(clip.n_samples + clip.sr // 10, real=True)  # what rings does not come round again
        spectrum = scipy.fft.rfft(clip.y, length)  # (1 + length // 2,), complex64
        low, high = np.log2(_SHELF_HZ)
        octaves = np.log2(np.maximum(scipy.fft.rfftfreq(length, 1 / clip.sr), 1.0))
        share = 0.5 - 0.5 * np.cos(np.pi * np.clip((octaves - low) / (high - low), 0, 1))
        spectrum *= (10 ** (self.gain_db * share / 20)).astype(np.float32)
        return within_full_scale(clip, scipy.fft.irfft(spectrum, length, overwrite_x=True)[: clip.n_samples])


@dataclass(frozen=True)
class LowPass(Transform):
    """Nothing above a frequency is left, as of a recording at twice that sample rate; all up to nine tenths of it stays."""

    name: ClassVar[str] = "low_pass"
    limit_hz: int = param(8000, "Nothing above", unit="Hz", low=500, high=20000)

    @property
    def title(self) -> str:
        return f"nothing above {self.limit_hz / 1000:g} kHz"

    def __call__(self, clip: Clip) -> Clip:
        if 2 * self.limit_hz >= clip.sr:
            return clip
        y = clip.resample(2 * self.limit_hz).resample(clip.sr).y
        return within_full_scale(clip, _of_length(y, clip.n_samples))


@dataclass(frozen=True)
class Mp3(Transform):
    """Through an MP3 file and back, one channel; the encoder's delay is taken out, so that it stays in time."""

    name: ClassVar[str] = "mp3"
    kilobits_per_second: int = param(64, "Bit rate", unit="kb/s", options=(32, 64, 128))

    @property
    def title(self) -> str:
        return f"MP3, {self.kilobits_per_second} kb/s"

    def check_here(self) -> None:
        check_encoder()

    def __call__(self, clip: Clip) -> Clip:
        return as_mp3(clip, kilobits_per_second=self.kilobits_per_second)


@dataclass(frozen=True)
class Noise(Transform):
    """White noise below the sound, by the ratio of their mean powers; each sound has noise of its own, always the same. Silence
    stays silence.
    """

    name: ClassVar[str] = "noise"
    snr_db: float = param(20.0, "Sound over noise", unit="dB", low=-20.0, high=80.0)
    seed: int = param(0, "Seed", low=0, high=2**31 - 1)

    @property
    def title(self) -> str:
        return f"hiss {self.snr_db:g} dB below"

    def __call__(self, clip: Clip) -> Clip:
        rng = np.random.default_rng([self.seed, int(clip.sha256[:12], 16)])
        noise = rng.standard_normal(clip.n_samples, dtype=np.float32)  # (n_samples,)
        power, noise_power = (float(np.mean(np.square(y, dtype=np.float64))) if y.size else 0.0 for y in (clip.y, noise))
        if power == 0:
            return clip
        scale = np.sqrt(power / noise_power / 10 ** (self.snr_db / 10))
        return within_full_scale(clip, clip.y + noise * np.float32(scale))


@dataclass(frozen=True)
class Stretch(Transform):
    """Slower or faster at the same pitch."""

    name: ClassVar[str] = "stretch"
    rate: float = param(0.94, "Speed", unit="of the original's", low=0.5, high=2.0)

    @property
    def title(self) -> str:
        return f"{100 * abs(self.rate - 1):.3g} % {'slower' if self.rate < 1 else 'faster'}"

    def __call__(self, clip: Clip) -> Clip:
        return stretch(clip, rate=self.rate)


@dataclass(frozen=True)
class Pitch(Transform):
    """Higher or lower at the same speed: stretched, then played faster or slower by as much."""

    name: ClassVar[str] = "pitch"
    semitones: float = param(1.0, "Pitch", unit="semitones", low=-12.0, high=12.0)

    @property
    def title(self) -> str:
        count = abs(self.semitones)
        return f"{'a semitone' if count == 1 else f'{count:g} semitones'} {'lower' if self.semitones < 0 else 'higher'}"

    def __call__(self, clip: Clip) -> Clip:
        import soxr

        factor = SEMITONE**self.semitones
        stretched = stretch(clip, rate=1 / factor)  # factor * n_samples long
        y = soxr.resample(stretched.y, clip.sr * factor, clip.sr, quality="HQ")
        return within_full_scale(clip, _of_length(y, clip.n_samples))


@dataclass(frozen=True)
class Trim(Transform):
    """Without its beginning and its end; of a sound shorter than four times as much, without its first and last quarter."""

    name: ClassVar[str] = "trim"
    edge_seconds: float = param(5.0, "Cut at each end", unit="s", low=0.1, high=60.0)

    @property
    def title(self) -> str:
        return f"without the first and last {self.edge_seconds:g} s"

    def __call__(self, clip: Clip) -> Clip:
        edge = min(round(self.edge_seconds * clip.sr), clip.n_samples // 4)
        return replace(clip, y=clip.y[edge : clip.n_samples - edge])


TRANSFORMS: dict[str, Transform] = {
    "softer": Gain(-12.0),
    "louder": Gain(6.0),
    "brighter": Shelf(6.0),
    "duller": Shelf(-6.0),
    "low_pass_8k": LowPass(8000),
    "low_pass_4k": LowPass(4000),
    "mp3": Mp3(64),
    "noise": Noise(20.0),
    "slower": Stretch(0.94),
    "faster": Stretch(1.06),
    "higher": Pitch(1.0),
    "lower": Pitch(-1.0),
    "trim": Trim(5.0),
}
"""Name -> what is done. None of them makes a song another genre."""


def chosen_transforms(names: Sequence[str] = ()) -> dict[str, Transform]:
    """Some of TRANSFORMS, in the table's order; all where none is named.

    Raises
    ------
    ParameterError
        If a name does not exist, or this machine lacks what a transform needs.
    """
    for name in names:
        if name not in TRANSFORMS:
            raise unknown_name("transform", name, TRANSFORMS)
    chosen = {name: transform for name, transform in TRANSFORMS.items() if not names or name in names}
    for name, transform in chosen.items():
        try:
            transform.check_here()
        except ParameterError as error:
            others = ",".join(other for other in chosen if other != name)
            raise ParameterError(f"{error} Or leave {name!r} out: --transforms {others}") from error
    return chosen


def _of_length(y: np.ndarray, n_samples: int) -> np.ndarray:
    """`y` cut, or filled with silence, to `n_samples`: resampling there and back may miss by one."""
    return y[:n_samples] if y.size >= n_samples else np.pad(y, (0, n_samples - y.size))
