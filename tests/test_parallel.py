"""Work over several processes: pace, stops, and what is left of the processes then."""

import multiprocessing
import time
from contextlib import closing
from pathlib import Path

import pytest

from genre_core.parallel import Countdown, as_completed


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
