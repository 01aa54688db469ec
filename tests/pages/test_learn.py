"""The page Learn: every step of every lesson draws, at its first values and at its extremes; its words are whole."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.datasets.demo import make_demo
from genre_core.errors import ParameterError
from pages.figures.theme import larger
from pages.lessons.frame import _room
from pages.lessons.lesson import GAP, LINE, Stage, height_of
from pages.lessons.table import LESSONS
from pages.lessons.words import FIRST_LANGUAGE, FOLDER, QUESTION, languages, lesson_text, read_lesson
from pages.ui.glossary import named_in

APP = str(Path(__file__).resolve().parents[2] / "app.py")
STEPS = [pytest.param(lesson.name, step, id=f"{lesson.name}-{step}") for lesson in LESSONS.values() for step in lesson.steps]
SMALL = """# A lesson
Why?

## first: One
Above [[tempo]].

***

Below.

## question: What?
Well:

- [ ] No. :: Because not.
- [x] Yes. :: Because so.
"""


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """A root with demo songs of some genres, two seconds each."""
    root = tmp_path_factory.mktemp("lessons")
    make_demo(root / "datasets", n_tracks=3, seconds=2.0, processes=1)
    return root


def visit(root: Path, monkeypatch, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/7_Learn.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def pictures(app: AppTest) -> int:
    return len(app.get("plotly_chart")) + len(app.get("bidi_component"))


@pytest.mark.parametrize(("lesson", "step"), STEPS)
def test_each_step_draws_at_its_first_values_and_at_every_extreme(lesson, step, songs, monkeypatch):
    app = visit(songs, monkeypatch, lesson=lesson, step=step)
    assert pictures(app)
    assert not app.error, [entry.value for entry in app.error]
    keys = [entry.key for entry in app.slider if entry.key.startswith(f"learn.{lesson}.")]
    for end in ("min", "max"):
        for key in keys:
            widget = app.slider(key=key)
            app.slider(key=key).set_value(getattr(widget, end))
        app.run()
        assert not app.exception, app.exception
        assert not app.error, [entry.value for entry in app.error]


@pytest.mark.parametrize(("lesson", "step"), STEPS)
def test_each_step_has_something_to_say_without_any_song(lesson, step, tmp_path, monkeypatch):
    app = visit(tmp_path, monkeypatch, lesson=lesson, step=step)
    assert pictures(app) or app.info
    assert not app.error


@pytest.mark.parametrize("name", LESSONS)
def test_words_and_steps_belong_together(name):
    for language in languages():
        text = lesson_text(name, language)
        assert list(text.steps) == list(LESSONS[name].steps)
        for step in text.steps.values():
            assert all(step)
            named_in(step.above + step.below)
        for answer in text.question.answers:
            assert answer.why.endswith((".", "?"))
            named_in(answer.why)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"step": "sampling", "tone": "4000"}, "**4,000 Hz** is exactly half the rate"),
        ({"step": "sampling", "tone": "4000", "rate": "4000"}, "hear **nothing**: all samples are the same"),
        ({"lesson": "descent", "step": "rate", "valley_rate": "0.08"}, "**On the edge**"),
        ({"lesson": "descent", "step": "rate", "valley_rate": "0.079"}, "**On its way**"),
        ({"lesson": "descent", "step": "rate", "valley_rate": "0.07"}, "**There**"),
        ({"lesson": "descent", "step": "rate", "valley_rate": "0.085"}, "**Too large**"),
        ({"lesson": "neuron", "step": "several", "temperature": "0.1"}, "**more than a thousand times** as much"),
        ({"lesson": "neuron", "step": "borders", "turn_b": "20.0"}, "Yours: **33 % right"),
    ],
)
def test_what_comes_out_is_told_as_it_is(asked, said, songs, monkeypatch):
    assert said in "\n".join(entry.value for entry in visit(songs, monkeypatch, **asked).markdown)


def test_the_parts_that_are_weighed_add_up_as_they_are_shown(songs, monkeypatch):
    app = visit(songs, monkeypatch, lesson="neuron", step="weighing")
    drawn = json.dumps([json.loads(chart.proto.spec) for chart in app.get("plotly_chart")], ensure_ascii=False)
    told = next(entry.value for entry in app.markdown if entry.value.startswith("z = "))
    z = float(told.split("**")[1].replace("−", "-"))
    shown = [float(number.replace("−", "-")) for number in re.findall(r"\+1\.0 × ([+−][0-9.]+)", drawn)]
    assert len(shown) >= 2
    assert z == pytest.approx(sum(shown[:2]), abs=1e-9)


def test_the_address_leads_to_a_step_as_it_was(songs, monkeypatch):
    app = visit(songs, monkeypatch, step="sampling", tone="7000", rate="8000")
    assert "**7,000 Hz** and hear **1,000 Hz**" in "\n".join(entry.value for entry in app.markdown)
    app.slider(key="learn.sound.tone").set_value(2700).run()
    assert app.query_params.get("tone") is None  # the default is left out
    app.slider(key="learn.sound.tone").set_value(7500).run()
    assert app.query_params["tone"] in ("7500", ["7500"])


def test_next_and_back_lead_from_step_to_step(songs, monkeypatch):
    app = visit(songs, monkeypatch)
    text = lesson_text("sound")
    titles = [step.title for step in text.steps.values()] + [text.question.title]
    assert app.button(key="learn.back").disabled
    for title in titles[1:]:
        app.button(key="learn.next").click().run()
        assert app.header[0].value == title
    app.button(key="learn.back").click().run()
    assert app.header[0].value == titles[-2]
    app.button(key="learn.next").click().run()
    app.button(key="learn.following").click().run()
    second = list(LESSONS)[1]
    assert app.query_params["lesson"] in (second, [second])
    assert app.header[0].value == next(iter(lesson_text(second).steps.values())).title
    last = visit(songs, monkeypatch, lesson=list(LESSONS)[-1], step=QUESTION)
    assert last.button(key="learn.next").disabled


def test_keys_of_a_remote_lead_on_before_a_class(songs, monkeypatch):
    app = visit(songs, monkeypatch, teacher="1")
    steps = [step.title for step in lesson_text("sound").steps.values()]
    presenter = app.get("bidi_component")[-1]
    assert json.loads(presenter.proto.json) == {"at": 0, "count": len(steps) + 1}


@pytest.mark.parametrize("name", LESSONS)
def test_an_answer_is_explained_as_soon_as_it_is_chosen(name, songs, monkeypatch):
    app = visit(songs, monkeypatch, lesson=name, step=QUESTION)
    for answer in lesson_text(name).question.answers:
        app.radio(key=f"learn.{name}.answer").set_value(answer.words).run()
        told = app.success if answer.is_right else app.warning
        assert [entry.value.split("[")[0][:20] for entry in told] == [answer.why.split("[")[0][:20]]


def test_before_a_class_words_are_large_and_the_menu_is_gone(songs, monkeypatch):
    app = visit(songs, monkeypatch, teacher="1")
    assert app.header[0].value == f"Sound becomes a row of numbers  :gray[:small[Lesson 1 of {len(LESSONS)}  ·  Step 1 of 8]]"
    assert not app.title
    assert any("genrescope_presenter" in entry.proto.component_name for entry in app.get("bidi_component"))
    app.button(key="learn.teacher").click().run()
    assert app.title[0].value == "Learn"
    assert "teacher" not in app.query_params


def test_before_a_class_the_last_words_stand_where_less_stands_already():
    def stage(heights, beside) -> Stage:
        return Stage("sound", "sampling", True, "picture", "side", heights, beside)

    assert _room(stage([400.0], [363.0]), "Some words.") == "side"
    assert _room(stage([300.0], [605.0]), "Some words.") == "picture"
    assert _room(stage([400.0], [390.0]), "Many words. " * 40) == "picture"  # lines are longer there
    assert height_of("One line.\n\nTwo.\nLines.", 80) == 2 * GAP + 3 * LINE
    assert height_of("x" * 81, 80) == GAP + 2 * LINE


def test_pictures_for_the_back_row_are_larger():
    from genre_core.teaching.sampling import sample_tone
    from pages.figures.learn.sound import sampled

    tone = sample_tone(440, sr=8000, seconds=0.01)
    small, large = sampled(tone), larger(sampled(tone))
    assert large.layout.height > small.layout.height
    assert large.layout.xaxis.tickfont.size == 20
    assert large.layout.xaxis.title.text == "Time [ms]"


@pytest.fixture
def translated(tmp_path, monkeypatch):
    """A folder of words in which a teacher has begun to translate: the first lesson into German."""
    folder = tmp_path / "lessons"
    shutil.copytree(FOLDER / FIRST_LANGUAGE, folder / FIRST_LANGUAGE)
    words = (FOLDER / FIRST_LANGUAGE / "sound.md").read_text(encoding="utf-8")
    (folder / "de").mkdir()
    german = words.replace("# From air pressure to MFCC", "# Vom Luftdruck zu MFCC").replace(
        "## sampling: Sound becomes a row of numbers", "## sampling: Klang wird zu Zahlen"
    )
    (folder / "de" / "sound.md").write_text(german, encoding="utf-8")
    monkeypatch.setattr("pages.lessons.words.FOLDER", folder)
    return folder


def test_a_teacher_s_translation_is_offered_and_the_rest_stays_english(translated, songs, monkeypatch):
    assert languages() == ("en", "de")
    app = visit(songs, monkeypatch, language="de")
    assert app.header[0].value == "Klang wird zu Zahlen"
    assert app.selectbox(key="learn.language").options == ["English", "Deutsch"]
    titles = [option.split("  ")[1] for option in app.selectbox(key="learn.lesson").options]
    assert titles[:2] == ["Vom Luftdruck zu MFCC", lesson_text(list(LESSONS)[1]).title]
    app.selectbox(key="learn.language").set_value("en").run()
    assert app.header[0].value == "Sound becomes a row of numbers"
    assert "language" not in app.query_params
    app.selectbox(key="learn.language").set_value("de").run()
    assert app.query_params["language"] in ("de", ["de"])


def test_one_language_is_no_choice(songs, monkeypatch):
    app = visit(songs, monkeypatch, language="de")
    assert not [box for box in app.selectbox if box.key == "learn.language"]
    assert app.header[0].value == "Sound becomes a row of numbers"


def test_an_unknown_lesson_or_step_is_said(songs, monkeypatch):
    app = visit(songs, monkeypatch, lesson="cooking", step="frying")
    assert [entry.value.split(" here")[0] for entry in app.warning] == [
        "There is no lesson 'cooking'",
        "There is no step 'frying'",
    ]


def test_a_lesson_is_read_from_its_file():
    text = read_lesson(SMALL, name="small.md")
    assert (text.title, text.asks) == ("A lesson", "Why?")
    assert text.steps["first"] == ("One", "Above [[tempo]].", "Below.")
    assert (text.question.title, text.question.text) == ("What?", "Well:")
    assert text.question.answers == (("No.", False, "Because not."), ("Yes.", True, "Because so."))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("# A lesson", "A lesson"), r"small\.md must begin with '# Title'"),
        (("Why?", ""), r"small\.md must begin with '# Title'"),
        (("## question: What?", "## quest: What?"), r"must end with a question: .* Received: first, quest\."),
        (("- [x] Yes.", "- [ ] Yes."), r"at least two answers, .* Received: 2 answers, 0 right\."),
        ((" :: Because so.", ""), r"Received: 1 answers, 0 right"),
        (("## question", "## first: Again\n\nx\n\n## question"), r"has the step 'first' twice"),
    ],
)
def test_a_file_that_lacks_something_is_refused_in_words(change, said):
    with pytest.raises(ParameterError, match=said):
        read_lesson(SMALL.replace(*change), name="small.md")


def test_every_file_of_words_belongs_to_a_lesson():
    assert {path.stem for path in FOLDER.rglob("*.md")} == {*LESSONS, "phrases"}
