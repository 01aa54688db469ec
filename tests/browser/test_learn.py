"""A lesson in a real browser, before a class: keys of a remote, a slider dragged, the last question, and the same in a link."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from pages.lessons.words import lesson_text
from tests.browser.visitor import PICTURE, look

LESSON = "/Learn?lesson=sound&teacher=1"
STEPS = [step.title for step in lesson_text("sound").steps.values()]
SIZES = """() => [...document.querySelectorAll('[data-testid="stMain"] p, [data-testid="stMain"] label, .js-plotly-plot text')]
  .filter((part) => part.textContent.trim() && part.getClientRects().length && !part.closest('[aria-hidden=true]'))
  .map((part) => [parseFloat(getComputedStyle(part).fontSize), part.textContent.trim().slice(0, 40)])"""
CURVE = "() => JSON.stringify(document.querySelector('.js-plotly-plot')._fullData.map((line) => [...line.y].slice(0, 200)))"


def shows(page, number: int) -> None:
    """Wait until the step of that number, from 1, stands there, picture and all."""
    expect(page.get_by_role("heading", name=re.compile(f"^{re.escape(STEPS[number - 1])}"))).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator(PICTURE).first).to_be_visible()


def dragged(page, label: str, by: float) -> str:
    """Drag a slider by so many pixels; what it says then."""
    slider = page.get_by_role("slider", name=label)
    before = slider.get_attribute("aria-valuetext")
    box = slider.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by / 2, y, steps=4)
    page.mouse.move(x + by, y, steps=4)
    page.mouse.up()
    expect(slider).not_to_have_attribute("aria-valuetext", before)
    return slider.get_attribute("aria-valuetext")


def test_a_lesson_is_led_by_keys_changed_by_hand_and_handed_on_in_a_link(own_server, visit):
    teacher = visit(width=1920, height=1080, scheme="dark")
    teacher.goto(own_server.url + LESSON)
    shows(teacher, 1)
    expect(teacher.get_by_role("heading", level=2)).to_contain_text(re.compile(r"Lesson 1 of \d+\s+·\s+Step 1 of 8$"))
    small = [found for found in teacher.evaluate(SIZES) if found[0] < 20]
    assert not small, small
    for key, number in (("PageDown", 2), ("ArrowRight", 3), ("PageUp", 2), ("PageDown", 3)):
        teacher.keyboard.press(key)
        shows(teacher, number)
    for key, number in (("PageUp", 1), ("PageDown", 3)):  # faster than the page: none is lost
        teacher.keyboard.press(key)
        teacher.keyboard.press(key)
        shows(teacher, number)
    look(teacher, "learn-1-class")

    swings = dragged(teacher, "Swings in the frame", 120)
    teacher.wait_for_url(re.compile(f"periods={float(swings):g}"))
    expect(teacher.get_by_text(re.compile("of the power lies where no tone is"))).to_be_visible()
    teacher.keyboard.press("ArrowRight")  # the slider has the keyboard: it moves, and the step stays
    expect(teacher.get_by_role("slider", name="Swings in the frame")).to_have_attribute(
        "aria-valuetext", f"{float(swings) + 0.25:.2f}"
    )
    teacher.wait_for_url(re.compile(f"periods={float(swings) + 0.25:g}"))
    shows(teacher, 3)

    student = visit(width=1920, height=1080, scheme="light")
    student.goto(teacher.url)
    shows(student, 3)
    expect(student.get_by_role("slider", name="Swings in the frame")).to_have_attribute(
        "aria-valuetext", f"{float(swings) + 0.25:.2f}"
    )
    assert student.evaluate(CURVE) == teacher.evaluate(CURVE)
    look(student, "learn-2-link")

    for number in range(4, len(STEPS) + 1):
        teacher.keyboard.press("PageDown")  # a remote's keys lead on even where a slider was dragged last
        shows(teacher, number)
    teacher.keyboard.press("PageDown")
    question = lesson_text("sound").question
    expect(teacher.get_by_role("heading", name=question.title)).to_be_visible()
    right = next(answer for answer in question.answers if answer.is_right)
    teacher.get_by_text(right.words, exact=True).click()
    expect(teacher.get_by_text(right.why)).to_be_visible()
    look(teacher, "learn-3-question")

    teacher.get_by_role("button", name="Leave the teacher's view").click()
    expect(teacher.get_by_role("heading", name="Learn", exact=True)).to_be_visible()
    teacher.wait_for_function("() => getComputedStyle(document.documentElement).fontSize === '16px'")
    expect(teacher.get_by_role("button", name="Next lesson")).to_be_visible()
