"""Sounds and files made at test time."""

import io
from fractions import Fraction

import av
import numpy as np
import soundfile

SNDFILE = {
    "wav": ("WAV", "PCM_16"),
    "wav8": ("WAV", "PCM_U8"),
    "wav24": ("WAV", "PCM_24"),
    "wavfloat": ("WAV", "FLOAT"),
    "wavdouble": ("WAV", "DOUBLE"),
    "au": ("AU", "PCM_16"),
    "aiff": ("AIFF", "PCM_24"),
    "caf": ("CAF", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}
FFMPEG = {
    "m4a": ("ipod", "aac", "fltp"),
    "aac": ("adts", "aac", "fltp"),
    "mp4": ("mp4", "aac", "fltp"),
    "webm": ("webm", "libopus", "flt"),
    "wma": ("asf", "wmav2", "fltp"),
    "wv": ("wv", "wavpack", "s16p"),
    "alac": ("ipod", "alac", "s16p"),
}


def sine(frequency=440.0, *, seconds=2.0, rate=44100, channels=1, amplitude=0.5):
    """Sine, float32, shape (n_samples, n_channels)."""
    t = np.arange(round(seconds * rate)) / rate
    return np.repeat((amplitude * np.sin(2 * np.pi * frequency * t)).astype(np.float32)[:, None], channels, axis=1)


def music(*, seconds=2.0, rate=44100, channels=2, seed=0):
    """Tones that change with time, so that a shift by one sample shows; float32, shape (n_samples, n_channels)."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    x = sum(np.sin(2 * np.pi * (f * t + 20 * t**2) + rng.uniform(0, 6)) for f in (220, 331, 523))
    y = (0.15 * x * (1 + 0.5 * np.sin(2 * np.pi * 0.7 * t))).astype(np.float32)
    return np.stack([y * (1 - 0.2 * k) for k in range(channels)], axis=1)


def sndfile_bytes(kind, x, rate):
    format, subtype = SNDFILE[kind]
    out = io.BytesIO()
    soundfile.write(out, x, rate, format=format, subtype=subtype)
    return out.getvalue()


def ffmpeg_bytes(kind, x, rate, *, picture=False):
    """A file by FFmpeg's encoders; x of shape (n_samples, 1 or 2)."""
    container_name, codec, sample_format = FFMPEG[kind]
    out = io.BytesIO()
    layout = "mono" if x.shape[1] == 1 else "stereo"
    # Noise substitution draws other noise at each seek; without it a region can be compared.
    options = {"aac_pns": "0"} if codec == "aac" else {}
    with av.open(out, "w", format=container_name) as container:
        video = None
        if picture:
            video = container.add_stream("mpeg4", rate=5)
            video.width = video.height = 32
            video.pix_fmt = "yuv420p"
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.layout = layout
        if codec != "wavpack":
            stream.bit_rate = 128_000 if codec != "alac" else 0
        if video:
            for _ in range(5):
                container.mux(video.encode(av.VideoFrame.from_ndarray(np.full((32, 32, 3), 90, np.uint8), format="rgb24")))
            container.mux(video.encode(None))
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(x.T), format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(
            format=sample_format, layout=layout, rate=rate, frame_size=stream.codec_context.frame_size or 1024
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return out.getvalue()


def file_bytes(kind, x, rate):
    return ffmpeg_bytes(kind, x, rate) if kind in FFMPEG else sndfile_bytes(kind, x, rate)
