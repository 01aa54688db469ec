"""A lesson that is translated whole has no English left, and the English list holds each phrase that lessons ask for."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.datasets.demo import make_demo
from genre_core.datasets.library import load_dataset
from genre_core.teaching.backprop import walk
from genre_core.teaching.backprop_words import ACTIVATION_WORDS
from genre_core.teaching.convolving import FILTERS
from genre_core.teaching.describing import SOUND_NUMBERS
from genre_core.teaching.dividing import WAYS
from genre_core.teaching.keras_example import example_features, example_net
from genre_core.teaching.leaking import MODELS
from genre_core.teaching.optimizers import OPTIMIZERS
from genre_core.teaching.published import FALLS, PUBLISHED
from genre_core.teaching.surfaces import SURFACES
from pages.figures.mfcc_chain import CHAIN
from pages.lessons import lesson as stages
from pages.lessons import neuron, overfitting
from pages.lessons.lesson import Lesson
from pages.lessons.phrases import FILE, Phrases, listed
from pages.lessons.table import LESSONS
from pages.lessons.words import FOLDER, QUESTION
from pages.ui.view_words import view_words

ROOT = Path(__file__).resolve().parents[2]
ASKED_IN = [
    *(ROOT / "pages" / "lessons").glob("*.py"),
    *(ROOT / "pages" / "figures" / "learn").glob("*.py"),
    ROOT / "pages" / "figures" / "mfcc_chain.py",
]
CALLS = {"words", "tell", "lack", "slider", "steps", "choice", "menu", "toggle", "Sound"}
"""Each takes a phrase first."""
KEPT = re.compile(r"%?\{[^}]*\}|\[\[[^\]]*\]\]|\]\([^)]*\)|\$[^$]*\$|`[^`]*`|^## \w+:|^- \[x\]", re.MULTILINE)
"""What a translation leaves as it is."""
UNSAID = re.compile(
    r"\[[^\]]*\]\(Glossary\S+( \"[^\"]*\")?\)|"
    r"\]\([^)]*\)|\$[^$]*\$|`[^`]*`|%\{[^}]*\}|<(/?b|br|/?sup|/?sub)>|<extra>.*</extra>|:\w+\[|\be[+−-]\d+"
)
"""Links, formulas and marks in what a page shows."""
NAMES_OF_WINDOWS = {"hann", "hamming", "blackman"}
PLACES = {
    "chain": [{"shown": name} for name in CHAIN],
    "weighing": [{"w1": "0", "w2": "0"}],
    QUESTION: [{"teacher": "1"}],
}
"""States that tell more than those of a step's beginning, by step."""


def loud(text: str) -> str:
    """The text in a made-up language: capital letters, and what a translation keeps."""
    parts, last = [], 0
    for match in KEPT.finditer(text):
        parts += [text[last : match.start()].upper(), match[0]]
        last = match.end()
    return "".join([*parts, text[last:].upper()])


class Walked(NamedTuple):
    """What all steps of all lessons showed in the made-up language: texts with their step, phrases asked for, names of data."""

    shown: list[tuple[str, str]]
    asked: set[str]
    data: set[str]


@pytest.fixture(scope="module")
def walked(tmp_path_factory) -> Walked:
    root = tmp_path_factory.mktemp("loud")
    make_demo(root / "datasets", n_tracks=3, seconds=2.0, processes=1)
    folder = root / "lessons"
    for language in ("en", "loud"):
        (folder / language).mkdir(parents=True)
    for path in (FOLDER / "en").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        (folder / "en" / path.name).write_text(text, encoding="utf-8")
        said = re.sub("^- (.+)$", lambda line: f"- {line[1]} :: {loud(line[1])}", text, flags=re.MULTILINE)
        (folder / "loud" / path.name).write_text(said if path.name == FILE else loud(text), encoding="utf-8")
    shown: list[tuple[str, str]] = []
    asked: set[str] = set()
    say = Phrases.say
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENRE_HOME", str(root))
        patch.setattr("pages.lessons.words.FOLDER", folder)
        patch.setattr(Phrases, "say", lambda self, phrase, /, **values: asked.add(phrase) or say(self, phrase, **values))
        patch.setattr(stages, "player", lambda *_, title, names, sounds, **__: shown.extend(
            ("player", name) for name in (title, *names, *(sound.name for sound in sounds))
        ))  # fmt: skip
        for lesson in LESSONS.values():
            shown += [(place, text) for place, app in _states(lesson) for text in _texts(app)]
    tracks = load_dataset("demo", root / "datasets").tracks
    told = [text for track in tracks for text in (track.id, track.genre, track.artist or "")]
    return Walked(shown, asked, set(re.findall("[a-z]{2,}", " ".join(told))) | NAMES_OF_WINDOWS)


def _states(lesson: Lesson) -> Iterator[tuple[str, AppTest]]:
    """A lesson step by step as it begins, then in the states of `PLACES`, then with each slider at its right end."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/7_Learn.py")
    app.query_params["lesson"], app.query_params["language"] = lesson.name, "loud"
    steps = [*lesson.steps, QUESTION]
    further = [(step, query) for step in steps for query in PLACES.get(step, [])]
    for name, query in [*((step, {}) for step in steps), *further]:
        for key, value in {"step": name, **query}.items():
            app.query_params[key] = value
        yield f"{lesson.name}, {name}", _run(app)
    for step in lesson.steps:
        app.query_params["step"] = step
        sliders = [entry for entry in _run(app).slider if entry.key.startswith(f"learn.{lesson.name}.")]
        for entry in sliders:
            entry.set_value(entry.max)
        yield f"{lesson.name}, {step}", _run(app)


def _run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def _texts(app: AppTest) -> Iterator[str]:
    """All that a visitor reads of the lesson, without the product's own menu and heading."""
    assert not app.warning, [entry.value for entry in app.warning]
    for block in app.main.children.values():
        yield from _within(block)


def _within(node: Any) -> Iterator[str]:
    if node.type in ("page_link", "title") or getattr(node, "key", "") in ("learn.language", "learn.leak.found"):
        return
    if getattr(node, "children", None):
        for child in node.children.values():
            yield from _within(child)
    elif node.type == "progress":
        yield node.proto.text
    elif node.type == "plotly_chart":
        yield from _drawn(json.loads(node.proto.spec or node.proto.figure.spec), "")
    else:
        for name in ("label", "value", "help", "options", "text"):
            found = getattr(node, name, None) if node.type != "bidi_component" else None
            options = found if name == "options" and found else [found]
            keyed = name == "value" and hasattr(node, "options")  # the key of an option, not its words
            yield from (text for text in options if isinstance(text, str) and not keyed and "How does it work?" not in text)


def _drawn(node: Any, key: str) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _drawn(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _drawn(value, key)
    elif isinstance(node, str) and key in {"text", "name", "hovertemplate", "label", "ticktext", "customdata", "x", "y"}:
        yield node


def test_no_english_is_left_in_a_lesson_that_is_translated_whole(walked):
    left = {}
    for place, text in walked.shown:
        words = set(re.findall("[a-z]{2,}", UNSAID.sub("", text))) - walked.data
        if words:
            left[text] = (place, sorted(words))
    assert not left
    assert ("sound, sampling", "TONE [HZ]") in walked.shown
    assert ("player", "HIGHS TAKEN AWAY FIRST") in walked.shown


def literals() -> dict[str, str]:
    """Phrases that stand in the lessons' source, or behind a name there, and where."""
    found = {}
    for path in ASKED_IN:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named: dict[str, list[str]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).extend(_strings(node.value, {}))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[:1] if name in CALLS else node.args[1:2] if name == "_line" else []
            asked = first + [keyword.value for keyword in node.keywords if name == "listen" and keyword.arg == "title"]
            assert not any(isinstance(part, ast.JoinedStr) for part in asked), (
                f"{path.name}, line {node.lineno}: a template, please"
            )
            found |= {text: f"{path.name}, line {node.lineno}" for part in asked for text in _strings(part, named)}
    return found


def _strings(node: ast.expr, named: dict[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return [*_strings(node.body, named), *_strings(node.orelse, named)]
    if isinstance(node, ast.Dict):
        return [text for value in node.values for text in _strings(value, named)]
    return named.get(node.id, []) if isinstance(node, ast.Name) else []


def tables() -> set[str]:
    """Words of genre_core and of other pages that lessons say."""
    steps = walk(example_net("sigmoid"), example_features(), 0)
    chain = view_words("mfcc").steps.values()
    return {
        *(text for number in SOUND_NUMBERS.values() for text in (number.title, number.title.lower(), number.axis)),
        *(text for words in chain for text in words),
        *neuron.ACTIVATION_WORDS.values(),
        *(words.title for words in ACTIVATION_WORDS.values()),
        *(step.words for phase in ("forward", "backward") for step in steps.of(phase)),
        *(entry.title for entry in (*OPTIMIZERS.values(), *SURFACES.values())),
        *overfitting.NAMES.values(),
        *(text for way in WAYS.values() for text in (way.title, way.title.lower(), way.crosses)),
        *(title for title, _ in MODELS.values()),
        *(text for fall in FALLS for text in (fall.what, fall.leaky_way, fall.honest_way, fall.source)),
        *(text for entry in PUBLISHED for text in (entry.says, entry.source)),
        *(text for entry in FILTERS.values() for text in (entry.title, entry.title.lower(), entry.answers_to)),
    }


def tooltips() -> set[str]:
    """What pictures tell under the pointer, those among them that no step shows as it begins."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in ASKED_IN if "figures" in path.parts)
    found = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text.removesuffix("<extra></extra>") for text in found if isinstance(text, str) and "%{" in text}


def test_the_english_list_holds_every_phrase_that_lessons_ask_for():
    known = set(listed((FOLDER / "en" / FILE).read_text(encoding="utf-8")))
    found = literals()
    assert len(found) > 200
    assert not {text: place for text, place in found.items() if text not in known}
    assert not tables() - known


def test_nothing_stands_in_the_english_list_that_nobody_asks_for(walked):
    known = listed((FOLDER / "en" / FILE).read_text(encoding="utf-8"))
    assert len(set(known)) == len(known)
    assert not set(known) - literals().keys() - tables() - walked.asked - tooltips()


def test_the_sentences_of_the_first_lesson_read_as_they_always_did(walked):
    """By hand: the made-up language shouts what English says, with the same numbers."""
    texts = {text for place, text in walked.shown if place == "sound, sampling"}
    assert "YOU PLAY **2,700 HZ** AND HEAR IT: IT LIES BELOW 4,000 HZ, HALF THE RATE." in texts
    assert "YOU PLAY **7,900 HZ** AND HEAR **100 HZ**." in texts
    assert {"<b>THE TONE, 7,900 HZ</b>", "<b>WHAT COMES BACK, 100 HZ</b>", "TIME [MS]"} <= texts
    assert "LESSON 1 OF 7  ·  STEP 1 OF 8, 10 MINUTES IN ALL" in texts
