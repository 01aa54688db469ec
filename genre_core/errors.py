"""One error tree. Each message says what was expected, what came and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class GenreError(Exception):
    """Base of all errors that Genrescope raises on purpose.

    Attributes
    ----------
    kind : str
        Short, stable name for programs (JSON output, import reports); the message is for people.
    """

    kind: str = "genre"


class AudioError(GenreError):
    """Audio that cannot be read or used.

    Parameters
    ----------
    message : str
        Sentence a person can act on.
    kind : str
        One of `AudioError.KINDS`.
    """

    KINDS: ClassVar[dict[str, str]] = {
        "missing": "there is no such file",
        "unreadable": "the file may not be read",
        "empty": "the file holds no bytes",
        "not_audio": "the bytes are no audio that can be decoded",
        "no_samples": "audio without a single sample",
        "not_finite": "samples that are NaN or infinite",
        "too_long": "longer than this call accepts",
        "too_short": "shorter than this call needs",
        "damaged": "decoding broke off",
        "protected": "encrypted by its shop",
    }

    def __init__(self, message: str, *, kind: str = "not_audio") -> None:
        if kind not in self.KINDS:
            raise ValueError(f"kind must be one of {sorted(self.KINDS)}. Received: kind={kind!r}.")
        super().__init__(message)
        self.kind = kind


class ParameterError(GenreError, ValueError):
    """A parameter outside its range, or a name that does not exist."""

    kind = "parameter"


class FeatureError(GenreError):
    """A feature whose own files are missing or altered, or are not those that were learned from."""

    kind = "feature"


class DatasetError(GenreError):
    """A data set or split that cannot be read or used."""

    kind = "dataset"


class JobError(GenreError):
    """A job that cannot start, be continued or be read."""

    kind = "job"


class TrainingError(GenreError):
    """A training that cannot start or go on."""

    kind = "training"


class ScaleError(GenreError):
    """Machines that cannot be reached, or workers that cannot work."""

    kind = "scale"


class CollectionError(GenreError):
    """A folder of songs, or what was noted of it, or a playlist, that cannot be read or written."""

    kind = "collection"


class RunError(GenreError):
    """A run that is missing, incomplete or damaged."""

    kind = "run"


def unknown_name(what: str, name: object, known: object) -> ParameterError:
    """Error for a name that a table does not hold; it lists the names that exist."""
    names = sorted(str(entry) for entry in known)  # type: ignore[attr-defined]
    meant = did_you_mean(str(name), names)
    return ParameterError(f"There is no {what} named {str(name)!r}. Choose one of: {', '.join(names)}.{meant}")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question that ends an error message where `name` is nearly one that exists; empty where it is not.

    >>> did_you_mean("learning_rat", ["epochs", "learning_rate"])
    " Did you mean 'learning_rate'?"
    """
    near = get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f" Did you mean {near[0]!r}?" if near else ""
