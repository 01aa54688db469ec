import json

import numpy as np
import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from tests.datasets.tiny_songs import write_folder


@pytest.fixture
def call(tmp_path):
    def run(*arguments):
        return CliRunner().invoke(main, ["--root", str(tmp_path / "root"), *map(str, arguments)])

    write_folder(tmp_path / "songs", n_tracks=2, seconds=0.7)
    assert run("import", tmp_path / "songs", "--name", "songs", "--processes", 1).exit_code == 0
    return run


def test_every_format(call, tmp_path):
    import pandas

    asked = ("--dataset", "songs", "--segments-per-track", 50, "--n-mfcc", 5, "--processes", 1, "--json")
    for format_name, ending in (("mfcc-json", "json"), ("npz", "npz"), ("csv", "csv"), ("parquet", "parquet")):
        out = tmp_path / f"out.{ending}"
        result = call("export", *asked, "--format", format_name, "--out", out)
        assert result.exit_code == 0, result.output
        (about,) = [json.loads(line) for line in result.stdout.splitlines()]
        assert (about["format"], about["tracks"], about["problems"]) == (format_name, 4, [])
        assert about["rows"] == (4 if ending in ("csv", "parquet") else 8)
    assert np.array(json.loads((tmp_path / "out.json").read_text())["mfcc"]).shape[::2] == (8, 5)
    assert len(pandas.read_csv(tmp_path / "out.csv")) == len(pandas.read_parquet(tmp_path / "out.parquet")) == 4


def test_the_ending_says_the_format(call, tmp_path):
    result = call("export", "--dataset", "songs", "--out", tmp_path / "t.csv", "--processes", 1)
    assert result.stdout == f"4 tracks, 4 rows: written to {tmp_path / 't.csv'}\n"
    result = call("export", "--dataset", "songs", "--out", tmp_path / "t.xls")
    assert result.exit_code == 1
    assert "Choose one of: .csv, .json, .npz, .parquet" in result.stderr


def test_what_is_left_out_is_said(call, tmp_path):
    (tmp_path / "songs" / "rock" / "rock.00001.wav").unlink()
    result = call("export", "--dataset", "songs", "--out", tmp_path / "t.json", "--segments-per-track", 50, "--processes", 1)
    assert result.exit_code == 1
    assert "3 tracks, 6 segments" in result.stdout
    assert "Not rock.00001" in result.stdout.replace("rock/", "")


def test_an_unknown_data_set_is_one_sentence(call, tmp_path):
    result = call("export", "--dataset", "nothing", "--out", tmp_path / "t.json")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "nothing" in result.stderr
