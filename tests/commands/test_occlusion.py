"""`occlusion` in words, as JSON and as sounds; `--faithfulness`; and what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.features.spectral import Mel
from genre_core.paths import Root
from tests.inspection.bursts import BURST_HZ, burst
from tests.inspection.tones import tones_run
from tests.tiny_run import make_run


@pytest.fixture
def root(tmp_path):
    make_run(tmp_path / "runs" / "power", run_id="power", feature=Mel(n_mels=32), scale=0.1)
    soundfile.write(tmp_path / "burst.wav", burst(3.0, between=(1.0, 1.6)).y, 22050)
    return tmp_path


def ask(root, *arguments):
    return CliRunner().invoke(main, ["--root", str(root), "occlusion", *map(str, arguments)])


def test_the_patch_that_decides_is_named_first(root):
    outcome = ask(root, "power", root / "burst.wav", "--detail", "coarse")
    assert outcome.exit_code == 0
    head, first, *_ = outcome.stdout.splitlines()
    assert head.endswith("Its log-odds fall most without")
    assert ": high 0." in head
    low, high = first.split("s ", 1)[1].split(" Hz")[0].split(" to ")
    assert float(low) < BURST_HZ < float(high)


def test_as_json_with_sounds_that_add_up(root):
    outcome = ask(root, "power", root / "burst.wav", "--detail", "coarse", "--genre", "low", "--out", root / "out", "--json")
    found = json.loads(outcome.stdout)
    assert (found["genre"], found["fill"], found["run"]) == ("low", "quiet", "power")
    assert np.shape(found["fall_of_log_odds"]) == (8, len(found["time_edges_seconds"]) - 1)
    parts = [soundfile.read(found["sounds"][name])[0] for name in ("only", "without")]
    whole, _ = soundfile.read(root / "burst.wav")
    assert abs(sum(parts) - whole).max() < 2e-4


def test_a_bad_file_does_not_stop_the_others(root):
    (root / "bad.wav").write_text("no sound")
    outcome = ask(root, "power", root / "bad.wav", root / "burst.wav", "--detail", "coarse", "--json")
    bad, good = map(json.loads, outcome.stdout.splitlines())
    assert outcome.exit_code == 1
    assert bad["error"]["kind"] == "not_audio"
    assert good["genre"] == "high"


def test_faithfulness_in_words_and_as_json(tmp_path):
    tones_run(Root(tmp_path))
    outcome = ask(tmp_path, "tiny-one", "--faithfulness", "--tracks", "4")
    assert outcome.exit_code == 0
    lines = outcome.stdout.splitlines()
    assert lines[0] == "tiny-one, 4 valid tracks: the probability of the genre that it names falls"
    assert [line.split("  ")[1].split(" ")[0] for line in lines[1:4]] == ["without"] * 3
    found = json.loads(ask(tmp_path, "tiny-one", "--faithfulness", "--tracks", "4", "--json").stdout)
    assert (found["n_tracks"], found["over"], found["failed"], len(found["tracks"])) == (4, "artists", [], 4)
    assert found["more_than_random"]["value"] == pytest.approx(found["salient"]["value"] - found["random"]["value"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("power",), "Name a FILE to listen to"),
        (("nobody", "burst.wav"), "nobody"),
        (("power", "burst.wav", "--genre", "polka"), "There is no genre named 'polka'"),
        (("power", "burst.wav", "--fill", "beep"), "There is no fill named 'beep'"),
        (("power", "--faithfulness"), "has no tracks of the part 'valid'"),
        (("power", "burst.wav", "--share", "0"), "0"),
    ],
)
def test_what_cannot_be_asked_is_said(root, arguments, said, monkeypatch):
    monkeypatch.chdir(root)
    outcome = ask(root, *arguments)
    assert outcome.exit_code in (1, 2)
    assert said in outcome.stderr
    assert "Traceback" not in outcome.stderr
