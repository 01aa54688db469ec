"""What people say of labels: kept, corrected where a label is wrong, and nothing else changed."""

from __future__ import annotations

import csv
import io

import pytest

from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.opinions import (
    BOTH_FIT,
    LABEL_WRONG,
    MODEL_WRONG,
    OPINIONS,
    Opinion,
    apply_opinions,
    load_opinions,
    opinions_csv,
    pending,
    say,
)
from genre_core.datasets.versions import list_versions, relabel, save_version
from genre_core.errors import DatasetError, ParameterError
from tests.datasets.tiny_songs import made

FIRST = made({"blues": 3, "rock": 3})


@pytest.fixture
def root(tmp_path):
    save_dataset(FIRST, tmp_path)
    return tmp_path


def test_an_opinion_is_kept_with_label_and_time_and_replaced_by_the_next(root):
    assert load_opinions("made", root) == {}
    kept = say("made", root, Opinion("blues.00000", LABEL_WRONG, genre="Hip-Hop", note=" heard twice ", run="r1"))
    assert (kept.label, kept.genre, kept.note, kept.run) == ("blues", "hiphop", "heard twice", "r1")
    assert kept.said.endswith("+00:00")
    assert load_opinions("made", root) == {"blues.00000": kept}
    say("made", root, Opinion("blues.00000", BOTH_FIT, genre="rock"))
    found = load_opinions("made", root)["blues.00000"]
    assert (found.verdict, found.genre, found.note) == (BOTH_FIT, "", "")
    say("made", root, Opinion("blues.00000"))
    assert load_opinions("made", root) == {}


def test_applied_opinions_make_a_version_once(root):
    say("made", root, Opinion("blues.00000", LABEL_WRONG, genre="rock"))
    say("made", root, Opinion("blues.00001", LABEL_WRONG))  # fits none of the genres
    say("made", root, Opinion("blues.00002", MODEL_WRONG, note="clearly blues"))
    say("made", root, Opinion("rock.00000", BOTH_FIT))
    assert pending(FIRST, load_opinions("made", root)) == {"blues.00000": "rock", "blues.00001": ""}
    second = apply_opinions("made", root)
    assert (second.version, second.by_id["blues.00000"].genre) == (2, "rock")
    assert set(FIRST.by_id) - set(second.by_id) == {"blues.00001"}
    assert [track.genre for track in second.tracks if track.id in ("blues.00002", "rock.00000")] == ["blues", "rock"]
    assert list_versions("made", root)[-1].note == "1 label corrected and 1 track left out after hearing"
    assert load_dataset("made", root, 1) == FIRST
    with pytest.raises(DatasetError, match="Nothing is said to be labelled wrong in 'made' that is not corrected yet"):
        apply_opinions("made", root)
    assert len(load_opinions("made", root)) == 4


def test_a_label_that_was_changed_since_is_left_as_it_is(root):
    say("made", root, Opinion("blues.00000", LABEL_WRONG, genre="rock"))
    changed = save_version(relabel(load_dataset("made", root), {"blues.00000": "jazz"}), root)
    assert pending(changed, load_opinions("made", root)) == {}


@pytest.mark.parametrize(
    ("opinion", "words"),
    [
        (Opinion("blues.00099", BOTH_FIT), r"has no track 'blues.00099'"),
        (Opinion("blues.00000", LABEL_WRONG, genre="blues"), r"The label of 'blues.00000' is 'blues' already"),
    ],
)
def test_what_cannot_be_meant_is_refused(root, opinion, words):
    with pytest.raises(DatasetError, match=words):
        say("made", root, opinion)
    assert not (root / "made" / OPINIONS).exists()


def test_no_such_verdict_and_no_endless_note():
    with pytest.raises(ParameterError, match="label_wrong"):
        Opinion("a", "wrong")
    with pytest.raises(DatasetError, match=r"2000 letters at most. Received: 2001"):
        Opinion("a", BOTH_FIT, note="x" * 2001)


@pytest.mark.parametrize("rubble", [b"{", b"[1]", b'{"a": {"loudness": 3}}', b"\xff\xfe"])
def test_damaged_opinions_are_said_and_not_overwritten(root, rubble):
    (root / "made" / OPINIONS).write_bytes(rubble)
    for act in (lambda: load_opinions("made", root), lambda: say("made", root, Opinion("blues.00000", BOTH_FIT))):
        with pytest.raises(DatasetError, match="Expected opinions on 'made'"):
            act()
    assert (root / "made" / OPINIONS).read_bytes() == rubble


def test_no_such_data_set_is_said(tmp_path):
    with pytest.raises(DatasetError, match="There is no data set named 'none'"):
        load_opinions("none", tmp_path)


def test_the_table_says_what_was_said(root):
    say("made", root, Opinion("rock.00000", LABEL_WRONG, genre="blues", note='a "note", with\nlines', run="r"))
    [row] = csv.DictReader(io.StringIO(opinions_csv(load_opinions("made", root))))
    assert (row["track"], row["label"], row["verdict"], row["genre"]) == ("rock.00000", "rock", "label wrong", "blues")
    assert row["note"] == 'a "note", with\nlines'
