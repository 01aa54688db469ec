"""The frame around a lesson: which one, which step, on and back, the words around the picture, the question at the end."""

from __future__ import annotations

import streamlit as st

from pages.lessons.lesson import PAGE, Lesson, Stage
from pages.lessons.words import FIRST_LANGUAGE, QUESTION, LessonText, Question, languages, lesson_text
from pages.ui import state
from pages.ui.errors import spoken
from pages.ui.glossary import linked

KEPT_IN_ADDRESS = {"lesson", "teacher", "language"}
"""What a link says whatever the lesson; the rest belongs to one."""


def choose_lesson(lessons: dict[str, Lesson]) -> Lesson:
    """The lesson that is read; another one begins at its first step, with nothing changed yet."""
    place = state.adopt(PAGE, "lesson", default=next(iter(lessons)), options=list(lessons))
    texts = {name: lesson_text(name, language()) for name in lessons}
    numbers = {name: number for number, name in enumerate(lessons, 1)}
    name = st.selectbox(
        "Lesson",
        list(lessons),
        format_func=lambda name: f"{numbers[name]}.  {texts[name].title}  ·  {texts[name].asks}",
        key=place,
        on_change=_begin,
    )
    state.publish(PAGE, "lesson", name, default=next(iter(lessons)))
    return lessons[name]


def language() -> str:
    """The language of the lessons; asked for where there are several."""
    known = languages()
    if len(known) == 1:
        return FIRST_LANGUAGE
    place = state.adopt(PAGE, "language", default=FIRST_LANGUAGE, options=known)
    return str(st.session_state[place])


def is_for_class() -> bool:
    """Whether a teacher shows it: large type, and nothing but the lesson."""
    return st.query_params.get("teacher") == "1"


def show(lesson: Lesson) -> None:
    """One step of a lesson: title with the way back and on, words, picture with what can be changed, words."""
    text = lesson_text(lesson.name, language())
    names = [*lesson.steps, QUESTION]
    place = state.adopt(PAGE, "step", default=names[0], options=names)
    step = st.session_state[place]
    state.publish(PAGE, "step", step, default=names[0])
    title = text.question.title if step == QUESTION else text.steps[step].title
    _heading(names, step, title, minutes=lesson.minutes)
    if step == QUESTION:
        ask(lesson, text.question)
        return
    _step(lesson, step, text)


@st.fragment
def _step(lesson: Lesson, step: str, text: LessonText) -> None:
    large = is_for_class()
    words = text.steps[step]
    say(words.above, large=large)
    picture, side = st.columns([3, 1], gap="large")
    with spoken():
        lesson.steps[step](Stage(lesson.name, step, large, picture, side))
    say(words.below, large=large)


def views() -> None:
    """The way to the teacher's view, and back."""
    large = is_for_class()
    st.button(
        "Leave the teacher's view" if large else "Teacher's view: for a projector",
        key=f"{PAGE}.teacher",
        icon=":material/close_fullscreen:" if large else ":material/present_to_all:",
        type="tertiary",
        on_click=_switch,
        args=(not large,),
    )


def say(text: str, *, large: bool) -> None:
    """Words of a lesson; before a class each paragraph as large as a heading."""
    for paragraph in text.split("\n\n") if large else [text]:
        if paragraph.strip():
            st.markdown(linked(f"## {' '.join(paragraph.split())}" if large and _is_prose(paragraph) else paragraph))


def ask(lesson: Lesson, question: Question) -> None:
    """The last question; the answer is explained as soon as one is chosen."""
    say(question.text, large=is_for_class())
    answers = [answer.words for answer in question.answers]
    key = f"{PAGE}.{lesson.name}.answer"
    chosen = st.radio("Your answer", answers, index=None, key=key, label_visibility="collapsed")
    if chosen is None:
        return
    answer = question.answers[answers.index(chosen)]
    if answer.is_right:
        st.success(linked(answer.why), icon=":material/check_circle:")
    else:
        st.warning(linked(answer.why), icon=":material/undo:")


def _heading(names: list[str], step: str, title: str, *, minutes: int) -> None:
    number = names.index(step)
    words, back, on = st.columns([8, 1, 1], vertical_alignment="center")
    with words:
        st.header(title, anchor=False)
        st.caption(f"Step {number + 1} of {len(names)}, {minutes} minutes in all")
    back.button("Back", key=f"{PAGE}.back", disabled=number == 0, on_click=_go, args=(names[number - 1],), width="stretch")
    on.button(
        "Next",
        key=f"{PAGE}.next",
        type="primary",
        disabled=number == len(names) - 1,
        on_click=_go,
        args=(names[min(number + 1, len(names) - 1)],),
        width="stretch",
    )


def _go(step: str) -> None:
    st.session_state[state.key(PAGE, "step")] = step


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


def _is_prose(paragraph: str) -> bool:
    """Whether it is running text: lists, tables, code and formulas keep their form."""
    return not paragraph.lstrip().startswith(("- ", "* ", "|", "```", "$$", "#", "1. ", "> "))
