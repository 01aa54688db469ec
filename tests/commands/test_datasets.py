import csv
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.commands import COMMANDS
from genre_core.commands.output import duration
from genre_core.datasets.checks import load_report
from genre_core.datasets.library import load_dataset
from genre_core.features import FEATURES
from genre_core.features.summary import Summary57
from tests.datasets.tiny_songs import write_folder, write_song


@pytest.fixture
def call(tmp_path):
    def run(*arguments, root=True):
        given = ["--root", str(tmp_path / "root")] if root else []
        return CliRunner().invoke(main, [*given, *map(str, arguments)])

    return run


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_list_of_commands_imports_none_of_them(call):
    code = "import sys, genre_core.__main__ as m; m.main(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert all(name in loaded for name, spec in COMMANDS.items() if not spec.hidden)
    assert "genre_core.commands.extract" not in loaded
    assert "'numpy'" not in loaded


def test_a_command_whose_module_is_missing_says_so(call, monkeypatch):
    monkeypatch.setitem(COMMANDS, "train", COMMANDS["train"]._replace(module="genre_core.commands.nowhere"))
    result = call("train")
    assert result.exit_code == 1
    assert "cannot start" in result.stderr
    assert "Traceback" not in result.output
    assert call("--help").exit_code == 0


def test_an_unknown_command_lists_those_there_are(call):
    result = call("trian")
    assert result.exit_code == 2
    assert "Choose one of: demo, import" in result.stderr


def test_import_then_check(call, tmp_path):
    folder = write_folder(tmp_path / "My music", n_tracks=3)
    (folder / "rock" / "bad.wav").write_text("no sound", encoding="utf-8")
    (imported,) = lines(call("import", folder, "--json", "--processes", 1))
    assert imported["dataset"] == "My-music"
    assert imported["genres"] == {"blues": 3, "rock": 3}
    assert [problem["kind"] for problem in imported["problems"]] == ["not_audio"]
    assert len(load_dataset("My-music", tmp_path / "root" / "datasets").tracks) == 6
    again = call("import", folder, "--json", "--processes", 1)
    assert again.exit_code == 1
    assert lines(again)[0]["error"]["kind"] == "dataset"
    assert call("import", folder, "--replace", "--processes", 1).exit_code == 0
    checked = call("check", "My-music", "--json", "--processes", 1)
    assert checked.exit_code == 0
    told = lines(checked)[-1]
    assert {key: told[key] for key in ("dataset", "tracks", "problems", "remarks")} == {
        "dataset": "My-music",
        "tracks": 6,
        "problems": 0,
        "remarks": 3,
    }
    assert load_report("My-music", tmp_path / "root" / "datasets").fingerprint == told["fingerprint"]
    (folder / "rock" / "rock.00000.wav").unlink()
    checked = call("check", "My-music", "--processes", 1)
    assert checked.exit_code == 1
    assert "rock.00000: missing" in checked.stdout


def test_a_check_tells_the_gravest_first_and_keeps_its_report(call, tmp_path):
    folder = write_folder(tmp_path / "mixed", n_tracks=10)
    assert call("import", folder, "--processes", 1).exit_code == 0
    for path in [*(folder / "blues").iterdir(), folder / "rock" / "rock.00009.wav"]:
        path.unlink()
    shutil.copyfile(folder / "rock" / "rock.00001.wav", folder / "rock" / "rock.00002.wav")
    told = call("check", "mixed", "--processes", 1)
    assert told.exit_code == 1
    shown = told.stdout.splitlines()
    assert shown[0] == "Grave: cannot be used, or one of two labels is wrong (12)"
    assert shown[1].startswith("  blues.00000: missing. ")
    assert shown[11] == "  and 1 more: gone; --json lists all"
    assert shown[12].startswith("  rock.00002: changed. ")
    assert shown[13:15] == [
        "Doubtful: makes scores better or worse than they are (1)",
        "  rock.00002: duplicate. The same audio as rock.00001: it counts twice.",
    ]
    assert shown[15] == "Worth knowing: nothing is wrong, but read the numbers with it in mind (1)"
    assert shown[-1] == "mixed: 20 tracks, 12 grave, 1 doubtful, 1 worth knowing"
    *problems, summary = lines(call("check", "mixed", "--json", "--processes", 1))
    assert [entry["gravity"] for entry in problems] == ["grave"] * 12 + ["doubtful", "remark"]
    assert problems[-2]["tracks"] == ["rock.00002", "rock.00001"]
    assert (summary["grave"], summary["doubtful"], summary["remark"], summary["pairs"]) == (12, 1, 1, 1)
    report = load_report("mixed", tmp_path / "root" / "datasets")
    assert [problem.kind for problem in report.problems] == [entry["kind"] for entry in problems]


def test_errors_are_one_sentence(call, tmp_path):
    result = call("import", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: There is no folder")
    assert len(result.stderr.splitlines()) == 1


def test_the_root_comes_from_option_or_variable(tmp_path, monkeypatch):
    folder = write_folder(tmp_path / "songs here", n_tracks=1)
    monkeypatch.setenv("GENRE_HOME", str(tmp_path / "env"))
    run = CliRunner()
    assert run.invoke(main, ["import", str(folder), "--name", "a", "--processes", "1"]).exit_code == 0
    assert (
        run.invoke(main, ["import", str(folder), "--name", "a", "--root", str(tmp_path / "late"), "--processes", "1"]).exit_code
        == 0
    )
    assert (tmp_path / "env" / "datasets" / "a" / "tracks.csv").is_file()
    assert (tmp_path / "late" / "datasets" / "a" / "tracks.csv").is_file()


def read_table(out):
    """Paths and columns of a table in any format."""
    if out.suffix == ".csv":
        rows = list(csv.reader(out.open(encoding="utf-8", newline="")))
        return [row[0] for row in rows[1:]], rows[0][1:], np.array([row[1:] for row in rows[1:]], float)
    if out.suffix == ".json":
        rows = json.loads(out.read_text(encoding="utf-8"))
        names = [name for name in rows[0] if name != "path"]
        return [row["path"] for row in rows], names, np.array([[row[name] for name in names] for row in rows])
    if out.suffix == ".npz":
        with np.load(out, allow_pickle=False) as arrays:
            return list(arrays["path"]), list(arrays["columns"]), arrays["values"]
    import pandas

    frame = pandas.read_parquet(out)
    return list(frame["path"]), list(frame.columns[1:]), frame.iloc[:, 1:].to_numpy()


@pytest.mark.parametrize("ending", ["csv", "json", "npz", "parquet"])
def test_extract_writes_one_row_a_file(call, tmp_path, ending):
    songs = [write_song(tmp_path / f"{pitch}.wav", pitch=pitch) for pitch in (220, 880)]
    (tmp_path / "bad.wav").write_text("no sound", encoding="utf-8")
    out = tmp_path / f"table.{ending}"
    result = call("extract", songs[0], tmp_path / "bad.wav", songs[1], "--feature", "summary57", "--out", out, "--json")
    assert result.exit_code == 1
    failed, written = lines(result)
    assert (failed["path"], failed["error"]["kind"]) == (str(tmp_path / "bad.wav"), "not_audio")
    assert (written["rows"], written["failed"]) == (2, 1)
    paths, names, values = read_table(out)
    assert paths == [str(song) for song in songs]
    assert names == list(Summary57.COLUMNS)
    centroid = values[:, names.index("spectral_centroid_mean")]
    assert centroid[0] < centroid[1]


def test_extract_of_frames(call, tmp_path):
    long, short = write_song(tmp_path / "long.wav", seconds=1.0), write_song(tmp_path / "short.wav", seconds=0.6)
    for ending in ("csv", "npz"):
        out = tmp_path / f"t.{ending}"
        assert call("extract", long, short, "--feature", "mfcc", "-p", "n_mfcc=5", "--out", out).exit_code == 0
    _, names, numbers = read_table(tmp_path / "t.csv")
    assert names[:3] == ["mfcc1_mean", "mfcc1_std", "mfcc2_mean"]
    with np.load(tmp_path / "t.npz", allow_pickle=False) as arrays:
        values, n_frames = arrays["values"], arrays["n_frames"]
    assert values.shape == (2, 5, n_frames[0])
    assert np.isnan(values[1, :, n_frames[1] :]).all()
    np.testing.assert_allclose(values[1, :, : n_frames[1]].mean(axis=1), numbers[1, ::2], rtol=1e-4, atol=1e-3)


def test_extract_of_a_table_without_frames_keeps_every_number(call, tmp_path):
    song = write_song(tmp_path / "song.wav")
    for ending in ("csv", "npz"):
        assert call("extract", song, "--feature", "gaussian", "-p", "n_mfcc=3", "--out", tmp_path / f"t.{ending}").exit_code == 0
    _, names, numbers = read_table(tmp_path / "t.csv")
    assert names[:5] == ["mean_1", "mean_2", "mean_3", "covariance1_1", "covariance1_2"]
    np.testing.assert_array_equal(numbers[0].astype(np.float32), read_table(tmp_path / "t.npz")[2].ravel())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--feature", "nope", "--out", "t.csv"], "There is no feature named 'nope'"),
        (["--feature", "mfcc", "--out", "t.xls"], "must end in .csv, .json, .npz, .parquet"),
        (["--feature", "mfcc", "--out", "nowhere/t.csv"], "needs a folder that exists"),
        (["--feature", "mfcc", "--out", "t.csv", "-p", "n_mfcc"], "written NAME=VALUE"),
        (["--feature", "mfcc", "--out", "t.csv", "-p", "n_mfcc=many"], "n_mfcc must be a number"),
        (["--feature", "mfcc", "--out", "t.csv", "-p", "n_mfcc=2.5"], "whole number"),
        (["--feature", "mfcc", "--out", "t.csv", "-p", "nose=1"], "has no parameter nose"),
    ],
)
def test_what_cannot_be_extracted_is_refused_first(call, arguments, words):
    result = call("extract", "song.wav", *arguments)
    assert result.exit_code == 1
    assert words in result.stderr


def test_features_lists_every_parameter(call):
    listed = {entry["feature"]: entry for entry in lines(call("features", "--json"))}
    assert set(listed) == set(FEATURES)
    for name, feature in FEATURES.items():
        assert set(listed[name]["params"]) == set(feature.params())
    assert listed["mfcc"]["params"]["hop_length"]["unit"] == "samples"


def test_durations_in_words():
    assert [duration(s) for s in (0.2, 59.6, 200, 3900)] == ["0 s", "1 min 0 s", "3 min 20 s", "1 h 5 min"]


def test_tracks_are_left_out_in_a_new_version(call, tmp_path):
    folder = write_folder(tmp_path / "mine", n_tracks=3)
    assert call("import", folder, "--processes", 1).exit_code == 0
    done = call("datasets", "leave-out", "mine", "blues.00001", "rock.00002")
    assert done.stdout.strip() == "mine is now version 2: 2 tracks left out"
    assert "no track 'x'" in call("datasets", "leave-out", "mine", "x").stderr
    everything = [f"blues.{number:05d}" for number in (0, 2)]
    assert "at least two genres" in call("datasets", "leave-out", "mine", *everything).stderr
    for command, other in (("undo", "restore"), ("remove", "undo"), ("restore", "undo")):
        assert f"datasets {other}" in " ".join(call("datasets", command, "--help").stdout.split())
