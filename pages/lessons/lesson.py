"""What a lesson is, and what each of its steps draws with."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from pages.figures.theme import PLAIN_CONFIG, larger
from pages.figures.wording import reword
from pages.lessons.phrases import AS_THEY_ARE, Phrases
from pages.ui import state
from pages.ui.player import ENGLISH, Names, Sound, player

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from genre_core.audio import Clip

PAGE = "learn"
LISTEN = 110
"""Height of a player that is there to be heard [pixels]."""
BUTTONS = 62
"""Height of its buttons, about [pixels]."""
MAGNIFIED = 1.25
"""A player before a class; its buttons grow with all other letters besides."""


CONTROL, LINE, GAP = 121, 37, 23
"""Before a class: height of a slider or a menu, of a line of words, and between two things [pixels]."""
LETTERS_BELOW, LETTERS_BESIDE = 85, 52
"""Letters in a line below the picture and beside it, before a class."""


def height_of(text: str, letters: int) -> float:
    """Height of words before a class [pixels, about], so many letters in a line."""
    paragraphs = [paragraph.splitlines() for paragraph in text.split("\n\n")]
    return float(sum(GAP + LINE * sum(math.ceil(len(line) / letters) for line in lines) for lines in paragraphs))


class Stage(NamedTuple):
    """Where a step draws, and for whom.

    Attributes
    ----------
    lesson, step : str
        Their names.
    is_for_class : bool
        The teacher's view: everything is larger.
    picture, side : containers
        The wide place for the picture, and the narrow one beside it for what can be changed.
    heights, beside : list of float
        Of what stands in either place so far, as a class sees it [pixels, about].
    phrases : Phrases
        What is said for phrases that stand here in English.
    """

    lesson: str
    step: str
    is_for_class: bool
    picture: Any
    side: Any
    heights: list[float]
    beside: list[float]
    phrases: Phrases = AS_THEY_ARE

    def key(self, name: str) -> str:
        """Key of a widget of this lesson."""
        return f"{PAGE}.{self.lesson}.{name}"

    def words(self, phrase: str, /, **values: Any) -> str:
        """A phrase in the lesson's language, with its values put in; one that the language lacks stays as it is."""
        return self.phrases.say(phrase, **values)

    def chart(self, figure: Figure, name: str, *, low: float = 1.0) -> None:
        """Draw a figure into the picture's place, its words in the lesson's language.

        Before a class all of a step has to stand on one screen: `low` is the share of its height that a figure keeps there.
        """
        if self.phrases.said:
            reword(figure, self.words)
        shown = larger(figure, low) if self.is_for_class else figure
        self.heights.append(shown.layout.height)
        self.picture.plotly_chart(shown, key=self.key(name), config=PLAIN_CONFIG)

    def listen(
        self,
        clip: Clip,
        name: str,
        *,
        title: str,
        first: str = ENGLISH.original,
        height: int = LISTEN,
        sounds: Sequence[Sound] = (),
        **more: Any,
    ) -> None:
        """A player below the picture; `first` is what its sound is called beside others, `more` goes to the player."""
        large = self.is_for_class and height > LISTEN  # what is only heard may stay small
        self.heights.append(BUTTONS + height * (MAGNIFIED if large else 1.0))
        with self.picture:
            player(
                clip,
                key=self.key(name),
                height=height,
                magnified=MAGNIFIED if large else 1.0,
                title=self.words(title),
                names=Names(*map(self.words, ENGLISH._replace(original=first))),
                sounds=[sound._replace(name=self.words(sound.name)) for sound in sounds],
                **more,
            )

    def lack(self, phrase: str, /, **values: Any) -> None:
        """Say in the picture's place what is missing for one, and what to do."""
        self.picture.info(self.words(phrase, **values))

    def tell(self, phrase: str, /, **values: Any) -> None:
        """What came out, beside the picture, in Markdown."""
        self.put(self.words(phrase, **values))

    def put(self, text: str) -> None:
        """The same of words in the lesson's language."""
        self.beside.append(height_of(text, LETTERS_BESIDE))
        self.side.markdown(text)

    def slider(self, label: str, name: str, low: float, high: float, default: float, step: float, **more: Any) -> float:
        """A number to drag, whose value stands in the URL."""
        self.beside.append(CONTROL)
        place = self._adopt(name, default, low, high)
        kind = type(default)
        value = self.side.slider(self.words(label), kind(low), kind(high), step=kind(step), key=place, **more)
        self._publish(name, value, default)
        return kind(value)

    def steps(self, label: str, name: str, options: tuple[Any, ...], default: Any, **more: Any) -> Any:
        """One of some values in order, to drag; it stands in the URL."""
        self.beside.append(CONTROL)
        place = state.adopt(f"{PAGE}.{self.lesson}", name, default=default, options=options)
        value = self.side.select_slider(self.words(label), options, key=place, **more)
        self._publish(name, value, default)
        return value

    def choice(self, label: str, name: str, options: tuple[Any, ...], default: Any, **more: Any) -> Any:
        """One of a few, side by side; it stands in the URL."""
        self.beside.append(CONTROL)
        place = state.adopt(f"{PAGE}.{self.lesson}", name, default=default, options=options)
        value = self.side.segmented_control(self.words(label), options, key=place, required=True, **more)
        value = default if value is None else value
        self._publish(name, value, default)
        return value

    def menu(self, label: str, name: str, options: tuple[Any, ...], default: Any, **more: Any) -> Any:
        """One of many; it stands in the URL."""
        self.beside.append(CONTROL)
        place = state.adopt(f"{PAGE}.{self.lesson}", name, default=default, options=options)
        value = self.side.selectbox(self.words(label), options, key=place, **more)
        self._publish(name, value, default)
        return value

    def toggle(self, label: str, name: str, *, default: bool = False, **more: Any) -> bool:
        """On or off; it stands in the URL."""
        self.beside.append(CONTROL / 2)
        place = state.adopt(f"{PAGE}.{self.lesson}", name, default=default)
        value = self.side.toggle(self.words(label), key=place, **more)
        self._publish(name, value, default)
        return bool(value)

    def said(self, name: str, options: tuple[Any, ...], default: Any) -> Any:
        """What a menu of another step says, here only read; it stands in the URL."""
        value = st.session_state[state.adopt(f"{PAGE}.{self.lesson}", name, default=default, options=options)]
        self._publish(name, value, default)
        return value

    def number(self, name: str, low: float, high: float, default: float) -> float:
        """What a slider of another step says, here only read; it stands in the URL."""
        value = type(default)(st.session_state[self._adopt(name, default, low, high)])
        self._publish(name, value, default)
        return value

    def _adopt(self, name: str, default: float, low: float, high: float) -> str:
        place = state.adopt(f"{PAGE}.{self.lesson}", name, default=default)
        if not low <= st.session_state[place] <= high:
            st.session_state[place] = min(high, max(low, st.session_state[place]))
        return place

    def _publish(self, name: str, value: Any, default: Any) -> None:
        state.publish(f"{PAGE}.{self.lesson}", name, value, default=default)


class Lesson(NamedTuple):
    """A lesson: its name, which is that of its file of words too, the minutes it takes, and what draws each step, by name."""

    name: str
    minutes: int
    steps: dict[str, Callable[[Stage], None]]
