"""Work over several processes: pace, stops, and what is left of the processes then."""

import multiprocessing
import os
import signal
import time
from collections import Counter
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path

import pytest

from genre_core.parallel import BATCH_SECONDS, Countdown, Line, as_completed


class AskedToStop(BaseException):
    """What a progress callback may raise; no error of the product catches it."""


def test_a_countdown_reckons_from_its_own_pace(monkeypatch):
    now = iter([100.0, 104.0, 106.0])
    monkeypatch.setattr("genre_core.parallel.time.monotonic", lambda: next(now))
    seen = []
    countdown = Countdown(lambda *told: seen.append(told), 7, done=4)
    countdown.step()
    countdown.step()
    assert seen == [(4, 7, None), (5, 7, 8.0), (6, 7, 3.0)]


def test_a_countdown_without_a_listener_counts():
    countdown = Countdown(None, 2)
    countdown.step()
    assert countdown.done == 1


def note_and_wait(job):
    """Say by a file that it began, and take a while."""
    folder, number = job
    (Path(folder) / str(number)).touch()
    time.sleep(0.2)
    return number


def children():
    return [child for child in multiprocessing.active_children() if child.is_alive()]


@pytest.mark.parametrize("stop", [AskedToStop, ValueError])
def test_an_error_in_the_loop_leaves_no_process_and_begins_nothing_more(tmp_path, stop):
    def leave_at_once():
        jobs = [(str(tmp_path), number) for number in range(40)]
        with closing(as_completed(note_and_wait, jobs, processes=2)) as results:
            for _ in results:
                raise stop

    with pytest.raises(stop):
        leave_at_once()
    assert not children()
    begun = len(list(tmp_path.iterdir()))
    assert begun <= 4  # one done, up to two at work, and at most one begun while the word went round
    time.sleep(0.3)
    assert len(list(tmp_path.iterdir())) == begun


def test_a_stop_hands_out_no_more_and_gives_what_was_begun(tmp_path):
    jobs = [(str(tmp_path), number) for number in range(40)]
    done = []
    for index, number in as_completed(note_and_wait, jobs, processes=2, should_stop=lambda: bool(done)):
        assert index == number
        done.append(number)
    assert len(done) == len(list(tmp_path.iterdir())) < 10
    assert not children()


def write_down(job):
    """Say by a line in a file that it was done here."""
    folder, number = job
    with (Path(folder) / "done").open("a") as file:
        file.write(f"{number}\n")
    time.sleep(0.01)
    return os.getpid()


def test_a_killed_process_takes_nothing_with_it(tmp_path):
    jobs = [(str(tmp_path), number) for number in range(60)]
    found, killed = [], 0
    with closing(as_completed(write_down, jobs, processes=2)) as results:
        for index, pid in results:
            found.append(index)
            if len(found) == 20:
                os.kill(pid, signal.SIGKILL)
                killed = pid
    assert sorted(found) == list(range(60))
    assert killed
    assert not children()
    times = Counter((tmp_path / "done").read_text().split())
    assert set(times) == {str(number) for number in range(60)}
    assert max(times.values()) <= 2  # what was handed out is done again, nothing else is


def die_at_seven(number):
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def test_a_job_that_ends_its_process_each_time_is_found_and_the_others_are_done():
    found = dict(as_completed(die_at_seven, range(30), processes=2, lost=lambda number: -number))
    assert found == {number: 2 * number if number != 7 else -7 for number in range(30)}
    assert not children()


def die(number):
    os.kill(os.getpid(), signal.SIGKILL)


def test_where_every_job_ends_its_process_that_is_an_error_of_all(monkeypatch):
    monkeypatch.setattr("genre_core.parallel._MOST_LOST_IN_A_ROW", 1)
    with pytest.raises(BrokenProcessPool):
        list(as_completed(die, range(30), processes=2, lost=lambda number: None))
    assert not children()


def test_quick_jobs_go_several_at_a_time():
    line = Line(abs, range(1000), None)
    assert len(line.take(2)) == 1  # nothing is known of them yet
    for _ in range(20):
        line.finished(range(10), ([0] * 10, 0.05))
    taken = line.take(2)
    assert len(taken) == pytest.approx(BATCH_SECONDS / 0.005, abs=1)
    while following := line.take(2):
        assert following[0] == taken[-1] + 1
        taken = following
    assert taken == (999,)  # towards the end ever fewer, so that no process has much to do alone


def test_an_end_that_is_interrupted_leaves_no_process_waiting(monkeypatch):
    """A second Ctrl-C, while the processes are told to end: those that wait for work would wait for ever."""

    def interrupted(self, **_):
        raise KeyboardInterrupt

    monkeypatch.setattr("genre_core.parallel.ProcessPoolExecutor.shutdown", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        list(as_completed(abs, range(4), processes=2))
    end = time.monotonic() + 20
    while children() and time.monotonic() < end:
        time.sleep(0.05)
    assert not children()
    assert caught.tb is not None  # whoever tells of it holds the pool meanwhile, so that nothing ends by being forgotten
