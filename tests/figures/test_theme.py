import numpy as np
import pytest

from pages.figures.theme import GENRE_COLOURS, faded, genre_colours, note_name


def luminance(colour: str) -> float:
    parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_known_genres_keep_their_colour_beside_any_others():
    colours = genre_colours(["techno", "rock", "blues", "ambient"])
    assert colours["rock"] == "#ff725c"
    assert colours["blues"] == "#4269d0"
    assert len(set(colours.values())) == 4


def test_further_genres_get_the_same_colour_whatever_the_order():
    assert genre_colours(["techno", "folk", "soul"]) == genre_colours(["soul", "techno", "folk"])


@pytest.mark.parametrize("page", ["#ffffff", "#0e1514"])
def test_the_accent_can_be_told_from_both_pages(page):
    light, dark = sorted([luminance("#149488"), luminance(page)], reverse=True)
    assert (light + 0.05) / (dark + 0.05) > 3


def test_the_ten_genres_differ():
    assert len(set(GENRE_COLOURS.values())) == 10


@pytest.mark.parametrize(("hertz", "note"), [(440.0, "A4"), (261.63, "C4"), (27.5, "A0"), (466.16, "A♯4"), (0.0, "")])
def test_notes(hertz, note):
    assert note_name(hertz) == note


def test_faded():
    assert faded("#ff8000", 0.5) == "rgba(255, 128, 0, 0.5)"
