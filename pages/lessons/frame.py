"""The frame around a lesson: which one, which step, on and back, the words around the picture, the question at the end."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from genre_core.errors import ParameterError
from pages.lessons.lesson import LETTERS_BELOW, LETTERS_BESIDE, PAGE, Lesson, Stage, height_of
from pages.lessons.phrases import phrases
from pages.lessons.words import FIRST_LANGUAGE, QUESTION, LessonText, Question, language_name, languages, lesson_text
from pages.ui import state
from pages.ui.errors import spoken
from pages.ui.glossary import linked
from pages.ui.presenter import present

KEPT_IN_ADDRESS = {"lesson", "teacher", "language"}
"""What a link says whatever the lesson; the rest belongs to one."""
TEACHER_HELP = "Large type, and keys: arrows, or Page Up and Page Down as a presenter's remote sends them."
MOST_FAULTS = 5
"""So many lines of a list of phrases that cannot be used are told at once."""
COLUMNS, CLASS_COLUMNS = (3, 1), (5, 3)
"""Picture and what can be changed."""


def choose_lesson(lessons: dict[str, Lesson]) -> Lesson:
    """The lesson that is read; another one begins at its first step, with nothing changed yet."""
    place = state.adopt(PAGE, "lesson", default=next(iter(lessons)), options=list(lessons))
    texts = {name: _text(name) for name in lessons}
    numbers = {name: number for number, name in enumerate(lessons, 1)}
    name = st.selectbox(
        words("Lesson"),
        list(lessons),
        format_func=lambda name: f"{numbers[name]}.  {texts[name].title}  ·  {texts[name].asks}",
        key=place,
        on_change=_begin,
    )
    state.publish(PAGE, "lesson", name, default=next(iter(lessons)))
    return lessons[name]


def choose_language() -> None:
    """Ask for the language of the lessons, where there are several."""
    known = languages()
    if len(known) == 1:
        return
    place = state.adopt(PAGE, "language", default=FIRST_LANGUAGE, options=known)
    name = st.selectbox(words("Language"), known, format_func=language_name, key=place)
    state.publish(PAGE, "language", name, default=FIRST_LANGUAGE)


def language() -> str:
    """The language of the lessons."""
    return str(st.session_state.get(state.key(PAGE, "language"), FIRST_LANGUAGE))


def words(phrase: str, /, **values: Any) -> str:
    """A phrase of the frame in the language of the lessons."""
    return phrases(language()).say(phrase, **values)


def is_for_class() -> bool:
    """Whether a teacher shows it: large type, and nothing but the lesson."""
    return st.query_params.get("teacher") == "1"


def show(lesson: Lesson, lessons: dict[str, Lesson]) -> None:
    """One step of a lesson: title with the way back and on, words, picture with what can be changed, words."""
    text = _text(lesson.name)
    names = [*lesson.steps, QUESTION]
    place = state.adopt(PAGE, "step", default=names[0], options=names)
    step = st.session_state[place]
    state.publish(PAGE, "step", step, default=names[0])
    title = text.question.title if step == QUESTION else text.steps[step].title
    _heading(Progress(names, names.index(step), list(lessons), list(lessons).index(lesson.name), lesson.minutes), title)
    if step == QUESTION:
        ask(lesson, text.question)
    else:
        _step(lesson, step, text)
    if not is_for_class():
        _tell_faults(lesson.name)
    if is_for_class():
        present(f"{PAGE}.presenter", at=names.index(step), count=len(names), on_turn=lambda number: _go(names[number], names[0]))


@st.fragment
def _step(lesson: Lesson, step: str, text: LessonText) -> None:
    large = is_for_class()
    told = text.steps[step]
    say(told.above)
    picture, side = st.columns(CLASS_COLUMNS if large else COLUMNS, gap="medium" if large else "large")
    stage = Stage(lesson.name, step, large, picture, side, [], [], phrases(language()))
    with spoken():
        lesson.steps[step](stage)
    with _room(stage, told.below) if large else st.container():
        say(told.below)


def _text(lesson: str) -> LessonText:
    """The words of a lesson; in English where those of another language cannot be read, as `_tell_faults` says."""
    try:
        return lesson_text(lesson, language())
    except ParameterError:
        return lesson_text(lesson)


def _tell_faults(lesson: str) -> None:
    """Say to whoever writes a language which of its words cannot be used."""
    faults = list(phrases(language()).faults)
    try:
        lesson_text(lesson, language())
    except ParameterError as error:
        faults.insert(0, f"{error} English stands there.")
    if faults:
        more = [f"And {len(faults) - MOST_FAULTS} more."] if len(faults) > MOST_FAULTS else []
        st.warning("\n\n".join([*faults[:MOST_FAULTS], *more]), icon=":material/translate:")


def _room(stage: Stage, text: str) -> Any:
    """Where a class can read the last words with the least scrolling: below the picture, or below what can be changed."""
    below = sum(stage.heights) + height_of(text, LETTERS_BELOW)
    return stage.picture if below <= sum(stage.beside) + height_of(text, LETTERS_BESIDE) else stage.side


def views() -> None:
    """The way to the teacher's view, and back."""
    large = is_for_class()
    st.button(
        words("Leave the teacher's view" if large else "Teacher's view: for a projector"),
        key=f"{PAGE}.teacher",
        icon=":material/close_fullscreen:" if large else ":material/present_to_all:",
        type="tertiary",
        help=None if large else words(TEACHER_HELP),
        on_click=_switch,
        args=(not large,),
    )


def say(text: str) -> None:
    """Words of a lesson."""
    if text:
        with spoken():  # a translation may mark a term that the glossary does not hold
            st.markdown(linked(text))


def ask(lesson: Lesson, question: Question) -> None:
    """The last question; the answer is explained as soon as one is chosen."""
    say(question.text)
    answers = [answer.words for answer in question.answers]
    key = f"{PAGE}.{lesson.name}.answer"
    chosen = st.radio(words("Your answer"), answers, index=None, key=key, label_visibility="collapsed")
    if chosen is None:
        return
    answer = question.answers[answers.index(chosen)]
    with spoken():
        if answer.is_right:
            st.success(linked(answer.why), icon=":material/check_circle:")
        else:
            st.warning(linked(answer.why), icon=":material/undo:")


class Progress(NamedTuple):
    """Where a reader is: which of the steps, of which of the lessons."""

    steps: list[str]
    step: int
    lessons: list[str]
    lesson: int
    minutes: int

    @property
    def is_last_step(self) -> bool:
        return self.step == len(self.steps) - 1

    @property
    def is_last_lesson(self) -> bool:
        return self.lesson == len(self.lessons) - 1


def _heading(at: Progress, title: str) -> None:
    large = is_for_class()
    heading, back, on = st.columns([6, 1, 1] if large else [8, 1, 1], vertical_alignment="center")
    with heading:
        place = {"lesson": at.lesson + 1, "lessons": len(at.lessons), "step": at.step + 1, "steps": len(at.steps)}
        said = words("Lesson {lesson} of {lessons}  ·  Step {step} of {steps}", **place)
        if large:
            st.header(f"{title}  :gray[:small[{said}]]", anchor=False)
        else:
            st.header(title, anchor=False)
            st.caption(words("{place}, {minutes} minutes in all", place=said, minutes=at.minutes))
    back.button(
        words("Back"),
        key=f"{PAGE}.back",
        disabled=at.step == 0,
        on_click=_go,
        args=(at.steps[at.step - 1], at.steps[0]),
        width="stretch",
    )
    if at.is_last_step and not at.is_last_lesson:
        following = at.lessons[at.lesson + 1]
        on.button(
            words("Next lesson"), key=f"{PAGE}.following", type="primary", on_click=_go_on, args=(following,), width="stretch"
        )
    else:
        on.button(
            words("Next"),
            key=f"{PAGE}.next",
            type="primary",
            disabled=at.is_last_step,
            on_click=_go,
            args=(at.steps[min(at.step + 1, len(at.steps) - 1)], at.steps[0]),
            width="stretch",
        )


def _go_on(lesson: str) -> None:
    _begin()
    st.session_state[state.key(PAGE, "lesson")] = lesson


def _go(step: str, first: str) -> None:
    """Lead to a step; the address says it at once, since a second key may come before the browser knows of the first."""
    st.session_state[state.key(PAGE, "step")] = step
    state.publish(PAGE, "step", step, default=first)


def _switch(large: bool) -> None:
    if large:
        st.query_params["teacher"] = "1"
    else:
        st.query_params.pop("teacher", None)


def _begin() -> None:
    """Another lesson: what the address said of the former one goes."""
    st.session_state.pop(state.key(PAGE, "step"), None)
    st.session_state.pop(f"kept.{state.key(PAGE, 'step')}", None)
    for name in set(st.query_params) - KEPT_IN_ADDRESS:
        del st.query_params[name]
