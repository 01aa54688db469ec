from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from genre_core.__main__ import main
from genre_core.features.is_music import FILE
from tests.shipped.gtzan_folder import make_folder, make_tags


def call(root: Path, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["--root", str(root), "music-check", *map(str, arguments)])


@pytest.fixture
def given(tmp_path: Path) -> tuple[object, ...]:
    make_folder(tmp_path / "gtzan")
    return ("--gtzan", tmp_path / "gtzan", "--tags", make_tags(tmp_path / "tags.npz"), "--out", tmp_path / "out")


def test_a_wrong_folder_is_a_sentence_before_a_song_is_read(tmp_path: Path, given: tuple[object, ...]) -> None:
    (tmp_path / "sounds").mkdir()
    done = call(tmp_path / "root", tmp_path / "sounds", *given)
    assert done.exit_code == 1
    assert "no tuxpaint/stamps" in done.stderr
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "root" / "datasets").exists()


def test_a_missing_table_is_a_sentence(tmp_path: Path, given: tuple[object, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genre_core.shipped.sounds.unmusical", lambda *_: [])
    (tmp_path / "gtzan" / "tracks.csv").unlink()
    (tmp_path / "sounds").mkdir()
    done = call(tmp_path / "root", tmp_path / "sounds", *given)
    assert done.exit_code == 1
    assert "Expected GTZAN's tracks.csv" in done.stderr


def test_teaches_writes_and_tells(tmp_path: Path, given: tuple[object, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    from genre_core.shipped.music import Heard

    rng = np.random.default_rng(0)
    kinds = np.repeat(["music", "speech"], 20)
    values = rng.normal(size=(40, 753)) + 1.0 * (kinds == "music")[:, None]
    monkeypatch.setattr("genre_core.shipped.gtzan.make_numbers", lambda *_: None)
    monkeypatch.setattr("genre_core.shipped.music.songs_of", lambda *_: ([], [], []))
    monkeypatch.setattr("genre_core.shipped.sounds.unmusical", lambda *_: [])
    monkeypatch.setattr("genre_core.shipped.music.heard", lambda *_: Heard(values, kinds, np.arange(40) % 5))
    (tmp_path / "sounds").mkdir()
    done = call(tmp_path / "root", tmp_path / "sounds", *given, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout.splitlines()[-1])
    content = (tmp_path / "out" / FILE).read_bytes()
    assert said["sha256"] == hashlib.sha256(content).hexdigest()
    assert said["counts"] == {"music": 20, "speech": 20}
    assert said["turned_away"]["speech"] > 0.9
    assert said["turned_away"]["music"] < 0.1
    again = call(tmp_path / "root", tmp_path / "sounds", *given)
    assert (tmp_path / "out" / FILE).read_bytes() == content
    assert "not what ships" in again.stdout
    card = (tmp_path / "out" / FILE).with_suffix(".md").read_text(encoding="utf-8")
    assert said["sha256"] in card
    assert "| speech | 20 |" in card
    # Where it lies by itself, another file does not take the place of the one that the product knows.
    monkeypatch.setattr("genre_core.paths.BACKBONES", tmp_path / "backbones")
    beside = call(tmp_path / "root", tmp_path / "sounds", *given[:4], "--json")
    assert Path(json.loads(beside.stdout.splitlines()[-1])["path"]).name == f"is_music-{said['sha256'][:8]}.npz"
