"""The glossary's marks become links whose tooltips are its sentences."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.errors import ParameterError
from genre_core.glossary import entries, meaning, terms
from pages.ui import glossary
from pages.ui.view_words import views_naming

APP = str(Path(__file__).resolve().parents[2] / "app.py")


def test_a_marked_term_becomes_a_link_that_says_its_meaning():
    assert glossary.linked("It follows the [[tempo]].") == f'It follows the [tempo](Glossary?term=tempo "{terms()["tempo"]}").'


@pytest.mark.parametrize(
    ("written", "shown", "term"),
    [
        ("[[mel band]]s", "mel bands", "mel band"),
        ("[[Onset]]s", "Onsets", "onset"),
        ("[[flatness|spectral flatness]]", "flatness", "spectral flatness"),
        ("[[STFT]]", "STFT", "STFT"),
        ("[[dB]]", "dB", "dB"),
    ],
)
def test_a_mark_may_have_a_plural_a_capital_or_words_of_its_own(written, shown, term):
    assert glossary.linked(written).startswith(f"[{shown}]({glossary.address(term)} ")
    assert glossary.named_in(written) == (term,)
    assert glossary.plain(written) == shown


def test_a_term_that_the_glossary_lacks_is_said():
    with pytest.raises(ParameterError, match="There is no term named 'wobble'"):
        glossary.linked("A [[wobble]].")


def test_text_without_marks_stays_as_it_is():
    assert glossary.linked("A [list] of $x$.") == "A [list] of $x$."


def test_terms_are_listed_once_each_in_the_order_of_the_text():
    assert glossary.named_in("[[tempo]], [[chroma]], [[Tempo]]") == ("tempo", "chroma")


def test_terms_can_be_listed_with_their_meanings():
    assert glossary.listed(["tempo", "mel"]) == f"- **tempo**: {terms()['tempo']}\n- **mel**: {terms()['mel']}"


def test_the_glossary_is_sorted_and_names_no_term_twice():
    lines = glossary.GLOSSARY.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")][1:]
    assert all(len(row) == 2 for row in rows)
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=str.casefold)
    names = [name for row in rows for name in row[0].split(", ")]
    assert len(names) == len(set(names))
    assert all(row[1].endswith(".") and '"' not in row[1] for row in rows)


def test_a_tooltip_leads_to_the_term_in_the_glossary():
    assert glossary.meaning("mel band") == f"{meaning('mel band')} [Glossary](Glossary?term=mel%20band)"
    assert glossary.meaning("wobble") is None


def test_each_entry_of_the_glossary_has_its_names_and_its_sentence():
    by_name = {name: entry for entry in entries() for name in entry.names}
    assert by_name["AP"] is by_name["mAP"]
    assert by_name["tempo"].sentence == terms()["tempo"]


def visit(monkeypatch, tmp_path, **query) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/8_Glossary.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def told(app: AppTest) -> list[str]:
    return [element.value for element in app.markdown if element.value.startswith("**")]


def test_the_page_tells_every_term(monkeypatch, tmp_path):
    said = told(visit(monkeypatch, tmp_path))
    assert len(said) == len(entries())
    assert f"**AP, mAP**  \n{terms()['AP']}" in said


def test_a_link_leads_to_one_term_and_to_where_it_can_be_seen(monkeypatch, tmp_path):
    app = visit(monkeypatch, tmp_path, term="mAP")
    assert told(app) == [f"**AP, mAP**  \n{terms()['AP']}"]
    app.button(key="glossary.all").click().run()
    assert len(told(app)) == len(entries())
    assert "term" not in app.query_params


def test_a_term_leads_to_the_views_whose_words_name_it():
    assert views_naming(["MFCC"])[:2] == ["mfcc", "log_mel"]
    assert views_naming(["wobble"]) == []


def test_a_term_that_is_not_there_is_said_and_all_are_shown(monkeypatch, tmp_path):
    app = visit(monkeypatch, tmp_path, term="wobble")
    assert "There is no term 'wobble' here" in app.warning[0].value
    assert len(told(app)) == len(entries())
