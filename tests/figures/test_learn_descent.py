import numpy as np
import pytest

from genre_core.teaching.cutting import cut
from genre_core.teaching.descent import descend, descend_in_batches
from genre_core.teaching.guessing import guess_slopes
from genre_core.teaching.surfaces import SURFACES, real_surface
from pages.figures.learn.descent import Walk, guessed, raced, sliding, walked
from pages.figures.theme import ACCENT, NEUTRAL, WARM, larger
from tests.teaching.test_surfaces import tracks

VALLEY = SURFACES["valley"]


def walk(name="plain", rate=0.03, n_steps=10, **more):
    return Walk(name, ACCENT, descend(VALLEY, "sgd", learning_rate=rate, n_steps=n_steps), **more)


def test_a_slope_is_the_tangent_and_the_arrow_the_step():
    figure = sliding(cut(VALLEY, 4.0, learning_rate=0.25, n_steps=2), weight="Weight of brightness")
    _, tangent, places = figure.data
    assert np.diff(tangent.y)[0] / np.diff(tangent.x)[0] == pytest.approx(4)  # the slope of w²/2 at 4
    np.testing.assert_allclose(places.x, [4, 3, 2.25])
    np.testing.assert_allclose(places.y, [8, 4.5, 2.53125])
    arrow = next(note for note in figure.layout.annotations if note.showarrow)
    assert (arrow.ax, arrow.x, arrow.ay, arrow.y) == (4, 3, 8, 8)
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Weight of brightness", "Loss [nat]")


def test_a_step_out_of_the_picture_ends_at_its_edge_and_none_has_no_arrow():
    arrow = next(note for note in sliding(cut(VALLEY, 4.0, learning_rate=9.0), weight="w").layout.annotations if note.showarrow)
    assert arrow.x == -6
    assert not any(note.showarrow for note in sliding(cut(VALLEY, 0.0, learning_rate=1.0), weight="w").layout.annotations)


def test_a_walk_is_drawn_on_the_map_and_over_steps():
    found = walk()
    figure = walked(VALLEY, [walk("other", 0.01, is_faint=True), found])
    ground, faint, losses, path, head = figure.data
    assert ground.type == "contour"
    assert (faint.xaxis, losses.xaxis) == ("x2", "x2")
    np.testing.assert_allclose(losses.y, found.path.losses)
    np.testing.assert_allclose(path.x, found.path.points[:, 0], atol=1e-5)
    assert (head.x[0], head.y[0]) == pytest.approx(tuple(found.path.points[-1]), abs=1e-5)
    layout = figure.layout
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("Weight 1", "Weight 2")
    assert (layout.xaxis2.title.text, layout.yaxis2.title.text) == ("Steps", "Loss above the lowest")
    assert tuple(layout.xaxis2.range) == (0, 10)
    assert {"✕ lowest", "start", "<b>● plain</b>"} == {note.text for note in layout.annotations}
    assert layout.yaxis2.range[0] < np.log10(found.path.losses[-1]) < np.log10(found.path.losses[0]) < layout.yaxis2.range[1]


def test_a_part_of_a_walk_leaves_the_axes_as_they_are():
    whole, part = walked(VALLEY, [walk()]), walked(VALLEY, [walk()], until=3)
    assert len(part.data[1].x) == 4
    assert part.layout.xaxis2.range == whole.layout.xaxis2.range
    assert part.layout.yaxis2.range == whole.layout.yaxis2.range


def test_batches_are_drawn_over_epochs_in_nat():
    x, y = tracks()
    path = descend_in_batches(x, y, "sgd", batch_size=6, learning_rate=0.1, n_epochs=3)
    figure = walked(real_surface(x, y), [Walk("six", WARM, path)], unit="nat", over_epochs=True)
    assert figure.data[1].x[-1] == pytest.approx(3)
    assert figure.layout.xaxis2.title.text == "Epochs"
    assert figure.layout.yaxis2.title.text == "Loss above the lowest [nat]"
    assert (figure.data[1].y > 0).all()  # the axis is logarithmic


def test_a_race_plays_one_dot_a_runner_and_names_six_in_two_rows():
    walks = [walk(f"runner {number}", 0.005 * (number + 1)) for number in range(6)]
    figure = raced(VALLEY, walks, until=10)
    assert [frame.traces for frame in figure.frames] == [figure.frames[0].traces] * 11
    heads = [figure.data[place] for place in figure.frames[0].traces]
    assert [head.name for head in heads] == [each.name for each in walks]
    for each, head, last in zip(walks, heads, figure.frames[-1].data, strict=True):
        np.testing.assert_allclose([last.x[0], last.y[0]], each.path.points[-1], atol=1e-4)
        np.testing.assert_allclose([last.x[0], last.y[0]], [head.x[0], head.y[0]], atol=1e-4)
    assert figure.layout.updatemenus[0].buttons[0].label == "▶ Play"
    names = [note for note in figure.layout.annotations if "runner" in note.text]
    assert [bool(note.yshift) for note in names] == [True] * 3 + [False] * 3
    assert larger(figure).layout.height > 330


def test_a_race_until_the_start_stands_still():
    figure = raced(VALLEY, [walk()], until=0)
    assert len(figure.frames) == 1
    assert figure.data[2].x == pytest.approx([-5])


@pytest.mark.parametrize("size", [1, 1000])
def test_guesses_point_down_from_where_one_stands(size):
    x, y = tracks()
    surface = real_surface(x, y)
    found = guess_slopes(x, y, surface.start, batch_size=size)
    _, arrows, place, ways, truth = guessed(surface, found, axes=("Weight of a", "Weight of b")).data
    np.testing.assert_allclose(ways.x, -found.guesses[:, 0], atol=1e-4)
    assert (truth.x[0], truth.y[0]) == pytest.approx(tuple(-found.whole), abs=1e-4)
    assert (place.x[0], place.y[0]) == pytest.approx(surface.start, abs=1e-4)
    drawn = np.stack([arrows.x[1::3], arrows.y[1::3]], axis=1) - surface.start
    lengths = np.linalg.norm(drawn, axis=1) / np.linalg.norm(found.guesses, axis=1)
    np.testing.assert_allclose(lengths, lengths[0])
    assert (np.einsum("ij,ij->i", drawn, -found.guesses) > 0).all()


def test_what_guesses_are_is_on_the_axes():
    x, y = tracks()
    layout = guessed(real_surface(x, y), guess_slopes(x, y, (0, 0), batch_size=3), axes=("a", "b")).layout
    assert (layout.xaxis2.title.text, layout.yaxis2.title.text) == ("Down the first weight", "Down the second weight")
    assert {"<b>all tracks</b>", "<b>batches</b>"} <= {note.text for note in layout.annotations}


def test_colours_of_other_rates_are_pale():
    figure = walked(VALLEY, [Walk("other", NEUTRAL, walk().path, is_faint=True), walk()])
    assert figure.data[1].line.color.startswith("rgba(135, 145, 143")
