"""Pretrained nets that features ask: where they lie, that they are the ones meant, and what they say of a sound."""

from __future__ import annotations

import hashlib
import multiprocessing
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from genre_core import paths
from genre_core.errors import FeatureError
from genre_core.features.tags import MSD_TAGS
from genre_core.parallel import n_cores

N_FRAMES, N_MELS = 187, 96
"""What the nets read: three seconds."""

BATCH_SEGMENTS = 16
"""Segments that a net hears at once, at most: more are no faster, and their first layers are large."""

REMEMBERED = 64
"""Segments of which a net remembers what it said."""

HASH_DIGITS = 12
"""Of a file's SHA-256 that a run writes down."""

_REBUILD = "Bring it back from the product's archive, or rebuild it: make musicnn."


class BackboneSpec(NamedTuple):
    """A row of BACKBONES.

    Attributes
    ----------
    title, licence : str
        Words.
    sha256 : str
        Of its file, `<name>.onnx`.
    tags : tuple of str
        What it was taught, in the order of its output `tags`.
    sizes : dict
        Output of the net to its number of columns.
    """

    title: str
    licence: str
    sha256: str
    tags: tuple[str, ...]
    sizes: dict[str, int]

    @property
    def weights(self) -> str:
        """What a run writes down of the file."""
        return self.sha256[:HASH_DIGITS]


_MUSICNN_SIZES = {"tags": 50, "log_odds": 50, "penultimate": 200, "mean_pool": 753, "max_pool": 753}

BACKBONES: dict[str, BackboneSpec] = {
    "msd_musicnn": BackboneSpec(
        "MusiCNN, taught on the Million Song Dataset",
        "ISC",
        "f7ae8ab4a4492f4ebfbdf515ab0a67a648af5f383ba249f3b4a8e01a3fa227e6",
        MSD_TAGS,
        _MUSICNN_SIZES,
    ),
}
"""Nets that come with the product. To add one: convert it (`make musicnn`), and a row with the hash that its card names."""


@dataclass(frozen=True, eq=False)
class Net:
    """A pretrained net, opened: threads may share it, another process opens its own.

    What it said of the last segments is remembered: features of several of its layers ask for the same ones.
    """

    name: str
    session: Any
    _said: OrderedDict[bytes, dict[str, np.ndarray]] = field(default_factory=OrderedDict)
    _remembering: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, mel: np.ndarray, outputs: tuple[str, ...]) -> list[np.ndarray]:
        """What the net says of segments.

        Parameters
        ----------
        mel : np.ndarray
            log10(1 + 10000 power) of mel bands, float32, shape (n_segments, 187, 96).
        outputs : tuple of str
            Which of the net's outputs.

        Returns
        -------
        list of np.ndarray
            One an output, float32, shape (n_segments, its columns).
        """
        mel = np.ascontiguousarray(mel, np.float32)
        keys = [hashlib.blake2b(segment, digest_size=16).digest() for segment in mel]
        with self._remembering:
            said = {key: self._said[key] for key in keys if key in self._said}
        new = [index for index, key in enumerate(keys) if key not in said]
        for first in range(0, len(new), BATCH_SEGMENTS):
            asked = new[first : first + BATCH_SEGMENTS]
            names = list(BACKBONES[self.name].sizes)
            answers = self.session.run(names, {"mel": mel[asked]})
            for place, index in enumerate(asked):
                said[keys[index]] = {name: answer[place] for name, answer in zip(names, answers, strict=True)}
        with self._remembering:
            self._said.update(said)
            while len(self._said) > REMEMBERED:
                self._said.popitem(last=False)
        return [np.stack([said[key][output] for key in keys]) for output in outputs]


def open_net(name: str) -> Net:
    """The net of that name, read and checked once a process.

    Raises
    ------
    FeatureError
        If its file is missing, or is not the one that the product came with.
    """
    with _opening:
        return _open(name, place(name))


def place(name: str) -> Path:
    """Where a net's file lies."""
    return paths.BACKBONES / f"{name}.onnx"


_opening = threading.Lock()


@cache
def _open(name: str, path: Path) -> Net:
    import onnxruntime

    content = read_checked(name, path)
    options = onnxruntime.SessionOptions()
    # A worker has its siblings beside it, one a core; threads that wait for each other must not keep a core busy with it.
    options.intra_op_num_threads = 1 if multiprocessing.parent_process() is not None else min(2, n_cores())
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return Net(name, onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"]))


def read_checked(name: str, path: Path) -> bytes:
    """The bytes of a net's file.

    Raises
    ------
    FeatureError
        If it is missing, unreadable or altered.
    """
    return read_known(path, BACKBONES[name].sha256, f"the pretrained net {name}", _REBUILD)


def read_known(path: Path, expected: str, what: str, rebuild: str) -> bytes:
    """The bytes of a file that came with the product, known by its SHA-256; `FeatureError` where it is gone or another."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FeatureError(f"Expected {what} in {path}. Received: no such file to read. {rebuild}") from error
    received = hashlib.sha256(content).hexdigest()
    if received != expected:
        raise FeatureError(
            f"{what[0].upper()}{what[1:]} must have the SHA-256 {expected[:HASH_DIGITS]}... "
            f"Received: {received[:HASH_DIGITS]}... in {path}, an altered or damaged file. {rebuild}"
        )
    return content
