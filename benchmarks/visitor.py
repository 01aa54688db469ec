"""A visitor in a real Chromium who counts what arrives and knows when a page has come to rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page

QUIET_MS = 400
"""A page that has not changed for so long, and whose script has ended, is at rest."""
LIMIT_MS = 60_000
PICTURE = ".js-plotly-plot .main-svg, .player canvas.picture"

WATCH = """
window.__seen = {change: 0, input: 0};
new MutationObserver(() => { window.__seen.change = performance.now(); }).observe(
    document, {subtree: true, childList: true, attributes: true, characterData: true});
for (const kind of ['pointerdown', 'keydown', 'change'])
    addEventListener(kind, () => { window.__seen.input = performance.now(); }, true);
"""
AT_REST = """quiet => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.getAttribute('data-test-script-state') === 'notRunning'
        && performance.now() - Math.max(window.__seen.change, window.__seen.input) > quiet;
}"""
SHOWN = """name => [...document.querySelectorAll('strong, [role=combobox]')].some(
    word => (word.value || word.textContent).startsWith(name)) && performance.now()"""


class Visitor:
    """One tab with cookies and cache of its own.

    Attributes
    ----------
    page : Page
    received : Counter
        Bytes since the last `reset`: websocket, sound, scripts (Streamlit's own, kept by the browser), other.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(LIMIT_MS)
        self.page.add_init_script(WATCH)
        self.received: Counter[str] = Counter()
        self._kinds: dict[str, str] = {}
        network = self.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", self._asked)
        network.on("Network.dataReceived", self._part)
        network.on("Network.loadingFinished", self._loaded)
        network.on("Network.webSocketFrameReceived", self._frame)

    def close(self) -> None:
        self.context.close()

    def reset(self) -> None:
        """Count anew."""
        self.received.clear()

    def open(self, path: str = "") -> None:
        """Go to an address and wait for its first picture; a new session, as after a reload."""
        self.page.goto(f"{self.url}/{path}")
        self.page.locator(PICTURE).first.wait_for()

    def follow(self, title: str) -> None:
        """Click a page of the menu, and wait until it rests; the session goes on."""
        self.page.get_by_test_id("stMain").get_by_role("link", name=title, exact=True).first.click()
        self.page.get_by_role("heading", name=title, exact=True, level=1).wait_for()
        self.rest()

    def rest(self) -> float:
        """Wait until nothing changes any more; time from the last input to the last change before that [ms]."""
        self.page.wait_for_function(AT_REST, arg=QUIET_MS)
        seen = self.page.evaluate("window.__seen")
        return max(0.0, seen["change"] - seen["input"])

    def change(self, action: Callable[[Page, int], None], number: int) -> tuple[float, int]:
        """Change a widget: time until the page rests [ms], and bytes received."""
        self.rest()
        self.reset()
        action(self.page, number)
        elapsed = self.rest()
        return elapsed, sum(self.received.values())

    def upload(self, name: str, content: bytes) -> float:
        """Give the page's first uploader a file: time until the page says its name in bold, or has it chosen [ms]."""
        self.page.locator("input[type=file]").first.set_input_files(
            [{"name": name, "mimeType": "application/octet-stream", "buffer": content}]
        )
        shown = self.page.wait_for_function(SHOWN, arg=name).json_value()
        return shown - self.page.evaluate("window.__seen.input")

    def take_back(self) -> None:
        """Remove what was uploaded."""
        self.rest()
        button = self.page.get_by_test_id("stFileUploaderDeleteBtn").locator("button")
        while button.count():
            button.first.click()
            self.rest()

    def _asked(self, event: dict[str, Any]) -> None:
        address = event["request"]["url"]
        kind = "scripts" if "/static/" in address else "sound" if "/media/" in address else "other"
        self._kinds[event["requestId"]] = kind

    def _part(self, event: dict[str, Any]) -> None:
        if self._kinds.get(event["requestId"]) == "sound":  # a player breaks off what it does not need yet: it never finishes
            self.received["sound"] += int(event["dataLength"])

    def _loaded(self, event: dict[str, Any]) -> None:
        kind = self._kinds.pop(event["requestId"], "other")
        if kind != "sound":
            self.received[kind] += int(event["encodedDataLength"])

    def _frame(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        length = len(frame["payloadData"])
        self.received["websocket"] += length * 3 // 4 if frame["opcode"] == 2 else length  # binary comes in base64


def other_radio(page: Page, number: int) -> None:
    """Choose one that is not chosen: pills, segments of a control, or radio buttons."""
    choices = page.locator("[role=radio][aria-checked=false]")
    if choices.count():
        choices.nth(number % choices.count()).click()
        return
    page.locator("label:has(input[type=radio]:not(:checked))").first.click()


def other_view(page: Page, number: int) -> None:
    """Choose another kind of view on Explore."""
    choices = page.get_by_role("radiogroup", name="View").locator("[role=radio][aria-checked=false]")
    choices.nth(number % choices.count()).click()


def other_card(page: Page, number: int) -> None:
    """Choose another model."""
    page.get_by_role("button", name="Choose", exact=True).first.click()


def next_option(page: Page, label: str) -> None:
    """Take the next entry of a box."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.press("ArrowDown")
    box.press("Enter")


PAGES: dict[str, tuple[str, Callable[[Page, int], None]]] = {
    "Genrescope": ("another genre's song", other_radio),
    "Explore": ("another view", other_view),
    "Dataset": ("the other split", other_radio),
    "Train": ("another model", other_card),
    "Evaluate": ("another part or level", other_radio),
    "Classify": ("the next example", lambda page, number: next_option(page, "or take an example")),
}
"""The pages by the title in their menu: what is changed there, and how."""
