"""Work over a Dask cluster: as over processes, with errors that say what to start or install."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import closing

import pytest

from genre_core import scale
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.hearing import listen_all
from genre_core.datasets.importers import import_folder
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.errors import ParameterError, ScaleError
from genre_core.features.spectral import LogMel
from genre_core.scale import as_completed, check_scheduler
from tests.datasets.tiny_songs import write_folder, write_song

REQUEST = (LogMel(n_mels=16), SegmentConfig(segment_seconds=0.3, hop_seconds=0.3))


@pytest.fixture(scope="module")
def scheduler():
    """Address of a cluster of two workers, each a process with one thread."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


def twice(number):
    time.sleep(0.02)
    return 2 * number


def where(job):
    time.sleep(0.05)
    return os.getpid()


def refuse(job):
    raise ParameterError(f"Received: {job}.")


def test_without_a_scheduler_the_processes_of_this_machine_work():
    assert dict(as_completed(twice, range(9), processes=2)) == {number: 2 * number for number in range(9)}


def test_a_cluster_gives_every_result_once(scheduler):
    found = list(as_completed(twice, range(40), scheduler=scheduler))
    assert sorted(found) == [(number, 2 * number) for number in range(40)]
    assert not list(as_completed(twice, [], scheduler=scheduler))


def test_a_worker_that_is_killed_takes_nothing_with_it(scheduler):
    found, workers = [], set()
    with closing(as_completed(where, range(40), scheduler=scheduler)) as results:
        for index, pid in results:
            found.append(index)
            if len(found) == 10:
                os.kill(pid, signal.SIGKILL)
            workers.add(pid)
    assert sorted(found) == list(range(40))
    assert len(workers) >= 2


def test_an_error_of_a_job_reaches_the_caller(scheduler):
    with pytest.raises(ParameterError, match=r"Received: 7\."):
        list(as_completed(refuse, [7], scheduler=scheduler))


def test_a_stop_hands_out_no_more(scheduler):
    done = []
    for index, _ in as_completed(where, range(200), scheduler=scheduler, should_stop=lambda: bool(done)):
        done.append(index)
    assert 1 <= len(done) < 50
    assert not list(as_completed(where, range(9), scheduler=scheduler, should_stop=lambda: True))


def test_import_and_extraction_are_those_of_one_machine(scheduler, tmp_path):
    dataset = import_folder(write_folder(tmp_path / "music"), processes=1)
    paths = [track.path for track in dataset.tracks] + [tmp_path / "none.wav"]
    memory, told = tmp_path / "heard.jsonl", []
    heard = listen_all(paths, scheduler=scheduler, memory=memory, progress=lambda *count: told.append(count))
    assert heard == listen_all(paths, processes=1)
    assert (told[0], [count[0] for count in told]) == ((0, 7, None), list(range(8)))
    assert listen_all(paths[:-1], scheduler="tcp://localhost:1", memory=memory) == heard[:-1]  # all remembered: nobody is asked
    near, far = (FeatureStore(tmp_path / name) for name in ("near", "far"))
    write_song(dataset.tracks[1].path, pitch=777)
    problems = extract_all(dataset, [REQUEST], far, scheduler=scheduler)
    assert [(problem.file, problem.kind) for problem in problems] == [(dataset.tracks[1].id, "changed")]
    assert problems == extract_all(dataset, [REQUEST], near, processes=1)
    assert far.missing(dataset, *REQUEST) == near.missing(dataset, *REQUEST) == [dataset.tracks[1]]
    for track in (dataset.tracks[0], *dataset.tracks[2:]):
        assert far.path(track, *REQUEST).read_bytes() == near.path(track, *REQUEST).read_bytes()
    assert not list(far.folder.glob(".seen-*"))


def test_workers_that_see_other_folders_are_found_out(scheduler, tmp_path, monkeypatch):
    monkeypatch.setattr(scale, "_SEEN_SECONDS", 0.1)
    with pytest.raises(ScaleError, match=r"does not see .*gone\.txt.*all machines share"):
        list(as_completed(twice, range(3), scheduler=scheduler, seen=[tmp_path / "gone.txt"]))


def test_workers_of_another_version_are_refused(scheduler, monkeypatch):
    monkeypatch.setattr("genre_core.__version__", "999.0")
    with pytest.raises(ScaleError, match=r"one version of Genrescope\. Expected: 999\.0"):
        list(as_completed(twice, range(3), scheduler=scheduler))


def test_a_scheduler_without_workers_says_how_to_start_some(monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(scale, "_WORKER_SECONDS", 0.2)
    with LocalCluster(n_workers=0, processes=False, protocol="tcp", dashboard_address=None) as empty:
        assert check_scheduler(empty.scheduler_address) is None
        with pytest.raises(ScaleError, match=r"has no workers\. Start some with `dask worker tcp:"):
            list(as_completed(twice, range(3), scheduler=empty.scheduler_address))


@pytest.mark.timeout(30)
def test_where_no_scheduler_answers_that_is_said(monkeypatch):
    monkeypatch.setattr(scale, "_CONNECT_SECONDS", 0.5)
    with pytest.raises(ScaleError, match=r"No Dask scheduler answers at tcp://localhost:1 within 0\.5 s"):
        list(as_completed(twice, range(3), scheduler="tcp://localhost:1"))


@pytest.mark.parametrize("address", ["localhost", "localhost:8786", "http://host:1", "tcp://host", ""])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ParameterError, match="has an address like tcp://host:8786"):
        list(as_completed(twice, range(3), scheduler=address))


def test_without_dask_the_line_that_installs_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ScaleError, match=r"pip install -r requirements-scale\.txt"):
        list(as_completed(twice, range(3), scheduler="tcp://localhost:8786"))
