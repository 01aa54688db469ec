"""The rows of this family for the table MODELS."""

from __future__ import annotations

from genre_core.audio.segments import SegmentConfig
from genre_core.features.gaussian import Gaussian
from genre_core.features.summary import Summary57
from genre_core.models.base import ModelSpec, Preset
from genre_core.models.gaussian.kmeans import KmeansKlConfig, build_kmeans_kl
from genre_core.models.gaussian.mixture import GmmConfig, build_gmm
from genre_core.models.gaussian.neighbours import KnnKlConfig, build_knn_kl

_HALF_MINUTES = SegmentConfig(segment_seconds=30.0, hop_seconds=30.0, tail_seconds=5.0)
"""A clip of 30.01 s is one: its last half minute would be the first once more."""

_SOURCE = "Haggblade, Hong and Kao, Music Genre Classification, Stanford CS229, 2011"

GAUSSIAN: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="knn_kl",
        title="Nearest neighbours among Gaussians",
        good_for="classic",
        summary="Each half minute is a Gaussian of its MFCC; the tracks whose Gaussians are most alike vote on the genre.",
        features=(Gaussian(),),
        segments=_HALF_MINUTES,
        config=KnnKlConfig,
        build=build_knn_kl,
        reference=f"{_SOURCE}: symmetrised Kullback-Leibler divergence, after Mandel and Ellis, ISMIR 2005.",
        family="estimator",
        differences=(
            "A track of several segments votes once, by the nearest of them.",
            "Frames overlap by half; a little is added to each variance, so that silence has a Gaussian as well.",
        ),
        claimed="About 80 % on 4 genres (classical, jazz, metal, pop).",
    ),
    ModelSpec(
        name="kmeans_kl",
        title="k-means among Gaussians",
        good_for="classic",
        summary="Groups tracks whose Gaussians of MFCC are alike without knowing genres, then names each group by its majority.",
        features=(Gaussian(),),
        segments=_HALF_MINUTES,
        config=KmeansKlConfig,
        build=build_kmeans_kl,
        reference=f"{_SOURCE}: a centroid is the mean of the means and of the covariances.",
        family="estimator",
        presets={
            "source": Preset(
                "As the source had it", "As many clusters as genres, so that each genre can be one.", config={"n_clusters": 0}
            )
        },
        differences=(
            "Starts are drawn far apart as k-means++ draws them; the best of several by their mean divergence is kept.",
        ),
        claimed="About 80 % on 4 genres (classical, jazz, metal, pop).",
        honest="87 % on these 4 genres with good features.",
    ),
    ModelSpec(
        name="gmm",
        title="Gaussian mixture a genre",
        good_for="classic",
        summary="Describes each genre by a few Gaussian clouds in the 57 summary columns; the likeliest cloud names the genre.",
        features=(Summary57(),),
        segments=SegmentConfig(),
        config=GmmConfig,
        build=build_gmm,
        reference="Tzanetakis and Cook, Musical genre classification of audio signals, IEEE Transactions on Speech and Audio "
        "Processing 10(5), 2002.",
        family="estimator",
        presets={
            "source": Preset(
                "As the source had it",
                "One set of columns for half a minute, three Gaussians a genre.",
                segments={"segment_seconds": 30.0, "hop_seconds": 30.0, "tail_seconds": 5.0},
                config={"n_components": 3},
            )
        },
        differences=("The source's 30 features of timbre, rhythm and pitch give way to the 57 columns of Kaggle's table.",),
        claimed="61 % of ten genres, by random tenfold cross-validation",
    ),
)
