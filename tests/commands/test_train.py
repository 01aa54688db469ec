from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.commands.train import parse_value
from genre_core.errors import ParameterError
from genre_core.training.recipe import TrainConfig


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "resnet"], "no model named 'resnet'"),
        (["-p", "dropout"], "Expected NAME=VALUE"),
        (["-p", "depth=3"], "a name that cnn_small knows: dropout"),
        (["-p", "dropout=2"], r"dropout must lie in [0, 0.9]"),
        (["-p", "epochs=many"], "epochs must be a number"),
        (["-p", "epochs=1.5"], "epochs must be a whole number"),
        (["-p", "batch_norm=perhaps"], "batch_norm must be true or false"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_object(tmp_path: Path, arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["--root", str(tmp_path), "train", "--json", *arguments])
    assert result.exit_code == 1
    error = json.loads(result.stdout)["error"]
    assert error["kind"] == "parameter"
    assert message in error["message"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("epochs", "5", 5), ("learning_rate", "1e-2", 0.01), ("deterministic", "yes", True), ("optimizer", "adam", "adam")],
)
def test_text_becomes_a_value_of_the_declared_type(name: str, text: str, value: object) -> None:
    config = TrainConfig.from_dict({name: parse_value(TrainConfig, name, text)})
    assert getattr(config, name) == value


def test_no_number_is_refused() -> None:
    with pytest.raises(ParameterError, match="must be a finite number"):
        TrainConfig.from_dict({"learning_rate": parse_value(TrainConfig, "learning_rate", "nan")})
