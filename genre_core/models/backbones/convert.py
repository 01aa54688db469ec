"""From the package musicnn, installed somewhere, to the files in `artifacts/backbones`.

The package's own code is not run: it needs a TensorFlow of 2019. What is taken are its checkpoints.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from genre_core.errors import RunError
from genre_core.features.backbones import BACKBONES
from genre_core.files import write_whole
from genre_core.models.backbones import musicnn as nets
from genre_core.models.backbones.checkpoints import Tensors, give, read_checkpoint
from genre_core.models.backbones.serving import musicnn_graph, vgg_graph

TOLERANCE = 1e-5
"""How far graph and Keras may lie apart, as a share of an output's largest value, or of one where that is smaller."""

LICENCE = "LICENSE-musicnn.txt"


class Source(NamedTuple):
    """A checkpoint of the package, the net that reads it, and its graph."""

    folder: str
    net: Callable[[], Any]
    graph: Callable[[Tensors], Any]
    taught: str


_MSD = "songs of the Million Song Dataset with 50 tags of Last.fm's listeners"
_MTT = "clips of MagnaTagATune with 50 tags of the players of TagATune"

SOURCES: dict[str, Source] = {
    "msd_musicnn": Source("MSD_musicnn", nets.musicnn, musicnn_graph, _MSD),
    "mtt_musicnn": Source("MTT_musicnn", nets.musicnn, musicnn_graph, _MTT),
    "msd_vgg": Source("MSD_vgg", nets.vgg, vgg_graph, _MSD),
    "mtt_vgg": Source("MTT_vgg", nets.vgg, vgg_graph, _MTT),
}
"""The checkpoints of the package, by the name that their file has here."""


class Converted(NamedTuple):
    """A file that was written: its place, its hash, its weights, and how far it lies from Keras."""

    path: Path
    sha256: str
    n_weights: int
    difference: float

    @property
    def is_known(self) -> bool:
        """Whether it is, byte by byte, what the product comes with."""
        spec = BACKBONES.get(self.path.stem)
        return spec is not None and spec.sha256 == self.sha256


def convert(name: str, package: Path, out: Path) -> Converted:
    """Write one net as `<name>.onnx`, proven to say what Keras says with the published weights.

    Parameters
    ----------
    name : str
        A name in SOURCES.
    package : Path
        Folder `musicnn` of the installed package.
    out : Path
        Folder to write to; made if need be.

    Raises
    ------
    RunError
        If the checkpoint is missing or does not fit the net, or the graph says something else.
    """
    source = SOURCES[name]
    tensors = read_checkpoint(package / source.folder)
    model = source.net()
    give(model, tensors)
    content = source.graph(tensors).SerializeToString()
    difference = _difference(model, content)
    if not difference <= TOLERANCE:
        raise RunError(f"The graph of {name} must agree with Keras within {TOLERANCE:g}. Received: {difference:.2g}.")
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{name}.onnx"
    write_whole(path, content)
    n_weights = sum(values.size for values in tensors.values())
    return Converted(path, hashlib.sha256(content).hexdigest(), n_weights, difference)


def _difference(model: Any, content: bytes) -> float:
    """Largest difference of an output on noise, music-like pictures and silence, as a share of its largest value."""
    import onnxruntime

    rng = np.random.default_rng(0)
    shape = (nets.N_FRAMES, nets.N_MELS)
    slope = np.linspace(3, 0.5, nets.N_MELS) * (1 + np.sin(np.arange(nets.N_FRAMES) / 7))[:, None] / 2
    mel = np.stack([rng.gamma(2.0, 0.5, shape), slope + 0.2 * rng.random(shape), np.zeros(shape)]).astype(np.float32)
    expected = model(mel, training=False)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    received = dict(zip(nets.OUTPUTS, session.run(list(nets.OUTPUTS), {"mel": mel}), strict=True))
    return max(
        float(abs(np.asarray(expected[name]) - received[name]).max() / max(1.0, abs(received[name]).max()))
        for name in nets.OUTPUTS
    )


def convert_all(names: Iterable[str], package: Path, out: Path, tell: Callable[[str], None]) -> list[Converted]:
    """Convert nets, put the package's licence beside them, and write their card.

    Raises
    ------
    RunError
        As `convert`, and where the package has no licence file.
    """
    found = []
    for name in names:
        made = convert(name, package, out)
        known = "as it ships" if made.is_known else "not what ships"
        tell(f"{made.path.name}: {made.path.stat().st_size / 1e6:.1f} MB, sha256 {made.sha256} ({known})")
        tell(f"  {made.n_weights:,} weights, at most {made.difference:.1e} from Keras")
        found.append(made)
    licences = sorted(path for path in package.parent.rglob("LICENSE*") if path.is_file())
    if not licences:
        raise RunError(f"Expected the licence of musicnn beside {package}. Received: none. Fetch the package again.")
    shutil.copyfile(licences[0], out / LICENCE)
    (out / "card.md").write_text(card(found), encoding="utf-8")
    return found


def card(found: Iterable[Converted]) -> str:
    """What the files are, in Markdown."""
    rows = "\n".join(
        f"| `{it.path.name}` | {SOURCES[it.path.stem].taught} | {it.n_weights:,} | {it.difference:.0e} | `{it.sha256}` |"
        for it in found
    )
    return _CARD.format(rows=rows, licence=LICENCE)


_CARD = """# Pretrained nets

**What they are.** Nets that name the tags of a song, from the package musicnn 0.1.0: Pons and Serra, "musicnn: Pre-trained
convolutional neural networks for music audio tagging", ISMIR 2019, late-breaking demo. Genrescope's feature `backbone` asks them,
and the models `transfer` and `transfer_tuned` learn genres from what they say.

| file | taught on | weights | from Keras | SHA-256 |
|---|---|---|---|---|
{rows}

**What they read.** Three seconds at 16 kHz: 187 frames of 512 samples, 256 apart, power in 96 mel bands, log10(1 + 10000 x).

**What they tell.** `tags`, 50 probabilities, and `log_odds` of the same; `penultimate`, the last hidden layer behind its ReLU and
batch norm; `mean_pool` and `max_pool`, mean and largest value of the feature maps over time.

**That they are the published ones.** Graph and Keras, with the checkpoint's weights, lie apart by the share given above; against
tags that were published with a study, see `docs/parity.md`.

**What they are bad at.** They were taught Western popular music of before 2011, by the words of its listeners. What is no music
they tag all the same.

**Rebuild them.** `make musicnn` fetches the package without what it depends on, and writes these files, byte by byte the same.

**Licence.** ISC, Music Technology Group, Universitat Pompeu Fabra: `{licence}`.
"""
