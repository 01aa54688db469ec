"""The benchmark of repeats counts what is listed, what is found and what nobody lists."""

import sys

import pytest
import soundfile

from benchmarks import repeats
from tests.audio.tunes import SR, tune


@pytest.fixture
def folder(tmp_path):
    """Four songs: a and b one recording as listed, c once more as d as nobody lists, e and f listed but unlike."""
    songs = {"a": tune(1, seconds=6), "c": tune(2, seconds=6), "e": tune(3, seconds=6), "f": tune(4, seconds=6)}
    songs |= {"b": 0.5 * songs["a"], "d": 0.5 * songs["c"]}
    lines = ["track_id,genre,artist,title,sample_rate"]
    for number, (name, y) in enumerate(songs.items()):
        genre = "pop" if name in "abe" else "rock"
        path = tmp_path / "audio" / genre / f"{genre}.{number:05d}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, y, SR, subtype="PCM_16")
        lines.append(f"{path.stem},{genre},x,{'One Song' if name in 'ef' else name},22050")
    (tmp_path / "tracks.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    listed = ["track_a,track_b,relation", "pop.00000,pop.00004,replica", "pop.00002,rock.00003,same artist and title"]
    (tmp_path / "repeats.csv").write_text("\n".join([*listed, "pop.00000,pop.00099,replica"]) + "\n", encoding="utf-8")
    return tmp_path


def test_recall_by_kind_and_pairs_in_no_list(folder, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["repeats", str(folder), "--made", "1", "--many", "200"])
    repeats.main()
    told = capsys.readouterr().out
    assert "| replica | 2 | 1 | 1 | 1 |" in told
    assert "| same artist and title | 1 | 1 | 0 | 1 |" in told
    assert "in no list: rock.00001 and rock.00005; above 200 Hz they correlate by 1.00 at 0.00 s" in told
    assert "pairs in no list: 1, 16.67 a 100 tracks" in told
    assert "2 of 2 repeats found, 0 other pairs" in told


def test_what_hangs_together_over_several_steps_is_a_couple_each():
    found = repeats.couples([("a", "b"), ("c", "d"), ("b", "c"), ("x", "y")])
    assert len(found) == 7
    assert frozenset("ad") in found
    assert frozenset("ax") not in found
