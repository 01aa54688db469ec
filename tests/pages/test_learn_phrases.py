"""Phrases of the lessons: said in other words, in English where they cannot be, and a teacher is told."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.lessons.phrases import FILE, Phrases, phrases, read_phrases
from pages.lessons.words import FOLDER, lesson_text

ROOT = Path(__file__).resolve().parents[2]


def test_the_english_list_says_everything_as_it_is():
    assert phrases() == Phrases({}, ())
    assert phrases().say("Steps of {n:,} trees", n=1200) == "Steps of 1,200 trees"
    assert phrases().say("50 % {of it") == "50 % {of it"  # nothing to be put in


LIST = """# Sätze
- Tone [Hz] :: Ton [Hz]
- You hear **{alias:,.0f} Hz**, not {hertz:,}. :: Statt {hertz} sind **{alias} Hz**
  zu hören.
- {share:.0%} is left :: %{share} bleibt
- %{x:.2f} s: %{y} :: %{y} nach %{x} s
- Steps
- Epochs ::
"""


def test_phrases_are_said_in_other_words_and_numbers_stay_as_they_are():
    found = read_phrases(LIST, name="de/phrases.md")
    assert not found.faults
    assert found.say("Tone [Hz]") == "Ton [Hz]"
    told = found.say("You hear **{alias:,.0f} Hz**, not {hertz:,}.", alias=1000.4, hertz=7000)
    assert told == "Statt 7,000 sind **1,000 Hz** zu hören."
    assert found.say("{share:.0%} is left", share=0.25) == "%25% bleibt"
    assert found.said["%{x:.2f} s: %{y}"] == "%{y} nach %{x:.2f} s"
    assert found.say("Steps") == "Steps"
    assert found.say("Epochs") == "Epochs"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("You hear {alias:.0f} Hz :: Zu hören", r"must hold \{alias\} in braces, and nothing else; .* Received: `Zu hören`"),
        ("You hear {alias:.0f} Hz :: Zu hören {allias} Hz", r"must hold \{alias\} in braces, and nothing else"),
        ("You hear {alias:.0f} Hz :: Zu hören {alias Hz", r"must hold \{alias\} in braces, each opened and closed"),
        ("You hear {alias:.0f} Hz :: Zu hören {alias:.9d} Hz", r"must leave numbers as they are, \{alias\} without more"),
        ("You hear {alias:.0f} Hz :: Zu hören {alias.real} Hz", r"must hold \{alias\} in braces, and nothing else"),
        ("Tone :: Ton {x}", r"must hold nothing in braces, and nothing else"),
        ("step %{x} :: Schritt {x}", r"must have % before each brace"),
        ("Tome :: Ton", r"^de/phrases\.md: `Tome` is no phrase of the lessons: look it up"),
        ("Tone :: Ton\n- Tone :: Klang", r"`Tone` stands there twice, in different words: the first ones are used"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_english_stays(line, said):
    known = ("You hear {alias:.0f} Hz", "Tone", "step %{x}")
    found = read_phrases(f"- {line}\n", name="de/phrases.md", known=known)
    assert len(found.faults) == 1
    assert re.search(said, found.faults[0])
    assert found.say("You hear {alias:.0f} Hz", alias=3) == "You hear 3 Hz"
    assert found.say("Tone") == ("Ton" if "twice" in said else "Tone")


def write(folder: Path, language: str, text: str) -> None:
    (folder / language).mkdir(parents=True, exist_ok=True)
    (folder / language / FILE).write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("pages.lessons.words.FOLDER", tmp_path)
    write(tmp_path, "en", "- Back :: Previous\n- Next\n- Lesson\n")
    return tmp_path


def test_a_language_falls_back_phrase_by_phrase_on_the_english_list(folder):
    write(folder, "de", "- Next :: Weiter\n")
    found = phrases("de")
    assert [found.say(text) for text in ("Back", "Next", "Lesson", "Stop")] == ["Previous", "Weiter", "Lesson", "Stop"]
    assert phrases("en").said == {"Back": "Previous"}
    assert phrases("fr") == phrases("en")  # no list yet


def test_a_list_is_read_again_when_it_was_changed_and_with_a_mark_at_its_beginning(folder):
    write(folder, "de", "\ufeff- Next :: Weiter\n")
    assert phrases("de").say("Next") == "Weiter"
    write(folder, "de", "- Next :: Und weiter\n")
    assert phrases("de").say("Next") == "Und weiter"


def test_a_list_in_another_encoding_is_told(folder):
    (folder / "de").mkdir()
    (folder / "de" / FILE).write_bytes("- Back :: Zurück\n".encode("latin-1"))
    assert phrases("de").faults == ("de/phrases.md is no text in UTF-8: save it in that encoding. Nothing of it is used.",)
    assert phrases("de").say("Back") == "Previous"


def test_a_teacher_sees_which_lines_cannot_be_used_and_the_lesson_goes_on(tmp_path, monkeypatch):
    folder = tmp_path / "lessons"
    shutil.copytree(FOLDER / "en", folder / "en")
    lines = ["- Tone [Hz] :: Ton [Hz]", *(f"- Tonne {n} :: Ton" for n in range(6))]
    lines.append("- You play **{hertz:,} Hz** and hear **{alias:,.0f} Hz**. :: Zu hören sind {alias:d} Hz.")
    write(folder, "de", "\n".join(lines))
    monkeypatch.setattr("pages.lessons.words.FOLDER", folder)
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/7_Learn.py")
    for key, value in {"language": "de", "tone": "7000"}.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert app.slider(key="learn.sound.tone").label == "Ton [Hz]"
    assert "You play **7,000 Hz** and hear **1,000 Hz**." in [entry.value for entry in app.markdown]
    assert [entry.value.count("de/phrases.md: `") for entry in app.warning] == [5]
    assert app.warning[0].value.endswith("And 2 more.")
    assert lesson_text("sound", "de") == lesson_text("sound")


def test_a_lesson_whose_words_cannot_be_read_is_told_in_english(tmp_path, monkeypatch):
    folder = tmp_path / "lessons"
    shutil.copytree(FOLDER / "en", folder / "en")
    write(folder, "de", "- Next :: Weiter\n")
    words = (FOLDER / "en" / "sound.md").read_text(encoding="utf-8")
    monkeypatch.setattr("pages.lessons.words.FOLDER", folder)
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    cut = words[: words.index("## folding")] + words[words.index("## question") :]
    for text, warned in ((words.replace("- [x]", "- [ ]"), 1), (cut.replace("# From air pressure", "# Vom Luftdruck"), 0)):
        (folder / "de" / "sound.md").write_text(text, encoding="utf-8")
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.switch_page("pages/7_Learn.py")
        app.query_params["language"], app.query_params["step"] = "de", "folding"
        app.run()
        assert not app.exception
        assert app.header[0].value == lesson_text("sound", "en").steps["folding"].title
        assert app.button(key="learn.next").label == "Weiter"
        said = [entry.value for entry in app.warning]
        assert len(said) == warned
        assert all(entry.startswith("The question of sound.md needs at least two answers") for entry in said)
    assert app.selectbox(key="learn.lesson").options[0].startswith("1.  Vom Luftdruck to MFCC")


def test_a_term_that_the_glossary_lacks_is_told_where_it_stands(tmp_path, monkeypatch):
    folder = tmp_path / "lessons"
    shutil.copytree(FOLDER / "en", folder / "en")
    (folder / "de").mkdir()
    words = (FOLDER / "en" / "sound.md").read_text(encoding="utf-8")
    (folder / "de" / "sound.md").write_text(words.replace("[[sample]]s", "[[Abtastwert]]e", 1), encoding="utf-8")
    monkeypatch.setattr("pages.lessons.words.FOLDER", folder)
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/7_Learn.py")
    app.query_params["language"] = "de"
    app.run()
    assert not app.exception
    assert ["Abtastwert" in entry.value for entry in app.error] == [True]
    assert app.slider(key="learn.sound.tone")
