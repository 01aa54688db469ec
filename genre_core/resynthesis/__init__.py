"""Sound made from sound: one band, one part, slower, with clicks, and what survives a feature."""

from genre_core.resynthesis.bands import band_pass
from genre_core.resynthesis.clicks import with_clicks
from genre_core.resynthesis.griffin_lim import griffin_lim, rebuild_from_magnitude
from genre_core.resynthesis.mel_inverse import magnitude_from_mel, rebuild_from_mel
from genre_core.resynthesis.mfcc_inverse import rebuild_from_mfcc
from genre_core.resynthesis.parts import harmonic, parts, percussive
from genre_core.resynthesis.stretch import stretch

__all__ = [
    "band_pass",
    "griffin_lim",
    "harmonic",
    "magnitude_from_mel",
    "parts",
    "percussive",
    "rebuild_from_magnitude",
    "rebuild_from_mel",
    "rebuild_from_mfcc",
    "stretch",
    "with_clicks",
]
