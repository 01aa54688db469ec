"""The nets as tables of layers that a reader can hold against their sources.

The output layer is not in the tables: every net ends in a dense layer with one logit a genre, and what feeds that layer is the
embedding.
"""

from __future__ import annotations

from genre_core.models.networks.layers import (
    BatchNorm,
    Channel,
    Conv,
    Dense,
    Dropout,
    Flatten,
    FramesAsSteps,
    GlobalAverage,
    Layer,
    PadTime,
    Pool,
    Recurrent,
    Standardise,
    Steps,
)

Table = tuple[Layer, ...]

ANN: Table = (
    Standardise(axis=-1),  # each column
    Dense(512),
    Dropout(),
    Dense(256),
    Dropout(),
    Dense(64),
    Dropout(),
)

RNN: Table = (
    Standardise(),  # each coefficient
    Steps(),
    Recurrent("rnn", 64, every_step=True),
    Recurrent("rnn", 64),
    Dense(64),
    Dropout(),
)

LSTM: Table = (
    Standardise(),
    Steps(),
    Recurrent("lstm", 64, every_step=True),
    Recurrent("lstm", 64),
    Dense(64),
    Dropout(),
)

RNN_LSTM: Table = (
    Standardise(),
    Steps(),
    Recurrent("rnn", 64, every_step=True),
    Recurrent("lstm", 64),
    Dense(64),
    Dropout(),
)

CNN_SMALL: Table = (
    Standardise(),  # each mel band
    Channel(),
    Conv(16),
    Pool(2, 2),
    Conv(32),
    Pool(2, 2),
    Conv(64),
    Pool(2, 2),
    GlobalAverage(),
    Dropout(),
)

CNN: Table = (
    Standardise(),
    Channel(),
    BatchNorm(axis=1),  # each mel band
    Conv(32),
    Pool(2, 4),
    Dropout(),
    Conv(128),
    Pool(2, 4),
    Dropout(),
    Conv(128),
    Pool(2, 4),
    Dropout(),
    Conv(192),
    Pool(3, 5),
    Dropout(),
    Conv(256),
    Pool(4, 4),
    Dropout(),
    Flatten(),  # 1 x 1 x 256
)

RCNN: Table = (
    Standardise(),
    Channel(),
    PadTime(1440),
    BatchNorm(axis=2),  # each frame
    Conv(64),
    Pool(2, 2),
    Dropout(),
    Conv(128),
    Pool(3, 3),
    Dropout(),
    Conv(128),
    Pool(4, 4),
    Dropout(),
    Conv(128),
    Pool(4, 4),
    Dropout(),
    FramesAsSteps(),  # 15 steps of 128
    Recurrent("gru", 32, every_step=True),
    Recurrent("gru", 32),
    Dropout(),
)

CRNN_LSTM: Table = (
    Standardise(),
    Channel(),
    BatchNorm(axis=1),
    Conv(32),
    Pool(2, 2),
    Dropout(),
    Conv(128),
    Pool(2, 2),
    Dropout(),
    Conv(128),
    Pool(2, 2),
    Dropout(),
    Conv(192),
    Pool(3, 2),
    Dropout(),
    Conv(256),
    Pool(4, 2),
    Dropout(),
    FramesAsSteps(),  # 42 steps of 256
    Recurrent("lstm", 128),
    Dense(64),
    Dropout(),
)

ENCODER: Table = (
    Conv(16, stride=2),
    Conv(32, stride=2),
    Conv(64, stride=2),
    Conv(128, stride=2),
)
"""Of the autoencoder; its decoder mirrors it with transposed convolutions."""

LATENT_CNN: Table = (
    Conv(64),
    Pool(2, 2),
    Conv(128),
    GlobalAverage(),
    Dropout(),
)
"""What tells the genre from the autoencoder's latent."""

FUSION: Table = (
    Dense(128),
    Dropout(),
    Dense(64),
    Dropout(),
)
"""What tells the genre from the embeddings of two nets, side by side."""
