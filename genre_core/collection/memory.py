"""What a model has said of songs, kept on disk: a line a song for tables, and beside the lines what takes more room.

A line is written after what it points to, so that a kill leaves at most some bytes that no line speaks of.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np

from genre_core.collection.hearing import Refused
from genre_core.datasets.notebook import Notebook, State
from genre_core.datasets.reading import MAY_CHANGE
from genre_core.errors import CollectionError
from genre_core.evaluation.aggregation import WITHIN, within
from genre_core.evaluation.verdict import Evidence
from genre_core.files import why_not_written
from genre_core.prediction import Prediction, concluded

_VERSION = {"said": 1}
"""Raised when equal songs begin to be heard or noted differently: what was noted before counts no more."""

_TAGS = 5
ASK_AGAIN = MAY_CHANGE | {"run", "feature"}
"""Reasons not to have heard a song that may vanish without a change of its file."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one song, or why nothing was.

    Attributes
    ----------
    kind, message : str
        As `Refused` has them; empty for a song that was heard.
    seconds, elapsed_seconds : float
        Its length, and how long hearing it took [s].
    posteriors : tuple
        Posterior of the song by each way of `aggregation.WITHIN`, each of n_genres numbers.
    silent, music, distance, tags
        `Evidence`; music and distance as a tuple of one number, or of none.
    offset, n_segments, n_embedding, n_music, n_novelty : int
        Where its segments and its embedding lie in the file beside the lines, and how many numbers they are.
    """

    kind: str = ""
    message: str = ""
    seconds: float = 0.0
    elapsed_seconds: float = 0.0
    posteriors: tuple[tuple[float, ...], ...] = ()
    silent: bool = False
    music: tuple[float, ...] = ()
    distance: tuple[float, ...] = ()
    tags: tuple[tuple[str, float], ...] = ()
    offset: int = 0
    n_segments: int = 0
    n_embedding: int = 0
    n_music: int = 0
    n_novelty: int = 0

    @property
    def evidence(self) -> Evidence:
        """What beside the posterior decides."""
        music, distance = (entry[0] if entry else None for entry in (self.music, self.distance))
        return Evidence(self.silent, music, distance, tuple((str(tag), float(p)) for tag, p in self.tags))

    def posterior(self, aggregation: str) -> np.ndarray:
        """Of the song by one way of `aggregation.WITHIN`, float32, shape (n_genres,)."""
        return np.array(self.posteriors[WITHIN.index(aggregation)], np.float32)


class Memory:
    """What a model said of songs, in a folder.

    Parameters
    ----------
    folder : Path
        Where it lies; made if need be, once something is noted.
    model : str
        Fingerprint of the model: what another one said is not read.
    genres : sequence of str
        Of the model, in order.
    """

    def __init__(self, folder: Path, model: str, genres: Sequence[str]) -> None:
        self.lines = folder / f"said-{model}.jsonl"
        self.beside = folder / f"said-{model}.bin"
        self._genres = tuple(genres)
        self._notebook = Notebook(self.lines, Said, _VERSION)
        self._file: BinaryIO

    def read(self) -> dict[State, Said]:
        """What was said by now, by the state that the file had then; what is damaged counts as never said."""
        there = self.beside.stat().st_size if self.beside.exists() else 0
        return {state: said for state, said in self._notebook.read().items() if self._is_whole(said, there)}

    def __enter__(self) -> Memory:
        self._notebook.__enter__()
        try:
            self._file = self.beside.open("ab", buffering=0)
        except OSError as error:
            self._notebook.__exit__(None, None, None)
            raise self._unwritable(error) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._file.close()
        self._notebook.__exit__(kind, error, traceback)

    def note(self, state: State, found: Prediction | Refused) -> None:
        """Write down what was said of a song, at once.

        Raises
        ------
        CollectionError, DatasetError
            If nothing can be written.
        """
        if isinstance(found, Refused):
            self._notebook.note(state, said_of(found))
            return
        content = b"".join(np.ascontiguousarray(array).tobytes() for array in _arrays(found))
        try:
            offset = self._file.seek(0, 2)
            while content:
                content = content[self._file.write(content) :]
        except OSError as error:
            raise self._unwritable(error) from error
        self._notebook.note(state, said_of(found, offset=offset))

    def embeddings(self, said: Sequence[Said]) -> np.ndarray:
        """Mean embedding of each of these songs, float32, shape (n_songs, n_embedding); all of them were heard.

        Raises
        ------
        CollectionError
            If they cannot be read.
        """
        if not said:
            return np.empty((0, 0), np.float32)
        found = np.empty((len(said), said[0].n_embedding), np.float32)
        try:
            with self.beside.open("rb") as file:
                for row, entry in enumerate(said):
                    file.seek(entry.offset)
                    found[row] = np.frombuffer(file.read(4 * entry.n_embedding), np.float32)
        except (OSError, ValueError) as error:
            raise self._unreadable(error) from error
        return found

    def prediction(self, said: Said, *, run: str = "", name: str = "") -> Prediction:
        """All that was said of a song that was heard, as it was said, segments included.

        Raises
        ------
        CollectionError
            If it cannot be read.
        """
        sizes = _sizes(said, len(self._genres))
        try:
            with self.beside.open("rb") as file:
                file.seek(said.offset)
                parts = [np.frombuffer(file.read(math.prod(shape) * 4 * kind), f"<f{4 * kind}") for shape, kind in sizes]
            embedding, posteriors, starts, ends, music, novelty = (
                part.reshape(shape) for part, (shape, _) in zip(parts, sizes, strict=True)
            )
        except (OSError, ValueError) as error:
            raise self._unreadable(error) from error
        return concluded(
            self._genres,
            posteriors,
            starts,
            ends,
            embedding,
            said.evidence,
            run=run,
            name=name,
            elapsed_seconds=said.elapsed_seconds,
            segment_music=music if said.n_music else None,
            segment_novelty=novelty if said.n_novelty else None,
        )

    def _is_whole(self, said: Said, there: int) -> bool:
        if said.kind:
            return True
        n_genres = len(self._genres)
        if len(said.posteriors) != len(WITHIN) or any(len(entry) != n_genres for entry in said.posteriors) or said.n_segments < 1:
            return False
        return said.offset + sum(math.prod(shape) * 4 * kind for shape, kind in _sizes(said, n_genres)) <= there

    def _unwritable(self, error: OSError) -> CollectionError:
        return CollectionError(f"What was said of the songs cannot be noted in {self.beside}: {why_not_written(error)}")

    def _unreadable(self, error: OSError | ValueError) -> CollectionError:
        return CollectionError(f"{self.beside} is damaged ({error}). Remove the collection, and hear its songs again.")


def said_of(found: Prediction | Refused, *, offset: int = 0) -> Said:
    """What is noted of a song in its line; `offset` is where the rest of it lies."""
    if isinstance(found, Refused):
        return Said(found.kind, found.message)
    evidence = found.evidence
    return Said(
        seconds=found.seconds,
        elapsed_seconds=round(found.elapsed_seconds, 4),
        posteriors=tuple(_numbers(within(found.segment_posteriors, way)) for way in WITHIN),
        silent=evidence.silent,
        music=() if evidence.music is None else (float(evidence.music),),
        distance=() if evidence.distance is None else (float(evidence.distance),),
        tags=tuple((tag, round(float(p), 4)) for tag, p in evidence.tags[:_TAGS]),
        offset=offset,
        n_segments=len(found.start_seconds),
        n_embedding=len(found.embedding),
        n_music=0 if found.segment_music is None else len(found.segment_music),
        n_novelty=0 if found.segment_novelty is None else len(found.segment_novelty),
    )


def _arrays(found: Prediction) -> list[np.ndarray]:
    """What is kept beside a song's line, in the order of `_sizes`."""
    music, novelty = (np.empty(0) if its is None else its for its in (found.segment_music, found.segment_novelty))
    times = [array.astype("<f8") for array in (found.start_seconds, found.end_seconds)]
    return [
        found.embedding.astype("<f4"),
        found.segment_posteriors.astype("<f4"),
        *times,
        music.astype("<f4"),
        novelty.astype("<f4"),
    ]


def _sizes(said: Said, n_genres: int) -> list[tuple[tuple[int, ...], int]]:
    """Shape of each array, and the bytes of its numbers in fours."""
    n = said.n_segments
    return [((said.n_embedding,), 1), ((n, n_genres), 1), ((n,), 2), ((n,), 2), ((said.n_music,), 1), ((said.n_novelty,), 1)]


def _numbers(posterior: np.ndarray) -> tuple[float, ...]:
    """The shortest numbers that are these in 32 bits."""
    return tuple(float(str(p)) for p in posterior)


def unheard(said: Said | None) -> bool:
    """Whether a song is to be heard (again): nothing is known of it, or what stood in the way may have gone."""
    return said is None or said.kind in ASK_AGAIN
