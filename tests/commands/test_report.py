"""`report` writes what it is asked for, and says where."""

import json

import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.paths import Root
from tests.inspection.tones import tones_run
from tests.reporting.parsed import read


@pytest.fixture
def root(tmp_path, monkeypatch):
    tones_run(Root(tmp_path / "root"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ask(root, *arguments):
    return CliRunner().invoke(main, ["--root", str(root / "root"), "report", *arguments])


def test_by_default_one_html_file_named_after_the_run(root):
    outcome = ask(root, "tiny-one")
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("tiny-one-valid.html (")
    read((root / "tiny-one-valid.html").read_text(encoding="utf-8"))


def test_both_files_as_json(root):
    outcome = ask(root, "tiny-one", "--out", "a.html", "--csv", "a.csv", "--segments", "--json")
    assert json.loads(outcome.stdout) == {"run": "tiny-one", "role": "valid", "report": "a.html", "csv": "a.csv"}
    assert (root / "a.csv").read_text(encoding="utf-8").splitlines()[0].startswith("track,artist,true,predicted,")


def test_the_csv_alone(root):
    assert ask(root, "tiny-one", "--csv", "a.csv").exit_code == 0
    assert not list(root.glob("*.html"))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("tiny-one", "--split", "test"), 1, "has not been opened"),
        (("tiny-one", "--out", "no/such/a.html"), 1, "needs a folder that exists. Received: no/such/a.html"),
        (("nobody",), 1, "nobody"),
        (("tiny-one", "--segments"), 2, "--segments is for the CSV"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(root, arguments, code, said):
    outcome = ask(root, *arguments)
    assert outcome.exit_code == code
    assert said in outcome.stderr
    assert not list(root.glob("*.html"))
