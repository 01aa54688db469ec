"""`import` of each source and `datasets`, as a person types them."""

import json

import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.commands.import_ import SOURCES as NAMES
from genre_core.datasets.library import save_dataset
from genre_core.datasets.sources import FEATURES, SOURCES
from tests.datasets.test_import_work import zipped
from tests.datasets.tiny_songs import made, write_folder, write_numbers


@pytest.fixture
def call(tmp_path):
    def run(*arguments):
        return CliRunner().invoke(main, ["--root", str(tmp_path / "root"), *map(str, arguments)])

    return run


def lines(result):
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_command_knows_every_source():
    assert set(NAMES) == {*SOURCES, FEATURES}


def test_looking_writes_nothing(call, tmp_path):
    folder = write_folder(tmp_path / "mine", n_tracks=2)
    (look,) = lines(call("import", folder, "--look", "--json"))
    assert (look["kind"], look["songs"], look["genres"]) == ("folder", 4, {"blues": 2, "rock": 2})
    said = call("import", folder, "--look")
    assert "4 songs in 2 genres" in said.stdout
    assert "Nothing is imported yet" in said.stdout
    assert not (tmp_path / "root").exists()


def test_each_source_is_recognised_or_named(call, tmp_path):
    folder = write_folder(tmp_path / "mine", n_tracks=1)
    (tmp_path / "a.zip").write_bytes(zipped(folder))
    (tmp_path / "list.csv").write_text("file;label\nblues.00000.wav;x\nrock.00000.wav;y\n", encoding="utf-8")
    given = {"folder": [folder], "zip": [tmp_path / "a.zip"], "table": [tmp_path / "list.csv", "--audio", folder]}
    for kind, arguments in given.items():
        assert lines(call("import", *arguments, "--look", "--json"))[0]["kind"] == kind
        (done,) = lines(call("import", *arguments, "--name", kind, "--processes", 1, "--json"))
        assert done["tracks"] == 2
    refused = call("import", folder, "--as", "fma")
    assert refused.exit_code == 1
    assert "fma_metadata.zip" in refused.stderr
    (tmp_path / "a.rar").write_bytes(b"Rar!")
    assert "is an archive, but no ZIP" in call("import", tmp_path / "a.rar").stderr


def test_data_sets_are_listed_removed_and_brought_back(call, tmp_path):
    assert "No data sets yet" in call("datasets").stdout
    folder = write_folder(tmp_path / "mine", n_tracks=2)
    call("import", folder, "--processes", 1)
    (listed,) = lines(call("datasets", "--json"))
    assert (listed["dataset"], listed["tracks"], listed["version"]) == ("mine", 4, 1)
    assert "datasets restore 'mine'" in call("datasets", "remove", "mine").stdout
    assert lines(call("datasets", "--json")) == []
    assert lines(call("datasets", "list", "--removed", "--json"))[0]["dataset"] == "mine"
    assert lines(call("datasets", "restore", "mine", "--json")) == [{"restored": "mine", "tracks": 4}]
    assert call("import", folder, "--processes", 1, "--replace").exit_code == 0
    assert lines(call("datasets", "undo", "mine", "--json")) == [{"undone": "mine", "restored": "mine"}]
    assert call("datasets", "remove", "nothing").exit_code == 1


def test_labels_are_corrected_in_a_new_version(call, tmp_path):
    call("import", write_folder(tmp_path / "mine", n_tracks=2), "--processes", 1)
    (made,) = lines(call("datasets", "relabel", "mine", "blues.00000=Jazz", "--json"))
    assert (made["version"], made["note"]) == (2, "blues.00000: blues → jazz")
    assert [entry["version"] for entry in lines(call("datasets", "versions", "mine", "--json"))] == [1, 2]
    assert lines(call("datasets", "versions", "mine", "--restore", 1, "--json"))[-1]["note"] == "as version 1"
    assert "written TRACK=GENRE" in call("datasets", "relabel", "mine", "blues.00000").stderr
    (tmp_path / "root" / "datasets" / "mine" / "dataset.json").write_text("{", encoding="utf-8")
    assert "damaged" in call("datasets").stderr


def test_a_taken_name_is_told_in_words_of_the_command_line_before_anything_is_read(call, tmp_path):
    folder = write_folder(tmp_path / "mine", n_tracks=2)
    assert call("import", folder, "--processes", 1).exit_code == 0
    refused = call("import", folder)
    assert (
        "Give another name (mine-2 is free), or replace it: the former is kept for 7 days. Here: --name mine-2" in refused.stderr
    )
    (look,) = lines(call("import", folder, "--look", "--json"))
    assert "mine-2 is free" in look["name_refused"]
    assert lines(call("import", folder, "--look", "--name", "other", "--json"))[0]["name_refused"] == ""
    save_dataset(made({"a": 3, "b": 3}).__class__("fma_small", made({"a": 3, "b": 3}).tracks), tmp_path / "root" / "datasets")
    fetched = call("fetch", "fma_small")
    assert fetched.exit_code == 1
    assert "Here: --dataset fma_small-2, or --replace." in fetched.stderr
    assert "Licence" not in fetched.stderr


def test_looking_at_a_table_of_numbers_says_what_it_holds(call, tmp_path):
    write_numbers(tmp_path / "t.csv")
    (look,) = lines(call("import", tmp_path / "t.csv", "--look", "--json"))
    assert (look["kind"], look["rows"], look["songs"], look["genres"]) == ("features", 12, 12, {"blues": 6, "rock": 6})
    assert (look["artists_known"], look["parts"]) == (False, {"test": 6, "train": 6})
    assert [problem["kind"] for problem in look["problems"]].count("duplicate") == 1
    assert "12 rows of numbers can be used" in call("import", tmp_path / "t.csv", "--look").stdout
