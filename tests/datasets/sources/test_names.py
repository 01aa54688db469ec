"""Names that can be shown anywhere, and still say which file is meant."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.datasets.sources.names import printable


@pytest.mark.parametrize("name", ["plain name.wav", "Käthe", "עברית", "日本語\u3000曲", "👩\u200d🎤", "a\u0301"])
def test_letters_of_every_alphabet_stay(name):
    assert printable(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (os.fsdecode(b"caf\xe9.wav"), r"caf\xe9.wav"),
        ("two\nlines\r", r"two\nlines\r"),
        ("\u202egnp.wav", r"\u202egnp.wav"),
        ("half \ud83d", r"half \ud83d"),
        ("bell\x07", r"bell\x07"),
    ],
)
def test_what_cannot_be_shown_is_written_out(name, shown):
    assert printable(name) == shown


@given(st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF, exclude_categories=())))
def test_the_result_is_text_on_one_line_and_stays_as_it_is(name):
    shown = printable(name)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert "\n" not in shown
    assert printable(shown) == shown
