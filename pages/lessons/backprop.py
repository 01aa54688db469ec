"""Forward and back through a net of 2, 3 and 2 neurons, number by number, until its loss falls."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from genre_core.teaching.backprop import Walk, walk
from genre_core.teaching.backprop_words import ACTIVATION_WORDS
from genre_core.teaching.keras_example import GENRE, LEARNING_RATE, example_features, example_net, keras_walk
from genre_core.teaching.nudging import loss_along, nudge, weights_by_name, with_weights
from genre_core.teaching.repeating import losses_by_rate, repeat
from genre_core.teaching.tiny_net import TinyNet, answer
from pages.figures.learn import backprop as figures
from pages.lessons.lesson import Lesson, Stage
from pages.lessons.tracks import PREFERRED, UNTITLED, first_points, on, row

EXAMPLE = "an example"
"""Stands for a track of two round numbers, which is there before the first song."""
MOST = 5.0
"""A weight is dragged between minus and plus this."""
RATES = tuple(float(f"{rate:.2g}") for rate in np.geomspace(0.01, 100, 25))
LOW = 265
"""Height of a picture with formulas below it [pixels]."""
CURVE = np.linspace(-MOST, MOST, 81)
FORMULA = 70
"""Height of a formula before a class [pixels, about]."""


class Setting(NamedTuple):
    """What the reader has chosen: a net, a track with its genre, and the weight that is being changed."""

    net: TinyNet
    x: np.ndarray
    genre: int
    genres: tuple[str, ...]
    weight: str
    titles: dict[str, str]
    other: tuple[np.ndarray, int]
    """Features and genre of a song of the other genre, which has no say."""


def _whole(stage: Stage) -> None:
    here = _setting(stage)
    walked = walk(here.net, here.x, here.genre)
    shown = [*walked.of("forward"), *walked.of("loss")]
    known = {step.name for step in shown}
    stage.chart(figures.small_net(walked.values, here.titles, known=known, now=here.weight, right=here.genre), "net")
    _verdict(stage, here, walked)


def _forward(stage: Stage) -> None:
    _through(stage, "forward", "forward_at")


def _loss(stage: Stage) -> None:
    here = _setting(stage)
    tried = stage.slider("Probability that the right genre gets [%]", "tried", 1, 100, 90, 1) / 100
    walked = walk(here.net, here.x, here.genre)
    p = walked.values[f"p_{here.genre + 1}"]
    stage.chart(figures.surprise(p, walked.loss, tried), "surprise")
    stage.tell(f"The net gives {here.genres[here.genre]} **{100 * p:.0f} %**: loss **{walked.loss:.2f} nat**.")
    stage.tell(f"With {100 * tried:.0f} % it would be {-np.log(tried) + 0.0:.2f} nat.")


def _backward(stage: Stage) -> None:
    _through(stage, "backward", "backward_at")


def _check(stage: Stage) -> None:
    here = _setting(stage)
    by = float(stage.steps("Nudge it by", "nudge", (0.001, 0.01, 0.1, 0.25, 0.5, 1.0, 2.0), 1.0))
    found = nudge(here.net, here.x, here.genre, here.weight, by)
    losses = loss_along(here.net, here.x, here.genre, here.weight, CURVE)
    figure = figures.nudged(
        CURVE,
        losses,
        (found.weight, found.loss),
        (found.nudged, found.nudged_loss),
        found.exact,
        name=f"Weight: {_words(here.weight, here)}",
    )
    stage.chart(figure, "nudged")
    stage.tell(f"By nudging: **{_signed(found.slope)}**. From going back: **{_signed(found.exact)}**.")


def _keras(stage: Stage) -> None:
    activation = _activation(stage)
    net, x, theirs = example_net(activation), example_features(), keras_walk(activation)
    walked = walk(net, x, GENRE, learning_rate=LEARNING_RATE)
    ours = {name: walked.values[f"d_{name}"] for name in theirs.slopes}
    stage.chart(figures.side_by_side(ours, theirs.slopes), "keras")
    apart = max(abs(ours[name] - slope) for name, slope in theirs.slopes.items())
    stage.tell(f"Loss here: **{walked.loss:.9f}**, Keras: **{theirs.loss:.9f}**.")
    stage.tell(f"After one step: **{walked.loss_after:.9f}**, Keras: **{theirs.loss_after:.9f}**.")
    stage.tell(f"The slopes differ by {apart:.0e} at most." if apart else "The slopes are the same to the last digit.")


def _update(stage: Stage) -> None:
    here = _setting(stage)
    rate = float(stage.steps("Learning rate", "rate", RATES, 0.46))
    walked = walk(here.net, here.x, here.genre, learning_rate=rate)
    rates, theirs = np.array(RATES), answer(here.net, *here.other).loss
    names = [f"this song ({here.genres[here.genre]})", f"a song that had no say ({here.genres[here.other[1]]})"]
    losses = [losses_by_rate(here.net, here.x, here.genre, rates, judged=judged) for judged in (None, here.other)]
    before = dict(zip(names, (walked.loss, theirs), strict=True))
    figure = figures.by_rate(rates, dict(zip(names, losses, strict=True)), RATES.index(rate), before, height=LOW)
    stage.chart(figure, "by_rate")
    step = next(step for step in walked.of("update") if step.name == f"{here.weight}_after")
    _formula(stage, step.numbers)
    stage.tell(f"This song: loss {walked.loss:.2f} → **{walked.loss_after:.2f} nat**.")
    stage.tell(f"The other: {theirs:.2f} → **{losses[1][RATES.index(rate)]:.2f} nat**.")


def _again(stage: Stage) -> None:
    here = _setting(stage)
    rate = float(stage.steps("Learning rate", "rate", RATES, 0.46))
    n_steps = stage.slider("Steps", "n_steps", 0, 100, 20, 1)
    found = repeat(here.net, here.x, here.genre, learning_rate=rate, n_steps=n_steps)
    right = found.posteriors[:, here.genre]
    stage.chart(figures.falling(found.losses, right), "falling")
    stage.tell(f"Loss: **{found.losses[0]:.2f} → {found.losses[-1]:.3f} nat**")
    stage.tell(f"{here.genres[here.genre]}: **{100 * right[0]:.0f} % → {100 * right[-1]:.0f} %**")
    moved = weights_by_name(found.net)[here.weight] - weights_by_name(here.net)[here.weight]
    stage.tell(f"The weight {_words(here.weight, here)} moved by {_signed(moved)}.")


def _through(stage: Stage, phase: str, name: str) -> None:
    """A walk's numbers one after the other: the picture, and the formula with the numbers put in."""
    here = _setting(stage)
    walked = walk(here.net, here.x, here.genre)
    first = walked.steps.index(walked.of(phase)[0])
    n = len(walked.of(phase))
    at = first + stage.slider("Number", name, 1, n, 1, 1) - 1
    step = walked.steps[at]
    shown = figures.stepped(walked.steps, at)
    stage.chart(figures.small_net(walked.values, here.titles, right=here.genre, height=LOW, **shown), "net")
    _formula(stage, step.latex, step.numbers)
    stage.tell(f"**{at - first + 1} of {n}.** {_title(step.title, here)}")


def _setting(stage: Stage) -> Setting:
    """What is chosen in the row above the picture, and the weight that is dragged beside it."""
    points = first_points(stage)
    places = row(stage, 3)
    tracks = (*(points.ids if points else ()), EXAMPLE)
    name = on(stage, places).menu("Song", "track", tracks, tracks[0], **UNTITLED)
    activation = _activation(on(stage, places))
    first = example_net(activation)
    starts = weights_by_name(first)
    genres = points.genres if points else PREFERRED[:2]
    axes = tuple(axis.title for axis in points.axes) if points else ("Brightness", "Liveliness")
    titles = {"x_1": axes[0], "x_2": axes[1], "p_1": genres[0], "p_2": genres[1], "L": "Loss"}
    if points is None or name == EXAMPLE:
        x, genre, other = example_features(), GENRE, (example_features()[::-1], 1 - GENRE)
    else:
        at = points.ids.index(name)
        x, genre = points.x[at].round(2), int(points.y[at])
        other = (points.x[points.y != genre][0].round(2), 1 - genre)
    weight = on(stage, places).menu(
        "Change", "weight", tuple(starts), "w2_11", format_func=lambda key: f"Change: {_named(key, axes, genres)}", **UNTITLED
    )
    changed = {each: stage.number(each, -MOST, MOST, start) for each, start in starts.items() if each != weight}
    changed[weight] = stage.slider("Its value", weight, -MOST, MOST, starts[weight], 0.01)
    return Setting(with_weights(first, changed), x, genre, genres, weight, titles, other)


def _verdict(stage: Stage, here: Setting, walked: Walk) -> None:
    shares = [walked.values[f"p_{k + 1}"] for k in range(2)]
    said = int(shares[1] > shares[0])
    stage.tell(f"The net says **{here.genres[said]}**, {100 * shares[said]:.0f} %. The song is **{here.genres[here.genre]}**.")
    stage.tell(f"Loss: **{walked.loss:.2f} nat**")


def _formula(stage: Stage, *lines: str) -> None:
    """Formulas below the picture, one a line."""
    stage.heights.append(FORMULA * len(lines))
    stage.picture.markdown("  \n".join(f"$\\displaystyle {line}$" for line in lines))


def _words(weight: str, here: Setting) -> str:
    return _named(weight, (here.titles["x_1"], here.titles["x_2"]), here.genres)


def _named(weight: str, axes: tuple[str, ...], genres: tuple[str, ...]) -> str:
    """`w1_12` as `Brightness → neuron 2`, `b2_1` as `bias of blues`."""
    letter, index = weight.split("_")
    ends = {"w1": (axes, None), "w2": (None, genres), "b1": (None, None), "b2": (None, genres)}[letter]
    names = [
        f"neuron {place}" if known is None else known[int(place) - 1]
        for known, place in zip(ends if letter[0] == "w" else ends[1:], index, strict=True)
    ]
    return " → ".join(names) if letter[0] == "w" else f"bias of {names[0]}"


def _activation(stage: Stage) -> str:
    return str(
        stage.menu(
            "Hidden neurons",
            "activation",
            tuple(ACTIVATION_WORDS),
            "sigmoid",
            format_func=lambda name: f"Hidden neurons: {ACTIVATION_WORDS[name].title}",
            **UNTITLED,
        )
    )


def _title(title: str, here: Setting) -> str:
    """A number's title with the names of features and genres in place of their numbers."""
    for kind, names in (("feature", (here.titles["x_1"].lower(), here.titles["x_2"].lower())), ("genre", here.genres)):
        for place, name in enumerate(names, 1):
            title = title.replace(f"{kind} {place}", name)
    return title + "."


def _signed(value: float) -> str:
    return f"{value:+.4f}".replace("-", "−")


LESSON = Lesson(
    "backprop",
    10,
    {
        "whole": _whole,
        "forward": _forward,
        "loss": _loss,
        "backward": _backward,
        "check": _check,
        "keras": _keras,
        "update": _update,
        "again": _again,
    },
)
