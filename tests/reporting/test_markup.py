"""Text stays text, whatever is in it; a card's Markdown becomes HTML, and no more than that."""

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.reporting.markdown import markdown
from genre_core.reporting.markup import Markup, element, escaped, joined


def test_elements_nest_and_text_is_escaped():
    made = element("p", "a < b & ", element("b", '"c"'), None, ["d", 3], class_="note", data_from=1.5, hidden=False)
    assert made == '<p class="note" data-from="1.5">a &lt; b &amp; <b>&quot;c&quot;</b>d3</p>'
    assert isinstance(made, Markup)
    assert joined(made, "<") == f"{made}&lt;"


def test_what_is_empty_is_closed_in_its_own_tag():
    assert element("br") == "<br/>"
    assert element("path", d="M0 0") == '<path d="M0 0"/>'
    assert element("path", element("title", "x")) == "<path><title>x</title></path>"
    assert element("td") == "<td></td>"


@given(st.text(), st.text())
def test_any_text_comes_back_from_a_parser_as_it_was(inside, attribute):
    parsed = ElementTree.fromstring(element("p", inside, title=attribute))
    allowed = {"\r\n": "\n", "\r": "\n"}
    plain = escaped(inside)
    for old, new in allowed.items():
        inside = inside.replace(old, new)
    if "\ufffd" not in plain:
        assert (parsed.text or "") == inside
    assert not list(parsed)


def test_control_codes_become_a_sign():
    assert escaped("a\x00b\x1b[31m") == "a\ufffdb\ufffd[31m"


CARD = """# A model

**What it is.** `ann`, preset `ours`.
Two lines, one paragraph.

| judged | tracks |
|---|---|
| valid | **40** |

- one
- two
"""


def test_a_card_becomes_headings_paragraphs_tables_and_lists():
    made = ElementTree.fromstring(element("div", markdown(CARD)))
    assert [child.tag for child in made] == ["h3", "p", "div", "ul"]
    assert "".join(made[1].itertext()) == "What it is. ann, preset ours. Two lines, one paragraph."
    assert [cell.text for cell in made[1]] == ["What it is.", "ann", "ours"]
    table = made[2][0]
    assert ["".join(cell.itertext()) for row in table.iter("tr") for cell in row] == ["judged", "tracks", "valid", "40"]
    assert [item.text for item in made[3]] == ["one", "two"]


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "![x](http://e.org/a.png)", "[click](javascript:alert(1))", "**<b onclick=x>**", "`</code>`"],
)
def test_a_strangers_card_sets_no_link_no_picture_and_no_script(text):
    made = ElementTree.fromstring(element("div", markdown(text)))
    assert {child.tag for child in made.iter()} <= {"div", "p", "strong", "code"}
    assert not any(child.attrib for child in made.iter())
