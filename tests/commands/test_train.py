from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.commands.train import parse_value
from genre_core.datasets.library import save_dataset
from genre_core.errors import ParameterError, TrainingError
from genre_core.training.recipe import TrainConfig, TrainRequest
from tests.datasets.tiny_songs import made


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "resnet"], "no model named 'resnet'"),
        (["-p", "dropout"], "Expected NAME=VALUE"),
        (["-p", "depth=3"], "a name that cnn_small knows: dropout"),
        (["-p", "droput=0.3"], "Received: 'droput=0.3'. Did you mean 'dropout'?"),
        (["-p", "dropout=2"], r"dropout must lie in [0, 0.9]"),
        (["-p", "epochs=many"], "epochs must be a number"),
        (["-p", "epochs=1.5"], "epochs must be a whole number"),
        (["-p", "batch_norm=perhaps"], "batch_norm must be true or false"),
        (["--model", "svm", "--preset", "sauce"], "has no preset 'sauce'. It has: source, rbf, polynomial"),
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


def test_without_a_split_the_one_that_fits_is_taken_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_dataset(made({"a": 6, "b": 6}, artists=False), tmp_path / "datasets")
    asked = []

    def stopped(kind: str, values: dict[str, object], root: object, **_: object) -> None:
        asked.append(values)
        raise TrainingError("Enough.")

    monkeypatch.setattr("genre_core.commands.train.carry_out", stopped)
    for options, split in (([], "by_track"), (["--folds", "3"], "")):
        result = CliRunner().invoke(main, ["--root", str(tmp_path), "train", "--model", "ann", "--dataset", "made", *options])
        assert "Enough." in result.stderr
        assert asked[-1]["split"] == split
        assert ("Split: by_track, because no stricter division" in result.stderr) == (not options)


def test_a_preset_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_dataset(made({"a": 6, "b": 6}), tmp_path / "datasets")
    asked = []
    monkeypatch.setattr("genre_core.commands.train.carry_out", lambda kind, values, *_, **__: asked.append(values) or 1 / 0)
    CliRunner().invoke(main, ["--root", str(tmp_path), "train", "--model", "svm", "--preset", "rbf", "--dataset", "made"])
    request = TrainRequest.from_dict(asked[0])
    assert request.preset == "rbf"
    assert request.resolve().config == TrainRequest("svm", preset="rbf").resolve().config != TrainRequest("svm").resolve().config
