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
from pages.lessons.tracks import Points, pick_points

ONE_WEIGHT_RATES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
VALLEY_RATES = (0.001, 0.003, 0.01, 0.03, 0.05, 0.07, 0.079, 0.08, 0.085, 0.1)
HEAVY_RATES = (0.001, 0.003, 0.01, 0.03, 0.07, 0.1, 0.15)
BATCH_RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SADDLE_RATES = (0.01, 0.02, 0.05, 0.1, 0.2)
BATCHES = (1, 2, 4, 8, 16, 32)
SMALL_PICTURE = 280
"""Below a row of choices the picture has less room [pixels]."""
MOST_STEPS = 100
COLOURS = dict(
    zip(OPTIMIZERS, (NEUTRAL, WARM, EXTENDED_COLOURS[5], EXTENDED_COLOURS[4], EXTENDED_COLOURS[2], ACCENT), strict=True)
)
"""Of each optimizer, on every step alike."""


def _slope(stage: Stage) -> None:
    points = pick_points(stage, 2)
    if points is None:
        return
    surface, name = real_surface(points.x, points.y), _weights(points)[0]
    low, high = (round(end, 1) for end in surface.across)
    start = stage.slider(name, "weight", low, high, round(0.8 * low, 1), 0.1)
    rate = stage.steps("Learning rate", "rate", ONE_WEIGHT_RATES, 0.3, format_func="{:g}".format)
    n_steps = stage.slider("Steps", "steps", 0, 20, 1, 1)
    found = cut(surface, start, learning_rate=rate, n_steps=n_steps)
    stage.chart(figures.sliding(found, weight=name, height=SMALL_PICTURE), "sliding")
    slope, step = found.slopes[0], found.steps[0]
    stage.tell(f"Slope at the start: **{_signed(slope)}**. First step: −{rate:g} × ({_signed(slope)}) = **{_signed(step)}**.")
    stage.tell(
        f"Loss: {found.heights[0]:.2f} → **{found.heights[-1]:.2f}** nat. The lowest is {found.losses.min():.2f}, "
        f"at a weight of {found.bottom:.1f}."
    )


def _rate(stage: Stage) -> None:
    valley = SURFACES["valley"]
    rate = stage.steps("Learning rate", "valley_rate", VALLEY_RATES, 0.01, format_func="{:g}".format)
    n_steps = stage.slider("Steps", "valley_steps", 1, MOST_STEPS, 60, 1)
    path = descend(valley, "sgd", learning_rate=rate, n_steps=n_steps)
    others = [descend(valley, "sgd", learning_rate=each, n_steps=MOST_STEPS) for each in VALLEY_RATES if each != rate]
    walks = [Walk("other rates", NEUTRAL, other, is_faint=True) for other in others]
    colour = WARM if path.losses[-1] > path.losses[0] else ACCENT
    stage.chart(figures.walked(valley, [*walks, Walk(f"learning rate {rate:g}", colour, path)]), "rate")
    _tell_end(stage, path)


def _tell_end(stage: Stage, path: Path) -> None:
    first, last = path.losses[[0, -1]]
    if path.flew_off or last > first:
        stage.tell("**Too large**: each step lands higher on the other side than it began.")
    elif last < 0.001 * first:
        stage.tell(f"**There**: of the height above the lowest place {100 * last / first:.2f} % is left.")
    else:
        stage.tell(f"**On its way**: of the height above the lowest place {100 * last / first:.1f} % is left.")


def _guess(stage: Stage) -> None:
    points = pick_points(stage, 2)
    if points is None:
        return
    surface = real_surface(points.x, points.y)
    size = stage.steps("Tracks in a batch", "guess_batch", BATCHES, 2)
    share = stage.slider("Way to the lowest place [%]", "way", 0, 95, 0, 5)
    found = guess_slopes(points.x, points.y, on_the_way(surface, share / 100), batch_size=size)
    stage.chart(figures.guessed(surface, found, axes=_weights(points), height=SMALL_PICTURE), "guess")
    stage.tell(
        f"**{100 * found.share_downhill:.0f} %** of 40 batches of {found.batch_size} lead down. On average they miss the slope "
        f"of all {len(points.y)} tracks by **{100 * found.spread:.0f} %** of its length."
    )


def _batches(stage: Stage) -> None:
    points = pick_points(stage, 2)
    if points is None:
        return
    size = stage.steps("Tracks in a batch", "batch", BATCHES, 8)
    rate = stage.steps("Learning rate", "batch_rate", BATCH_RATES, 1.0, format_func="{:g}".format)
    n_epochs = stage.slider("Epochs", "epochs", 1, 20, 6, 1)
    n_tracks = len(points.y)
    sizes = {f"all {n_tracks} at once": (n_tracks, NEUTRAL), "one at a time": (1, WARM)}
    if 1 < size < n_tracks:
        sizes[f"batches of {size}"] = (size, ACCENT)
    walks = [
        Walk(name, colour, descend_in_batches(points.x, points.y, "sgd", batch_size=n, learning_rate=rate, n_epochs=n_epochs))
        for name, (n, colour) in sizes.items()
    ]
    surface = real_surface(points.x, points.y)
    picture = figures.walked(surface, walks, axes=_weights(points), unit="nat", over_epochs=True, height=SMALL_PICTURE)
    stage.chart(picture, "batches")
    for walk in walks:
        stage.tell(f"{walk.name}: {walk.path.n_steps:,} steps, loss **{walk.path.losses[-1]:.3f}** nat")


def _momentum(stage: Stage) -> None:
    valley = SURFACES["valley"]
    rate = stage.steps("Learning rate", "heavy_rate", HEAVY_RATES, 0.01, format_func="{:g}".format)
    n_steps = stage.slider("Steps shown", "heavy_steps", 1, MOST_STEPS, 60, 1)
    _compare(stage, valley, ("sgd", "momentum", "nesterov"), rate, n_steps, "momentum")


def _adaptive(stage: Stage) -> None:
    kinds = ("saddle", "valley")
    kind = stage.choice("Landscape", "ground", kinds, "saddle", format_func={"saddle": "saddle", "valley": "long valley"}.get)
    rate = stage.steps("Learning rate", "own_rate", SADDLE_RATES, 0.05, format_func="{:g}".format)
    n_steps = stage.slider("Steps shown", "own_steps", 1, MOST_STEPS, 60, 1)
    _compare(stage, SURFACES[kind], ("sgd", "rmsprop", "adam"), rate, n_steps, "adaptive")


def _compare(stage: Stage, surface: Surface, names: tuple[str, ...], rate: float, n_steps: int, place: str) -> None:
    """Some optimizers with one rate, and where each ended."""
    walks = [
        Walk(OPTIMIZERS[name].title, COLOURS[name], descend(surface, name, learning_rate=rate, n_steps=MOST_STEPS))
        for name in names
    ]
    stage.chart(figures.walked(surface, walks, until=n_steps), place)
    _tell_each(stage, surface, walks)


def _race(stage: Stage) -> None:
    kinds = (*SURFACES, "real")
    titles = {name: surface.title for name, surface in SURFACES.items()} | {"real": "The loss of real tracks"}
    kind = stage.menu("Landscape", "landscape", kinds, "beale", format_func=titles.get)
    axes, unit = ("Weight 1", "Weight 2"), ""
    if kind == "real":
        points = pick_points(stage, 2)
        if points is None:
            return
        surface, axes, unit = real_surface(points.x, points.y), _weights(points), "nat"
    else:
        surface = SURFACES[kind]
    is_one = stage.toggle("The same learning rate for all", "one_rate")
    rates = (stage.steps("Learning rate", "race_rate", RATES, 0.01, format_func="{:g}".format),) if is_one else RATES
    until = stage.slider("Steps shown", "race_steps", 1, MOST_STEPS, MOST_STEPS, 1)
    found = race(surface, n_steps=MOST_STEPS, rates=rates)
    walks = [Walk(_short(name), COLOURS[name], path) for name, (_, path) in found.items()]
    stage.chart(figures.raced(surface, walks, until=until, axes=axes, unit=unit, height=SMALL_PICTURE if unit else 330), "race")
    order = sorted(found, key=lambda name: (found[name][1].flew_off, found[name][1].losses[-1]))
    places = "\n".join(
        f"{place}. {OPTIMIZERS[name].title}, rate {found[name][0]:g}{': flew off' if found[name][1].flew_off else ''}"
        for place, name in enumerate(order, 1)
    )
    stage.side.markdown(f"After {MOST_STEPS} steps, lowest first:\n\n{places}")


def _tell_each(stage: Stage, surface: Surface, walks: list[Walk]) -> None:
    for walk in walks:
        needed = None if surface.minimum is None else walk.path.steps_to(surface.minimum, within=0.1)
        if walk.path.flew_off:
            said = "flew off"
        elif needed is None:
            said = f"not there after {walk.path.n_steps} steps"
        else:
            said = f"there after **{needed}** steps"
        stage.tell(f"{walk.name}: {said}")


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _weights(points: Points) -> tuple[str, str]:
    return f"Weight of {points.axes[0].title.lower()}", f"Weight of {points.axes[1].title.lower()}"


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
