"""A link shows what it names, even as the first thing that a new server is asked for, and says what is not there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from pages.ui.page import PAGES
from tests.browser.visitor import look, shown_on

ADDRESSES = {name: "" if name == "home" else page.title for name, page in PAGES.items()}


def shows_genre(page) -> None:
    expect(page.get_by_role("radio", name="jazz", exact=True)).to_have_attribute("aria-checked", "true")
    expect(page.get_by_text("demo/jazz.00").first).to_be_visible()


def shows_clip_and_view(page) -> None:
    expect(page.get_by_role("combobox", name="Clip")).to_have_value(re.compile("^demo/rock.01 "))
    expect(page.get_by_role("radio", name="MFCC")).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("spinbutton", name="Coefficients")).to_have_value("20")
    expect(page.locator(".player")).to_have_count(1)


def shows_split(page) -> None:
    expect(page.get_by_role("radio", name="by track")).to_be_checked()


def shows_model_and_runs(page) -> None:
    shows_split(page)
    expect(page.get_by_role("paragraph").filter(has_text=re.compile(r"^Dense network on summary columns\s*ann$"))).to_be_visible()
    expect(page.get_by_text("How good is it? Evaluate this run").last).to_be_visible()


def shows_run_and_level(page) -> None:
    expect(page.get_by_role("combobox", name="Run")).to_have_value(re.compile("^Demo: dense network"))
    expect(page.get_by_role("radio", name="segments", exact=True)).to_have_attribute("aria-checked", "true")


def shows_errors_of_a_genre(page) -> None:
    expect(page.get_by_role("combobox", name="Run", exact=True)).to_have_value(re.compile("^Demo: dense network"))
    expect(page.get_by_role("combobox", name="Genre", exact=True)).to_have_value("country")
    expect(page.get_by_role("heading", name=re.compile("^Country called something else: "))).to_be_visible()


def shows_example_and_run(page) -> None:
    expect(page.get_by_role("combobox", name="Model", exact=True)).to_have_value(re.compile("^Demo: dense network"))
    expect(page.get_by_role("combobox", name="or take an example")).to_have_value(re.compile("^demo/jazz.02 "))
    expect(page.get_by_role("slider", name="Not sure under")).to_have_attribute("aria-valuetext", "1.00")
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile(r"^NOT SURE closest: [a-z]+ 0\.\d+$"))


def shows_lesson_step_and_value(page) -> None:
    expect(page.get_by_role("combobox", name="Lesson")).to_have_value(re.compile("From air pressure to MFCC"))
    expect(page.get_by_role("heading", name="Which frequencies are in it?")).to_be_visible()
    expect(page.get_by_role("slider", name="Frequency of the wave [Hz]")).to_have_attribute("aria-valuetext", "440")


def shows_term(page) -> None:
    expect(page.get_by_role("combobox", name="Term")).to_have_value("tempo")
    expect(page.get_by_text("Beats a minute.")).to_be_visible()


LINKS = {
    "home": ("?genre=jazz", shows_genre, "?genre=polka", "There is no genre 'polka' here"),
    "explore": (
        "?clip=demo/rock.01&view=mfcc&n_mfcc=20",
        shows_clip_and_view,
        "?clip=demo/rock.77",
        "There is no clip 'demo/rock.77' here",
    ),
    "dataset": ("?split=by_track", shows_split, "?dataset=gone", "There is no dataset 'gone' here"),
    "train": (
        "?model=ann&split=by_track&runs=demo-ann",
        shows_model_and_runs,
        "?model=perceptron",
        "There is no model 'perceptron' here",
    ),
    "evaluate": ("?run=demo-ann&level=segments", shows_run_and_level, "?run=lost", "There is no run 'lost' here"),
    "inspect": (
        "?run=demo-ann&true=country",
        shows_errors_of_a_genre,
        "?run=demo-ann&true=polka",
        "There is no true 'polka' here",
    ),
    "classify": (
        "?run=demo-ann&clip=demo/jazz.02&threshold=1.0",
        shows_example_and_run,
        "?threshold=7",
        "There is no threshold '7' here",
    ),
    "learn": (
        "?step=matching&wave=440",
        shows_lesson_step_and_value,
        "?lesson=cooking",
        "There is no lesson 'cooking' here",
    ),
    "glossary": ("?term=tempo", shows_term, "?term=wobble", "There is no term 'wobble' here"),
}


@pytest.mark.parametrize("name", ["explore", "evaluate"])
def test_a_link_is_answered_as_the_first_request_of_a_new_server(name, server, page):
    follows_link(page, server, name)


@pytest.mark.parametrize("name", PAGES)
def test_a_link_shows_what_it_names_and_says_what_is_not_there(name, own_server, page):
    follows_link(page, own_server, name)
    _, _, wrong, said = LINKS[name]
    page.goto(f"{own_server.url}/{ADDRESSES[name]}{wrong}")
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.locator(shown_on(name)).first).to_be_visible()
    look(page, f"link-{name}-wrong")


def follows_link(page, server, name) -> None:
    """Open the link of a page: what it names is shown, and the address keeps it."""
    link, shown, _, _ = LINKS[name]
    page.goto(f"{server.url}/{ADDRESSES[name]}{link}")
    expect(page.get_by_role("heading", name=PAGES[name].title, exact=True)).to_be_visible()
    expect(page).to_have_title("Genrescope" if name == "home" else f"{PAGES[name].title} · Genrescope")
    main = page.get_by_test_id("stMain")
    for entry in PAGES.values():
        expect(main.get_by_role("link", name=entry.title, exact=True).first).to_be_visible()
    shown(page)
    expect(page.locator(shown_on(name)).first).to_be_visible()
    for part in link.lstrip("?").split("&"):
        assert part in page.url.replace("%2F", "/"), f"the address lost {part}"
    look(page, f"link-{name}")
