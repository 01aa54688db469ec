from dataclasses import replace

import numpy as np
import pytest
import soundfile

from genre_core.datasets.checks import GRAVITIES, KINDS, check_dataset, gravity, make_report
from genre_core.datasets.importers import import_folder
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import AudioError
from tests.datasets.tiny_songs import SR, made, write_folder, write_song


def kinds(problems):
    return [(problem.file, problem.kind) for problem in problems]


def test_files_that_went_changed_or_fell_silent(tmp_path):
    dataset = import_folder(write_folder(tmp_path, n_tracks=4), processes=1)
    gone, changed, silent, short = dataset.tracks[:4]
    gone.path.unlink()
    write_song(changed.path, pitch=777)
    write_song(silent.path, amplitude=0.0)
    write_song(short.path, seconds=0.1)
    found = check_dataset(dataset, processes=1)
    assert kinds(found)[:4] == [(gone.id, "missing"), (short.id, "too_short"), (silent.id, "silent"), (changed.id, "changed")]
    assert {kind for _, kind in kinds(found)[4:]} == {"few_tracks", "artists_unknown"}
    assert found[0].tracks == (gone.id,)


def test_clipped_constant_broken_and_odd_files_are_named_with_a_place_to_hear(tmp_path):
    rng = np.random.default_rng(0)
    loud, left, right, slow, whole = 0.1 * rng.standard_normal((5, 5 * SR))
    loud[2 * SR : 3 * SR] *= 40  # one second of five far over full scale
    tone = 0.4 * np.sin(2 * np.pi * 440 * np.arange(5 * SR) / SR)
    sounds = {
        "clipped": loud,
        "dc": np.full(2 * SR, 0.25),
        "stuck": tone,
        "stereo": np.stack([left, right], 1),
        "cut": np.tile(whole, 3),
    }
    for name, y in sounds.items():
        soundfile.write(tmp_path / f"{name}.flac", np.clip(y, -1, 1), SR, subtype="PCM_16")
    soundfile.write(tmp_path / "slow.flac", slow, 16000, subtype="PCM_16")
    content = (tmp_path / "cut.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(content[: len(content) * 2 // 3])
    (tmp_path / "text.flac").write_text("no sound", encoding="utf-8")
    tracks = tuple(Track(name, "a", tmp_path / f"{name}.flac", "x", 1.0, "") for name in [*sounds, "slow", "text"])
    found = {problem.file: problem for problem in check_dataset(Dataset("x", tracks), processes=1) if problem.file != "a"}
    assert {name: problem.kind for name, problem in found.items()} == {
        "text": "not_audio",
        "dc": "constant",
        "stuck": "constant",
        "clipped": "clipped",
        "cut": "cut_short",
        "slow": "odd_rate",
        "stereo": "odd_channels",
    }
    assert 1.4 < found["clipped"].start_seconds < 3.0
    assert "440 Hz" in found["stuck"].message or "441 Hz" in found["stuck"].message
    assert "0.25 of full scale" in found["dc"].message
    assert found["slow"].message == "1 track is at 16000 Hz, where 3 are at 22050 Hz."


def test_repeats_and_imbalance_are_found_in_the_table():
    tracks = [Track(f"a{i}", "a", None, "x", 1.0, f"h{i}") for i in range(40)]
    tracks += [Track(f"b{i}", "b", None, "y", 1.0, f"g{i}") for i in range(11)]
    assert kinds(check_dataset(Dataset("x", tuple(tracks)))) == [("a", "imbalance")]
    tracks[1] = replace(tracks[1], sha256="h0")
    tracks[-1] = replace(tracks[-1], sha256="h5")
    report = make_report(Dataset("x", tuple(tracks)))
    assert kinds(report.problems) == [("b10", "conflict"), ("a1", "duplicate"), ("a", "imbalance")]
    assert [(pair.first, pair.second, pair.kind) for pair in report.pairs] == [("a0", "a1", "exact"), ("a5", "b10", "exact")]
    assert report.problems[0].tracks == ("b10", "a5")
    assert report.counts == {"grave": 1, "doubtful": 1, "remark": 1}


def test_one_song_under_two_titles_spellings_and_genres():
    titles = {0: "Ça va", 1: "ca VA (live, 1999)", 2: "Ça ne va pas", 12: "Ca va!", 13: "", 14: ""}
    dataset = made({"pop": 12, "rock": 12}, n_artists=1)
    tracks = tuple(
        replace(track, artist="The Band", extra={"title": titles.get(i, f"song {i}")}) for i, track in enumerate(dataset.tracks)
    )
    found = check_dataset(replace(dataset, tracks=tracks))
    assert kinds(found) == [("pop.00000", "title_conflict")]
    assert found[0].tracks == ("pop.00000", "pop.00001", "rock.00000")
    in_one_genre = replace(dataset, tracks=tuple(track for track in tracks if track.id != "rock.00000"))
    assert kinds(check_dataset(in_one_genre)) == [("pop.00000", "same_title")]
    nobody = replace(dataset, tracks=tuple(replace(track, artist=None) for track in tracks))
    assert kinds(check_dataset(nobody)) == [("made", "artists_unknown")]  # equal titles of unknown artists prove nothing


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_how_grave_it_is_and_what_to_do(kind):
    spec = KINDS[kind]
    assert spec.gravity in GRAVITIES
    assert spec.meaning.endswith(".")
    assert spec.advice.endswith(".")


def test_kinds_stand_in_the_order_of_gravity_and_hold_what_decoding_may_say():
    ranks = [GRAVITIES.index(spec.gravity) for spec in KINDS.values()]
    assert ranks == sorted(ranks)
    assert set(AudioError.KINDS) <= set(KINDS)
    assert gravity("something new") == "grave"
