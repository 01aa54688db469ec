"""Gradient descent and batching: a slope and a step, learning rates, slopes guessed from few tracks, and six ways down."""

from __future__ import annotations

from genre_core.teaching.cutting import cut
from genre_core.teaching.descent import Path, descend, descend_in_batches
from genre_core.teaching.guessing import guess_slopes, on_the_way
from genre_core.teaching.optimizers import OPTIMIZERS
from genre_core.teaching.racing import RATES, race
from genre_core.teaching.surfaces import SURFACES, Surface, real_surface
from pages.figures.learn import descent as figures
from pages.figures.learn.descent import Walk
from pages.figures.theme import ACCENT, EXTENDED_COLOURS, NEUTRAL, WARM
from pages.lessons.lesson import Lesson, Stage
from pages.lessons.tracks import pick_points, weights_of

ONE_WEIGHT_RATES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
VALLEY_RATES = (0.001, 0.003, 0.01, 0.03, 0.05, 0.07, 0.079, 0.08, 0.085, 0.1)
HEAVY_RATES = (0.001, 0.003, 0.01, 0.03, 0.07, 0.1, 0.15)
BATCH_RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SADDLE_RATES = (0.01, 0.02, 0.05, 0.1, 0.2)
BATCHES = (1, 2, 4, 8, 16, 32)
GROUNDS = {"saddle": "saddle", "valley": "long valley"}
SMALL_PICTURE = 280
"""Below a row of choices the picture has less room [pixels]."""
MOST_STEPS = 100
ON_THE_EDGE = 0.99
"""A walk that has kept this share of its height in its second half comes no lower."""
COLOURS = dict(
    zip(OPTIMIZERS, (NEUTRAL, WARM, EXTENDED_COLOURS[5], EXTENDED_COLOURS[4], EXTENDED_COLOURS[2], ACCENT), strict=True)
)
"""Of each optimizer, on every step alike."""


def _slope(stage: Stage) -> None:
    points = pick_points(stage, 2)
    if points is None:
        return
    surface, name = real_surface(points.x, points.y), weights_of(stage, points)[0]
    low, high = (round(end, 1) for end in surface.across)
    start = stage.slider(name, "weight", low, high, round(0.8 * low, 1), 0.1)
    rate = stage.steps("Learning rate", "rate", ONE_WEIGHT_RATES, 0.3, format_func="{:g}".format)
    n_steps = stage.slider("Steps", "steps", 0, 20, 1, 1)
    found = cut(surface, start, learning_rate=rate, n_steps=n_steps)
    stage.chart(figures.sliding(found, weight=name, height=SMALL_PICTURE), "sliding")
    slope, step = found.slopes[0], found.steps[0]
    steep = "Slope at the start: **{slope}**. First step: −{rate:g} × ({slope}) = **{step}**."
    stage.tell(steep, slope=_signed(slope), rate=rate, step=_signed(step))
    fell = "Loss: {before:.2f} → **{after:.2f}** nat. The lowest is {lowest:.2f}, at a weight of {bottom:.1f}."
    stage.tell(fell, before=found.heights[0], after=found.heights[-1], lowest=found.losses.min(), bottom=found.bottom)


def _rate(stage: Stage) -> None:
    valley = SURFACES["valley"]
    rate = stage.steps("Learning rate", "valley_rate", VALLEY_RATES, 0.01, format_func="{:g}".format)
    n_steps = stage.slider("Steps", "valley_steps", 1, MOST_STEPS, 60, 1)
    path = descend(valley, "sgd", learning_rate=rate, n_steps=n_steps)
    others = [descend(valley, "sgd", learning_rate=each, n_steps=MOST_STEPS) for each in VALLEY_RATES if each != rate]
    walks = [Walk("other rates", NEUTRAL, other, is_faint=True) for other in others]
    colour = WARM if path.losses[-1] > path.losses[0] else ACCENT
    walks.append(Walk(stage.words("learning rate {rate:g}", rate=rate), colour, path))
    stage.chart(figures.walked(valley, walks), "rate")
    _tell_end(stage, path)


def _tell_end(stage: Stage, path: Path) -> None:
    first, last = path.losses[[0, -1]]
    if path.flew_off or last > first:
        stage.tell("**Too large**: each step lands higher on the other side than it began.")
    elif last < 0.001 * first:
        stage.tell("**There**: of the height above the lowest place {share:.2f} % is left.", share=100 * last / first)
    elif last > ON_THE_EDGE * path.losses[len(path.losses) // 2]:
        stage.tell("**On the edge**: it jumps from wall to wall for ever, and comes no lower.")
    else:
        stage.tell("**On its way**: of the height above the lowest place {share:.1f} % is left.", share=100 * last / first)


def _guess(stage: Stage) -> None:
    points = pick_points(stage, 2)
    if points is None:
        return
    surface = real_surface(points.x, points.y)
    size = stage.steps("Tracks in a batch", "guess_batch", BATCHES, 2)
    share = stage.slider("Way to the lowest place [%]", "way", 0, 95, 0, 5)
    found = guess_slopes(points.x, points.y, on_the_way(surface, share / 100), batch_size=size)
    stage.chart(figures.guessed(surface, found, axes=weights_of(stage, points), height=SMALL_PICTURE), "guess")
    stage.tell(
        "**{share:.0f} %** of 40 batches of {size} lead down. On average they miss the slope of all {count} tracks by "
        "**{spread:.0f} %** of its length.",
        share=100 * found.share_downhill,
        size=found.batch_size,
        count=len(points.y),
        spread=100 * found.spread,
    )


def _batches(stage: Stage) -> None:
    points = pick_points(stage, 2)
    if points is None:
        return
    size = stage.steps("Tracks in a batch", "batch", BATCHES, 8)
    rate = stage.steps("Learning rate", "batch_rate", BATCH_RATES, 1.0, format_func="{:g}".format)
    n_epochs = stage.slider("Epochs", "epochs", 1, 20, 6, 1)
    n_tracks = len(points.y)
    sizes = [
        (stage.words("all {count} at once", count=n_tracks), n_tracks, NEUTRAL),
        (stage.words("one at a time"), 1, WARM),
        (stage.words("batches of {size}", size=size), size, ACCENT),
    ]
    walks = [
        Walk(name, colour, descend_in_batches(points.x, points.y, "sgd", batch_size=n, learning_rate=rate, n_epochs=n_epochs))
        for name, n, colour in sizes[: 3 if 1 < size < n_tracks else 2]
    ]
    surface = real_surface(points.x, points.y)
    picture = figures.walked(surface, walks, axes=weights_of(stage, points), unit="nat", over_epochs=True, height=SMALL_PICTURE)
    stage.chart(picture, "batches")
    for walk in walks:
        went = "{name}: {steps:,} steps, loss **{loss:.3f}** nat"
        stage.tell(went, name=walk.name, steps=walk.path.n_steps, loss=walk.path.losses[-1])


def _momentum(stage: Stage) -> None:
    valley = SURFACES["valley"]
    rate = stage.steps("Learning rate", "heavy_rate", HEAVY_RATES, 0.01, format_func="{:g}".format)
    n_steps = stage.slider("Steps shown", "heavy_steps", 1, MOST_STEPS, 60, 1)
    _compare(stage, valley, ("sgd", "momentum", "nesterov"), rate, n_steps, "momentum")


def _adaptive(stage: Stage) -> None:
    kind = stage.choice("Landscape", "ground", tuple(GROUNDS), "saddle", format_func=lambda kind: stage.words(GROUNDS[kind]))
    first = {"saddle": ("own_rate", 0.05), "valley": ("long_rate", 0.1)}[kind]  # where each shows what it is there for
    rate = stage.steps("Learning rate", first[0], SADDLE_RATES, first[1], format_func="{:g}".format)
    n_steps = stage.slider("Steps shown", "own_steps", 1, MOST_STEPS, 60, 1)
    _compare(stage, SURFACES[kind], ("sgd", "rmsprop", "adam"), rate, n_steps, "adaptive")


def _compare(stage: Stage, surface: Surface, names: tuple[str, ...], rate: float, n_steps: int, place: str) -> None:
    """Some optimizers with one rate, and where each ended."""
    walks = [
        Walk(stage.words(OPTIMIZERS[name].title), COLOURS[name], descend(surface, name, learning_rate=rate, n_steps=MOST_STEPS))
        for name in names
    ]
    stage.chart(figures.walked(surface, walks, until=n_steps), place, low=0.97)
    _tell_each(stage, surface, walks)


def _race(stage: Stage) -> None:
    kinds = (*SURFACES, "real")
    titles = {name: surface.title for name, surface in SURFACES.items()} | {"real": "The loss of real tracks"}
    kind = stage.menu("Landscape", "landscape", kinds, "beale", format_func=lambda kind: stage.words(titles[kind]))
    axes, unit = ("Weight 1", "Weight 2"), ""
    if kind == "real":
        points = pick_points(stage, 2)
        if points is None:
            return
        surface, axes, unit = real_surface(points.x, points.y), weights_of(stage, points), "nat"
    else:
        surface = SURFACES[kind]
    is_one = stage.toggle("The same learning rate for all", "one_rate")
    rates = (stage.steps("Learning rate", "race_rate", RATES, 0.01, format_func="{:g}".format),) if is_one else RATES
    until = stage.slider("Steps shown", "race_steps", 1, MOST_STEPS, MOST_STEPS, 1)
    found = race(surface, n_steps=MOST_STEPS, rates=rates)
    walks = [Walk(stage.words(_short(name)), COLOURS[name], path) for name, (_, path) in found.items()]
    stage.chart(figures.raced(surface, walks, until=until, axes=axes, unit=unit, height=SMALL_PICTURE if unit else 330), "race")
    order = sorted(found, key=lambda name: (found[name][1].flew_off, found[name][1].losses[-1]))
    ranks = [stage.words("After {count} steps, lowest first:", count=MOST_STEPS) + "\n"]
    for place, name in enumerate(order, 1):
        rate, path = found[name]
        ended = "{optimizer}, rate {rate:g}: flew off" if path.flew_off else "{optimizer}, rate {rate:g}"
        ranks.append(f"{place}. {stage.words(ended, optimizer=stage.words(_short(name)), rate=rate)}")
    stage.put("\n".join(ranks))


def _tell_each(stage: Stage, surface: Surface, walks: list[Walk]) -> None:
    for walk in walks:
        needed = None if surface.minimum is None else walk.path.steps_to(surface.minimum, within=0.1)
        if walk.path.flew_off:
            stage.tell("{name}: flew off", name=walk.name)
        elif needed is None:
            stage.tell("{name}: not there after {count} steps", name=walk.name, count=walk.path.n_steps)
        else:
            stage.tell("{name}: there after **{count}** steps", name=walk.name, count=needed)


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def _short(name: str) -> str:
    return {"sgd": "Plain", "nesterov": "Nesterov", "rmsprop_nesterov": "RMSProp + Nesterov"}.get(name, OPTIMIZERS[name].title)


LESSON = Lesson(
    "descent",
    10,
    {
        "slope": _slope,
        "rate": _rate,
        "guess": _guess,
        "batches": _batches,
        "momentum": _momentum,
        "adaptive": _adaptive,
        "race": _race,
    },
)
