"""A neuron and a layer: weigh, add, answer; a straight border between two genres, its limits, and borders of several."""

from __future__ import annotations

import numpy as np

from genre_core.teaching import bending, neuron
from genre_core.teaching.fitting import fit_layer
from genre_core.teaching.neuron import Borders, Layer, accuracy, borders, log_loss
from pages.figures.learn import neuron as figures
from pages.figures.learn.plane import plane, straight
from pages.figures.theme import NEUTRAL, genre_colours
from pages.lessons.lesson import LISTEN, Lesson, Stage
from pages.lessons.tracks import PREFERRED, Points, pick_points, weights_of
from pages.ui import cached, caches_learn

MOST = 5.0
"""Weights and bias are dragged between minus and plus this."""
FIRST = {"w1": 1.0, "w2": 1.0, "b": 0.0}
MANY = 999.0
"""More times than this are not counted any more."""
GRID = 90
L2 = 0.001
"""So little holds weights back that learning is free to be sure, and yet finite where a line makes no error."""
FACTORS = np.geomspace(0.1, 10, 61)
ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh")
ACTIVATION_WORDS = {"linear": "none", "relu": "ReLU", "sigmoid": "sigmoid", "tanh": "tanh"}


def _weighing(stage: Stage) -> None:
    points = pick_points(stage, 2)
    if points is None:
        return
    name = stage.menu("Song", "song", points.ids, points.ids[0])
    at = points.ids.index(name)
    layer = _dragged(stage, points)
    x, weights, bias = points.x[at].round(2), layer.weights[:, 0], float(layer.biases[0])  # as shown: the sum can be checked
    parts = [
        (stage.words(axis.title), f"{_signed(weight, 1)} × {_signed(value)}", float(weight * value))
        for axis, weight, value in zip(points.axes, weights, x, strict=True)
    ]
    parts.append((stage.words("Bias"), stage.words("always the same"), bias))
    stage.chart(figures.weighed(parts, words=stage.words), "weighed", low=0.95)
    total = float(layer.sums(x[None])[0, 0])
    if total:
        speaks = "z = **{z}**: it speaks for **{genre}**. The song is {right}."
        stage.tell(speaks, z=_signed(total), genre=points.genres[int(total > 0)], right=points.names[at])
    else:
        stage.tell("z = **0**: undecided. The song is {right}.", right=points.names[at])
    low = 80 if stage.is_for_class else LISTEN
    stage.listen(cached.track_clip(points.dataset.by_id[name]), "heard", title=name, height=low)


def _answering(stage: Stage) -> None:
    points = pick_points(stage, 2)
    if points is None:
        return
    kind = stage.menu(
        "Activation", "activation", ACTIVATIONS, "sigmoid", format_func=lambda kind: stage.words(ACTIVATION_WORDS[kind])
    )
    layer = _dragged(stage, points)
    sums = layer.sums(points.x)[:, 0]
    reach = max(6.0, float(np.abs(sums).max()))
    z = np.linspace(-reach, reach, 241)
    answer = neuron.ACTIVATIONS[kind]
    tracks = {genre: (sums[points.y == k], answer(sums[points.y == k])) for k, genre in enumerate(points.genres)}
    stage.chart(figures.activated(z, answer(z), tracks, genre_colours(points.dataset.genres)), "activated", low=0.96)
    highest, lowest = (float(edge) for edge in (answer(sums).max(), answer(sums).min()))
    between = "The answers of these tracks lie between **{lowest:.2f}** and **{highest:.2f}**."
    stage.tell(between, lowest=lowest, highest=highest)


def _line(stage: Stage) -> None:
    points = pick_points(stage, 2)
    if points is None:
        return
    layer = _dragged(stage, points)
    learned = stage.toggle("Show what learning finds", "learned")
    said = _plane_of(points, layer)
    lines = []
    stage.tell("Your line: **{right:.0f} % right, log loss {loss:.2f} nat**", **_scores(layer, points))
    if learned:
        best = fit_layer(points.x, points.y, n_genres=2, l2=L2)
        line = _border(best, points)
        lines = [] if line is None else [line]
        w1, w2, b = (*best.weights[:, 0], best.biases[0])
        stage.tell(
            "Learned: **{right:.0f} % right, log loss {loss:.2f} nat**, with weights {w1} and {w2}, bias {b}.",
            **_scores(best, points),
            **{name: _signed(value, 1) for name, value in (("w1", w1), ("w2", w2), ("b", b))},
        )
    _draw(stage, points, said, [genre_colours(points.dataset.genres)[genre] for genre in points.genres], lines)


def _sure(stage: Stage) -> None:
    points = pick_points(stage, 2)
    if points is None:
        return
    factor = float(stage.steps("All weights and the bias times", "factor", tuple(FACTORS[::3].round(2).tolist()), 1.0))
    layer = fit_layer(points.x, points.y, n_genres=2, l2=L2)
    now = _times(layer, factor)
    losses = np.array([_loss(_times(layer, each), points) for each in FACTORS])
    best = float(FACTORS[losses.argmin()])
    left, right = stage.picture.columns(2)
    colours = genre_colours(points.dataset.genres)
    _draw(stage._replace(picture=left), points, _plane_of(points, now), [colours[genre] for genre in points.genres], [])
    loss = _loss(now, points)
    stage._replace(picture=right, heights=[]).chart(figures.sureness(FACTORS, losses, factor, loss, best), "sureness")
    stage.tell("Right: **{right:.0f} %**, whatever the factor.", right=_scores(now, points)["right"])
    least = "Log loss: **{loss:.2f} nat**; the least, {least:.2f}, is at {best:.1f} times."
    stage.tell(least, loss=loss, least=losses.min(), best=best)
    warmer = "A factor of {factor:g} is a [temperature](Glossary?term=temperature) of {temperature:.2g}."
    stage.tell(warmer, factor=factor, temperature=1 / factor)


def _cannot(stage: Stage) -> None:
    points = pick_points(stage, 3)
    if points is None:
        return
    n_hidden = int(stage.slider("Neurons in front", "hidden", 0, 6, 0, 1))
    is_first = (points.y == 0).astype(np.int64)  # is it the first genre, or one of the others?
    net = caches_learn.bent(points.x, is_first, n_hidden)
    said = _in_units(points, bending.bent_borders(net, *points.ends, points=GRID))
    lines = [line for fold in bending.folds(net) if (line := _line_of(fold, points)) is not None]
    colours = genre_colours(points.dataset.genres)
    _draw(stage, points, said, [NEUTRAL, colours[points.genres[0]]], lines)
    answers = net.posteriors(points.x)
    guess = max(float(is_first.mean()), 1 - float(is_first.mean()))
    stage.tell(
        "**Is it {genre}?** Right: **{right:.0f} %**; always one answer: {guess:.0f} %.",
        genre=points.genres[0],
        right=100 * accuracy(answers, is_first),
        guess=100 * guess,
    )
    stage.tell("Log loss: **{loss:.2f} nat**", loss=log_loss(answers, is_first))


def _several(stage: Stage) -> None:
    genres = PREFERRED
    firsts = (1.0, 2.0, -1.0)
    sums = np.array(
        [
            stage.slider(stage.words("Sum of {genre}", genre=genre), f"z_{genre}", -5.0, 5.0, first, 0.1)
            for genre, first in zip(genres, firsts, strict=True)
        ]
    )
    temperature = float(stage.slider("Temperature", "temperature", 0.1, 5.0, 1.0, 0.1))
    posteriors = neuron.softmax(sums / temperature)
    stage.chart(figures.shares(genres, sums, posteriors, genre_colours(genres)), "shares")
    order = np.argsort(-sums)
    ahead = (sums[order[0]] - sums[order[1]]) / temperature
    times = np.exp(ahead)
    gets = "**{first}** gets **{times:.3g} times** as much as {second}: e to the power of {ahead:.1f}."
    if times > MANY:
        gets = "**{first}** gets **more than a thousand times** as much as {second}: e to the power of {ahead:.1f}."
    stage.tell(
        gets,
        first=genres[order[0]],
        times=times,
        second=genres[order[1]],
        ahead=ahead,
    )


def _borders(stage: Stage) -> None:
    points = pick_points(stage, 3)
    if points is None:
        return
    learned = fit_layer(points.x, points.y, n_genres=3, l2=L2)
    genre = stage.menu("Turn the neuron of", "turned", points.genres, points.genres[0])
    turns = [
        stage.slider(stage.words("{weight}, more or less", weight=weight), f"turn_{name}", -most, most, 0.0, 0.1)
        for name, most, weight in zip(
            FIRST, (MOST, MOST, 4 * MOST), (*weights_of(stage, points), stage.words("Bias")), strict=True
        )
    ]
    weights, biases, k = learned.weights.copy(), learned.biases.copy(), points.genres.index(genre)
    weights[:, k] += turns[:2]
    biases[k] += turns[2]
    layer = Layer(weights, biases, "softmax")
    colours = genre_colours(points.dataset.genres)
    _draw(stage, points, _plane_of(points, layer), [colours[each] for each in points.genres], [])
    stage.tell("Yours: **{right:.0f} % right, log loss {loss:.2f} nat**", **_scores(layer, points))
    stage.tell(
        "As it was learned: {right:.0f} % right, log loss {loss:.2f} nat. Guessing: {guess:.0f} %.",
        **_scores(learned, points),
        guess=100 * float(np.bincount(points.y).max()) / points.y.size,
    )


def _dragged(stage: Stage, points: Points) -> Layer:
    """One sigmoid neuron with the weights that the reader drags, the same in each step."""
    first, second = weights_of(stage, points)
    w1 = stage.slider(first, "w1", -MOST, MOST, FIRST["w1"], 0.1)
    w2 = stage.slider(second, "w2", -MOST, MOST, FIRST["w2"], 0.1)
    b = stage.slider("Bias", "b", -MOST, MOST, FIRST["b"], 0.1)
    return Layer(np.array([[w1], [w2]]), np.array([b]))


def _draw(stage: Stage, points: Points, said: Borders, regions: list[str], lines: list[np.ndarray]) -> None:
    figure = plane(
        points.values,
        points.names,
        points.ids,
        axes=(stage.words(points.axes[0].axis), stage.words(points.axes[1].axis)),
        colours=genre_colours(points.dataset.genres),
        said=said,
        regions=regions,
        lines=lines,
    )
    stage.chart(figure, "plane", low=0.88)


def _plane_of(points: Points, layer: Layer) -> Borders:
    return _in_units(points, borders(layer, *points.ends, points=GRID))


def _in_units(points: Points, said: Borders) -> Borders:
    """The same verdicts over axes in the numbers' units."""
    ends = points.in_units(np.stack([said.across, said.up], axis=1))
    return Borders(ends[:, 0], ends[:, 1], said.posteriors)


def _border(layer: Layer, points: Points) -> np.ndarray | None:
    return _line_of((*layer.weights[:, 0], layer.biases[0]), points)


def _line_of(line: tuple[float, float, float], points: Points) -> np.ndarray | None:
    """The line `w1 x1 + w2 x2 + b = 0` of the scale in the numbers' units; None where the picture does not show it."""
    found = straight(*line, *points.ends)
    return None if found is None else points.in_units(found)


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


def _times(layer: Layer, factor: float) -> Layer:
    return Layer(factor * layer.weights, factor * layer.biases, layer.activation)


def _loss(layer: Layer, points: Points) -> float:
    return log_loss(layer.posteriors(points.x), points.y)


def _scores(layer: Layer, points: Points) -> dict[str, float]:
    """Right answers [%] and log loss [nat]."""
    return {"right": 100 * accuracy(layer.posteriors(points.x), points.y), "loss": _loss(layer, points)}


LESSON = Lesson(
    "neuron",
    10,
    {
        "weighing": _weighing,
        "answering": _answering,
        "line": _line,
        "sure": _sure,
        "cannot": _cannot,
        "several": _several,
        "borders": _borders,
    },
)
