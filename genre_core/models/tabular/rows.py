"""The rows of MODELS that read summary columns."""

from __future__ import annotations

from functools import partial
from typing import Any

from genre_core.audio.segments import SegmentConfig
from genre_core.features.summary import Summary57
from genre_core.models.base import ModelSpec, Preset
from genre_core.models.tabular.configs import ForestConfig, KnnConfig, LogisticConfig, SvmConfig, TreeConfig
from genre_core.models.tabular.estimator import Learner, TabularEstimator
from genre_core.models.tabular.linear import fit_logistic, write_logistic
from genre_core.models.tabular.neighbours import fit_knn, tied_neighbours, write_knn
from genre_core.models.tabular.svm import fit_svm, write_svm
from genre_core.models.tabular.trees import fit_forest, fit_tree, write_trees

_WHOLE_CLIP: dict[str, Any] = {"segment_seconds": 30.0, "hop_seconds": 30.0, "tail_seconds": 5.0}
_RBF: dict[str, Any] = {"kernel": "rbf", "C": 10.0, "gamma": 0.003}
_POLYNOMIAL: dict[str, Any] = {"kernel": "poly", "C": 1.0, "gamma": 0.0175}
_STUDY = "Haggblade, Hong and Kao, Music Genre Classification, Stanford CS229 project, 2011"
_STUDY_DIFFERS = (
    "The source read the mean and covariance of 15 MFCC, from classical, jazz, metal and pop alone; here 57 summary columns "
    "are read, of any genres.",
    "The source divided tracks at random into 70 % and 30 %, artists together; choose a split by artist for an honest score.",
)


def _whole_clip(**config: Any) -> dict[str, Preset]:
    return {
        "source": Preset(
            title="One row a clip",
            note="30 s at once, as the rows of Kaggle's table: one verdict for a clip instead of the mean of ten.",
            segments=_WHOLE_CLIP,
            config=config,
        )
    }


def _row(learner: Learner, **told: Any) -> ModelSpec:
    return ModelSpec(
        features=(Summary57(),), segments=SegmentConfig(), build=partial(TabularEstimator, learner), family="estimator", **told
    )


TABULAR: tuple[ModelSpec, ...] = (
    _row(
        Learner(fit_svm, write_svm),
        name="svm",
        title="Support vector machine",
        good_for="classic",
        summary="Draws the border between each two genres where the margin to the nearest segments is widest; those segments, "
        "its support vectors, are all it remembers.",
        config=SvmConfig,
        reference=f"{_STUDY}; Cortes and Vapnik, Support-vector networks, Machine Learning 20, 1995; probabilities: Platt, 1999.",
        presets={
            **_whole_clip(),
            "rbf": Preset("RBF kernel", "Round borders: follow the training songs closely, new artists no better.", config=_RBF),
            "polynomial": Preset("Polynomial kernel", "Borders of the third degree: slower to fit.", config=_POLYNOMIAL),
        },
        differences=_STUDY_DIFFERS,
        claimed="87 % on 4 genres",
        honest="75 % by track",
    ),
    _row(
        Learner(fit_knn, write_knn, tied=tied_neighbours),
        name="knn",
        title="Nearest neighbours",
        good_for="classic",
        summary="Remembers every training segment and asks the nearest ones for their genre: nothing is learned, all compared.",
        config=KnnConfig,
        reference=f"{_STUDY}; Cover and Hart, Nearest neighbor pattern classification, IEEE Transactions on Information Theory "
        "13(1), 1967.",
        presets=_whole_clip(k=5),
        differences=(
            "The source compared tracks by the divergence of their MFCC, as the row knn_kl does; here the distance is Euclid's.",
            *_STUDY_DIFFERS[1:],
        ),
        claimed="about 80 % on 4 genres",
    ),
    _row(
        Learner(fit_logistic, write_logistic),
        name="logistic",
        title="Logistic regression",
        good_for="quick",
        summary="A weighted sum of the columns for each genre, turned into probabilities: a net without a hidden layer, fitted "
        "in a second.",
        config=LogisticConfig,
        reference="Cox, The regression analysis of binary sequences, Journal of the Royal Statistical Society B 20(2), 1958; "
        "multinomial, with an L2 penalty.",
        presets=_whole_clip(),
        honest="71-76 % by track",
    ),
    _row(
        Learner(fit_tree, write_trees),
        name="tree",
        title="Decision tree",
        good_for="quick",
        summary="Asks one question on one column after another, such as whether the spectral centroid lies below 1,800 Hz, until "
        "a genre is left.",
        config=TreeConfig,
        reference="Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984.",
        presets=_whole_clip(min_leaf=3),
        honest="52 % by track",
    ),
    _row(
        Learner(fit_forest, write_trees),
        name="forest",
        title="Random forest",
        good_for="quick",
        summary="Hundreds of trees, each grown on other segments and columns; they err differently, so their mean errs less.",
        config=ForestConfig,
        reference="Breiman, Random forests, Machine Learning 45, 2001.",
        presets=_whole_clip(min_leaf=1),
        honest="68-73 % by track",
    ),
)
