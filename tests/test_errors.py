import pytest

from genre_core.errors import (
    AudioError,
    DatasetError,
    FeatureError,
    GenreError,
    ParameterError,
    RunError,
    TrainingError,
    unknown_name,
)
from genre_core.training.recipe import TrainConfig


def test_one_tree_with_stable_kinds():
    for error in (AudioError, DatasetError, FeatureError, ParameterError, RunError, TrainingError):
        assert issubclass(error, GenreError)
    assert issubclass(ParameterError, ValueError)
    assert len({error.kind for error in (DatasetError, FeatureError, ParameterError, RunError, TrainingError)}) == 5


@pytest.mark.parametrize("kind", AudioError.KINDS)
def test_audio_error_carries_its_kind(kind):
    assert AudioError("Words.", kind=kind).kind == kind


def test_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind must be one of"):
        AudioError("Words.", kind="odd")


def test_unknown_name_lists_the_names():
    assert str(unknown_name("model", "cnm", ["cnn", "ann"])) == "There is no model named 'cnm'. Choose one of: ann, cnn."


@pytest.mark.parametrize(
    ("name", "end"), [("epoch", " Did you mean 'epochs'?"), ("learningrate", " Did you mean 'learning_rate'?"), ("colour", ".")]
)
def test_a_name_that_is_nearly_right_is_asked_for(name, end):
    assert str(unknown_name("parameter", name, ["epochs", "learning_rate"])).endswith(end)
    with pytest.raises(ParameterError) as told:
        TrainConfig.from_dict({name: 1})
    assert str(told.value).endswith(end)
