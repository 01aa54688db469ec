from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.evaluation.verdict import TIE, Evidence, Verdict, decide

GENRES = ("blues", "jazz", "pop")
TAGS = (("guitar", 0.6), ("slow", 0.3), ("vocal", 0.2), ("loud", 0.1))


def said(posterior: tuple[float, ...] = (0.2, 0.7, 0.1), threshold: float = 0.5, **evidence: object) -> Verdict:
    return decide(GENRES, np.array(posterior, np.float32), threshold, Evidence(**evidence))  # type: ignore[arg-type]


def test_sure_enough_is_named() -> None:
    assert said() == Verdict("jazz", "genre", "jazz has probability 0.70, at or above the threshold of 0.50.")


def test_under_the_threshold_is_not_sure() -> None:
    reason = "The best guess, jazz, has probability 0.70, under the threshold of 0.80."
    assert said(threshold=0.8) == Verdict("jazz", "not_sure", reason)


def test_numbers_that_look_alike_get_more_digits() -> None:
    assert "probability 0.698, just under the threshold of 0.70" in said((0.202, 0.698, 0.1), 0.7).reason
    assert "probability 0.70, at or above the threshold of 0.70" in said((0.198, 0.702, 0.1), 0.7).reason


def test_genres_that_are_as_likely_are_not_told_apart() -> None:
    assert said((0.5, 0.5, 0.0)) == Verdict("blues", "not_sure", "blues and jazz are as likely: 0.50 each.")
    assert said((0.498, 0.0, 0.502), 0.4).reason == "blues and pop are as likely: 0.50 each."
    assert said((0.49, 0.0, 0.51)).decision == "genre"
    assert said((1 / 3, 1 / 3, 1 / 3), 0).reason == "blues, jazz and pop are as likely: 0.33 each."


def test_silence_has_no_genre_whatever_else_is_known() -> None:
    verdict = said(silent=True, music=-5.0, distance=9.0, tags=TAGS)
    assert verdict[:2] == (None, "not_sure")
    assert verdict.unlike == "silence"
    assert verdict.reason == "The clip is silent: nothing in it speaks for any genre, so all have the same probability."


def test_no_music_comes_before_distance_and_threshold() -> None:
    verdict = said((0.005, 0.99, 0.005), music=-0.01, distance=9.0, tags=TAGS)
    assert verdict == Verdict(
        "jazz",
        "not_sure",
        "It sounds like no music: speech, an animal, noise or a bare tone. The pretrained net, which must name tags, says: "
        "guitar, slow, vocal. As music it would come nearest to jazz.",
        "no music",
    )


def test_far_from_the_songs_says_how_far() -> None:
    verdict = said(distance=2.34, music=4.0, tags=TAGS[:1])
    assert verdict == Verdict(
        "jazz",
        "not_sure",
        "It is unlike the songs that this model learned from: 2.3 times as far from them as songs of their kind may lie. The "
        "pretrained net, which must name tags, says: guitar. A probability says nothing here; the nearest genre would be jazz, "
        "0.70.",
        "far from the training songs",
    )


def test_just_too_far_is_told_without_a_number_that_reads_as_not_too_far() -> None:
    reason = said(distance=1.03, music=4.0).reason
    assert reason.startswith(
        "It is unlike the songs that this model learned from: just farther from them than songs of their kind"
    )
    assert "1.0 times" not in reason


def test_without_tags_nothing_is_said_of_the_net() -> None:
    assert "pretrained" not in said(music=-1.0).reason + said(distance=3.0).reason
    assert "bare tone. As music" in said(music=-1.0).reason


@pytest.mark.parametrize("evidence", [{"music": 0.0}, {"distance": 1.0}, {"music": 3.0, "distance": 0.5, "tags": TAGS}])
def test_at_the_limit_it_is_still_named(evidence: dict[str, object]) -> None:
    assert said(**evidence).decision == "genre"


@given(
    weights=st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
    threshold=st.floats(0, 1),
    silent=st.booleans(),
    music=st.none() | st.floats(-9, 9),
    distance=st.none() | st.floats(0, 5),
)
def test_a_genre_is_named_only_without_doubt(
    weights: list[float], threshold: float, silent: bool, music: float | None, distance: float | None
) -> None:
    posterior = np.array(weights) / sum(weights)
    verdict = decide(GENRES, posterior, threshold, Evidence(silent, music, distance))
    doubtful = silent or (music is not None and music < 0) or (distance is not None and distance > 1)
    is_alone = posterior.max() - np.sort(posterior)[-2] >= TIE
    assert (verdict.decision == "genre") == (not doubtful and posterior.max() >= threshold and is_alone)
    assert bool(verdict.unlike) == doubtful
    assert verdict.genre == (None if silent else GENRES[posterior.argmax()])
    assert verdict.reason.endswith(".")
