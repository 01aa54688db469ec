"""Nets made of tables: how the Keras model is built, in which stages it is trained, and its picture, made without Keras."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from genre_core.models.networks.configs import NetConfig
from genre_core.models.networks.layers import Channel, Conv, Shape, Standardise, norm_and_relu
from genre_core.models.networks.tables import ENCODER, FUSION, LATENT_CNN, RNN_LSTM, Table
from genre_core.models.serve import OUTPUTS, RECONSTRUCTION

ERROR = "error"
"""Output of an autoencoder in training: how far each segment's reconstruction lies off."""

LATENT = "latent"
"""Layer that an autoencoder squeezes its input through."""


@dataclass(frozen=True)
class Stage:
    """One of the trainings that a net goes through, one after the other.

    Attributes
    ----------
    name : str
        Words for it; empty where it is the only one.
    output : str
        Layer whose output it trains: logits, or `error`, which it makes small.
    above : tuple of str
        Layers that stay as they are, with all that lies below them.
    """

    name: str = ""
    output: str = "logits"
    above: tuple[str, ...] = ()


class LayerFacts(NamedTuple):
    """A layer in the picture of a net: which part it belongs to, words, the shape behind it, and its weights."""

    part: str
    words: str
    shape: Shape
    n_weights: int


class Net(Protocol):
    """A row's architecture."""

    stages: tuple[Stage, ...]

    def __call__(self, config: Any, input_shapes: Sequence[Shape], n_genres: int) -> Any:
        """Untrained Keras model with the outputs logits, posterior and embedding."""
        ...

    def picture(self, config: Any, input_shapes: Sequence[Shape], n_genres: int) -> list[LayerFacts]:
        """Its layers in order, computed without Keras."""
        ...


@dataclass(frozen=True)
class Chain:
    """One table from one input to the genres."""

    table: Table
    stages: tuple[Stage, ...] = (Stage(),)

    def __call__(self, config: NetConfig, input_shapes: Sequence[Shape], n_genres: int) -> Any:
        import keras

        (shape,) = input_shapes
        inputs = keras.Input(shape, name="input_0")
        return keras.Model(inputs, judged(run(self.table, inputs, config), config, n_genres), name=config.name)

    def picture(self, config: NetConfig, input_shapes: Sequence[Shape], n_genres: int) -> list[LayerFacts]:
        (shape,) = input_shapes
        facts = list(facts_of("", self.table, shape, config))
        return [*facts, output_facts("", facts[-1].shape, n_genres, config)]


@dataclass(frozen=True)
class AutoencoderNet:
    """An autoencoder of pictures, and a net that tells the genre from its latent."""

    stages: tuple[Stage, ...] = (Stage("autoencoder", ERROR), Stage("genres", above=(LATENT,)))

    def __call__(self, config: NetConfig, input_shapes: Sequence[Shape], n_genres: int) -> Any:
        import keras

        (shape,) = input_shapes
        inputs = keras.Input(shape, name="input_0")
        latent, made = _autoencoder(inputs, config)
        outputs = judged(run(LATENT_CNN, latent, config), config, n_genres)
        return keras.Model(inputs, {**outputs, **made}, name=config.name)

    def picture(self, config: NetConfig, input_shapes: Sequence[Shape], n_genres: int) -> list[LayerFacts]:
        (shape,) = input_shapes
        encoder, decoder = _autoencoder_facts(shape, config)
        classifier = list(facts_of("genres", LATENT_CNN, encoder[-1].shape, config))
        return [*encoder, *decoder, *classifier, output_facts("genres", classifier[-1].shape, n_genres, config)]


@dataclass(frozen=True)
class FusionNet:
    """The autoencoder's net and a recurrent one, each trained for itself; a third judges from both embeddings."""

    stages: tuple[Stage, ...] = (
        Stage("autoencoder", ERROR),
        Stage("its genres", "first_logits", above=(LATENT,)),
        Stage("recurrent net", "second_logits"),
        Stage("fusion", above=("first_embedding", "second_embedding")),
    )

    def __call__(self, config: NetConfig, input_shapes: Sequence[Shape], n_genres: int) -> Any:
        import keras

        inputs = [keras.Input(shape, name=f"input_{index}") for index, shape in enumerate(input_shapes)]
        latent, made = _autoencoder(inputs[0], config)
        embeddings = []
        for name, x in (("first", run(LATENT_CNN, latent, config)), ("second", run(RNN_LSTM, inputs[1], config))):
            embedding = keras.layers.Identity(name=f"{name}_embedding")(x)
            made[f"{name}_logits"] = _logits(embedding, config, n_genres, f"{name}_logits")
            embeddings.append(embedding)
        both = keras.layers.Concatenate()(embeddings)
        outputs = judged(run(FUSION, both, config), config, n_genres)
        return keras.Model(inputs, {**outputs, **made}, name=config.name)

    def picture(self, config: NetConfig, input_shapes: Sequence[Shape], n_genres: int) -> list[LayerFacts]:
        pictures, frames = input_shapes
        encoder, decoder = _autoencoder_facts(pictures, config)
        first = list(facts_of("its genres", LATENT_CNN, encoder[-1].shape, config))
        second = list(facts_of("recurrent net", RNN_LSTM, frames, config))
        both = (first[-1].shape[0] + second[-1].shape[0],)
        joined = [LayerFacts("fusion", "both embeddings side by side", both, 0), *facts_of("fusion", FUSION, both, config)]
        return [
            *encoder,
            *decoder,
            *first,
            output_facts("its genres", first[-1].shape, n_genres, config),
            *second,
            output_facts("recurrent net", second[-1].shape, n_genres, config),
            *joined,
            output_facts("fusion", joined[-1].shape, n_genres, config),
        ]


def run(table: Table, x: Any, config: NetConfig) -> Any:
    """The Keras tensor behind a table's layers."""
    for layer in table:
        x = layer(x, config)
    return x


def _logits(x: Any, config: NetConfig, n_genres: int, name: str) -> Any:
    import keras

    return keras.layers.Dense(n_genres, kernel_regularizer=config.penalty(), name=name)(x)


def judged(x: Any, config: NetConfig, n_genres: int) -> dict[str, Any]:
    """The three outputs that every classifier has."""
    import keras

    embedding = keras.layers.Identity(name="embedding")(x)
    logits = _logits(embedding, config, n_genres, "logits")
    if config.output == "softmax":
        posterior = keras.layers.Softmax(name="posterior")(logits)
    else:
        alone = keras.layers.Activation("sigmoid")(logits)  # each genre's own probability
        posterior = keras.layers.UnitNormalization(axis=-1, order=1, name="posterior")(alone)
    return dict(zip(OUTPUTS, (logits, posterior, embedding), strict=True))


def _autoencoder(inputs: Any, config: NetConfig) -> tuple[Any, dict[str, Any]]:
    """The latent of pictures, and what the decoder makes of it: RECONSTRUCTION in the input's unit and each segment's ERROR."""
    import keras

    rows, frames = inputs.shape[1:]
    missing = _missing_frames(frames)
    standard = Channel()(Standardise()(inputs, config), config)  # (n_segments, n_mels, n_frames, 1)
    x = keras.layers.ZeroPadding2D(((0, 0), (0, missing)))(standard)
    latent = keras.layers.Identity(name=LATENT)(run(ENCODER, x, config))
    x = latent
    for channels in _decoder_channels():
        layer = keras.layers.Conv2DTranspose(
            config.scaled(channels),
            3,
            strides=2,
            padding="same",
            use_bias=not config.batch_norm,
            kernel_regularizer=config.penalty(),
        )
        x = norm_and_relu(layer(x), config)
    x = keras.layers.Conv2DTranspose(1, 3, strides=2, padding="same", kernel_regularizer=config.penalty())(x)
    made = keras.layers.Cropping2D(((0, 0), (0, missing)))(x)
    off = keras.layers.Subtract()([made, standard])
    error = keras.layers.GlobalAveragePooling2D(name=ERROR)(keras.layers.Multiply()([off, off]))  # (n_segments, 1)
    picture = keras.layers.Reshape((rows, frames))(made)
    # The inverse of the standardisation, as a frozen batch norm too: times the deviation, plus the mean.
    restore = keras.layers.BatchNormalization(axis=1, epsilon=1e-12, name=RECONSTRUCTION)
    restore.trainable = False
    return latent, {ERROR: error, RECONSTRUCTION: restore(picture)}


def _missing_frames(frames: int) -> int:
    """How many frames of zeros make the time a multiple of what the encoder divides it by."""
    return -frames % 2 ** len(ENCODER)


def _decoder_channels() -> list[int]:
    return [layer.channels for layer in reversed(ENCODER[:-1]) if isinstance(layer, Conv)]


def _autoencoder_facts(shape: Shape, config: NetConfig) -> tuple[list[LayerFacts], list[LayerFacts]]:
    """Pictures of encoder and decoder."""
    rows, frames = shape
    padded = (rows, frames + _missing_frames(frames), 1)
    encoder = [
        *facts_of("encoder", (Standardise(), Channel()), shape, config),
        LayerFacts("encoder", f"zeros behind, to {padded[1]} frames", padded, 0),
        *facts_of("encoder", ENCODER, padded, config),
    ]
    decoder: list[LayerFacts] = []
    size = encoder[-1].shape
    for channels in (*map(config.scaled, _decoder_channels()), 1):
        last = channels == 1 and len(decoder) == len(ENCODER) - 1
        norm = ", batch norm" if config.batch_norm and not last else ""
        words = f"transposed conv 3 x 3, stride 2, {channels} channel{'' if last else 's'}{norm}{'' if last else ', ReLU'}"
        n_weights = 9 * size[-1] * channels + channels * (2 if norm else 1)
        size = (2 * size[0], 2 * size[1], channels)
        decoder.append(LayerFacts("decoder", words, size, n_weights))
    decoder.append(LayerFacts("decoder", "cut to the input's size, back in its unit", shape, 0))
    return encoder, decoder


def facts_of(part: str, table: Table, shape: Shape, config: NetConfig) -> Iterator[LayerFacts]:
    """The picture of a table's layers, for an input of that shape."""
    for layer in table:
        n_weights = layer.n_weights(shape, config)
        shape = layer.shape(shape, config)
        yield LayerFacts(part, layer.words(config), shape, n_weights)


def output_facts(part: str, shape: Shape, n_genres: int, config: NetConfig) -> LayerFacts:
    """The picture of the layer that `judged` ends in."""
    return LayerFacts(part, f"dense, {n_genres} genres, {config.output}", (n_genres,), (shape[0] + 1) * n_genres)
