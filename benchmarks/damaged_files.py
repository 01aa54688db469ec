"""Sound files in every format that is read, and ways to damage them.

The same seed makes the same files, but for numbers that encoders draw themselves: Ogg's serial numbers, Matroska's ids.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

RATE, SECONDS = 44100, 3.0

SNDFILE = {
    "wav": ("WAV", "PCM_16"),
    "w64": ("W64", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "aiff": ("AIFF", "PCM_24"),
    "au": ("AU", "PCM_16"),
    "caf": ("CAF", "PCM_16"),
}
"""Extension -> format and codec that libsndfile writes."""
FFMPEG = {
    "m4a": ("ipod", "aac", "fltp", False),
    "aac": ("adts", "aac", "fltp", False),
    "wma": ("asf", "wmav2", "fltp", False),
    "wv": ("wv", "wavpack", "s16p", False),
    "webm": ("webm", "libopus", "flt", False),
    "mka": ("matroska", "flac", "s16", False),
    "mkv": ("matroska", "ac3", "fltp", True),
    "mov": ("mov", "pcm_s16le", "s16", True),
    "mp4": ("mp4", "aac", "fltp", True),
    "alac.m4a": ("ipod", "alac", "s16p", False),
    "mp2.mka": ("matroska", "mp2", "s16", False),
}
"""Extension -> container, codec and sample format that FFmpeg writes, and whether pictures are in it."""
KINDS = (*SNDFILE, *FFMPEG)


def music(*, seconds: float = SECONDS, rate: int = RATE, seed: int = 0) -> np.ndarray:
    """Chords over noise, float32, shape (n_samples, 2)."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    tones = sum(np.sin(2 * np.pi * (f * t + rng.uniform(0, 9) * t**2) + rng.uniform(0, 6)) for f in (110, 220, 331, 523))
    y = 0.1 * tones * (1 + 0.5 * np.sin(2 * np.pi * 2 * t)) + 0.01 * rng.normal(size=t.size)
    return np.stack([y, 0.8 * y], axis=1).astype(np.float32)


def written(kind: str, x: np.ndarray) -> bytes:
    """A sound as a file of a kind; x of shape (n_samples, 2) at `RATE`, or 48,000 Hz where the codec knows no other."""
    if kind in SNDFILE:
        import soundfile

        out = io.BytesIO()
        form, codec = SNDFILE[kind]
        soundfile.write(out, x, 48000 if kind == "opus" else RATE, format=form, subtype=codec)
        return out.getvalue()
    return _by_ffmpeg(kind, x)


def _by_ffmpeg(kind: str, x: np.ndarray) -> bytes:
    import av

    form, codec, sample_format, pictures = FFMPEG[kind]
    rate, out = (48000 if codec == "libopus" else RATE), io.BytesIO()
    with av.open(out, "w", format=form) as container:
        video = container.add_stream("mpeg4", rate=5) if pictures else None
        if video is not None:
            video.width = video.height = 32
            video.pix_fmt = "yuv420p"
        stream = container.add_stream(codec, rate=rate)
        stream.layout = "stereo"
        if codec in ("aac", "ac3", "wmav2", "mp2", "libopus"):
            stream.bit_rate = 128_000
        if video is not None:
            for _ in range(5):
                container.mux(video.encode(av.VideoFrame.from_ndarray(np.full((32, 32, 3), 90, np.uint8), format="rgb24")))
            container.mux(video.encode(None))
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(x.T), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        size = stream.codec_context.frame_size or 1024
        resampler = av.AudioResampler(format=sample_format, layout="stereo", rate=rate, frame_size=size)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return out.getvalue()


EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
"""Numbers that headers are given: nothing, one, and the largest of each size."""
HEADER_BYTES = 256

Damage = Callable[[bytearray, np.random.Generator], bytes]


def _flips(share: float) -> Damage:
    def damage(content: bytearray, rng: np.random.Generator) -> bytes:
        for place in rng.integers(len(content) * 8, size=max(1, round(share * len(content) * 8))):
            content[place // 8] ^= 1 << int(place % 8)
        return bytes(content)

    return damage


def _cut(content: bytearray, rng: np.random.Generator) -> bytes:
    return bytes(content[: int(len(content) * rng.uniform() ** 2) + 1])


def _header_bytes(content: bytearray, rng: np.random.Generator) -> bytes:
    for place in rng.integers(min(HEADER_BYTES, len(content)), size=rng.integers(1, 6)):
        content[place] = int(rng.integers(256))
    return bytes(content)


def _header_numbers(content: bytearray, rng: np.random.Generator) -> bytes:
    """A size, rate, count or codec id becomes an extreme one, big or little endian."""
    for place in rng.integers(max(1, min(HEADER_BYTES, len(content) - 4)), size=rng.integers(1, 4)):
        width = int(rng.choice([1, 2, 4]))
        number = int(rng.choice(EXTREMES)) % 256**width
        content[place : place + width] = number.to_bytes(width, "big" if rng.integers(2) else "little")
    return bytes(content)


def _zeros(content: bytearray, rng: np.random.Generator) -> bytes:
    start, length = int(rng.integers(len(content))), int(rng.integers(1, max(2, len(content) // 4)))
    return bytes(content[:start]) + bytes(min(length, len(content) - start)) + bytes(content[start + length :])


def _swapped(content: bytearray, rng: np.random.Generator) -> bytes:
    size = max(1, len(content) // 16)
    blocks = [bytes(content[start : start + size]) for start in range(0, len(content), size)]
    a, b = rng.integers(len(blocks), size=2)
    blocks[a], blocks[b] = blocks[b], blocks[a]
    return b"".join(blocks)


def _hole(content: bytearray, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(len(content)))
    del content[start : start + int(rng.integers(1, 4000))]
    return bytes(content) or b"\0"


def _foreign(content: bytearray, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(len(content)))
    return bytes(content[:start]) + rng.bytes(int(rng.integers(1, 2000))) + bytes(content[start:])


def _as_it_is(content: bytearray, rng: np.random.Generator) -> bytes:
    return bytes(content)


WAYS: dict[str, Damage] = {
    "bits flipped, 1 in 100,000": _flips(1e-5),
    "bits flipped, 1 in 1,000": _flips(1e-3),
    "bits flipped, 1 in 50": _flips(0.02),
    "cut off": _cut,
    "header, any bytes": _header_bytes,
    "header, extreme numbers": _header_numbers,
    "a run of zeros": _zeros,
    "blocks swapped": _swapped,
    "a hole": _hole,
    "foreign bytes put in": _foreign,
    "another extension": _as_it_is,
}
"""Words -> what is done to the bytes; the last one changes the file's name alone."""


@dataclass(frozen=True)
class Damaged:
    """A file that something has happened to.

    Attributes
    ----------
    name : str
        Its file name.
    kind, way : str
        Of `KINDS` and `WAYS`.
    content : bytes
    """

    name: str
    kind: str
    way: str
    content: bytes


def damaged_files(count: int, *, seed: int, seconds: float = SECONDS) -> list[Damaged]:
    """So many files, formats and ways in turn so that each format meets each way alike often."""
    whole: dict[str, bytes] = {}
    found = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        way = list(WAYS)[(number // len(KINDS)) % len(WAYS)]
        rng = np.random.default_rng([seed, number])
        if kind not in whole:
            whole[kind] = written(kind, music(seconds=seconds))
        extension = kind
        if WAYS[way] is _as_it_is:
            extension = str(rng.choice([other for other in KINDS if other != kind]))
        found.append(Damaged(f"{number:04d}.{extension}", kind, way, WAYS[way](bytearray(whole[kind]), rng)))
    return found
