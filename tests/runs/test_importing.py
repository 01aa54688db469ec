from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genre_core.errors import GenreError, RunError
from genre_core.paths import Root
from genre_core.runs import FORMAT_VERSION, AlreadyHereError, Run, export_run, import_run, list_runs
from genre_core.runs import importing as importing_module
from tests.runs.samples import members, pack, save, whole_run

Members = dict[str, bytes]


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "root", shipped=tmp_path / "shipped")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return whole_run(tmp_path_factory.mktemp("teacher") / "run", title="Für die Klasse ♫", note="Look at jazz")


@pytest.fixture(scope="module")
def held(made: Run) -> Members:
    return members(export_run(made))


@pytest.fixture
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model's own process is left out where a test is about something else: it takes a second."""
    monkeypatch.setattr(importing_module, "try_model", lambda *_: None)


def nothing_left(root: Root) -> bool:
    return not root.runs.exists() or [path.name for path in root.runs.iterdir() if path.name != ".runs.lock"] == []


def with_manifest(held: Members, **changes: Any) -> Members:
    values = json.loads(held["manifest.json"])
    return {**held, "manifest.json": json.dumps({**values, **changes}).encode()}


def test_a_run_comes_over_with_everything_a_reader_must_know(made: Run, root: Root) -> None:
    run = import_run(export_run(made), root)
    assert run.folder == root.runs / made.id
    for name in ("title", "note", "scores", "test_openings", "genres", "leaks", "roles", "history", "created", "config"):
        assert getattr(run, name) == getattr(made, name), name
    assert run.is_imported
    assert not made.is_imported
    assert [entry.id for entry in list_runs(root)] == [made.id]
    assert np.array_equal(run.predictions("test").posteriors, made.predictions("test").posteriors)
    spectra = np.random.default_rng(0).normal(size=(2, 32, 130)).astype(np.float32)
    assert np.array_equal(run.classifier()(spectra).posterior, made.classifier()(spectra).posterior)
    assert not list(root.runs.glob(".import*"))


@pytest.mark.usefixtures("untried")
def test_path_bytes_and_file_are_taken_alike(made: Run, root: Root, tmp_path: Path) -> None:
    content = export_run(made)
    (tmp_path / "x.zip").write_bytes(content)
    for number, source in enumerate((content, tmp_path / "x.zip", str(tmp_path / "x.zip"), io.BytesIO(content))):
        assert import_run(source, Root(tmp_path / str(number))).title == made.title


@pytest.mark.usefixtures("untried")
def test_a_second_import_says_that_it_is_here(made: Run, root: Root) -> None:
    first = import_run(export_run(made), root)
    first.rename("My own words")
    first.open_test(root)
    with pytest.raises(AlreadyHereError, match="is here already: 'My own words'") as caught:
        import_run(export_run(made), root)
    assert caught.value.run.id == first.id
    assert [run.title for run in list_runs(root)] == ["My own words"]
    first.delete()
    assert import_run(export_run(made), root).title == made.title


@pytest.mark.usefixtures("untried")
def test_another_run_of_the_same_id_gets_a_new_one(made: Run, held: Members, root: Root) -> None:
    first = import_run(export_run(made), root)
    other = pack(with_manifest(held, seed=7))
    second = import_run(other, root)
    assert (second.id, second.seed) == (f"{made.id}-2", 7)
    assert Run.load(second.folder).manifest["imported"]["id"] == made.id
    assert Run.load(first.folder).seed == 0
    with pytest.raises(AlreadyHereError, match=second.id):
        import_run(other, root)


@pytest.mark.usefixtures("untried")
def test_letters_count_alike_and_an_unfinished_training_keeps_its_folder(held: Members, root: Root) -> None:
    (root.runs / "Mine").mkdir(parents=True)
    assert import_run(pack(with_manifest(held, id="mine")), root).folder.name == "mine-2"


@pytest.mark.parametrize("name", ["../../outside", "/etc/x", "..", "C:\\x", "con", "a/b", "", ".hidden", "x" * 300, "音"])
@pytest.mark.usefixtures("untried")
def test_an_id_cannot_lead_elsewhere(held: Members, root: Root, name: str) -> None:
    run = import_run(pack(with_manifest(held, id=name)), root)
    assert run.folder.parent == root.runs
    assert run.id == run.folder.name
    assert not run.id.startswith(".")


@pytest.mark.usefixtures("untried")
def test_a_shipped_run_that_was_exported_becomes_ones_own(held: Members, root: Root) -> None:
    run = import_run(pack({**held, "card.md": b"# Card"}), root)
    assert not run.is_shipped
    run.annotate("mine")
    run.delete()


@pytest.mark.usefixtures("untried")
def test_a_title_is_cut_to_what_a_list_can_show(held: Members, root: Root) -> None:
    run = import_run(pack(with_manifest(held, title="a\nb" + "x" * 500, note="n" * 9000)), root)
    assert (run.title[:3], len(run.title), len(run.note)) == ("a b", 120, 4000)


@pytest.mark.usefixtures("untried")
def test_an_older_format_is_taken(held: Members, root: Root) -> None:
    values = json.loads(held["manifest.json"])
    for name in ("note", "leaks", "folds", "imported"):
        values.pop(name)
    run = import_run(pack({**held, "manifest.json": json.dumps({**values, "format_version": 1}).encode()}), root)
    assert (run.note, run.leaks, run.manifest["format_version"]) == ("", None, FORMAT_VERSION)


# What no import may do ------------------------------------------------------------------------------------------------


def changed_graph(held: Members, change: Callable[[onnx.ModelProto], None]) -> Members:
    model = onnx.load_model_from_string(held["model.onnx"])
    change(model)
    return {**held, "model.onnx": model.SerializeToString()}


def external(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[1]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def fewer_genres(model: onnx.ModelProto) -> None:
    weights = onnx.numpy_helper.to_array(model.graph.initializer[1])[:, :2]
    model.graph.initializer[1].CopyFrom(onnx.numpy_helper.from_array(np.ascontiguousarray(weights), "w"))
    for output in model.graph.output:
        if output.name != "embedding":
            output.type.tensor_type.shape.dim[1].dim_value = 2


def no_posterior(model: onnx.ModelProto) -> None:
    model.graph.node[2].op_type = "Relu"
    model.graph.node[2].ClearField("attribute")


def npz(**arrays: Any) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def array_of_claim(shape: tuple[int, ...], dtype: str = "<f8") -> bytes:
    """An array whose header claims more than there is."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header


VALID = "predictions_valid.npz"
BAD_MEMBERS: dict[str, tuple[Callable[[Members], Members], str]] = {
    "no manifest": (lambda held: {"model.onnx": held["model.onnx"]}, "without manifest.json"),
    "no model": (lambda held: {name: held[name] for name in held if name != "model.onnx"}, "without model.onnx"),
    "path escape": (lambda held: {**held, "../evil.txt": b"x"}, r"Received also: '../evil.txt'"),
    "absolute": (lambda held: {**held, "/etc/evil": b"x"}, "Received also: '/etc/evil'"),
    "backslash": (lambda held: {**held, "..\\evil": b"x"}, "Received also"),
    "nested": (lambda held: {f"run/{name}": held[name] for name in held}, "Received also: 'run/.*don't unpack it"),
    "folder": (lambda held: {**held, "manifest.json/": b""}, "Received also"),
    "keras": (lambda held: {**held, "checkpoint.keras": b"x"}, "Received also: 'checkpoint.keras'"),
    "damaged manifest": (lambda held: {**held, "manifest.json": b"{"}, "damaged file"),
    "manifest in bytes": (lambda held: {**held, "manifest.json": b"\xff\xfe\x00"}, "is no text"),
    "deep manifest": (lambda held: {**held, "manifest.json": b"[" * 200_000}, "damaged file"),
    "huge number": (lambda held: {**held, "manifest.json": b'{"format_version": ' + b"9" * 9000 + b"}"}, "damaged file"),
    "newer": (lambda held: with_manifest(held, format_version=99), "newer Genrescope"),
    "unfinished": (lambda held: with_manifest(held, state="training"), "Only a finished training"),
    "half a letter": (lambda held: with_manifest(held, title="\ud800"), "is no text"),
    "other genres": (lambda held: with_manifest(held, genres=["a", "b", "c"]), "must have the run's genres"),
    "hidden opening": (lambda held: with_manifest(held, test_openings=[]), "openings don't fit"),
    "no test scores": (
        lambda held: with_manifest(held, scores={"valid": json.loads(held["manifest.json"])["scores"]["valid"]}),
        "openings don't fit",
    ),
    "better badge": (
        lambda held: with_manifest(held, leaks={**json.loads(held["manifest.json"])["leaks"], "badge": "✔ nothing crosses"}),
        "The badge of the split must be '✖ 1 artist crosses'",
    ),
    "strange tracks": (
        lambda held: with_manifest(held, split={"name": "by_track", "seed": 0, "roles": {"x": "valid"}}),
        "Received also: 'b'",
    ),
    "no predictions": (lambda held: {name: held[name] for name in held if name != VALID}, "belong together"),
    "pickle": (lambda held: {**held, VALID: npz(genres=np.array([{"a": 1}], dtype=object))}, "Expected numbers or words"),
    "claimed size": (lambda held: {**held, VALID: pack({"genres.npy": array_of_claim((10**13,))})}, "Expected numbers or words"),
    "negative size": (lambda held: {**held, VALID: pack({"genres.npy": array_of_claim((-1, 0))})}, "Expected|something else"),
    "no array": (lambda held: {**held, VALID: pack({"genres.npy": b"hello"})}, "Expected an array"),
    "no npz": (lambda held: {**held, VALID: b"hello"}, "a file that is none"),
    "other arrays": (lambda held: {**held, VALID: npz(x=np.zeros(3))}, "damaged file"),
    "model is text": (lambda held: {**held, "model.onnx": b"hello, I am no graph at all"}, "[Mm]odel"),
    "model is empty": (lambda held: {**held, "model.onnx": b""}, "[Mm]odel"),
    "model cut short": (lambda held: {**held, "model.onnx": held["model.onnx"][:-60]}, "[Mm]odel"),
    "other files": (lambda held: changed_graph(held, external), "reads them from other files"),
    "fewer genres": (lambda held: changed_graph(held, fewer_genres), "one probability for each of 3 genres"),
    "no posterior": (lambda held: changed_graph(held, no_posterior), "is no posterior"),
    "other shape": (
        lambda held: with_manifest(held, features=[{"name": "log_mel", "n_mels": 64}]),
        "reads segments of shape",
    ),
    "request too large": (lambda held: {**held, "request.json": b" " * 1_000_001}, "may unpack to 1 MB"),
}


@pytest.mark.parametrize("name", BAD_MEMBERS)
def test_a_file_made_to_do_harm_is_refused_in_words_and_leaves_nothing(held: Members, root: Root, name: str) -> None:
    change, message = BAD_MEMBERS[name]
    with pytest.raises(RunError, match=message):
        import_run(pack(change(held)), root)
    assert nothing_left(root)
    assert not (root.path.parent / "evil.txt").exists()


@pytest.mark.usefixtures("untried")
def test_scores_that_the_predictions_do_not_give_are_refused(held: Members, root: Root) -> None:
    scores = json.loads(held["manifest.json"])["scores"]
    scores["test"]["tracks"]["accuracy"] = 0.99
    with pytest.raises(RunError, match=r"accuracy of the tracks is 0.500. Received: a manifest with 0.99"):
        import_run(pack(with_manifest(held, scores=scores)), root)
    scores = json.loads(held["manifest.json"])["scores"]
    scores["test"]["tracks"]["intervals"]["accuracy"]["value"] = 0.98
    with pytest.raises(RunError, match=r"Received: a manifest with 0.98"):
        import_run(pack(with_manifest(held, scores=scores)), root)
    scores = json.loads(held["manifest.json"])["scores"]
    scores["test"]["n_tracks"] = 2000
    with pytest.raises(RunError, match="The scores count 2000 tracks"):
        import_run(pack(with_manifest(held, scores=scores)), root)


@pytest.mark.usefixtures("untried")
def test_a_bomb_is_counted_as_its_bytes_come(held: Members, root: Root) -> None:
    bomb = pack({**held, "history.jsonl": bytes(40_000_000)})
    assert len(bomb) < 100_000
    with pytest.raises(RunError, match=r"history.jsonl may unpack to 32 MB. Received: more"):
        import_run(bomb, root)
    # The same with headers that claim three bytes.
    lied = bomb.replace(struct.pack("<I", 40_000_000), struct.pack("<I", 3))
    assert lied != bomb
    with pytest.raises(RunError, match="unpack"):
        import_run(lied, root)
    assert nothing_left(root)


def test_an_array_that_unpacks_to_a_bomb_is_refused(held: Members, root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genre_core.runs.packed.MOST_BYTES", 1_000_000)
    inner = pack({"genres.npy": array_of_claim((2_000_000,), "|i1") + bytes(2_000_000)})
    with pytest.raises(RunError, match=r"genres.npy may unpack to 1 MB"):
        import_run(pack({**held, VALID: inner}, compression=zipfile.ZIP_STORED), root)


def test_a_table_of_contents_without_end_is_refused_before_it_is_read(root: Root) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(2000):
            archive.writestr(f"file-{number:05}", b"")
    with pytest.raises(RunError, match="Received: a zip file of very many"):
        import_run(out.getvalue(), root)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused(held: Members, root: Root) -> None:
    out = io.BytesIO(pack(held))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("manifest.json", b"{}")
    with pytest.raises(RunError, match="one of them twice"):
        import_run(out.getvalue(), root)


def test_links_and_passwords_are_refused(held: Members, root: Root) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("model.onnx")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(RunError, match="as a link or a folder"):
        import_run(out.getvalue(), root)
    content = bytearray(pack({"manifest.json": held["manifest.json"]}))
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(RunError, match="has no password"):
        import_run(bytes(content), root)


@pytest.mark.parametrize("content", [b"", b"x", b"This is a text, named .zip", b"PK\x05\x06" + bytes(10), b"PK\x03\x04" * 100])
def test_what_is_no_zip_is_said(content: bytes, root: Root) -> None:
    with pytest.raises(RunError, match="Expected an exported run, a zip file"):
        import_run(content, root)


def test_an_empty_zip_holds_no_run(root: Root) -> None:
    with pytest.raises(RunError, match=r"without manifest.json, model.onnx"):
        import_run(pack({}), root)


def test_a_file_that_is_not_there_or_too_large_is_said(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match="cannot be read"):
        import_run(root.path / "nowhere.zip", root)
    with pytest.raises(RunError, match="cannot be read"):
        import_run(root.path.parent, root)
    monkeypatch.setattr(importing_module, "MOST_BYTES", 1000)
    with pytest.raises(RunError, match="a larger file"):
        import_run(bytes(1001), root)


@pytest.mark.usefixtures("untried")
@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_ends_in_a_sentence(made: Run, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(export_run(made))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    for _ in range(data.draw(st.integers(0, 4))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    root = Root(tmp_path / "damage", shipped=tmp_path / "none")
    with contextlib.suppress(GenreError):  # anything else fails the test
        import_run(bytes(content), root).delete()
    assert list_runs(root) == []
    assert not list(root.runs.glob(".import*"))


@pytest.mark.usefixtures("untried")
def test_an_import_that_was_killed_is_cleared_away_a_day_later(made: Run, root: Root) -> None:
    for name, hours in (("old", 25), ("young", 1)):
        draft = root.runs / f".import-{name}"
        draft.mkdir(parents=True)
        save(draft / "inner")
        os.utime(draft, (time.time() - hours * 3600,) * 2)
    assert list_runs(root) == []
    import_run(export_run(made), root)
    assert [path.name for path in root.runs.glob(".import*")] == [".import-young"]


def test_a_full_disk_is_said_and_nothing_stays(made: Run, root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes, **_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(importing_module, "write_whole", full)
    with pytest.raises(RunError, match=r"No space left on device.*Free some space"):
        import_run(export_run(made), root)
    assert nothing_left(root)
