"""The words of lessons, read from Markdown files that a teacher can translate or change.

A file holds one lesson:

    # Title of the lesson
    The question that it answers.

    ## step_name: Title of the step
    What stands above the picture.

    ***

    What stands below it.

    ## question: The last question
    What it is about.

    - [ ] A wrong answer. :: Why it is wrong.
    - [x] The right answer. :: Why it is right.

Terms of the glossary are marked as in `pages.ui.glossary`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from genre_core.errors import ParameterError

FOLDER = Path(__file__).resolve().parents[1] / "texts" / "lessons"
FIRST_LANGUAGE = "en"
LANGUAGE_NAMES = {
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fi": "Suomi",
    "fr": "Français",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "sv": "Svenska",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh": "中文",
}
"""What languages call themselves; of others the folder's name is shown."""
QUESTION = "question"
BORDER = "***"

_STEP = re.compile(r"^## (\w+): (.+)$", re.MULTILINE)
_ANSWER = re.compile(r"^- \[([ x])\] (.+?) :: (.+)$")


class StepText(NamedTuple):
    """Words of one step, in Markdown with marked terms: its title, what stands above the picture, and what below it."""

    title: str
    above: str
    below: str


class Answer(NamedTuple):
    """One of the answers to choose from, whether it is right, and why."""

    words: str
    is_right: bool
    why: str


class Question(NamedTuple):
    """The question at the end of a lesson."""

    title: str
    text: str
    answers: tuple[Answer, ...]


class LessonText(NamedTuple):
    """All words of a lesson."""

    title: str
    asks: str
    steps: dict[str, StepText]
    question: Question


def languages() -> tuple[str, ...]:
    """Languages that lessons are written in, English first."""
    found = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())
    return tuple(sorted(found, key=lambda name: name != FIRST_LANGUAGE))


def language_name(language: str) -> str:
    """What a language calls itself, `Deutsch` for the folder `de`."""
    return LANGUAGE_NAMES.get(language, language)


def lesson_text(lesson: str, language: str = FIRST_LANGUAGE) -> LessonText:
    """The words of a lesson; in English where a language lacks it, or one of its steps.

    Raises
    ------
    ParameterError
        If the file does not hold what a lesson needs.
    """
    english, path = (FOLDER / name / f"{lesson}.md" for name in (FIRST_LANGUAGE, language))
    first = _read(english, english.stat().st_mtime_ns)
    if not path.is_file():
        return first
    text = _read(path, path.stat().st_mtime_ns)
    return text._replace(steps={name: text.steps.get(name, step) for name, step in first.steps.items()})


@cache
def _read(path: Path, changed: int) -> LessonText:
    return read_lesson(path.read_text(encoding="utf-8"), name=path.name)


def read_lesson(text: str, *, name: str) -> LessonText:
    """The words of a lesson from its file's text.

    Raises
    ------
    ParameterError
        If a title, the question or its answers are missing, or a step stands there twice.
    """
    head, *parts = _STEP.split(text)
    title, _, asks = head.strip().partition("\n")
    if not title.startswith("# ") or not asks.strip():
        raise ParameterError(f"{name} must begin with '# Title' and a line with its question. Received: {head.strip()[:60]!r}.")
    steps: dict[str, StepText] = {}
    question = None
    for step, words, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if step in steps or (step == QUESTION and question):
            raise ParameterError(f"{name} has the step '{step}' twice. Name each step once.")
        if step == QUESTION:
            question = _question(words.strip(), body, name)
        else:
            above, _, below = body.partition(f"\n{BORDER}\n")
            steps[step] = StepText(words.strip(), above.strip(), below.strip())
    if question is None:
        raise ParameterError(f"{name} must end with a question: '## {QUESTION}: ...'. Received: {', '.join(steps) or 'no step'}.")
    return LessonText(title.removeprefix("# ").strip(), asks.strip(), steps, question)


def _question(title: str, body: str, name: str) -> Question:
    lines = body.strip().splitlines()
    answers = tuple(Answer(match[2], match[1] == "x", match[3]) for line in lines if (match := _ANSWER.match(line)))
    text = "\n".join(line for line in lines if not line.startswith("- ["))
    n_right = sum(answer.is_right for answer in answers)
    if len(answers) < 2 or n_right != 1:
        raise ParameterError(
            f"The question of {name} needs at least two answers, each '- [ ] Words. :: Why.', one of them right ([x]). "
            f"Received: {len(answers)} answers, {n_right} right."
        )
    return Question(title, text.strip(), answers)
