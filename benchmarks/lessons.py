"""The page of the lessons: how long the server works after a slider was moved, step by step.

    GENRE_HOME=ROOT OMP_NUM_THREADS=1 python -m benchmarks.lessons [--lesson NAME ...] [--print-only]

Each step is drawn once, so that songs are heard and caches filled; then its first slider is moved to and fro. AppTest runs the
whole page each time, where a browser asks for the step alone: it is the upper end. Times go into docs/benchmarks.md.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import click
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import SelectSlider

from benchmarks import record
from pages.lessons.table import LESSONS

APP = Path(__file__).resolve().parents[1] / "app.py"
MOVES = 9
MARK = "lessons"


def measured(lesson: str, step: str) -> tuple[str, list[float], list[float]]:
    """What was moved, and processor and wall time of the page after each move [ms]."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.switch_page("pages/7_Learn.py")
    app.query_params["lesson"], app.query_params["step"] = lesson, step
    app.run()
    app.run()
    if app.exception:
        raise click.ClickException(f"{lesson}, {step}: {app.exception[0].message}")
    begins = f"learn.{lesson}."
    sliders = [widget for widget in app.slider if widget.key and widget.key.startswith(begins)]
    if not sliders:  # AppTest cannot move a select slider whose options have other words than their values
        sliders = [widget for widget in app.select_slider if widget.key and widget.key.startswith(begins) and _is_plain(widget)]
    label, key = (sliders[0].label, sliders[0].key) if sliders else ("nothing: drawn again", None)
    processor, wall = [], []
    for number in range(MOVES):
        if key is not None:
            _move(app, key, number)
        began, worked = time.perf_counter(), time.process_time()
        app.run()
        wall.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - worked))
    return label, processor, wall


def _move(app: AppTest, key: str, number: int) -> None:
    """Put a slider a little on, to and fro."""
    for widget in app.slider:
        if widget.key == key:
            room = widget.max - widget.min
            steps = round(room / widget.step) if widget.step else 10
            at = widget.min + type(widget.min)((1 + 2 * number) % max(steps, 1)) * (widget.step or room / 10)
            widget.set_value(min(widget.max, at))
            return
    widget = app.select_slider(key=key)
    widget.set_value(widget.options[(1 + 2 * number) % len(widget.options)])


def _is_plain(widget: SelectSlider[object]) -> bool:
    return str(widget.value) in widget.options


def rows(lessons: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A row of the table for each step."""
    for name in lessons:
        for step in LESSONS[name].steps:
            label, processor, wall = measured(name, step)
            yield name, step, label, f"{statistics.median(processor):.0f}", f"{min(wall):.0f}"


@click.command()
@click.option("--lesson", "lessons", multiple=True, type=click.Choice(list(LESSONS)), help="All, if none is named.")
@click.option("--print-only", is_flag=True)
def main(lessons: tuple[str, ...], print_only: bool) -> None:
    """Measure the page of the lessons."""
    header = ("lesson", "step", "what is moved", "processor time, median [ms]", "wall time, quickest [ms]")
    text = f"{record.table(header, rows(lessons or tuple(LESSONS)))}\n\nOn {record.machine()}."
    click.echo(text)
    if not print_only:
        record.write_between(record.DOCUMENT, MARK, text)


if __name__ == "__main__":
    main()
