"""The nets among the models."""

from __future__ import annotations

from genre_core.audio.segments import SegmentConfig
from genre_core.features.spectral import LogMel, Mfcc
from genre_core.features.summary import Summary57
from genre_core.models.base import ModelSpec, Preset
from genre_core.models.networks.configs import (
    AeCnnConfig,
    AnnConfig,
    CnnConfig,
    CnnSmallConfig,
    CrnnLstmConfig,
    FusionConfig,
    LstmConfig,
    RcnnConfig,
    RnnConfig,
    RnnLstmConfig,
)
from genre_core.models.networks.nets import AutoencoderNet, Chain, FusionNet
from genre_core.models.networks.tables import ANN, CNN, CNN_SMALL, CRNN_LSTM, LSTM, RCNN, RNN, RNN_LSTM

CLIP_MEL = LogMel(sr=12000, n_fft=512, hop_length=256, n_mels=96)
"""Input of the published music taggers: 96 mel bands, 1,366 frames of 29.12 s."""

CLIP = SegmentConfig(segment_seconds=29.12, hop_seconds=29.12, tail_seconds=5.0)
SHORT = SegmentConfig()

AS_THE_SOURCE = "as the source had it"

NETWORKS: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="ann",
        title="Dense network on summary columns",
        good_for="quick",
        summary="Three dense layers read 57 numbers a segment: trains in seconds, shows what hand-made features can do.",
        features=(Summary57(),),
        segments=SHORT,
        config=AnnConfig,
        build=Chain(ANN),
        reference="Dense 512-256-64, ReLU, dropout 0.3: that of many GTZAN tutorials, on the columns of Kaggle's table.",
        training={"epochs": 100, "patience": 15, "learning_rate": 5e-4},
        claimed="96 % on 4 genres",
        honest="57 columns: 71 to 75 % by track, 48 to 56 % fault-filtered",
    ),
    ModelSpec(
        name="rnn",
        title="Simple recurrent network on MFCC",
        good_for="classic",
        summary="Reads a clip frame by frame and keeps a short memory: the oldest way for a net to hear time.",
        features=(Mfcc(),),
        segments=SHORT,
        config=RnnConfig,
        build=Chain(RNN),
        reference="Two simple recurrent layers (Elman, Finding structure in time, Cognitive Science 14, 1990) and a dense one.",
        training={"epochs": 60, "patience": 10, "batch_size": 64, "learning_rate": 5e-4},
    ),
    ModelSpec(
        name="lstm",
        title="LSTM on MFCC",
        good_for="classic",
        summary="Reads a clip frame by frame and learns itself what to remember and what to forget.",
        features=(Mfcc(),),
        segments=SHORT,
        config=LstmConfig,
        build=Chain(LSTM),
        reference="LSTM 64, LSTM 64, dense 64, dropout 0.3: that of many GTZAN tutorials; the cell is that of Hochreiter and "
        "Schmidhuber, Long short-term memory, Neural Computation 9, 1997.",
        training={"epochs": 60, "patience": 10, "batch_size": 64},
        presets={
            "source": Preset(
                AS_THE_SOURCE,
                "Mel bands as steps and the 1,292 frames of 30 s as inputs: the picture lies on its side, so the net reads "
                "from low to high instead of through time.",
                features=(LogMel(),),
                segments={"segment_seconds": 29.98, "hop_seconds": 29.98, "tail_seconds": 5.0},
                config={"steps": "rows", "l2": 0.0},
                training={"patience": 60},
            )
        },
        differences=("Ours reads frames as steps, of 13 MFCC in 3 s; the source's picture was turned by mistake.",),
        claimed="24 %",
        honest="64 % of segments",
    ),
    ModelSpec(
        name="rnn_lstm",
        title="Simple RNN with an LSTM on it",
        good_for="classic",
        summary="A plain recurrent layer follows the sound, an LSTM above it remembers what mattered.",
        features=(Mfcc(),),
        segments=SHORT,
        config=RnnLstmConfig,
        build=Chain(RNN_LSTM),
        reference="One simple recurrent layer, one LSTM, one dense layer.",
        training={"epochs": 60, "patience": 10, "batch_size": 64, "learning_rate": 5e-4},
    ),
    ModelSpec(
        name="cnn_small",
        title="Small convolutional network on log-mel",
        good_for="quick",
        summary="Three convolutions look at 3 s of a mel spectrogram: the network for a live lecture.",
        features=(LogMel(),),
        segments=SHORT,
        config=CnnSmallConfig,
        build=Chain(CNN_SMALL),
        reference="Conv 16-32-64 of 3x3 with batch norm, max-pool 2x2 and global average: after Choi, Fazekas and Sandler, "
        "Automatic tagging using deep convolutional neural networks, ISMIR 2016, made small.",
        training={"epochs": 40, "patience": 8},
    ),
    ModelSpec(
        name="cnn",
        title="Five-layer convolutional network",
        good_for="deep",
        summary="Five convolutions look at half a minute of log-mel at once and shrink it to a single column of 256 numbers.",
        features=(CLIP_MEL,),
        segments=CLIP,
        config=CnnConfig,
        build=Chain(CNN),
        reference="Conv 32-128-128-192-256: Choi, Fazekas and Sandler, Automatic tagging using deep convolutional neural "
        "networks, ISMIR 2016, as trained on GTZAN since.",
        training={"epochs": 60, "patience": 12, "batch_size": 8},
        presets={"source": Preset(AS_THE_SOURCE, "Dropout 0.5 after each convolution.", config={"dropout": 0.5, "l2": 0.0})},
        differences=("Each mel band is standardised by the train split before the batch norm on the input.",),
        claimed="64 %",
        honest="77 to 83 % by track, 54 % fault-filtered",
    ),
    ModelSpec(
        name="rcnn",
        title="Convolutions with two GRU",
        good_for="deep",
        summary="Convolutions shrink half a minute to 15 steps, two recurrent layers listen to their order.",
        features=(CLIP_MEL,),
        segments=CLIP,
        config=RcnnConfig,
        build=Chain(RCNN),
        reference="Conv 64-128-128-128, GRU 32, GRU 32: Choi, Fazekas, Sandler and Cho, Convolutional recurrent neural networks "
        "for music classification, ICASSP 2017, as trained on GTZAN since.",
        training={"epochs": 60, "patience": 12, "batch_size": 4, "learning_rate": 5e-4},
        presets={
            "source": Preset(
                AS_THE_SOURCE,
                "Dropout 0.5, one sigmoid a genre, RMSprop with Nesterov momentum, batches of 4.",
                config={"dropout": 0.5, "l2": 0.0, "output": "sigmoid"},
                training={"optimizer": "rmsprop_nesterov", "learning_rate": 1e-4, "batch_size": 4},
            )
        },
        differences=(
            "The source's dropout behind the GRU was written as a share to keep of 0.3: here it is the share to leave out.",
            "Its GRU cells were stacked 15 deep by mistake: here there are two.",
            "Each mel band is standardised by the train split before the batch norm on the input.",
        ),
        claimed='87 %, "a day to train"',
        honest="87 % by track is the best from scratch",
    ),
    ModelSpec(
        name="crnn_lstm",
        title="Convolutions with an LSTM",
        good_for="deep",
        summary="Five convolutions keep 42 steps of half a minute, an LSTM sums them up.",
        features=(CLIP_MEL,),
        segments=CLIP,
        config=CrnnLstmConfig,
        build=Chain(CRNN_LSTM),
        reference="Conv 32-128-128-192-256, LSTM, two dense layers: after Choi, Fazekas, Sandler and Cho, Convolutional "
        "recurrent neural networks for music classification, ICASSP 2017.",
        training={"epochs": 60, "patience": 12, "batch_size": 8, "learning_rate": 5e-4},
        presets={"source": Preset(AS_THE_SOURCE, "Dropout 0.5 after each convolution.", config={"dropout": 0.5, "l2": 0.0})},
        differences=("Each mel band is standardised by the train split before the batch norm on the input.",),
        claimed="accuracy .854, mAP .72, MAP@10 .779, AUC .929: impossible together for one label a track",
    ),
    ModelSpec(
        name="ae_cnn",
        title="Autoencoder with a CNN on its latent",
        good_for="deep",
        summary="Learns to draw spectrograms from half their numbers, without labels; then tells the genre from those.",
        features=(LogMel(),),
        segments=SHORT,
        config=AeCnnConfig,
        build=AutoencoderNet(),
        reference="Undercomplete convolutional autoencoder, 16-32-64-128 channels of stride 2 and their mirror (Masci, Meier, "
        "Ciresan and Schmidhuber, Stacked convolutional auto-encoders, ICANN 2011), with a small CNN on the latent.",
        training={"epochs": 30, "patience": 6},
        presets={
            "source": Preset(
                AS_THE_SOURCE, "10 epochs of drawing, 10 of telling genres.", training={"epochs": 10, "patience": 10}
            )
        },
        differences=(
            "The source read coloured PNG pictures of spectrograms, whose colours are not in the order of loudness: here it "
            "reads the decibels themselves.",
        ),
        claimed="7.5 %, below chance: a fault",
    ),
    ModelSpec(
        name="fusion",
        title="Late fusion of two nets",
        good_for="deep",
        summary="What the autoencoder's net and a recurrent one have found, side by side, judged by a third.",
        features=(LogMel(), Mfcc()),
        segments=SHORT,
        config=FusionConfig,
        build=FusionNet(),
        reference="The embeddings of ae_cnn and rnn_lstm concatenated, a dense network on top.",
        training={"epochs": 30, "patience": 6},
        presets={"source": Preset(AS_THE_SOURCE, "10 epochs for each part.", training={"epochs": 10, "patience": 10})},
        claimed="24.5 %",
    ),
)
