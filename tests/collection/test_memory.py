"""What was said comes back as it was said: parity with the prediction itself, at any threshold and by any way."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from genre_core.collection.hearing import Refused
from genre_core.collection.memory import Memory, said_of, unheard
from genre_core.errors import CollectionError
from genre_core.evaluation.aggregation import WITHIN
from genre_core.evaluation.verdict import Evidence
from genre_core.inference import Predictor
from tests.tiny_run import GENRES, make_run, noise, tone

HERE = ("/music/a.wav", 10, 20)
THERE = ("/music/b.wav", 11, 21)


@pytest.fixture(scope="module")
def predicted(tmp_path_factory):
    predictor = Predictor.from_run(make_run(tmp_path_factory.mktemp("runs") / "tiny"))
    evidence = Evidence(False, 1.5, 0.4, (("rock", 0.61234), ("guitar", 0.5)))
    heard = replace(predictor.predict(noise(13.0)), name="a.wav", evidence=evidence, elapsed_seconds=0.125)
    return replace(heard, segment_music=np.linspace(1, 2, len(heard.start_seconds)).astype(np.float32)), predictor.predict(
        tone(110, 2)
    )


@pytest.fixture
def memory(tmp_path, predicted):
    with Memory(tmp_path, "model", GENRES) as writing:
        writing.note(HERE, predicted[0])
        writing.note(THERE, predicted[1])
    return Memory(tmp_path, "model", GENRES)


@pytest.mark.parametrize("how", WITHIN)
@pytest.mark.parametrize("threshold", [0.0, 0.5, 0.99])
def test_a_song_that_was_kept_is_judged_as_if_it_were_heard_anew(memory, predicted, how, threshold):
    said = memory.read()
    again = memory.prediction(said[HERE], run="tiny-one", name="a.wav")
    assert again.aggregated(how, threshold).to_dict() == predicted[0].aggregated(how, threshold).to_dict()
    assert np.array_equal(said[HERE].posterior(how), predicted[0].aggregated(how).posterior)
    assert np.array_equal(again.segment_music, predicted[0].segment_music)


def test_embeddings_come_back_in_the_order_asked(memory, predicted):
    said = memory.read()
    assert np.array_equal(memory.embeddings([said[THERE], said[HERE]]), [predicted[1].embedding, predicted[0].embedding])
    assert memory.embeddings([]).shape == (0, 0)


def test_what_could_not_be_heard_is_noted_and_asked_again_where_that_may_help(memory, tmp_path):
    with memory as writing:
        writing.note(("/music/c.wav", 1, 1), Refused("not_audio", "It is text."))
        writing.note(("/music/d.wav", 1, 1), Refused("damaged", "Broken."))
    said = Memory(tmp_path, "model", GENRES).read()
    refused = said["/music/c.wav", 1, 1]
    assert (refused.kind, refused.message, refused.posteriors) == ("not_audio", "It is text.", ())
    assert [
        unheard(said.get(("/music/c.wav", 1, 1))),
        unheard(said["/music/d.wav", 1, 1]),
        unheard(said[HERE]),
        unheard(None),
    ] == [
        True,
        False,
        False,
        True,
    ]


def test_a_song_that_was_said_twice_counts_as_it_was_said_last(memory, tmp_path, predicted):
    with memory as writing:
        writing.note(THERE, predicted[0])
    assert Memory(tmp_path, "model", GENRES).read()[THERE].n_segments == len(predicted[0].start_seconds)


def test_what_was_broken_off_counts_as_never_said(memory, predicted):
    """A kill between the two files, in the middle of either, or a disk that lost the end."""
    whole, beside = memory.lines.read_bytes(), memory.beside.read_bytes()
    memory.lines.write_bytes(whole[:-9])
    assert set(memory.read()) == {HERE}
    with memory as writing:
        writing.note(THERE, predicted[1])
    assert set(memory.read()) == {HERE, THERE}
    memory.lines.write_bytes(whole)
    memory.beside.write_bytes(beside[:-1])
    assert set(memory.read()) == {HERE}
    memory.beside.unlink()
    assert memory.read() == {}


def test_lines_that_say_nonsense_are_passed_over(memory):
    lines = memory.lines.read_text().splitlines()
    entry = json.loads(lines[0])
    for wrong in ({"posteriors": [[1.0]]}, {"n_segments": -1}, {"offset": 10**9}, {"said": 99}, {"posteriors": 3}):
        memory.lines.write_text(json.dumps({**entry, **wrong}) + "\n[]\n\n{}\nnull\n" + lines[1] + "\n")
        assert set(memory.read()) == {THERE}, wrong


def test_another_model_reads_nothing_of_it(memory, tmp_path):
    assert Memory(tmp_path, "another", GENRES).read() == {}


def test_bytes_that_have_gone_since_are_told(memory):
    said = memory.read()
    memory.beside.write_bytes(b"")
    with pytest.raises(CollectionError, match=r"is damaged .* Remove the collection, and hear its songs again\."):
        memory.prediction(said[HERE])
    with pytest.raises(CollectionError, match="is damaged"):
        memory.embeddings([said[HERE]])


def test_silence_is_kept_as_silence(tmp_path):
    predictor = Predictor.from_run(make_run(tmp_path / "tiny"))
    silent = predictor.predict(replace(tone(110, 2), y=np.zeros(44100, np.float32)))
    assert said_of(silent).evidence.silent
    with Memory(tmp_path / "kept", "model", GENRES) as writing:
        writing.note(HERE, silent)
    memory = Memory(tmp_path / "kept", "model", GENRES)
    assert memory.prediction(memory.read()[HERE], run="tiny-one").to_dict() | {"elapsed_seconds": 0} == silent.to_dict(
        path=""
    ) | {"elapsed_seconds": 0}
