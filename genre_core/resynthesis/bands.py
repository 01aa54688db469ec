"""One band of frequencies heard alone."""

from __future__ import annotations

import numpy as np
import scipy.fft

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.resynthesis.levels import within_full_scale

EDGE_OCTAVES = 0.5
"""Width of each edge: a band is whole inside its limits and gone so far outside them."""

_RINGING = 4.0  # Lengths of an edge's inverse width after which its ringing is gone.


def band_pass(clip: Clip, *, low_hz: float, high_hz: float) -> Clip:
    """What sounds from `low_hz` to `high_hz`, without delay.

    The spectrum of the whole clip is multiplied by a gain that is 1 inside the band and falls to 0 over half an octave on
    either side, as a raised cosine; a real gain shifts no phase.

    Parameters
    ----------
    clip : Clip
        Any sound.
    low_hz, high_hz : float
        Limits of the band [Hz]. From 0 it is a low-pass, up to half the sample rate a high-pass.

    Returns
    -------
    Clip
        Of the same length and rate.

    Raises
    ------
    ParameterError
        If the limits are not in order, or outside 0 to half the sample rate.
    """
    nyquist = clip.sr / 2
    if not 0 <= low_hz < high_hz <= nyquist:
        raise ParameterError(
            f"A band needs 0 <= low_hz < high_hz <= {nyquist:g}, half the sample rate. "
            f"Received: low_hz={low_hz:g}, high_hz={high_hz:g}. Move its limits."
        )
    factor = 2**EDGE_OCTAVES
    edges = [width for width in (low_hz * (1 - 1 / factor), high_hz * (factor - 1) if high_hz < nyquist else 0.0) if width > 0]
    ringing = round(_RINGING * clip.sr / min(edges)) if edges else 0
    length = scipy.fft.next_fast_len(clip.n_samples + min(ringing, clip.n_samples), real=True)
    if not edges or not clip.n_samples:
        return within_full_scale(clip, clip.y)
    spectrum = scipy.fft.rfft(clip.y, length)  # (1 + length // 2,), complex64
    per_bin = clip.sr / length
    if low_hz > 0:
        _fade(spectrum, low_hz / factor / per_bin, low_hz / per_bin)
    if high_hz < nyquist:
        _fade(spectrum[::-1], *(spectrum.size - 1 - hz / per_bin for hz in (high_hz * factor, high_hz)))
    return within_full_scale(clip, scipy.fft.irfft(spectrum, length, overwrite_x=True)[: clip.n_samples])


def _fade(spectrum: np.ndarray, silent: float, whole: float) -> None:
    """Clear bins up to `silent` and let those behind rise until `whole`; limits in bins, perhaps beyond the spectrum's ends."""
    last = spectrum.size
    first, stop = (min(max(0, int(np.ceil(limit))), last) for limit in (silent, whole))
    spectrum[:first] = 0
    bins = np.arange(first, stop)
    share = (bins - silent) / (whole - silent)
    spectrum[first:stop] *= (0.5 - 0.5 * np.cos(np.pi * share)).astype(np.float32)
