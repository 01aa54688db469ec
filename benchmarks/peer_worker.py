"""Runs one other library on the benchmark's clips, in the environment that holds it: `python peer_worker.py NAME FOLDER`.

FOLDER holds `clips.npz`, float32 clips at 22,050 Hz, and the same as `<name>.wav`. Prints one JSON object: version, and for each
thing measured what it is, how many numbers it gives and the seconds of each clip. Curves that have a counterpart go to
`<NAME>.npz` as `<clip>/<curve>`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

SR, N_FFT, HOP = 22050, 2048, 512
N_MELS = 128

Measured = list[dict[str, object]]
Curves = dict[str, np.ndarray]


def timed(what: str, compute: Callable[[str], object], clips: dict[str, np.ndarray], count: Callable[[object], int]) -> dict:
    """Seconds of each clip, after one that is not counted."""
    result, seconds = compute(next(iter(clips))), []
    for name in clips:
        start = time.perf_counter()
        result = compute(name)
        seconds.append(time.perf_counter() - start)
    return {"what": what, "n_values": count(result), "seconds": seconds}


def opensmile(clips: dict[str, np.ndarray], folder: Path) -> tuple[Measured, Curves]:
    """The functionals of two feature sets; the curves of ComParE for comparison."""
    import opensmile as library

    sets, levels = library.FeatureSet, library.FeatureLevel
    measured = []
    for chosen, words in (
        (sets.ComParE_2016, "ComParE 2016: statistics of 65 curves and their deltas, 60-ms and 20-ms frames each 10 ms"),
        (sets.eGeMAPSv02, "eGeMAPS v02: statistics of 25 curves made for voices, pitch and formants among them"),
    ):
        smile = library.Smile(feature_set=chosen, feature_level=levels.Functionals, num_workers=1)
        measured.append(
            timed(words, lambda name, smile=smile: smile.process_signal(clips[name], SR), clips, lambda found: found.shape[1])
        )
    smile = library.Smile(feature_set=sets.ComParE_2016, feature_level=levels.LowLevelDescriptors, num_workers=1)
    curves = {}
    for name, y in clips.items():
        found = smile.process_signal(y, SR)
        curves[f"{name}/zcr"] = found["pcm_zcr_sma"].to_numpy()
        curves[f"{name}/rms"] = found["pcm_RMSenergy_sma"].to_numpy()
    return measured, curves


def pyaudioanalysis(clips: dict[str, np.ndarray], folder: Path) -> tuple[Measured, Curves]:
    """Means and deviations of its 68 short-term curves."""
    from pyAudioAnalysis import MidTermFeatures, ShortTermFeatures

    def statistics(name: str) -> np.ndarray:
        y = clips[name]
        return MidTermFeatures.mid_feature_extraction(y, SR, y.size, y.size, N_FFT, HOP)[0]

    words = "mid-term features: mean and deviation of 34 curves and their deltas, frames of 2048 samples each 512"
    measured = [timed(words, statistics, clips, lambda found: found.size)]
    curves = {}
    for name, y in clips.items():
        rows, names = ShortTermFeatures.feature_extraction(y, SR, N_FFT, HOP, deltas=False)
        curves[f"{name}/zcr"] = rows[names.index("zcr")]
        curves[f"{name}/centroid"] = rows[names.index("spectral_centroid")] * SR / 2
    return measured, curves


def essentia(clips: dict[str, np.ndarray], folder: Path) -> tuple[Measured, Curves]:
    """Mel bands with the parameters that librosa has, and its extractor of everything."""
    import essentia as library
    import essentia.standard as es

    library.log.infoActive = library.log.warningActive = False
    window = es.Windowing(type="hann", size=N_FFT, normalized=False, zeroPhase=False, symmetric=False)
    spectrum, power = es.Spectrum(size=N_FFT), es.PowerSpectrum(size=N_FFT)
    bands = es.MelBands(
        inputSize=1 + N_FFT // 2,
        sampleRate=SR,
        numberBands=N_MELS,
        lowFrequencyBound=0,
        highFrequencyBound=SR / 2,
        warpingFormula="slaneyMel",
        weighting="linear",
        normalize="unit_tri",
        type="magnitude",
    )
    centroid, crossings, rms = es.Centroid(range=SR / 2), es.ZeroCrossingRate(), es.RMS()

    def frames(name: str) -> object:
        return es.FrameGenerator(
            clips[name], frameSize=N_FFT, hopSize=HOP, startFromZero=False, validFrameThresholdRatio=0, lastFrameToEndOfFile=False
        )

    def mel(name: str) -> np.ndarray:
        return np.array([bands(power(window(frame))) for frame in frames(name)])

    words = "mel bands: 128 of them with librosa's parameters, power, without decibels"
    measured = [timed(words, mel, clips, lambda found: found.size)]
    extract = es.MusicExtractor(lowlevelStats=["mean", "var"], rhythmStats=["mean", "var"], tonalStats=["mean", "var"])
    words = "MusicExtractor: spectrum, rhythm, tonality; reads the file and works at 44,100 Hz"
    measured.append(
        timed(words, lambda name: extract(str(folder / f"{name}.wav"))[0], clips, lambda found: len(found.descriptorNames()))
    )
    curves = {}
    for name in clips:
        curves[f"{name}/mel"] = mel(name).T
        curves[f"{name}/centroid"] = np.array([centroid(spectrum(window(frame))) for frame in frames(name)])
        curves[f"{name}/zcr"] = np.array([crossings(frame) for frame in frames(name)])
        curves[f"{name}/rms"] = np.array([rms(frame) for frame in frames(name)])
    return measured, curves


PEERS = {"opensmile": opensmile, "pyAudioAnalysis": pyaudioanalysis, "essentia": essentia}


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    with np.load(folder / "clips.npz", allow_pickle=False) as stored:
        clips = {key: stored[key] for key in stored.files}
    measured, curves = PEERS[name](clips, folder)
    np.savez(folder / f"{name}.npz", **curves)
    print(json.dumps({"version": version(name), "measured": measured}))


if __name__ == "__main__":
    main()
