"""What is said of a comparison, for each way in which it can end."""

import numpy as np

from genre_core.evaluation.compare import compare
from genre_core.evaluation.conclusions import cautions, grounds, p_words, tells_apart, verdict
from tests.compared import judged

N = 60


def found(n_a, n_b, *, artists=None, n=N):
    """a gets the first `n_a` tracks right, b the first `n_b`."""
    return compare(judged(np.arange(n) < n_a), judged(np.arange(n) < n_b), artists=artists)


def of_artists(each, *, n=N):
    return [f"artist {place // each}" for place in range(n)]


def test_the_better_one_is_named_with_the_size_of_its_lead():
    clear = found(50, 30)
    assert tells_apart(clear)
    low, high = (f"{round(100 * end, 1):g}" for end in (clear.differences["accuracy"].low, clear.differences["accuracy"].high))
    assert (
        verdict(clear, "Net", "Tree") == f"“Net” is better than “Tree” by 33.3 percentage points, most likely by {low} to {high}."
    )
    assert "It names 50 of 60 tracks right, the other 30. The 95 % interval of the difference over 60 tracks leaves out 0." in (
        grounds(clear)
    )
    assert "fewer than 1 of 1,000 comparisons (p < 0.001)" in grounds(clear)
    assert "such tracks" not in grounds(clear)


def test_the_better_one_may_be_the_second():
    assert verdict(found(30, 50), "Net", "Tree").startswith(
        "“Tree” is better than “Net” by 33.3 percentage points, most likely by "
    )
    assert grounds(found(30, 50)).startswith("It names 50 of 60 tracks right, the other 30.")


def test_what_cannot_be_told_is_said_with_the_tracks_it_would_take():
    close = found(36, 32)
    assert not tells_apart(close)
    assert verdict(close, "Net", "Tree") == "These 60 tracks cannot tell “Net” and “Tree” apart."
    assert "6.7 percentage points apart. The 95 % interval of the difference, " in grounds(close)
    assert "in 12 of 100 comparisons (p = 0.12). If it is as large as it seems, it takes about 120 such tracks" in grounds(close)
    assert any("on 4 of the 60 tracks only" in words for words in cautions(close))


def test_equal_counts_need_no_chance_and_no_number_of_tracks():
    half = np.arange(N) < 30
    even = compare(judged(np.roll(half, 5)), judged(np.roll(half, 11)))
    assert (even.only_a, even.only_b) == (6, 6)
    assert grounds(even).startswith("Each names 30 of 60 tracks right. The 95 % interval")
    assert "Were both" not in grounds(even)
    assert "such tracks" not in grounds(even)


def test_models_that_say_the_same_are_not_told_apart():
    same = found(40, 40)
    assert "give the same genre to each of these 60 tracks" in verdict(same, "Net", "Tree")
    assert (grounds(same), cautions(same)) == ("", ())


def test_a_correction_may_take_the_difference_away():
    clear = found(50, 42)
    assert tells_apart(clear)
    assert not tells_apart(clear, 0.06)
    assert "cannot tell" in verdict(clear, "Net", "Tree", p_value=0.06)
    assert "8 of 1,000 comparisons (p = 0.0078; corrected for all comparisons made here, p = 0.06)" in grounds(
        clear, p_value=0.06
    )
    assert "leaves out 0, but the exact test does not bear that out." in grounds(clear, p_value=0.06)
    said = cautions(clear, p_value=0.06, n_comparisons=8)
    assert any("disagree" in words for words in said)
    assert any("Here are 8, so each p is raised by Holm's correction" in words for words in said)


def test_artists_make_mcnemar_too_sure():
    whole = found(50, 30, artists=of_artists(5))
    [said] = [words for words in cautions(whole) if "McNemar" in words]
    assert "Tracks of one artist resemble each other" in said
    assert f"too sure of itself ({p_words(whole.p_mcnemar)})" in said
    assert "12 of them" in said
    assert whole.p_value == 2 / 16
    assert not tells_apart(whole)
    assert any("on 4 of the 12 artists only" in words for words in cautions(whole))


def test_unknown_artists_one_seed_and_chance_are_always_said():
    said = " ".join(cautions(found(50, 30)))
    for words in ("artists of these tracks are not all known", "another seed", "settle which two runs"):
        assert words in said


def test_what_only_one_judged_is_said():
    part = compare(judged(np.ones(40)), judged(np.arange(30) % 2 == 0, first=15))
    assert cautions(part)[0] == (
        "Counted are the 25 tracks that both runs judged; left out are 15 that only the first did and 5 that only the second did."
    )
