"""Serving: a run and a sound give a prediction, from any length of audio and in bounded memory.

Nothing here loads TensorFlow, librosa or scikit-learn. One way leads through it for a clip in memory and for a stream: samples
go block by block through a `Cutter` for each feature (`features.together`), which gives the segments that
`SegmentConfig.cut` gives of the whole.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from genre_core.audio.clip import SILENCE_PEAK, Clip
from genre_core.audio.listening import Growing, Heard, in_steps
from genre_core.audio.segments import SegmentConfig
from genre_core.errors import AudioError, RunError
from genre_core.evaluation.novelty import Novelty
from genre_core.evaluation.predictions import checked_posterior
from genre_core.evaluation.sections import NOVELTY_SECONDS
from genre_core.evaluation.verdict import Evidence
from genre_core.features.base import Feature
from genre_core.features.hearing import Ears
from genre_core.features.together import batches
from genre_core.models.base import Classifier
from genre_core.prediction import THRESHOLD, Prediction, check_threshold, concluded

if TYPE_CHECKING:
    from genre_core.evaluation.likeness import Likeness
    from genre_core.runs import Run

SR = 22050
"""Rate at which sound is decoded [Hz], as in training; features resample from it."""


@dataclass(frozen=True, eq=False)
class Predictor:
    """A run's classifier with the features and the cutting that it was trained on.

    Attributes
    ----------
    genres, features, segments, classifier
        As the run has them.
    run, title : str
        Its id and words.
    likeness : Likeness or None
        Where the songs lie that it learned from; None of a run that is not calibrated.

    Examples
    --------
    Classify a song::

        prediction = Predictor.from_run(run).classify("song.mp3")
        prediction.genre, prediction.confidence
    """

    genres: tuple[str, ...]
    features: tuple[Feature, ...]
    segments: SegmentConfig
    classifier: Classifier
    run: str = ""
    title: str = ""
    likeness: Likeness | None = None

    @classmethod
    def from_run(cls, run: Run, *, threads: int = 2) -> Predictor:
        """The predictor of a finished run; its graph, which may use so many cores, is read at the first prediction."""
        classifier = run.classifier(threads=threads)
        return cls(tuple(run.genres), tuple(run.features), run.segments, classifier, run.id, run.title, run.likeness())

    def predict(self, clip: Clip, *, threshold: float = THRESHOLD) -> Prediction:
        """Classify a clip in memory.

        Parameters
        ----------
        clip : Clip
            At least `listening.MIN_SECONDS` long, at any rate.
        threshold : float
            Probability that the best guess needs, in [0, 1].

        Raises
        ------
        AudioError
            Kind too_short if the clip is shorter than that, or than what the run skips at start and end; too_long if it is
            longer than `listening.MAX_HOURS`.
        RunError
            If the model is damaged or gives no finite posterior.
        """
        return _last(self.listen([clip], threshold=threshold, name=clip.name))

    def listen(self, sound: Iterable[Clip], *, threshold: float = THRESHOLD, name: str = "") -> Iterator[Prediction]:
        """Classify a sound while it comes: what is said of all that was heard so far, again and again, at last of the whole.

        Parameters
        ----------
        sound : iterable of Clip
            Blocks of one sound in order, of any length each.
        threshold, name
            As in `predict` and `classify`.

        Yields
        ------
        Prediction
            Of the sound from its start to `end_seconds[-1]`; the first after some seconds of sound. Silent until something is
            heard. The last one is what `predict` gives.

        Raises
        ------
        AudioError, RunError
            As `predict`.
        """
        check_threshold(threshold)
        return self._listen(sound, threshold, name)

    def posteriors(self, clip: Clip) -> np.ndarray:
        """What the model says of each segment of a clip, without a verdict: silence is asked about like any other sound.

        Returns
        -------
        np.ndarray
            float32, shape (n_segments, n_genres).

        Raises
        ------
        AudioError, RunError
            As `predict`.
        """
        all_parts = batches(Heard().listen([clip]), self.features, self.segments)
        said = [self.classifier(*(part.values for part in parts)).posterior for parts in all_parts]
        return np.concatenate([checked_posterior(posterior, len(self.genres)) for posterior in said])

    def classify(self, source: str | os.PathLike[str] | bytes, *, name: str = "", threshold: float = THRESHOLD) -> Prediction:
        """Classify a file of any length, from its path or its bytes.

        Up to 10 minutes are decoded at once; a longer file is read block by block, so that memory stays bounded.

        Parameters
        ----------
        source : path or bytes
            The file.
        name : str
            Name to show; the path where empty.
        threshold : float
            As in `predict`.

        Raises
        ------
        AudioError
            If it cannot be decoded, is too short, or longer than `listening.MAX_HOURS`.
        RunError
            As in `predict`.
        """
        from genre_core.audio.decode import blocks, decode

        start = time.perf_counter()
        check_threshold(threshold)
        shown = name or ("" if isinstance(source, bytes) else os.fspath(source))
        file_name = name or ("" if isinstance(source, bytes) else Path(source).name)
        try:
            sound: Iterable[Clip] = [decode(source, sr=SR, name=file_name)]
        except AudioError as error:
            if error.kind != "too_long":
                raise
            sound = blocks(source, sr=SR, name=file_name)
        prediction = _last(self.listen(sound, threshold=threshold, name=shown))
        return replace(prediction, elapsed_seconds=time.perf_counter() - start)

    def _listen(self, sound: Iterable[Clip], threshold: float, name: str) -> Iterator[Prediction]:
        start = time.perf_counter()
        heard, ears = Heard(), Ears(self.features)
        posteriors, starts, ends = Growing(), Growing(), Growing()
        embedding_sum, novelty = np.zeros(1), self._novelty()
        for parts in batches(heard.listen(in_steps(sound)), self.features, self.segments):
            values = [part.values for part in parts]
            scored = self.classifier(*values)
            ears.listen(values)
            posteriors.add(checked_posterior(scored.posterior, len(self.genres)))
            starts.add(parts[0].start_seconds)
            ends.add(parts[0].end_seconds)
            embedding_sum = embedding_sum + scored.embedding.sum(axis=0, dtype=np.float64)
            if novelty is not None and self.likeness is not None:
                novelty.add(self.likeness.whitened(scored.embedding))
            yield self.conclude(
                posteriors.values.astype(np.float32),
                starts.values,
                ends.values,
                embedding=embedding_sum / len(starts.values),
                silent=heard.peak < SILENCE_PEAK,
                music=ears.segment_music,
                novelty=None if novelty is None else novelty.values,
                tags=ears.tags,
                threshold=threshold,
                name=name,
                elapsed_seconds=time.perf_counter() - start,
            )

    def conclude(
        self,
        segment_posteriors: np.ndarray,
        start_seconds: np.ndarray,
        end_seconds: np.ndarray,
        *,
        embedding: np.ndarray,
        silent: bool,
        music: np.ndarray | None = None,
        novelty: np.ndarray | None = None,
        tags: tuple[tuple[str, float], ...] = (),
        threshold: float = THRESHOLD,
        name: str = "",
        elapsed_seconds: float = 0.0,
    ) -> Prediction:
        """What is said of a sound whose segments have been heard.

        Parameters
        ----------
        segment_posteriors : np.ndarray
            float32, shape (n_segments, n_genres).
        start_seconds, end_seconds : np.ndarray
            Of the segments [s], shape (n_segments,).
        embedding : np.ndarray
            Mean over the segments, shape (n_embedding,).
        silent : bool
            Nothing can be heard; every genre then has the same probability.
        music : np.ndarray or None
            Log-odds that each segment is music, shape (n_segments,).
        novelty : np.ndarray or None
            How new the sound becomes at each segment, shape (n_segments,).
        tags : tuple
            Pairs of the pretrained net's tag and probability, most probable first.
        threshold, name, elapsed_seconds
            As `Prediction` has them.

        Raises
        ------
        RunError
            If the embedding is not finite.
        """
        embedding = embedding.astype(np.float32)
        if not np.isfinite(embedding).all():
            raise RunError("The model's embedding holds NaN or infinite values, so it is not used. Train this run again.")
        if silent:
            segment_posteriors = np.full_like(segment_posteriors, 1 / len(self.genres))
        music_log_odds = None if music is None else float(music.mean())
        return concluded(
            self.genres,
            segment_posteriors,
            start_seconds,
            end_seconds,
            embedding,
            Evidence(silent, music_log_odds, self._distance(embedding), () if silent else tags),
            threshold=threshold,
            run=self.run,
            name=name,
            elapsed_seconds=elapsed_seconds,
            segment_music=music,
            segment_novelty=novelty,
        )

    def _novelty(self) -> Novelty | None:
        if self.likeness is None:
            return None
        return Novelty(max(1, round(NOVELTY_SECONDS / self.segments.hop_seconds)))

    def _distance(self, embedding: np.ndarray) -> float | None:
        if self.likeness is None:
            return None
        return float(self.likeness.distances(embedding[None])[0]) / self.likeness.limit


def _last(predictions: Iterator[Prediction]) -> Prediction:
    for prediction in predictions:  # noqa: B007 - the last one is of the whole sound
        pass
    return prediction
