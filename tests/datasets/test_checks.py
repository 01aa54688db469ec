from dataclasses import replace

from genre_core.datasets.checks import check_dataset
from genre_core.datasets.importers import import_folder
from genre_core.datasets.tracks import Dataset, Track
from tests.datasets.tiny_songs import write_folder, write_song


def kinds(problems):
    return [(problem.file, problem.kind) for problem in problems]


def test_files_that_went_changed_or_fell_silent(tmp_path):
    dataset = import_folder(write_folder(tmp_path, n_tracks=4), processes=1)
    gone, changed, silent, short = dataset.tracks[:4]
    gone.path.unlink()
    write_song(changed.path, pitch=777)
    write_song(silent.path, amplitude=0.0)
    write_song(short.path, seconds=0.1)
    found = kinds(check_dataset(dataset, processes=1))
    assert found[:4] == [(gone.id, "missing"), (changed.id, "changed"), (silent.id, "silent"), (short.id, "too_short")]
    assert {kind for _, kind in found[4:]} == {"few_tracks", "artists_unknown"}


def test_repeats_and_imbalance_are_found_in_the_table():
    tracks = [Track(f"a{i}", "a", None, "x", 1.0, f"h{i}") for i in range(40)]
    tracks += [Track(f"b{i}", "b", None, "y", 1.0, f"g{i}") for i in range(11)]
    assert kinds(check_dataset(Dataset("x", tuple(tracks)))) == [("a", "imbalance")]
    tracks[1] = replace(tracks[1], sha256="h0")
    tracks[-1] = replace(tracks[-1], sha256="h5")
    assert kinds(check_dataset(Dataset("x", tuple(tracks)))) == [("a1", "duplicate"), ("b10", "conflict"), ("a", "imbalance")]
