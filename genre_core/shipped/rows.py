"""The runs that come with the product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from genre_core.datasets.demo import make_demo
from genre_core.errors import ParameterError
from genre_core.paths import Root
from genre_core.shipped.gtzan import COLUMNS, NUMBERS, SONGS, make_columns, make_numbers, make_songs
from genre_core.training.recipe import TrainRequest

Say = Callable[[str], None]


@dataclass(frozen=True)
class Material:
    """Where the data sets come from.

    Attributes
    ----------
    gtzan : Path or None
        Folder with GTZAN's tables and songs.
    tags : Path or None
        The published tags.
    """

    gtzan: Path | None = None
    tags: Path | None = None


@dataclass(frozen=True)
class Shipped:
    """A run that ships.

    Attributes
    ----------
    name, title : str
        Id and words.
    request : TrainRequest
        What is trained.
    make_data : callable
        `make_data(material, root, say)`: see that its data set is there.
    learned_from : str
        What its songs are, in a sentence or two.
    bad_at : str
        What must be known beside its weakest genres.
    licence : str
        Of the weights.
    rebuild : str
        The command.
    opens_test : bool
        Its test split is opened once, so that its card can tell of it.
    calibrated : bool
        It gets a temperature, and is asked what is unlike its songs.
    """

    name: str
    title: str
    request: TrainRequest
    make_data: Callable[[Material, Root, Say], object]
    learned_from: str
    bad_at: str
    licence: str
    rebuild: str
    opens_test: bool = False
    calibrated: bool = True


def _demo(material: Material, root: Root, say: Say) -> None:
    make_demo(root.datasets)


def _gtzan(material: Material, *, with_tags: bool = False) -> Path:
    """GTZAN's folder; `ParameterError` names everything that was not given."""
    missing = []
    if material.gtzan is None:
        missing.append("This run learns from GTZAN. Name its folder: --gtzan FOLDER")
    if with_tags and material.tags is None:
        missing.append("This run learns from published tags too. Name their file: --tags FILE")
    if missing:
        raise ParameterError(f"{'. '.join(missing)} (docs/shipped.md says what it holds).")
    assert material.gtzan is not None
    return material.gtzan


def _songs(material: Material, root: Root, say: Say) -> None:
    make_songs(_gtzan(material), root, say)


def _columns(material: Material, root: Root, say: Say) -> None:
    make_columns(_gtzan(material), root)


def _numbers(material: Material, root: Root, say: Say) -> None:
    folder = _gtzan(material, with_tags=True)
    assert material.tags is not None
    make_numbers(folder, material.tags, root, say)


DEMO_EPOCHS = 20
"""At most; so that rebuilding both takes minutes on two cores."""
FOUR = ("blues", "classical", "jazz", "rock")

_RECORDED = "Songs of before 2002, mostly Western, half a minute each: what came later, or from elsewhere, it has not heard."
_DEMO = (
    "music that Genrescope's own code synthesised, in ten styles. It has never heard a recording: its scores say nothing about "
    "real music"
)
_DEMO_BAD = "On recorded songs it errs often and may be sure of it: take a model that was trained on recorded music for those."
_MIT = "MIT, as Genrescope itself; data and weights hold no one else's work."
_OF_GTZAN = (
    "MIT, as Genrescope itself, as far as the weights are ours to license: GTZAN's songs belong to others and are not contained."
)

SHIPPED: dict[str, Shipped] = {
    row.name: row
    for row in (
        Shipped(
            "ten-genres",
            "Ten genres, on MusiCNN",
            TrainRequest("transfer", NUMBERS, split="", folds=5, preset="gaussian"),
            _numbers,
            "GTZAN's fault-filtered train and valid songs whose tags are known. 331 of the 557 were heard; of the others stand "
            "MusiCNN's tags as a study published them (scikit-learn transfer learning, ISC licence). No song of the fault-"
            "filtered test part took part in any choice",
            _RECORDED,
            f"{_OF_GTZAN} It asks MusiCNN (ISC, artifacts/backbones).",
            "python -m genre_core shipped ten-genres --gtzan GTZAN_FOLDER --tags TAGS.npz",
        ),
        Shipped(
            "ten-genres-columns",
            "Ten genres, from 57 summary columns",
            TrainRequest("logistic", COLUMNS, split="fault_filtered", folds_column="fold"),
            _columns,
            "the published 57 columns of GTZAN's fault-filtered train and valid clips, in a published division into three folds "
            "of artists. It heard no sound, and no test clip took part",
            f"{_RECORDED} It is small and quick, and errs often: it is there to be understood, and to compare with. "
            "It has no check for music: speech or noise may be given a genre.",
            _OF_GTZAN,
            "python -m genre_core shipped ten-genres-columns --gtzan GTZAN_FOLDER",
        ),
        Shipped(
            "blues-classical-jazz-rock-cnn",
            "Blues, classical, jazz or rock: a CNN from scratch",
            TrainRequest("cnn", SONGS, split="fault_filtered", genres=FOUR, training={"deterministic": True}),
            _songs,
            "the fault-filtered train songs of GTZAN's blues, classical, jazz and rock. It knows no other genre: of any other "
            "song it says one of these four",
            f"{_RECORDED} Few songs for so large a net: see its interval. It has no check for music: speech, noise or a bird may "
            "be given a genre.",
            _OF_GTZAN,
            "python -m genre_core shipped blues-classical-jazz-rock-cnn --gtzan GTZAN_FOLDER",
        ),
        *(
            Shipped(
                name,
                f"Demo: {words}",
                TrainRequest(model, "demo", "by_artist", training={"deterministic": True, "epochs": DEMO_EPOCHS}),
                _demo,
                _DEMO,
                _DEMO_BAD,
                _MIT,
                f"python -m genre_core shipped {name}",
                opens_test=True,
                calibrated=False,
            )
            for name, model, words in (
                ("demo-ann", "ann", "dense network on summary columns"),
                ("demo-cnn-small", "cnn_small", "small convolutional network on log-mel"),
            )
        ),
    )
}
"""Name -> run."""
