"""What learns from columns: standardise, fit, serve from one graph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from genre_core.errors import ParameterError, TrainingError
from genre_core.models.base import Scores
from genre_core.models.serve import OnnxClassifier
from genre_core.models.tabular.columns import Standardiser
from genre_core.models.tabular.graph import Graph
from genre_core.params import Config

TOLERANCE = 1e-5
"""How far posteriors of the graph and of scikit-learn may lie apart."""
SAME_GENRE = 0.995
"""Share of segments for which neighbours in the graph and in scikit-learn must name the same genre."""
FLOOR = 1e-6
"""Least probability of which a logit is taken."""


class Learner(NamedTuple):
    """How one kind of model is fitted and written.

    Attributes
    ----------
    fit : callable
        `fit(config, z, genres, *, groups, seed, report)` -> a fitted classifier of scikit-learn, facts.
    write : callable
        `write(graph, classifier, z)` -> name of its float64 posterior over the genres that it knows.
    tied : callable, optional
        `tied(classifier, z)` -> which segments may rightly be judged in several ways, bool, shape (n_segments,). With it the
        genres of SAME_GENRE of the segments must agree, without it all posteriors.
    gaps : bool
        It can learn from segments that lack a whole feature, which is NaN then, and judge them; a graph can't.
    """

    fit: Callable[..., tuple[Any, dict[str, Any]]]
    write: Callable[[Graph, Any, str], str]
    tied: Callable[[Any, np.ndarray], np.ndarray] | None = None
    gaps: bool = False


class TabularEstimator:
    """An `Estimator` on columns, those of several features side by side.

    Parameters
    ----------
    learner : Learner
        What it is.
    config : Config
        How it is set.
    input_shapes : tuple
        `(n_columns,)` of each feature.
    n_genres : int
        Columns of its posterior.

    Raises
    ------
    ParameterError
        If it is to read something else than rows of columns, one a segment.
    """

    def __init__(self, learner: Learner, config: Config, input_shapes: tuple[tuple[int, ...], ...], n_genres: int) -> None:
        if not input_shapes or any(len(shape) != 1 for shape in input_shapes):
            raise ParameterError(f"{config.name} reads one row of columns a segment. Received: shapes {input_shapes}.")
        self._learner, self._config = learner, config
        self._widths, self._n_genres = tuple(shape[0] for shape in input_shapes), n_genres
        self._scale: Standardiser | None = None
        self._classifier: Any = None

    def fit(
        self,
        inputs: tuple[np.ndarray, ...],
        genres: np.ndarray,
        *,
        groups: np.ndarray,
        n_genres: int,
        seed: int,
        report: Callable[[str, float], None],
    ) -> dict[str, Any]:
        """Learn from segments, as `Estimator.fit`; a genre without a segment keeps its column in the posterior, zero.

        Raises
        ------
        TrainingError
            If there is one genre only, a column is not finite, or these segments are too few for the model.
        """
        x = self._checked(inputs, gaps=self._learner.gaps)
        genres, groups = np.asarray(genres), np.asarray(groups)
        if (known := np.unique(genres)).size < 2:
            raise TrainingError(
                "A model needs train segments of at least two genres to tell apart. "
                f"Received: {known.size} genre(s) in {len(x)} segments."
            )
        report("Fitting", 0.0)
        scale = Standardiser.fit(x)
        z = scale(x).astype(np.float64)
        classifier, facts = self._learner.fit(self._config, z, genres, groups=groups, seed=seed, report=report)
        self._scale, self._classifier, self._n_genres = scale, classifier, n_genres
        ends = np.cumsum(self._widths)[:-1]
        each = zip(np.split(scale.mean, ends), np.split(scale.std, ends), strict=True)
        return {"scaler": [{"mean": mean.tolist(), "std": std.tolist()} for mean, std in each], **facts}

    def __call__(self, *inputs: np.ndarray) -> Scores:
        """Score segments by scikit-learn, in float64."""
        scale, classifier = self._fitted()
        z = scale(self._checked(inputs, gaps=self._learner.gaps))  # (n_segments, n_columns)
        posterior = np.zeros((len(z), self._n_genres))
        posterior[:, classifier.classes_] = classifier.predict_proba(z.astype(np.float64))
        logits = np.log(posterior.clip(FLOOR, 1.0))
        return Scores(logits.astype(np.float32), posterior.astype(np.float32), np.where(np.isnan(z), np.float32(0), z))

    def save(self, folder: Path, sample: tuple[np.ndarray, ...]) -> float:
        """Write `model.onnx` and prove that it says the same of `sample`; it appears only if it does.

        Embeddings must agree to the last bit, posteriors within 1e-5. Of k-NN the genre must be the same for 99.5 % of the
        segments instead: where the last neighbour and the one left out are equally far (copies, silence), either is right, and
        either changes the votes; such segments are not counted against it, nor are two genres with equal votes.

        Returns
        -------
        float
            Largest difference of the posteriors.

        Raises
        ------
        TrainingError
            If the graph says something else.
        """
        if self._learner.gaps:
            whole = np.logical_and.reduce([np.isfinite(values).all(axis=1) for values in sample])
            sample = tuple(values[whole] for values in sample)
        expected = self(*sample)
        draft, path = folder / ".draft-model.onnx", folder / "model.onnx"
        try:
            draft.write_bytes(self.graph().SerializeToString())
            received = OnnxClassifier(draft)(*sample)
            difference = float(abs(expected.posterior - received.posterior).max())
            alike = self._same_genre(expected, received)
            same = difference <= TOLERANCE if self._learner.tied is None else alike >= SAME_GENRE
            if not (same and np.isfinite(difference) and np.array_equal(expected.embedding, received.embedding)):
                raise TrainingError(
                    f"What serves must agree with what was trained within {TOLERANCE:g}. Received: posteriors that differ by "
                    f"{difference:.2g}, the same genre for {alike:.1%} of {len(sample[0])} segments. The run is not kept."
                )
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        return difference

    def _same_genre(self, expected: Scores, received: Scores) -> float:
        """Share of segments whose genre agrees, or may rightly be either."""
        _, classifier = self._fitted()
        named = received.posterior.argmax(axis=1)[:, None]
        votes = np.take_along_axis(expected.posterior, named, axis=1)[:, 0]  # (n_segments,)
        alike = votes >= expected.posterior.max(axis=1) - TOLERANCE
        if self._learner.tied is not None:
            alike |= self._learner.tied(classifier, expected.embedding)
        return float(alike.mean())

    def graph(self) -> Any:
        """The fitted model as ONNX."""
        scale, classifier = self._fitted()
        graph = Graph()
        inputs = {f"input_{index}": (width,) for index, width in enumerate(self._widths)}
        z = scale.write(graph, "input_0" if len(inputs) == 1 else graph.node("Concat", *inputs, axis=1))
        posterior = self._learner.write(graph, classifier, z)
        if len(classifier.classes_) < self._n_genres:  # a column of zeros for each genre that it has not met
            places = np.eye(self._n_genres)[classifier.classes_]  # (genres it knows, n_genres)
            posterior = graph.node("MatMul", posterior, graph.constant(places))
        logits = graph.node(
            "Log", graph.node("Clip", posterior, graph.constant(np.float64(FLOOR)), graph.constant(np.float64(1)))
        )
        return graph.model(
            inputs=inputs,
            outputs={
                "logits": (graph.single(logits), self._n_genres),
                "posterior": (graph.single(posterior), self._n_genres),
                "embedding": (z, sum(self._widths)),
            },
        )

    def _fitted(self) -> tuple[Standardiser, Any]:
        if self._scale is None:
            raise TrainingError(f"The model {self._config.name} has not learned anything yet. Fit it first.")
        return self._scale, self._classifier

    def _checked(self, inputs: tuple[np.ndarray, ...], *, gaps: bool = False) -> np.ndarray:
        """All columns side by side, float32, shape (n_segments, n_columns); with gaps, whole features may be NaN."""
        shapes = [np.shape(values) for values in inputs]
        n_segments = shapes[0][:1] if shapes else ()
        if shapes != [(*n_segments, width) for width in self._widths] or not all(n_segments):
            expected = " and ".join(f"(n_segments, {width})" for width in self._widths)
            raise TrainingError(f"Expected one array of shape {expected}. Received: {shapes}.")
        x = np.concatenate(inputs, axis=1, dtype=np.float32, casting="same_kind")
        missing = np.concatenate([np.isnan(its).all(axis=1)[:, None].repeat(its.shape[1], axis=1) for its in inputs], axis=1)
        if not (np.isfinite(x) | (missing if gaps else False)).all():
            raise TrainingError("The columns hold NaN or infinite values, which nothing can be learned from. Check the data set.")
        return x
