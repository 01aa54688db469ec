"""A visitor of the dashboard: a browser context of its own whose every error is written down."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

WAIT_SECONDS = 60
"""For what a page draws: seconds on a quiet machine, more on one that works for others too."""

WORK_SECONDS = 240
"""For what a job does in its own process, of which loading TensorFlow is the longest part."""

_SAY_EXCEPTIONS = """
new MutationObserver(() => {
  const box = document.querySelector('[data-testid="stException"]');
  if (box && !box.dataset.said) { box.dataset.said = 'yes'; console.error('exception box: ' + box.innerText); }
}).observe(document, {childList: true, subtree: true});
"""
_LOST_SERVER = re.compile(
    "WebSocket|ERR_CONNECTION|ERR_EMPTY|ERR_SOCKET|Client Error in reaching|disconnected from|Is Streamlit still"
)


class Visitor:
    """A context with one page. `errors` holds what the console, a request or a box of Streamlit's complained of.

    Parameters
    ----------
    browser : Browser
    scheme : str
        `light` or `dark`: what the visitor's system asks for.
    width, height : int
        Of the window [pixels].
    may_lose_server : bool
        Complaints that the server does not answer are none: the test takes it away.
    """

    def __init__(
        self, browser: Browser, *, scheme: str = "light", width: int = 1280, height: int = 800, may_lose_server: bool = False
    ) -> None:
        # Without a graphics card the processor draws what moves: a seventh of all that a page costs.
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        self.context.add_init_script(_SAY_EXCEPTIONS)
        self.context.set_default_timeout(1000 * WAIT_SECONDS)
        self.errors: list[str] = []
        self.may_lose_server = may_lose_server
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.page.on("requestfailed", self._request)

    def close(self) -> None:
        """Leave, and fail where anything went wrong on the way."""
        self.context.close()
        assert not self.errors, self.errors

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not is_probe(message):
            self._complain(f"{message.text} {message.location.get('url', '')}")

    def _request(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # what a page was still loading when it was left
            self._complain(f"{request.failure} {request.url}")

    def _complain(self, words: str) -> None:
        if not (self.may_lose_server and _LOST_SERVER.search(words)):
            self.errors.append(words)


def is_probe(message: ConsoleMessage) -> bool:
    """Streamlit looks for its own address below a page's path first, is told 404, and then looks at the root."""
    return "/_stcore/" in message.location.get("url", "") and "404" in message.text


def go(page: Page, title: str) -> None:
    """Follow the menu to another page, as a visitor does: the session goes on."""
    page.get_by_test_id("stMain").get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def choose(page: Page, label: str, words: str) -> None:
    """Take the option of a select box that begins with `words`."""
    begins = re.compile("^" + r"\s+".join(re.escape(word) for word in words.split()))
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click()
    page.get_by_role("option", name=begins).first.click()
    expect(box).to_have_value(begins)


def type_number(page: Page, label: str, value: float) -> None:
    """Put a number into a field and leave it."""
    field = page.get_by_role("spinbutton", name=re.compile(f"^{re.escape(label)}"))
    field.fill(str(value))
    field.press("Tab")


def stop_button(page: Page) -> Locator:
    """Our button that stops a job, whatever it says it keeps; Streamlit's own Stop stands in the header while a page is drawn."""
    return page.get_by_test_id("stMain").get_by_role("button", name=re.compile("^Stop"))


PICTURE = ".js-plotly-plot, .player canvas.picture"
"""Any picture: a chart, or what a player draws."""

WITHOUT_PICTURE = {"glossary": "[data-testid=stSelectbox]"}


def shown_on(name: str) -> str:
    """Selector of what every visitor of a page sees: a picture, but for pages of words."""
    return WITHOUT_PICTURE.get(name, PICTURE)


def sounds_on(page: Page) -> list[str]:
    """Addresses of what the players of a page play."""
    return [address for address in page.locator(".player").evaluate_all("all => all.map(one => one.dataset.sound)") if address]


def chart(page: Page) -> Locator:
    """The last picture of the page."""
    return page.locator(".js-plotly-plot").last


def points(page: Page) -> int:
    """Epochs that the learning curves on the Train page show; 0 where there are none."""
    return int(page.evaluate(_POINTS))


def wait_for_points(page: Page, more_than: int, *, seconds: float = WORK_SECONDS) -> int:
    """Wait until the learning curves show more epochs than that, and count them."""
    page.wait_for_function(f"({_POINTS})() > {more_than}", timeout=1000 * seconds, polling=300)
    return points(page)


_POINTS = """() => {
  const plot = [...document.querySelectorAll('.js-plotly-plot')].find(it => it._fullData?.some(line => line.name === 'valid'));
  return plot ? plot._fullData.find(line => line.name === 'valid').x.length : 0;
}"""


def look(page: Page, name: str) -> None:
    """Keep a picture of the page where GENRE_SCREENSHOTS names a folder."""
    if folder := os.environ.get("GENRE_SCREENSHOTS"):
        usual = page.viewport_size
        assert usual is not None
        page.set_viewport_size({**usual, "height": 2 * usual["height"]})
        page.screenshot(path=Path(folder) / f"{name}.png")
        page.set_viewport_size(usual)
