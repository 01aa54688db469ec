"""Forward and back through a net of 2, 3 and 2 neurons, number by number, until its loss falls."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from genre_core.teaching.backprop import Walk, walk
from genre_core.teaching.backprop_words import ACTIVATION_WORDS
from genre_core.teaching.describing import SOUND_NUMBERS
from genre_core.teaching.keras_example import GENRE, LEARNING_RATE, example_features, example_net, keras_walk
from genre_core.teaching.nudging import loss_along, nudge, weights_by_name, with_weights
from genre_core.teaching.repeating import losses_by_rate, repeat
from genre_core.teaching.tiny_net import TinyNet, answer
from pages.figures.learn import backprop as figures
from pages.lessons.lesson import Lesson, Stage
from pages.lessons.tracks import FIRST_AXES, PREFERRED, UNTITLED, first_points, on, row

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
    named: dict[str, str]
    """What stands in sentences for `feature 1`, `genre 2` and so on."""
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
    gives = "The net gives {genre} **{share:.0f} %**: loss **{loss:.2f} nat**."
    stage.tell(gives, genre=here.genres[here.genre], share=100 * p, loss=walked.loss)
    stage.tell("With {share:.0f} % it would be {loss:.2f} nat.", share=100 * tried, loss=-np.log(tried) + 0.0)


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
        name=stage.words("Weight: {weight}", weight=_words(stage, here)),
    )
    stage.chart(figure, "nudged")
    slopes = "By nudging: **{nudged}**. From going back: **{exact}**."
    stage.tell(slopes, nudged=_signed(found.slope), exact=_signed(found.exact))


def _keras(stage: Stage) -> None:
    activation = _activation(stage)
    net, x, theirs = example_net(activation), example_features(), keras_walk(activation)
    walked = walk(net, x, GENRE, learning_rate=LEARNING_RATE)
    ours = {name: walked.values[f"d_{name}"] for name in theirs.slopes}
    stage.chart(figures.side_by_side(ours, theirs.slopes), "keras")
    apart = max(abs(ours[name] - slope) for name, slope in theirs.slopes.items())
    stage.tell("Loss here: **{here:.9f}**, Keras: **{keras:.9f}**.", here=walked.loss, keras=theirs.loss)
    stage.tell("After one step: **{here:.9f}**, Keras: **{keras:.9f}**.", here=walked.loss_after, keras=theirs.loss_after)
    differ = "The slopes differ by {apart:.0e} at most." if apart else "The slopes are the same to the last digit."
    stage.tell(differ, apart=apart)


def _update(stage: Stage) -> None:
    here = _setting(stage)
    rate = float(stage.steps("Learning rate", "one_rate", RATES, RATES[0]))
    walked = walk(here.net, here.x, here.genre, learning_rate=rate)
    rates, theirs = np.array(RATES), answer(here.net, *here.other).loss
    names = [
        stage.words("this song ({genre})", genre=here.genres[here.genre]),
        stage.words("a song that had no say ({genre})", genre=here.genres[here.other[1]]),
    ]
    losses = [losses_by_rate(here.net, here.x, here.genre, rates, judged=judged) for judged in (None, here.other)]
    before = dict(zip(names, (walked.loss, theirs), strict=True))
    figure = figures.by_rate(rates, dict(zip(names, losses, strict=True)), RATES.index(rate), before, height=LOW)
    stage.chart(figure, "by_rate")
    step = next(step for step in walked.of("update") if step.name == f"{here.weight}_after")
    _formula(stage, step.numbers)
    stage.tell("This song: loss {before:.2f} → **{after:.2f} nat**.", before=walked.loss, after=walked.loss_after)
    stage.tell("The other: {before:.2f} → **{after:.2f} nat**.", before=theirs, after=losses[1][RATES.index(rate)])


def _again(stage: Stage) -> None:
    here = _setting(stage)
    rate = float(stage.steps("Learning rate", "rate", RATES, 0.46))
    n_steps = stage.slider("Steps", "n_steps", 0, 100, 20, 1)
    found = repeat(here.net, here.x, here.genre, learning_rate=rate, n_steps=n_steps)
    right = found.posteriors[:, here.genre]
    stage.chart(figures.falling(found.losses, right), "falling")
    stage.tell("Loss: **{before:.2f} → {after:.3f} nat**", before=found.losses[0], after=found.losses[-1])
    grows = "{genre}: **{before:.0f} % → {after:.0f} %**"
    stage.tell(grows, genre=here.genres[here.genre], before=100 * right[0], after=100 * right[-1])
    moved = weights_by_name(found.net)[here.weight] - weights_by_name(here.net)[here.weight]
    stage.tell("The weight {weight} moved by {by}.", weight=_words(stage, here), by=_signed(moved))


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
    nodes = {name: here.named.get(str(node), node) for name, node in step.nodes.items()}
    stage.tell(
        "**{number} of {count}.** {sentence}", number=at - first + 1, count=n, sentence=stage.words(step.words, **nodes) + "."
    )


def _setting(stage: Stage) -> Setting:
    """What is chosen in the row above the picture, and the weight that is dragged beside it."""
    points = first_points(stage)
    places = row(stage, 3)
    tracks = (*(points.ids if points else ()), EXAMPLE)
    name = on(stage, places).menu("Song", "track", tracks, tracks[0], format_func=stage.words, **UNTITLED)
    activation = _activation(on(stage, places))
    first = example_net(activation)
    starts = weights_by_name(first)
    genres = points.genres if points else PREFERRED[:2]
    measured = [number.title for number in (points.axes if points else [SOUND_NUMBERS[key] for key in FIRST_AXES])]
    axes = tuple(stage.words(title) for title in measured)
    titles = dict(zip(("x_1", "x_2", "p_1", "p_2", "L"), (*axes, *genres, stage.words("Loss")), strict=True))
    named = [stage.words(title.lower()) for title in measured]
    named = dict(zip(("feature 1", "feature 2", "genre 1", "genre 2"), (*named, *genres), strict=True))
    if points is None or name == EXAMPLE:
        x, genre, other = example_features(), GENRE, (example_features()[::-1], 1 - GENRE)
    else:
        at = points.ids.index(name)
        x, genre = points.x[at].round(2), int(points.y[at])
        other = (points.x[points.y != genre][0].round(2), 1 - genre)
    weight = on(stage, places).menu(
        "Change",
        "weight",
        tuple(starts),
        "w2_11",
        format_func=lambda key: stage.words("Change: {weight}", weight=_named(stage, key, axes, genres)),
        **UNTITLED,
    )
    changed = {each: stage.number(each, -MOST, MOST, start) for each, start in starts.items() if each != weight}
    changed[weight] = stage.slider("Its value", weight, -MOST, MOST, starts[weight], 0.01)
    return Setting(with_weights(first, changed), x, genre, genres, weight, titles, named, other)


def _verdict(stage: Stage, here: Setting, walked: Walk) -> None:
    shares = [walked.values[f"p_{k + 1}"] for k in range(2)]
    said = int(shares[1] > shares[0])
    says = "The net says **{said}**, {share:.0f} %. The song is **{right}**."
    stage.tell(says, said=here.genres[said], share=100 * shares[said], right=here.genres[here.genre])
    stage.tell("Loss: **{loss:.2f} nat**", loss=walked.loss)


def _formula(stage: Stage, *lines: str) -> None:
    """Formulas below the picture, one a line."""
    stage.heights.append(FORMULA * len(lines))
    stage.picture.markdown("\n\n".join(f"$\\displaystyle {line}$" for line in lines))


def _words(stage: Stage, here: Setting) -> str:
    return _named(stage, here.weight, (here.titles["x_1"], here.titles["x_2"]), here.genres)


def _named(stage: Stage, weight: str, axes: tuple[str, ...], genres: tuple[str, ...]) -> str:
    """`w1_12` as `Brightness → neuron 2`, `b2_1` as `bias of blues`."""
    letter, index = weight.split("_")
    ends = {"w1": (axes, None), "w2": (None, genres), "b1": (None, None), "b2": (None, genres)}[letter]
    names = [
        stage.words("neuron {number}", number=place) if known is None else known[int(place) - 1]
        for known, place in zip(ends if letter[0] == "w" else ends[1:], index, strict=True)
    ]
    return " → ".join(names) if letter[0] == "w" else stage.words("bias of {node}", node=names[0])


def _activation(stage: Stage) -> str:
    return str(
        stage.menu(
            "Hidden neurons",
            "activation",
            tuple(ACTIVATION_WORDS),
            "sigmoid",
            format_func=lambda name: stage.words("Hidden neurons: {name}", name=stage.words(ACTIVATION_WORDS[name].title)),
            **UNTITLED,
        )
    )


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
