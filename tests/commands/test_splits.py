import csv
import json

import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.datasets.library import save_dataset
from genre_core.datasets.splits import SPLITS
from tests.datasets.tiny_songs import made


@pytest.fixture
def call(tmp_path):
    save_dataset(made({"a": 20, "b": 20, "c": 2}), tmp_path / "datasets")

    def run(*arguments):
        return CliRunner().invoke(main, ["--root", str(tmp_path), "splits", *map(str, arguments)])

    return run


def test_every_split_is_listed_with_what_crosses_or_why_it_does_not_apply(call):
    result = call("made")
    assert result.exit_code == 0
    lines = dict(line.split(": ", 1) for line in result.stdout.splitlines())
    assert list(lines) == list(SPLITS)
    assert lines["by_artist"].startswith("does not apply. Every genre needs at least three different artists")
    assert "leaky" in lines["segment_random"]
    told = {entry["name"]: entry for entry in map(json.loads, call("made", "--genres", "a,b", "--json").stdout.splitlines())}
    assert told["by_artist"]["counts"] == {"train": 24, "valid": 8, "test": 8}
    assert (told["by_artist"]["leaks"]["verdict"], told["by_artist"]["excluded"]) == ("nothing crosses", 2)
    assert (told["fma"]["applies"], told["segment_random"]["leaky"]) == (False, True)


def test_one_split_genre_by_genre_and_as_a_table(call, tmp_path):
    out = tmp_path / "roles.csv"
    result = call("made", "by_track", "--genres", "a,b", "--train-share", 0.5, "--seed", 3, "--out", out)
    assert result.exit_code == 0
    assert "made, by track, only a, b, 50 % of the training tracks (seed 3, " in result.stdout
    assert "train 12, valid 8, test 8, no role 14" in result.stdout
    assert "artists cross" in result.stdout
    rows = list(csv.DictReader(out.open(encoding="utf-8", newline="")))
    assert len(rows) == 42
    assert sum(row["split"] == "train" for row in rows) == 12
    assert {row["split"] for row in rows if row["genre"] == "c"} == {"excluded"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["made", "by_mood"], "no split named 'by_mood'"),
        (["made", "by_artist"], "three different artists"),
        (["made", "--genres", "a,polka"], "Received also: polka"),
        (["made", "by_track", "--train-share", "2"], "train_share must lie above 0"),
        (["gone"], "gone"),
        (["made", "--out", "x.csv"], "name it"),
        (["made", "by_track", "--genres", "a,b", "--out", "nowhere/x.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_split_is_said_in_a_sentence(call, arguments, words):
    result = call(*arguments)
    assert result.exit_code in (1, 2)
    assert words in result.stderr
    assert "Traceback" not in result.output
