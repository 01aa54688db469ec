from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.errors import ParameterError, TrainingError
from genre_core.features import FEATURES
from genre_core.models import MODELS
from genre_core.training.recipe import TrainConfig, TrainRequest


@given(
    st.sampled_from(sorted(name for name, spec in MODELS.items() if spec.family == "network")),
    st.floats(0, 0.9),
    st.integers(1, 2000),
    st.integers(0, 2**31 - 1),
    st.text(max_size=20),
    st.sampled_from([0, 3, 20]),
)
def test_a_request_survives_json(model: str, dropout: float, epochs: int, seed: int, title: str, folds: int) -> None:
    features = tuple(feature.to_dict() for feature in MODELS[model].features)
    request = TrainRequest(
        model,
        "x",
        "by_track",
        seed,
        folds,
        features,
        {"hop_seconds": 1.5},
        {"dropout": dropout},
        {"epochs": epochs},
        title,
        ("rock", "jazz"),
        1.0,
        "fold",
    )
    again = TrainRequest.from_dict(json.loads(json.dumps(request.to_dict())))
    assert again == request
    assert (again.resolve().training.epochs, again.resolve().config.dropout) == (epochs, dropout)


def test_a_model_has_its_own_defaults_for_training() -> None:
    recipe = TrainRequest("ann").resolve()
    assert recipe.training.epochs == MODELS["ann"].training["epochs"] != TrainConfig().epochs
    assert TrainRequest("ann", training={"epochs": 7}).resolve().training.epochs == 7


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (TrainRequest("resnet"), "no model named 'resnet'.*ann.*cnn_small"),
        (TrainRequest("ann", config={"dropout": 0.95}), r"dropout must lie in \[0, 0.9\]"),
        (TrainRequest("ann", training={"optimizer": "lion"}), "optimizer must be one of adam"),
        (TrainRequest("ann", training={"epoch": 3}), "no parameter epoch"),
        (TrainRequest("ann", segments={"hop_seconds": 9.0}), "must not exceed segment_seconds"),
        (TrainRequest("ann", features=(FEATURES["log_mel"]().to_dict(),)), "ann reads summary57. Received: log_mel"),
        (TrainRequest("ann", features=()), "Received: nothing"),
        (TrainRequest("ann", split="by_mood"), r"no split named 'by_mood'.*by_artist, by_track, fault_filtered"),
        (TrainRequest("ann", split=""), "A training without folds needs a split"),
        (TrainRequest("ann", split="segment_random", folds=3), "where every track has segments in train"),
        (TrainRequest("ann", split="segment_random", train_share=0.5), "train_share=0.5 with segment_random"),
        (TrainRequest("ann", folds=3, train_share=0.5), "train_share=0.5 with folds"),
        (TrainRequest("ann", train_share=0.0), "train_share must lie above 0"),
        (TrainRequest("ann", genres=("rock",)), r"at least two genres to tell apart\. Received: rock"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_starts(request_: TrainRequest, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        request_.resolve()


def test_values_that_are_no_request_are_refused() -> None:
    with pytest.raises(TrainingError, match="Expected the request of a training"):
        TrainRequest.from_dict({"modell": "ann"})


def test_a_request_of_an_earlier_version_means_all_genres_and_tracks() -> None:
    values = TrainRequest("ann").to_dict()
    for name in ("genres", "train_share", "folds_column"):
        del values[name]
    assert TrainRequest.from_dict(values) == TrainRequest("ann")
    assert TrainRequest("ann", genres=("classic4",)).resolve()


def test_a_request_says_how_its_tracks_are_divided() -> None:
    assert TrainRequest("ann", split="segment_random").split_title == "split random segments (leaky)"
    part = TrainRequest("ann", genres=("classic4",), train_share=0.2)
    assert part.split_title == "split by artist, only classical, jazz, metal, pop, 20 % of the training tracks"
    assert TrainRequest("ann", split="", folds=5).split_title == "5 folds"
    assert TrainRequest("ann", split="", folds_column="fold").split_title == "folds by 'fold'"
