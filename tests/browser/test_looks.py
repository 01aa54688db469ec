"""Each page in both colour schemes, on a laptop and in a lecture hall: readable, and nothing runs out of the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from pages.ui.page import PAGES
from tests.browser.visitor import look, shown_on

SIZES = {"laptop": (1280, 800), "hall": (1920, 1080)}
ENOUGH = 4.5
"""Least contrast of text by WCAG 2.1, 1.4.3 (AA)."""

# Contrast by WCAG 2.1: relative luminances of the text's colour, laid over its background, and of that background.
CONTRAST = """element => {
  const read = text => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return {r, g, b, a}; };
  const over = (top, under) => Object.fromEntries(['r', 'g', 'b'].map(c => [c, top.a * top[c] + (1 - top.a) * under[c]]));
  const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = ({r, g, b}) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  let below = element, background = {a: 0};
  while (below && (background = read(getComputedStyle(below).backgroundColor)).a < 1) below = below.parentElement;
  const lights = [luminance(over(read(getComputedStyle(element).color), background)), luminance(background)];
  return {contrast: (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05), background: lights[1]};
}"""
SIDEWAYS = """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
  .map(box => box.scrollWidth - box.clientWidth)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_readable_and_fits(name, scheme, own_server, visit):
    page = visit(scheme=scheme)
    page.goto(f"{own_server.url}/{'' if name == 'home' else PAGES[name].title}")
    heading = page.get_by_role("heading", name=PAGES[name].title, exact=True)
    question = page.get_by_text(PAGES[name].question).last
    expect(question).to_be_visible()
    expect(page.locator(shown_on(name)).first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    for text in (heading, question):
        seen = text.evaluate(CONTRAST)
        assert seen["contrast"] >= ENOUGH, seen
        assert (seen["background"] < 0.2) == (scheme == "dark"), seen
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(SIDEWAYS) == [0, 0], f"{size}: something is wider than the window"
        look(page, f"{name}-{scheme}-{size}")
