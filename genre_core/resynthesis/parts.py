"""Harmonic or percussive sound alone."""

from __future__ import annotations

from genre_core.audio.clip import Clip
from genre_core.features.hpss import harmonic_percussive
from genre_core.features.stft import Spectra
from genre_core.resynthesis.levels import within_full_scale


def harmonic(clip: Clip) -> Clip:
    """What lasts: held tones, chords, voices; same length and rate.

    With `percussive` it adds up to the clip, unless one of them had to be turned down to stay within full scale.

    Raises
    ------
    AudioError
        If the clip has no samples.
    """
    return parts(clip)[0]


def percussive(clip: Clip) -> Clip:
    """What strikes: drums, plucks, consonants; same length and rate. The counterpart of `harmonic`."""
    return parts(clip)[1]


def parts(clip: Clip) -> tuple[Clip, Clip]:
    """Harmonic and percussive part at the price of one of them (`features.hpss`: Fitzgerald, 2010)."""
    lasting, striking = harmonic_percussive(Spectra(clip.y, sr=clip.sr))  # (n_samples,) each
    return within_full_scale(clip, lasting), within_full_scale(clip, striking)
