"""A training goes on whatever happens to the page, its process or the server, and each page says how it stands."""

from __future__ import annotations

import json
import os
import re
import signal

import pytest
from playwright.sync_api import expect

from genre_core import jobs
from genre_core.paths import Root
from tests.browser.server import Server
from tests.browser.visitor import WORK_SECONDS, go, look, points, stop_button, type_number, wait_for_points

pytestmark = pytest.mark.timeout(900)

NET = "Small convolutional network on log-mel"
WORK = 1000 * WORK_SECONDS
NOTICED = 30_000
"""Milliseconds until a page must have said that a process died: it looks every second and a half."""


def test_a_training_outlives_page_process_and_server(own_root, visit):
    server = Server(own_root)
    try:
        page = visit(may_lose_server=True)
        page.goto(f"{server.url}/Train")
        job = start_a_long_training(page, own_root)
        survives_a_reload(page)
        is_seen_from_elsewhere(page)
        is_killed_and_continued(page, job)
        server = outlives_the_server(page, server, job)
        is_stopped_from_elsewhere(page, job)
        is_evaluated(page, job)
    finally:
        server.close()


def start_a_long_training(page, root) -> jobs.Job:
    for field in ("Epochs", "Patience"):
        type_number(page, field, 2000)
    type_number(page, "Batch size", 1)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(f"{NET}, training")).to_be_visible(timeout=WORK)
    wait_for_points(page, 1)
    look(page, "jobs-1-training")
    return jobs.active_jobs(Root(root), "train")[0]


def survives_a_reload(page) -> None:
    before = points(page)
    page.reload()
    expect(page.get_by_text(f"{NET}, training")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Epoch \d+ of at most 2000"))).to_be_visible()
    again = wait_for_points(page, before - 1)
    wait_for_points(page, again)  # it goes on
    look(page, "jobs-2-reloaded")


def is_seen_from_elsewhere(page) -> None:
    for title in ("Explore", "Classify"):
        go(page, title)
        expect(page.get_by_text(re.compile(rf"^Training {NET}: Epoch \d+"))).to_be_visible()
        expect(stop_button(page)).to_have_count(1)  # Classify has one of its own while it hears its example
        expect(stop_button(page)).to_be_visible()
    look(page, "jobs-3-elsewhere")


def is_killed_and_continued(page, job) -> None:
    go(page, "Train")
    expect(page.get_by_text(f"{NET}, training")).to_be_visible()
    wait_for_points(page, 1)
    os.kill(job.status().pid, signal.SIGKILL)
    expect(page.get_by_text(f"{NET}, interrupted")).to_be_visible(timeout=NOTICED)
    expect(page.get_by_text(re.compile("Broken off at: Epoch"))).to_be_visible()
    look(page, "jobs-4-killed")
    done = epochs(job)
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_text(f"{NET}, training")).to_be_visible(timeout=WORK)
    wait_for_points(page, len(done))
    assert epochs(job)[: len(done)] == done
    assert epochs(job) == list(range(1, len(epochs(job)) + 1))
    look(page, "jobs-5-continued")


def epochs(job) -> list[int]:
    """The epochs on disk, but one that is being written."""
    lines = (job.folder / "history.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    return [json.loads(line)["epoch"] for line in lines]


def outlives_the_server(page, server, job) -> Server:
    """Kill the server and start it anew; the page that is still open finds it by itself."""
    pid, before = job.status().pid, points(page)
    server.kill()
    again = Server(server.root, port=server.port)
    assert job.status().state == "training"
    assert job.status().pid == pid
    wait_for_points(page, before)
    expect(page.get_by_text(f"{NET}, training")).to_be_visible()
    look(page, "jobs-6-new-server")
    return again


def is_stopped_from_elsewhere(page, job) -> None:
    go(page, "Explore")
    stop = stop_button(page)
    stop.click()
    said = page.get_by_test_id("stAlert").filter(has_text=f"Training {NET}: Stopped; its best weights are kept: ")
    expect(said).to_be_visible(timeout=WORK)
    assert job.status().state == "stopped"
    expect(stop).to_have_count(0)
    look(page, "jobs-7-stopped")


def is_evaluated(page, job) -> None:
    go(page, "Train")
    expect(page.get_by_text(f"{NET}, stopped")).to_be_visible()
    expect(page.get_by_text(re.compile("^Stopped; its best weights are kept: "))).to_be_visible()
    look(page, "jobs-8-stopped")
    page.get_by_role("link", name="How good is it? Evaluate this run").first.click()
    expect(page.get_by_role("combobox", name="Run")).to_have_value(re.compile(f"^{NET}  ·  "))
    expect(page).to_have_url(re.compile(f"run={job.id}"))
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(re.compile(r"^[01]\.\d\d$"))
