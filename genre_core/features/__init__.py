"""The features by name. To add one: a class, a word in FEATURES; the contract tests then cover it."""

from __future__ import annotations

from typing import Any

from genre_core.errors import unknown_name
from genre_core.features.base import Feature
from genre_core.features.contrast import SpectralContrast
from genre_core.features.curves import (
    Rms,
    SpectralBandwidth,
    SpectralCentroid,
    SpectralFlatness,
    SpectralRolloff,
    ZeroCrossingRate,
)
from genre_core.features.gaussian import Gaussian
from genre_core.features.musicnn import Backbone, MusicnnMel
from genre_core.features.parts import HarmonicSpectrogram, PercussiveSpectrogram
from genre_core.features.pitch import F0
from genre_core.features.pulse import OnsetStrength, Tempogram
from genre_core.features.spectral import LogMel, Mel, Mfcc, Spectrogram, Spectrum
from genre_core.features.summary import Summary57, SummaryAround
from genre_core.features.tonality import Chroma, ChromaCqt, ConstantQ, Tonnetz

FEATURES: dict[str, type[Feature]] = {
    feature.name: feature
    for feature in (
        LogMel,
        Mfcc,
        Summary57,
        SummaryAround,
        Spectrum,
        Spectrogram,
        Mel,
        SpectralCentroid,
        SpectralBandwidth,
        SpectralRolloff,
        SpectralFlatness,
        SpectralContrast,
        ZeroCrossingRate,
        Rms,
        ConstantQ,
        Chroma,
        ChromaCqt,
        Tonnetz,
        OnsetStrength,
        Tempogram,
        HarmonicSpectrogram,
        PercussiveSpectrogram,
        F0,
        Gaussian,
        MusicnnMel,
        Backbone,
    )
}


def feature_from_dict(values: dict[str, Any]) -> Feature:
    """The feature that `Feature.to_dict` wrote down.

    Raises
    ------
    ParameterError
        If there is no feature of that name, or a parameter does not fit.
    """
    name = values.get("name", "")
    if name not in FEATURES:
        raise unknown_name("feature", name, FEATURES)
    return FEATURES[name].from_dict(values)
