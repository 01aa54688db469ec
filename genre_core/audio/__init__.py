"""Audio in: clips, decoding, segments."""

from genre_core.audio.clip import AudioFacts, Clip
from genre_core.audio.decode import AUDIO_EXTENSIONS, MAX_SECONDS, blocks, decode, encode_wav, envelope, probe, read
from genre_core.audio.segments import Segment, SegmentConfig

__all__ = [
    "AUDIO_EXTENSIONS",
    "MAX_SECONDS",
    "AudioFacts",
    "Clip",
    "Segment",
    "SegmentConfig",
    "blocks",
    "decode",
    "encode_wav",
    "envelope",
    "probe",
    "read",
]
