from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.covariance import ShrunkCovariance
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import StandardScaler

from genre_core.errors import ParameterError, TrainingError
from genre_core.models.serve import OnnxClassifier
from genre_core.models.tabular.estimator import FLOOR, TabularEstimator
from genre_core.models.transfer.configs import TransferConfig
from genre_core.models.transfer.heads import HEADS, build_transfer
from tests.models.tabular.conftest import N_COLUMNS, Blobs, make_blobs

SHAPES = ((5,), (N_COLUMNS - 5,))
CONFIGS = {"softmax": {"C": 0.1}, "logistic": {"C": 0.1}, "svm": {"C": 3.0}, "gaussian": {"temperature": 1.0}}
every_head = pytest.mark.parametrize("head", HEADS)


def parts(blobs: Blobs) -> tuple[np.ndarray, np.ndarray]:
    """The columns as if two features had given them."""
    return blobs.x[:, :5], blobs.x[:, 5:]


def taught(head: str, blobs: Blobs, *, n_genres: int = 3, **config: Any) -> TabularEstimator:
    estimator = build_transfer(TransferConfig(head=head, **{**CONFIGS[head], **config}), SHAPES, n_genres)
    facts = estimator.fit(
        parts(blobs), blobs.genres, groups=blobs.groups, n_genres=n_genres, seed=0, report=lambda words, share: None
    )
    assert [len(entry["mean"]) for entry in facts["scaler"]] == [5, N_COLUMNS - 5]
    return estimator


@every_head
@pytest.mark.parametrize("n_tracks", [(5, 5), (4, 0, 4, 4)], ids=["two genres", "three of four"])
def test_learns_what_is_apart_and_serves_it(head: str, n_tracks: tuple[int, ...], tmp_path: Path) -> None:
    blobs, other = make_blobs(n_tracks), make_blobs(n_tracks, seed=1)
    estimator = taught(head, blobs, n_genres=len(n_tracks))
    assert estimator.save(tmp_path, parts(blobs)) <= 1e-5
    served = OnnxClassifier(tmp_path / "model.onnx")
    assert served.input_shapes == SHAPES
    for x in (other, blobs._replace(x=blobs.x * 1e20), blobs._replace(x=0 * blobs.x)):
        expected, received = estimator(*parts(x)), served(*parts(x))
        np.testing.assert_allclose(received.posterior, expected.posterior, atol=1e-5)
        np.testing.assert_allclose(received.posterior.sum(axis=1), 1, atol=1e-5)
    scores = served(*parts(other))
    assert (scores.posterior.argmax(axis=1) == other.genres).mean() > 0.9
    if len(n_tracks) == 4:
        np.testing.assert_allclose(scores.logits[:, 1], np.log(FLOOR), rtol=1e-5)


def test_logistic_asks_one_question_a_genre() -> None:
    """As scikit-learn's one against the rest."""
    blobs = make_blobs(apart=0.7)
    scaled = StandardScaler().fit_transform(blobs.x.astype(np.float64)).astype(np.float32).astype(np.float64)
    plain = OneVsRestClassifier(LogisticRegression(C=0.1, max_iter=5000, tol=1e-5)).fit(scaled, blobs.genres)
    ours = taught("logistic", blobs, balanced=False)(*parts(blobs)).posterior
    np.testing.assert_allclose(ours, plain.predict_proba(scaled), atol=2e-4)


def test_softmax_and_logistic_are_two_things() -> None:
    blobs = make_blobs(apart=0.7)
    one, other = (taught(head, blobs)(*parts(blobs)).posterior for head in ("softmax", "logistic"))
    assert abs(one - other).max() > 0.01


@pytest.mark.parametrize("head", [head for head in HEADS if head != "gaussian"])
def test_balance_hears_the_small_genre(head: str) -> None:
    blobs, other = make_blobs((30, 3), apart=0.25), make_blobs((30, 30), apart=0.25, seed=1)
    found = [
        (taught(head, blobs, n_genres=2, balanced=balanced)(*parts(other)).posterior.argmax(axis=1) == 1)[
            other.genres == 1
        ].mean()
        for balanced in (True, False)
    ]
    assert found[0] > found[1] + 0.1


def test_the_gaussian_head_is_linear_discriminant_analysis() -> None:
    """As scikit-learn's, whose classes have one covariance, for one feature and one segment a track."""
    blobs = make_blobs((20, 20, 20), n_segments=1, apart=0.7)
    config = TransferConfig(head="gaussian", shrinkage=0.3, temperature=1.0)
    ours = build_transfer(config, ((N_COLUMNS,),), 3)
    ours.fit((blobs.x,), blobs.genres, groups=blobs.groups, n_genres=3, seed=0, report=lambda words, share: None)
    scaled = StandardScaler().fit_transform(blobs.x.astype(np.float64))
    plain = LinearDiscriminantAnalysis(solver="lsqr", covariance_estimator=ShrunkCovariance(shrinkage=0.3)).fit(
        scaled, blobs.genres
    )
    np.testing.assert_allclose(ours(blobs.x).posterior, plain.predict_proba(scaled), atol=1e-5)


def test_features_are_witnesses_whose_logits_add() -> None:
    """The joint odds are the product of those of each feature alone; the temperature takes a root of them."""
    blobs = make_blobs(apart=0.7)
    both = taught("gaussian", blobs)(*parts(blobs)).posterior
    alone = []
    for x in parts(blobs):
        one = build_transfer(TransferConfig(head="gaussian", temperature=1.0), (x.shape[1:],), 3)
        one.fit((x,), blobs.genres, groups=blobs.groups, n_genres=3, seed=0, report=lambda words, share: None)
        alone.append(one(x).posterior.astype(np.float64))
    product = alone[0] * alone[1]
    expected = product / product.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(both, expected, atol=1e-4)
    soft = taught("gaussian", blobs, temperature=4.0)(*parts(blobs)).posterior
    np.testing.assert_allclose(soft, expected**0.25 / (expected**0.25).sum(axis=1, keepdims=True), atol=1e-3)


def test_a_track_without_a_feature_teaches_the_others(tmp_path: Path) -> None:
    """Where the second feature is missing of some tracks, the first is learned from all, the second from the rest."""
    blobs = make_blobs((8, 8, 8), apart=0.7)
    first, second = parts(blobs)
    lacks = blobs.groups % 2 == 1
    gappy = second.copy()
    gappy[lacks] = np.nan
    fitted = build_transfer(TransferConfig(head="gaussian", **CONFIGS["gaussian"]), SHAPES, 3)
    told = {"n_genres": 3, "seed": 0, "report": lambda words, share: None}
    fitted.fit((first, gappy), blobs.genres, groups=blobs.groups, **told)
    alone = []
    for x, rows in ((first, np.ones(len(first), bool)), (second, ~lacks)):
        one = build_transfer(TransferConfig(head="gaussian", **CONFIGS["gaussian"]), (x.shape[1:],), 3)
        one.fit((x[rows],), blobs.genres[rows], groups=blobs.groups[rows], **told)
        alone.append(one(x).posterior.astype(np.float64))
    product = alone[0] * alone[1]
    np.testing.assert_allclose(fitted(first, second).posterior, product / product.sum(axis=1, keepdims=True), atol=1e-4)
    scores = fitted(first, gappy)  # what is missing says nothing
    np.testing.assert_allclose(scores.posterior[lacks], alone[0][lacks], atol=1e-4)
    np.testing.assert_allclose(scores.posterior[~lacks], fitted(first, second).posterior[~lacks], atol=1e-6)
    assert np.isfinite(scores.embedding).all()
    assert fitted.save(tmp_path, (first, gappy)) <= 1e-5
    holes = second.copy()
    holes[0, 2] = np.nan
    with pytest.raises(TrainingError, match="NaN or infinite"):
        fitted.fit((first, holes), blobs.genres, groups=blobs.groups, **told)
    gappy[blobs.genres == 1] = np.nan
    with pytest.raises(TrainingError, match=r"none of 1 genre.* has feature 2"):
        fitted.fit((first, gappy), blobs.genres, groups=blobs.groups, **told)


def test_wrong_inputs_are_refused() -> None:
    blobs = make_blobs()
    with pytest.raises(ParameterError, match=r"transfer reads one row of columns a segment"):
        build_transfer(TransferConfig(), ((5,), (96, 188)), 3)
    estimator = taught("softmax", blobs)
    first, second = parts(blobs)
    for inputs in ((first,), (second, first), (first, second[:-1])):
        with pytest.raises(TrainingError, match=r"shape \(n_segments, 5\) and \(n_segments, 7\)"):
            estimator(*inputs)
