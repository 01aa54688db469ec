import hashlib
import io
import json
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.datasets import archives, downloading, fetch
from genre_core.datasets.archives import unpack_archive
from genre_core.datasets.downloading import FetchError, Resuming
from genre_core.datasets.library import load_dataset
from genre_core.errors import DatasetError
from genre_core.jobs.journal import StopAsked
from genre_core.paths import Root
from tests.datasets.net import files_below, serving, tar_of, zip_of
from tests.faults.full_disk import full_disk

NOISE = np.random.default_rng(1).bytes(400_000)
SMALL = {"genres/blues/blues.00000.wav": b"a" * 10, "genres/rock/rock.00000.wav": b"b" * 20}


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.fixture
def net(monkeypatch):
    monkeypatch.setattr(downloading, "WAITS", (0.0, 0.0))
    with serving() as served:
        yield served


@pytest.fixture
def table(net, monkeypatch):
    """Lets a test put one archive on the net as `little`."""

    def put(content: bytes, *, name: str = "little.tar.gz", checksum: str | None = None, only: tuple[str, ...] = ()) -> str:
        net.files[name] = content
        checksum = sha256(content) if checksum is None else checksum
        file = fetch.RemoteFile(name, net.url(name), len(content), 1_000_000, checksum, "the tests", only)
        row = fetch.NetSource("Little", "A few songs", (file,), "CC0", "None", "Nobody", "http://localhost")
        monkeypatch.setitem(fetch.SOURCES_ON_THE_NET, "little", row)
        return net.url(name)

    return put


def downloaded(net, folder: Path, name: str = "file", **options) -> bytes:
    Resuming(folder / "file.part", **options)(net.url(name), folder / "out", None)
    return (folder / "out").read_bytes()


def test_every_row_says_what_must_be_known_first():
    for name, source in fetch.SOURCES_ON_THE_NET.items():
        said = "\n".join(source.words())
        assert source.title in said
        assert all(word in said for word in ("Licence: ", "Terms: ", "Cite: ", "Room needed: ")), name
        for file in source.files:
            assert file.url.startswith("https://")
            assert file.url in said
            algorithm, _, digest = file.checksum.partition(":")
            assert len(digest) == hashlib.new(algorithm).digest_size * 2
            assert file.checksum_source


def test_a_download_goes_on_where_the_connection_broke(net, tmp_path):
    net.files["file"] = NOISE
    net.break_after[:] = [100_000, 150_000]
    told = []
    assert downloaded(net, tmp_path, told=lambda *facts: told.append(facts)) == NOISE
    assert net.asked == [None, "bytes=100000-", "bytes=250000-"]
    assert net.sent == len(NOISE)
    assert told[-1][:2] == (len(NOISE), len(NOISE))


@pytest.mark.parametrize(("come", "missing", "seconds", "left"), [(10, 30, 2.0, 6.0), (10, 30, 0.5, None), (10, None, 2.0, None)])
def test_time_left_follows_from_the_speed_so_far(come, missing, seconds, left):
    assert downloading._left(come, missing, seconds) == left


def test_a_stopped_download_goes_on_in_another_call(net, tmp_path):
    net.files["file"] = NOISE
    come = []
    with pytest.raises(StopAsked):
        downloaded(net, tmp_path, told=lambda done, *_: come.append(done), should_stop=lambda: bool(come))
    kept = (tmp_path / "file.part").stat().st_size
    assert 0 < kept < len(NOISE)
    assert downloaded(net, tmp_path) == NOISE
    assert net.asked[-1] == f"bytes={kept}-"


def test_a_server_without_ranges_begins_anew(net, tmp_path):
    net.files["file"], net.ranges = NOISE, False
    net.break_after[:] = [300_000]
    assert downloaded(net, tmp_path) == NOISE
    assert net.sent == 300_000 + len(NOISE)


@pytest.mark.parametrize("size", [len(NOISE), len(NOISE) + 5])
def test_a_file_that_changed_meanwhile_is_not_mixed(net, tmp_path, size):
    net.files["file"] = NOISE
    net.break_after[:] = [200_000]
    net.refuse = 0
    with pytest.raises(StopAsked):
        downloaded(net, tmp_path, should_stop=lambda: len(net.asked) > 0 and not net.break_after and net.sent >= 200_000)
    net.files["file"] = other = bytes(reversed(NOISE)) + b"x" * (size - len(NOISE))
    net.etag = '"two"'
    assert downloaded(net, tmp_path) == other


def test_a_part_that_is_already_whole_is_taken(net, tmp_path):
    net.files["file"] = NOISE
    assert downloaded(net, tmp_path) == NOISE
    assert downloaded(net, tmp_path) == NOISE
    assert net.sent == len(NOISE)


def test_a_file_that_is_not_there_is_said_at_once(net, tmp_path):
    with pytest.raises(FetchError, match=r"answers 404 .* give another address with --url"):
        downloaded(net, tmp_path)
    assert len(net.asked) == 1


def test_a_server_that_is_busy_is_asked_again_and_then_left(net, tmp_path):
    net.refuse = 503
    with pytest.raises(FetchError, match=r"503 .*start again"):
        downloaded(net, tmp_path)
    assert len(net.asked) == 3


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/file", "genres.tar.gz"])
def test_only_the_web_is_asked(tmp_path, url):
    with pytest.raises(FetchError, match="begins with https"):
        Resuming(tmp_path / "x.part")(url, tmp_path / "out", None)


def test_a_host_that_cannot_be_reached_is_said(net, tmp_path):
    with pytest.raises(FetchError, match=r"broke off: .*Check the connection"):
        Resuming(tmp_path / "x.part")("http://127.0.0.1:9/file", tmp_path / "out", None)


def test_a_disk_without_room_is_said_before_the_first_byte(net, tmp_path, monkeypatch):
    net.files["file"] = NOISE
    monkeypatch.setattr(downloading.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(FetchError, match=r"still needs 0 MB, and 0 MB are free .*--to"):
        downloaded(net, tmp_path)
    assert net.sent <= downloading._PIECE * 2


def test_a_disk_that_becomes_full_keeps_what_came(net, tmp_path):
    net.files["file"] = NOISE
    with full_disk(4), pytest.raises(FetchError, match="The disk is full"):
        downloaded(net, tmp_path)
    assert downloaded(net, tmp_path) == NOISE


def test_fetched_songs_lie_below_their_name_and_are_not_fetched_twice(net, table, tmp_path):
    table(tar_of({**SMALL, "genres/._blues": b"stray", "__MACOSX/x": b"stray"}))
    told = []
    found = fetch.fetch("little", tmp_path, progress=lambda *facts: told.append(facts[0]))
    assert found.folder == tmp_path / "little"
    assert files_below(found.folder) == SMALL
    assert set(told) == {"Downloading little.tar.gz", "Unpacking little.tar.gz"}
    assert "as published by the tests" in found.checks[0]
    assert not list((tmp_path / "archives").glob("*.part*"))
    sent = net.sent
    assert fetch.fetch("little", tmp_path).folder == found.folder
    assert net.sent == sent


def test_a_file_with_a_wrong_checksum_is_not_used_but_may_be_taken_all_the_same(net, table, tmp_path):
    url = table(tar_of(SMALL), checksum=sha256(b"another"))
    with pytest.raises(FetchError, match=r"is not the file that was expected.*published by the tests.*--any-checksum") as error:
        fetch.fetch("little", tmp_path)
    assert url in str(error.value)
    assert not (tmp_path / "little").exists()
    assert all(name.endswith(".aside") for name in files_below(tmp_path))
    sent = net.sent
    found = fetch.fetch("little", tmp_path, any_checksum=True)
    assert "recorded now" in found.checks[0]
    assert net.sent == sent, "it had come already"
    assert not list(tmp_path.rglob("*.aside"))


def test_a_file_with_a_wrong_checksum_is_fetched_anew_where_it_is_asked_for_again(net, table, tmp_path):
    table(tar_of(SMALL), checksum=sha256(b"another"))
    for _ in range(2):
        sent = net.sent
        with pytest.raises(FetchError, match="not the file that was expected"):
            fetch.fetch("little", tmp_path)
        assert net.sent > sent


def test_a_checksum_that_nobody_published_is_recorded_and_compared_later(net, table, tmp_path):
    table(tar_of(SMALL), checksum="")
    assert "recorded now" in fetch.fetch("little", tmp_path).checks[0]
    kept = json.loads((tmp_path / "checksums.json").read_text())["little.tar.gz"]
    assert kept["checksum"] == sha256(net.files["little.tar.gz"])
    assert "as recorded at the first download" in fetch.fetch("little", tmp_path).checks[0]
    (tmp_path / "archives" / "little.tar.gz").unlink()
    net.files["little.tar.gz"] = tar_of({"genres/pop/a.wav": b"c"})
    with pytest.raises(FetchError, match="recorded at the first download"):
        fetch.fetch("little", tmp_path)
    assert files_below(tmp_path / "little") == SMALL


def test_another_address_may_give_the_same_file(net, table, tmp_path):
    table(tar_of(SMALL))
    net.files["elsewhere/copy.tar.gz"] = net.files.pop("little.tar.gz")
    with pytest.raises(FetchError, match="404"):
        fetch.fetch("little", tmp_path)
    fetch.fetch("little", tmp_path, url=net.url("elsewhere/copy.tar.gz"))
    assert files_below(tmp_path / "little") == SMALL
    with pytest.raises(FetchError, match=r"1 archive.*2 addresses"):
        fetch.fetch("little", tmp_path, url=["http://a", "http://b"])


def test_a_stop_while_unpacking_leaves_nothing_half(net, table, tmp_path):
    table(tar_of(SMALL))
    doing = []
    with pytest.raises(StopAsked):
        fetch.fetch("little", tmp_path, progress=lambda what, *_: doing.append(what), should_stop=lambda: "Unp" in str(doing))
    assert not (tmp_path / "little").exists()
    assert not (tmp_path / ".little.unpacking").exists()
    assert files_below(fetch.fetch("little", tmp_path).folder) == SMALL


@pytest.mark.parametrize("make", [tar_of, zip_of])
@pytest.mark.parametrize("name", ["../out.wav", "/tmp/out.wav", "a/../../out.wav", "C:\\out.wav", "..\\out.wav"])
def test_no_name_leads_out_of_the_folder(tmp_path, make, name):
    (tmp_path / "a").write_bytes(make({"fine.wav": b"x", name: b"bad"}))
    with pytest.raises(FetchError, match="leads out of it"):
        unpack_archive(tmp_path / "a", tmp_path / "in" / "deep", most_bytes=1000)
    assert {path.name for path in tmp_path.rglob("*.wav")} <= {"fine.wav"}


def test_links_and_devices_are_left_out(tmp_path):
    (tmp_path / "a.tar.gz").write_bytes(tar_of({"b/one.wav": b"x"}, links={"b/two.wav": "/etc/passwd", "c": "/etc"}))
    assert unpack_archive(tmp_path / "a.tar.gz", tmp_path / "in", most_bytes=1000) == 1
    assert files_below(tmp_path / "in") == {"b/one.wav": b"x"}


@pytest.mark.parametrize("make", [tar_of, zip_of])
def test_a_bomb_is_stopped_as_its_bytes_come(tmp_path, make):
    (tmp_path / "a").write_bytes(make({"b/one.wav": b"\0" * 5_000_000}))
    with pytest.raises(FetchError, match="unpacks to more than it should"):
        unpack_archive(tmp_path / "a", tmp_path / "in", most_bytes=100_000)


@pytest.mark.parametrize("make", [tar_of, zip_of])
def test_a_damaged_archive_is_said(tmp_path, make):
    content = make({"b/one.wav": NOISE})
    (tmp_path / "a").write_bytes(content[: len(content) // 2])
    with pytest.raises(FetchError, match="damaged"):
        unpack_archive(tmp_path / "a", tmp_path / "in", most_bytes=10**7)


def test_a_disk_that_becomes_full_while_unpacking_is_said(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(zip_of(SMALL))
    with full_disk(2), pytest.raises(FetchError, match="The disk is full"):
        unpack_archive(tmp_path / "a", tmp_path / "in", most_bytes=1000)
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10})())
    with pytest.raises(FetchError, match="too full"):
        unpack_archive(tmp_path / "a", tmp_path / "in", most_bytes=1000)


def test_only_what_is_wanted_is_unpacked(tmp_path):
    (tmp_path / "a.zip").write_bytes(zip_of({"fma_metadata/tracks.csv": b"x", "fma_metadata/features.csv": b"y" * 1000}))
    unpack_archive(tmp_path / "a.zip", tmp_path / "in", most_bytes=100, only=("fma_metadata/tracks.csv",))
    assert files_below(tmp_path / "in") == {"fma_metadata/tracks.csv": b"x"}


def song(pitch: float, kind: str = "WAV") -> bytes:
    out = io.BytesIO()
    soundfile.write(out, 0.3 * np.sin(2 * np.pi * pitch * np.arange(16000) / 22050), 22050, format=kind)
    return out.getvalue()


def run(root: Root, *arguments: str, **options):
    done = CliRunner().invoke(main, ["--root", str(root.path), *arguments], **options)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done, lines


def test_the_command_says_the_terms_asks_fetches_and_imports(net, table, tmp_path):
    root = Root(tmp_path)
    files = {
        f"genres/{genre}/{genre}.{i:05d}.wav": song(200 + 50 * i + 7 * len(genre)) for genre in ("blues", "rock") for i in (0, 1)
    }
    table(tar_of(files))
    done, _ = run(root, "fetch", "little", input="n\n")
    assert done.exit_code == 1
    assert "Licence: CC0" in done.stderr
    assert "terms were not accepted" in done.stderr
    assert not net.asked
    done, (facts,) = run(root, "fetch", "little", "--json")
    assert "Expected --yes" in facts["error"]["message"]
    done, (facts,) = run(root, "fetch", "little", "--yes", "--json", "--processes", "1")
    assert done.exit_code == 0, done.stderr
    assert facts["dataset"] == "little"
    assert facts["checks"]
    dataset = load_dataset("little", root.datasets)
    assert [track.id for track in dataset.tracks] == ["blues.00000", "blues.00001", "rock.00000", "rock.00001"]
    assert dataset.title == "Little"
    assert all(track.path.is_relative_to(root.downloads / "little") for track in dataset.tracks)
    done, (facts,) = run(root, "fetch", "little", "--yes", "--json")
    assert "There is a data set named 'little' already" in facts["error"]["message"]
    assert len(net.asked) == 1
    done, lines = run(root, "fetch", "--json")
    assert {line["name"] for line in lines} == set(fetch.SOURCES_ON_THE_NET)


def test_fma_is_fetched_with_its_table_and_split(net, tmp_path, monkeypatch):
    root = Root(tmp_path)
    head = ",album,artist,set,set,track,track\n,title,name,split,subset,genre_top,title\ntrack_id,,,,,,\n"
    rows = "2,A,Abe,training,small,Hip-Hop,Food\n5,A,Bea,validation,small,Rock,Sun\n10,B,Cleo,test,small,Rock,Moon\n"
    songs = {f"fma_small/000/{number:06d}.mp3": song(100.0 * number, "MP3") for number in (2, 5, 10)}
    net.files["fma_small.zip"] = zip_of({**songs, "fma_small/checksums": b"x"}, packed=zipfile.ZIP_STORED)
    net.files["fma_metadata.zip"] = zip_of({"fma_metadata/tracks.csv": (head + rows).encode(), "fma_metadata/x.csv": b"y"})
    real = fetch.SOURCES_ON_THE_NET["fma_small"]
    files = [
        fetch.replace(file, url=net.url(file.name), n_bytes=1000, unpacked_bytes=10**6, checksum=sha256(net.files[file.name]))
        for file in real.files
    ]
    monkeypatch.setitem(fetch.SOURCES_ON_THE_NET, "fma_small", fetch.replace(real, files=tuple(files)))
    done, (facts,) = run(root, "fetch", "fma_small", "--yes", "--json", "--processes", "1")
    assert done.exit_code == 0, (done.stderr, facts)
    tracks = load_dataset("fma_small", root.datasets).tracks
    assert [(track.genre, track.artist, track.extra["split"]) for track in tracks] == [
        ("hiphop", "Abe", "training"),
        ("rock", "Bea", "validation"),
        ("rock", "Cleo", "test"),
    ]


def test_a_job_that_was_stopped_goes_on_where_it_was(net, table, tmp_path):
    from genre_core.commands.job import do_work
    from genre_core.jobs import Job, prepare
    from genre_core.jobs.queue import make_ready

    root = Root(tmp_path)
    files = {
        f"genres/{genre}/{genre}.{i:05d}.wav": song(200 + 50 * i + 7 * len(genre)) for genre in ("blues", "rock") for i in (0, 1)
    }
    table(tar_of({**files, "genres/noise.bin": NOISE}))
    net.break_after[:] = [120_000]
    job = Job(prepare("fetch", {"name": "little", "processes": 1}, root))
    seen = []

    def watch(status):
        seen.append(status)
        if "Downloading" in status.message:
            job.stop()

    with pytest.raises(StopAsked):
        do_work(job.folder, root, listener=watch)
    assert job.status().state == "stopped"
    kept = (root.downloads / "archives" / "little.tar.gz.part").stat().st_size
    assert kept > 0
    make_ready(job.folder)
    assert do_work(job.folder, root)["dataset"] == "little"
    assert job.status().state == "finished"
    assert net.asked[-1] == f"bytes={kept}-"


def test_two_addresses_are_never_mixed(net, table, tmp_path):
    table(tar_of(SMALL))
    part = tmp_path / "archives" / "little.tar.gz.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"of another address")
    part.with_name(part.name + ".json").write_text(json.dumps({"url": "http://other/x", "total": 100, "etag": '"one"'}))
    assert files_below(fetch.fetch("little", tmp_path).folder) == SMALL
    assert net.asked == [None]


def test_errors_are_the_products_own():
    assert issubclass(FetchError, DatasetError)
    assert FetchError.kind == "fetch"
    assert threading.active_count() < 50
