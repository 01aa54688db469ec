"""The glossary's marks become links whose tooltips are its sentences."""

import pytest

from genre_core.errors import ParameterError
from pages.ui import glossary


def test_a_marked_term_becomes_a_link_that_says_its_meaning():
    assert glossary.linked("It follows the [[tempo]].") == f'It follows the [tempo](#tempo "{glossary.meaning("tempo")}").'


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
    assert glossary.linked(written).startswith(f"[{shown}](#{glossary.anchor(term)} ")
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
    assert glossary.listed(["tempo", "mel"]) == f"- **tempo**: {glossary.meaning('tempo')}\n- **mel**: {glossary.meaning('mel')}"


def test_the_glossary_is_sorted_and_names_no_term_twice():
    lines = glossary.GLOSSARY.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")][1:]
    assert all(len(row) == 2 for row in rows)
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=str.casefold)
    names = [name for row in rows for name in row[0].split(", ")]
    assert len(names) == len(set(names))
    assert all(row[1].endswith(".") and '"' not in row[1] for row in rows)
