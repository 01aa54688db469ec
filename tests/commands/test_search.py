from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from genre_core.__main__ import main
from genre_core.commands.search import parse_range
from genre_core.models import MODELS
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.recipe import TrainConfig
from genre_core.training.search_space import suggest
from tests.training.given_numbers import make_songs


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    made = Root(tmp_path_factory.mktemp("search"))
    make_songs(made)
    return made


def ask(root: Root, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(root.path), "search", *arguments])


def test_a_search_from_command_to_run(root: Root) -> None:
    asked = (
        "knn",
        "--dataset",
        "songs",
        "--trials",
        "3",
        "--range",
        "k=1..20",
        "--metric",
        "accuracy",
        "--train-winner",
        "--json",
    )
    done = ask(root, *asked)
    assert done.exit_code == 0, done.output
    found, won = map(json.loads, done.stdout.splitlines())
    assert len(found["trials"]) == 3
    best = next(trial for trial in found["trials"] if trial["number"] == found["best"])
    run = Run.load(Path(won["folder"]))
    assert {name: run.config[name] for name in best["values"]} == best["values"]
    assert run.search["id"] == found["id"]
    assert won["scores"]["valid"]["tracks"]["accuracy"] == pytest.approx(best["score"])
    assert "flatters" in found["caution"]

    shown = ask(root, "--show", found["id"]).stdout
    assert [line.split()[0] for line in shown.splitlines()[:4]] == ["trial", "1", "2", "3"]
    assert "What mattered is told from 10 finished trials on, here are 3." in shown
    assert f"Best values: k={best['values']['k']} weights={best['values']['weights']}" in shown
    assert found["verdict"] in shown
    assert found["id"] in ask(root, "--list").stdout
    refused = ask(root, "--resume", found["id"])
    assert "is finished" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Expected the model to search. Choose one of: "),
        (["knn", "--range", "k"], "Expected NAME=VALUE with a name that knn knows: "),
        (["knn", "--range", "k=5..2"], "A range begins at its lower end"),
        (["knn", "--range", "k=few..many"], "k must be a number. Received: 'few'"),
        (["knn", "-p", "k=5", "--range", "k=1..9"], "k is fixed and searched at once"),
        (["knn", "--trials", "0"], "--trials must lie in [2, 100000]. Received: --trials 0."),
        (["knn", "--minutes", "-1"], "--minutes must be 0 (no limit) or more. Received: --minutes -1."),
        (["knn", "--metric", "f1"], "no score to search by named 'f1'"),
        (["knn", "--storage", "nonsense"], "Expected a URL like postgresql://user@host/name"),
        (["cnn_small"], "cnn_small needs log_mel"),
        (["--show", "nothing"], "There is no search named 'nothing'"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(root: Root, arguments: list[str], words: str) -> None:
    before = {path.name for place in (root.jobs, root.searches) if place.exists() for path in place.iterdir()}
    done = ask(root, "--dataset", "songs", *arguments)
    assert done.exit_code == 1
    assert words in done.stderr
    assert before == {path.name for place in (root.jobs, root.searches) if place.exists() for path in place.iterdir()}


def test_text_becomes_a_range() -> None:
    assert parse_range(TrainConfig, "learning_rate", "1e-4..1e-2") == [1e-4, 1e-2]
    assert parse_range(TrainConfig, "batch_size", "16, 32,64") == [16, 32, 64]
    assert parse_range(TrainConfig, "optimizer", "adam,adamw") == ["adam", "adamw"]
    assert parse_range(MODELS["knn"].config, "weights", "off") is None


def test_ctrl_c_says_how_the_search_goes_on_and_the_list_does_too(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def interrupted(trial: Any, space: Any) -> Any:
        tried.append(trial)
        if len(tried) == 3:
            raise KeyboardInterrupt
        return suggest(trial, space)

    with monkeypatch.context() as patched:
        patched.setattr("genre_core.training.search.suggest", interrupted)
        done = ask(
            root, "knn", "--dataset", "songs", "--trials", "6", "--split", "by_artist", "--range", "k=1..20", "--seed", "5"
        )
    assert done.exit_code == 1
    first, *_, last = done.stderr.splitlines()
    name = first.removeprefix("Search ").partition(". ")[0]
    assert f"python -m genre_core search --resume {name}" in first
    assert last == f"Error: Broken off; what is done is kept. Go on with: python -m genre_core search --resume {name}"
    [line] = [line for line in ask(root, "--list").stdout.splitlines() if line.startswith(name)]
    assert line.endswith(f"2 of 6 trials, broken off; go on with: python -m genre_core search --resume {name}")
    again = ask(root, "--resume", name)
    assert [line.split()[0] for line in again.stdout.splitlines()[1:7]] == ["1", "2", "3", "4", "5", "6"]
