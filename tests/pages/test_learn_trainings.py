"""Trainings of the lesson about overfitting: each goes on in slices, can be stopped, is kept and drawn over the others."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.datasets.demo import make_demo
from genre_core.teaching.curing import Cure
from pages.lessons import trainings
from pages.lessons.trainings import Bench
from tests.teaching.test_curing import few

APP = str(Path(__file__).resolve().parents[2] / "app.py")
QUICK = Cure(neurons=8, layers=1, epochs=12)
KEY, OTHER = ("demo", 30, "a"), ("demo", 30, "b")


def test_a_training_goes_on_slice_by_slice_to_its_end():
    at = Bench()
    at.begin(KEY, few(), QUICK)
    for done in count(1):
        at.go_on(0)  # an epoch at least
        if at.going is None:
            break
        assert at.found[KEY].n_epochs == done - 1
        assert not at.found[KEY].is_over
    assert at.found[KEY].n_epochs == 12
    assert at.found[KEY].is_over


def test_what_was_trained_is_not_trained_again_and_the_latest_stands_last():
    at = Bench()
    for key in (KEY, OTHER):
        at.begin(key, few(), QUICK)
        at.go_on(60)
    known = at.found[KEY]
    at.begin(KEY, few(), QUICK)
    assert at.going is None
    assert list(at.found) == [OTHER, KEY]
    assert at.found[KEY] is known


def test_stop_keeps_what_was_done_and_the_next_time_begins_anew():
    at = Bench()
    at.begin(KEY, few(), QUICK)
    at.go_on(0)
    at.go_on(0)
    at.stop()
    assert (at.going, at.found[KEY].n_epochs, at.found[KEY].is_over) == (None, 1, False)
    at.begin(KEY, few(), QUICK)
    assert at.found[KEY].n_epochs == -1
    at.stop()
    assert KEY not in at.found  # nothing was done yet


def test_another_training_waits_for_the_one_that_goes_on():
    at = Bench()
    at.begin(KEY, few(), QUICK)
    at.go_on(0)
    at.begin(OTHER, few(), QUICK)
    assert at.going == KEY
    at.go_on(60)
    assert at.going == OTHER
    at.go_on(60)
    assert [(found.n_epochs, found.is_over) for found in at.found.values()] == [(12, True)] * 2


def test_after_stop_nothing_that_waited_begins():
    at = Bench()
    at.begin(KEY, few(), QUICK)
    at.go_on(0)
    at.begin(OTHER, few(), QUICK)
    at.stop()
    at.go_on(60)
    assert list(at.found) == [KEY]


def test_weights_without_bounds_end_in_a_sentence():
    at = Bench()
    at.begin(KEY, few(), QUICK.replace(optimizer="sgd", learning_rate=1000.0, l2=1.0))
    at.go_on(60)
    assert at.going is None
    assert at.found[KEY].is_over
    assert at.found[KEY].failure.startswith("The weights grew beyond a million")


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    root = tmp_path_factory.mktemp("trainings")
    make_demo(root / "datasets", n_tracks=3, seconds=2.0, processes=1)
    return root


@pytest.fixture
def page(songs, monkeypatch):
    monkeypatch.setenv("GENRE_HOME", str(songs))
    monkeypatch.setattr(trainings, "SLICE_SECONDS", 60.0)  # a whole training at once
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/7_Learn.py")
    app.query_params["lesson"], app.query_params["step"] = "overfitting", "own"
    return app.run()


def said(app) -> str:
    return "\n".join(entry.value for entry in app.markdown)


def test_a_cure_is_trained_beside_the_net_without_and_the_best_stays_in_sight(page):
    assert "no cure: 100 % of its own tracks" in said(page)
    page.slider(key="learn.overfitting.own_dropout").set_value(0.5)
    page.select_slider(key="learn.overfitting.own_l2").set_value(0.01).run()
    assert "dropout 0.5" not in said(page)  # nothing is trained before it is asked for
    page.button(key="learn.overfitting.train").click().run()
    assert not page.exception
    assert "dropout 0.5, L2 0.01: " in said(page)
    assert "Your best so far: **" in said(page)
    assert page.query_params["own_l2"] in ("0.01", ["0.01"])
    page.query_params["step"] = "heart"
    page.run()
    assert "dropout 0.5, L2 0.01: " not in said(page)  # a step draws what it is about
    assert "Your best so far: **" in said(page)


def test_while_a_training_goes_on_there_is_a_line_and_a_stop(page, monkeypatch):
    monkeypatch.setattr(trainings, "SLICE_SECONDS", 0.0)
    page.slider(key="learn.overfitting.own_noise").set_value(1.0).run()
    page.button(key="learn.overfitting.train").click().run()
    assert "noise 1 (going on)" in said(page)
    page.button(key="learn.overfitting.stop").click().run()
    assert "noise 1 (stopped)" in said(page)
    assert not [button for button in page.button if button.key == "learn.overfitting.stop"]
