import json

import pytest

from genre_core.errors import ParameterError
from genre_core.teaching.backprop import walk
from genre_core.teaching.backprop_words import ACTIVATION_WORDS
from genre_core.teaching.keras_example import FILE, GENRE, LEARNING_RATE, example_features, example_net, keras_walk
from genre_core.teaching.nudging import weights_by_name


@pytest.mark.parametrize("activation", ACTIVATION_WORDS)
def test_the_walk_of_the_lesson_is_keras(activation):
    walked = walk(example_net(activation), example_features(), GENRE, learning_rate=LEARNING_RATE)
    theirs = keras_walk(activation)
    assert walked.loss == pytest.approx(theirs.loss, abs=1e-12)
    assert walked.loss_after == pytest.approx(theirs.loss_after, abs=1e-12)
    assert len(theirs.slopes) == 17
    for name, slope in theirs.slopes.items():
        assert walked.values[f"d_{name}"] == pytest.approx(slope, abs=1e-12), name


def test_what_the_page_shows_is_what_keras_computed(keras_said):
    assert json.loads(FILE.read_text(encoding="utf-8")) == keras_said["example"]


def test_there_is_something_to_learn_from_the_example():
    walked = walk(example_net(), example_features(), GENRE)
    assert walked.values[f"p_{GENRE + 1}"] < 0.5
    assert set(weights_by_name(example_net())) == set(keras_walk("relu").slopes)


def test_an_activation_that_keras_was_not_asked_for_is_said():
    with pytest.raises(ParameterError, match=r"no activation named 'step'\. Choose one of: relu, sigmoid, tanh"):
        keras_walk("step")
