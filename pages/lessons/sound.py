"""From air pressure to MFCC: samples, frames, matching with waves, spectrograms, mel bands, and thirteen numbers a genre."""

from __future__ import annotations

import time

import numpy as np

from genre_core.audio import Clip
from genre_core.datasets.tracks import Dataset
from genre_core.features.steps import mfcc_steps
from genre_core.teaching import framing, matching, resolving, sampling, separating
from pages.figures.learn import sound as figures
from pages.figures.mfcc_chain import CHAIN
from pages.lessons.lesson import Lesson, Stage
from pages.lessons.song import pick_song
from pages.ui import caches_learn, pickers
from pages.ui.player import Sound
from pages.ui.view_words import view_words

RATES = (1000, 2000, 4000, 8000, 16000)
SHOWN_SAMPLES = 24
PATIENCE_SECONDS = 0.3
"""What takes longer says how far it is."""
SR, N_FRAME = 8000, 512
"""Of the frame that is matched with waves."""
TONES = {"one tone": (440.0,), "two tones": (440.0, 660.0), "a chord": (440.0, 554.4, 659.3)}
WINDOWS = ("ones", "hann", "hamming", "blackman")
WINDOW_NAMES = {"ones": "none"}
FRAMES = (64, 128, 256, 512, 1024, 2048, 4096, 8192)


def _sampling(stage: Stage) -> None:
    hertz = stage.slider("Tone [Hz]", "tone", 100, 7900, 2700, 50)
    rate = stage.steps("Samples a second", "rate", RATES, 8000)
    tone = sampling.sample_tone(hertz, sr=rate, seconds=SHOWN_SAMPLES / rate)
    stage.chart(figures.sampled(tone, words=stage.words), "sampled")
    if tone.is_aliased and not tone.alias_hertz:
        stage.tell("You play **{hertz:,} Hz** and hear **nothing**: all samples are the same.", hertz=hertz)
    elif tone.is_aliased:
        stage.tell("You play **{hertz:,} Hz** and hear **{alias:,.0f} Hz**.", hertz=hertz, alias=tone.alias_hertz)
    elif hertz == tone.nyquist_hertz:
        edge = "**{hertz:,} Hz** is exactly half the rate: what is left of it depends on where in its swing the samples fall."
        stage.tell(edge, hertz=hertz)
    else:
        kept = "You play **{hertz:,} Hz** and hear it: it lies below {half:,.0f} Hz, half the rate."
        stage.tell(kept, hertz=hertz, half=tone.nyquist_hertz)
    before = Sound("before sampling", sampling.heard(hertz, sr=sampling.HEARD_AT))
    stage.listen(sampling.heard(hertz, sr=rate), "alias", first="sampled", sounds=[before], title="sampled tone")


def _folding(stage: Stage) -> None:
    clip = pick_song(stage)
    if clip is None:
        return
    n = stage.slider("Keep every n-th sample", "every", 1, 16, 6, 1)
    folded, clean = sampling.every_nth(clip, n)
    sounds = [Sound("highs taken away first", clean), Sound("before", clip)]
    stage.listen(folded, "folded", first="thinned", sounds=sounds, title="thinned song", height=260)
    left = "**{rate:,.0f}** samples a second are left: nothing above **{half:,.0f} Hz** can be kept."
    stage.tell(left, rate=clip.sr / n, half=clip.sr / n / 2)


def _windowing(stage: Stage) -> None:
    periods = stage.slider("Swings in the frame", "periods", 4.0, 24.0, 10.5, 0.25)
    window = stage.menu("Window", "window", WINDOWS, "ones", format_func=lambda name: stage.words(WINDOW_NAMES.get(name, name)))
    found = framing.leak(periods * SR / N_FRAME, window=window, n_fft=N_FRAME, sr=SR)
    stage.chart(figures.leaking(found), "leaking")
    stage.tell("**{share:.1f} %** of the power lies where no tone is.", share=100 * found.spilled)


def _matching(stage: Stage) -> None:
    name = stage.menu("Sound", "sound", tuple(TONES), "two tones", format_func=stage.words)
    hertz = stage.slider("Frequency of the wave [Hz]", "wave", 100, 1000, 300, 1)
    seconds = np.arange(N_FRAME) / SR
    frame = sum(np.sin(2 * np.pi * tone * seconds + place) for place, tone in enumerate(TONES[name])) * np.hanning(N_FRAME)
    found = matching.match(frame, hertz, sr=SR)
    tried = np.arange(100.0, 1001.0, 4.0)
    all_of_them = np.array([matching.match(frame, each, sr=SR).magnitude for each in tried])
    stage.chart(figures.matched(seconds, frame, found, tried, all_of_them, words=stage.words), "matched", low=0.8)
    sums = "The products add up to **{sum:.0f}**; the most that any wave reaches is {most:.0f}."
    stage.tell(sums, sum=found.magnitude, most=all_of_them.max())
    wave = Sound("the wave", _tones((float(hertz),)))
    stage.listen(_tones(TONES[name]), "heard", sounds=[wave], title="sound and wave")


def _resolving(stage: Stage) -> None:
    n_fft = stage.steps("Samples in a frame", "frame", FRAMES, 256)
    found = resolving.resolve(n_fft)
    stage.chart(figures.resolved(found), "resolved")
    lasts = "A frame lasts **{ms:.0f} ms**; its bins are **{hertz:.1f} Hz** wide."
    stage.tell(lasts, ms=1000 * found.frame_seconds, hertz=found.bin_hertz)
    tones, clicks = found.tells_tones_apart, found.tells_clicks_apart
    stage.tell("Two tones, 40 Hz apart: **told apart**." if tones else "Two tones, 40 Hz apart: **one tone**.")
    stage.tell("Two clicks, 30 ms apart: **told apart**." if clicks else "Two clicks, 30 ms apart: **one click**.")
    stage.listen(resolving.tones_and_clicks(), "test_sound", title="two tones, two clicks")


def _chain(stage: Stage) -> None:
    clip = pick_song(stage)
    if clip is None:
        return
    most = max(0.1, float(int(10 * clip.seconds)) / 10)
    at = stage.slider("Moment [s]", "moment", 0.0, most, min(5.0, most), 0.1)
    told = view_words("mfcc").steps
    name = stage.steps("Step", "shown", tuple(CHAIN), "frame", format_func=lambda name: stage.words(told[name].title))
    steps = mfcc_steps(clip, at_seconds=min(at, clip.seconds))
    stage.chart(CHAIN[name](steps, height=380, words=stage.words), "chain")
    place = {"number": list(CHAIN).index(name) + 1, "count": len(CHAIN)}
    stage.tell("**{number} of {count}.** {sentence}", **place, sentence=stage.words(told[name].sentence))


def _genres(stage: Stage) -> None:
    dataset = next((entry for entry in pickers.datasets().values() if entry.has_audio and len(entry.genres) > 1), None)
    if dataset is None:
        stage.lack("Two genres are compared here. The demo songs are still being made, or no data set holds sound.")
        return
    genres = tuple(dataset.genres)
    names = [
        stage.menu("Genre", "first", genres, genres[min(1, len(genres) - 1)]),
        stage.menu("and genre", "second", genres, genres[min(6, len(genres) - 1)]),
    ]
    if names[0] == names[1]:
        stage.lack("Choose two different genres.")
        return
    values = [_mfcc(stage, dataset, name) for name in names]
    if min(len(entry) for entry in values) == 0:
        stage.lack("One of these genres has no sound here. Choose another.")
        return
    found = separating.separate(*values)
    number = stage.slider("MFCC", "number", 1, caches_learn.N_MFCC, 1, 1)
    column = [entry[:, number - 1] for entry in values]
    low, high = float(np.concatenate(column).min()), float(np.concatenate(column).max())
    cut = stage.slider("Cut at, from left to right [%]", "cut", 0, 100, 10, 1)
    threshold = low + (high - low) * cut / 100
    stage.chart(figures.genres_apart(names, found, number - 1), "apart", low=0.85)
    stage.chart(
        figures.tracks_apart(dict(zip(names, column, strict=True)), threshold, number=number, words=stage.words),
        "tracks",
        low=0.9,
    )
    below = [float((entry <= threshold).mean()) for entry in column]
    share = 0.5 + 0.5 * abs(below[0] - below[1])
    stage.tell(
        "Your cut at {threshold} dB puts **{share:.0f} %** on their right side; guessing gives 50 %. The best cut of this number "
        "gives {best:.0f} %, the best of all thirteen {best_of_all:.0f} %.",
        threshold=f"{threshold:.0f}".replace("-", "−"),
        share=100 * share,
        best=100 * found.accuracy[number - 1],
        best_of_all=100 * found.accuracy.max(),
    )


def _mfcc(stage: Stage, dataset: Dataset, genre: str) -> np.ndarray:
    line, began = stage.side.empty(), time.monotonic()

    def progress(done: int, total: int) -> None:
        if time.monotonic() - began > PATIENCE_SECONDS:
            words = stage.words("MFCC of {genre}: {done} of {total} tracks", genre=genre, done=done, total=total)
            line.progress(done / total, text=words)

    values = caches_learn.genre_mfcc(dataset, genre, progress)
    line.empty()
    return values


def _tones(hertz: tuple[float, ...], seconds: float = 1.0) -> Clip:
    times = np.arange(round(seconds * 22050)) / 22050
    fade = np.minimum(1, np.minimum(times, seconds - times) / 0.02)
    return Clip(0.25 * fade * sum(np.sin(2 * np.pi * each * times) for each in hertz), 22050, "tones")


LESSON = Lesson(
    "sound",
    10,
    {
        "sampling": _sampling,
        "folding": _folding,
        "windowing": _windowing,
        "matching": _matching,
        "resolving": _resolving,
        "chain": _chain,
        "genres": _genres,
    },
)
