"""`robustness` in words and as JSON."""

import json

import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.paths import Root
from tests.inspection.tones import tones_run


@pytest.fixture
def root(tmp_path):
    tones_run(Root(tmp_path))
    return tmp_path


def ask(root, *arguments):
    return CliRunner().invoke(main, ["--root", str(root), "robustness", *arguments, "--processes", "1"])


def test_rows_worst_first_with_the_tracks_that_are_renamed(root):
    outcome = ask(root, "tiny-one", "--transforms", "softer, low_pass_4k")
    assert outcome.exit_code == 0
    lines = outcome.stdout.splitlines()
    assert lines[0] == "tiny-one, 6 valid tracks"
    assert "as it is" in lines[2]
    assert lines[3].startswith("  nothing above 4 kHz  0.50")
    assert "high.5200 high → " in lines[3] + lines[4]
    assert lines[4].startswith("  12 dB softer")
    assert "A flip means" in lines[5]
    assert "3 of 6 tracks are renamed by" in outcome.stderr


def test_as_json_every_row_has_its_intervals_and_its_flips(root):
    outcome = ask(root, "tiny-one", "--transforms", "low_pass_4k", "--tracks", "4", "--json")
    found = json.loads(outcome.stdout)
    untouched, row = found["rows"]
    assert (found["n_tracks"], found["role"], found["heard_before"], found["failed"]) == (4, "valid", False, [])
    assert untouched["flips"]["value"] is None
    assert row["flips"]["value"] == 0.5
    assert {flip["genre"] for flip in row["renamed"]} == {"high"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tiny-one", "--transforms", "mp4"), "There is no transform named 'mp4'. Choose one of: brighter,"),
        (("nobody",), "nobody"),
        (("tiny-one", "--split", "test"), "has not been opened"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence_and_no_job(root, arguments, said):
    outcome = ask(root, *arguments)
    assert outcome.exit_code == 1
    assert said in outcome.stderr
    assert not list((root / "jobs").glob("*robustness*"))
