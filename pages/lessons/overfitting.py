"""Overfitting and its cures: a large net learns few tracks by heart, and each cure is trained, drawn over it and judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

import numpy as np
import streamlit as st

from genre_core.datasets.segment_table import SegmentTable
from genre_core.teaching.curing import Cure, lesson
from genre_core.teaching.curing import Lesson as Tracks
from genre_core.teaching.dividing import judged_rows
from genre_core.teaching.following import Following, best_of
from pages.figures.learn import overfitting as figures
from pages.figures.learn.overfitting import Curve
from pages.figures.theme import ACCENT, EXTENDED_COLOURS, NEUTRAL, WARM
from pages.lessons.lesson import Lesson, Stage
from pages.lessons.tracks import can_be_divided
from pages.lessons.trainings import Bench, bench, watch
from pages.ui import caches_leak, pickers

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

BASE = Cure(neurons=256, layers=2, epochs=80, batch_size=16, learning_rate=0.003)
"""The large net without any cure, which every step begins with."""
FEW = 30
"""Tracks that it learns from."""
VALID_SHARE = 0.4
NEURONS = (2, 4, 8, 16, 32, 64, 128, 256)
PRICES = (0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)
PATIENCES = (0, 2, 5, 10, 20)
OVERLAID = 4
"""So many trainings share a picture: the one without cures, and the latest."""
COLOURS = (ACCENT, WARM, EXTENDED_COLOURS[4])
PATIENCE_SECONDS = 0.3
"""What takes longer says how far it is."""
NAMES = {
    "tracks": "{value} tracks",
    "neurons": "{value} neurons a layer",
    "dropout": "dropout {value:g}",
    "l1": "L1 {value:g}",
    "l2": "L2 {value:g}",
    "noise": "noise {value:g}",
    "patience": "early stopping after {value}",
    "seed": "start no. {value}",
}
"""What a setting is called where it differs from the base."""
Draw: TypeAlias = "Callable[[Sequence[Curve]], Figure]"


def _heart(stage: Stage) -> None:
    _cured(stage, ("neurons",))


def _more(stage: Stage) -> None:
    _cured(stage, ("tracks",))


def _stopping(stage: Stage) -> None:
    _cured(stage, ("patience",))


def _small(stage: Stage) -> None:
    _cured(stage, ("l1", "l2"), draw=figures.weighed)


def _silence(stage: Stage) -> None:
    _cured(stage, ("dropout",))


def _noise(stage: Stage) -> None:
    _cured(stage, ("noise",))


def _own(stage: Stage) -> None:
    _cured(stage, ("tracks", "neurons", "dropout", "l1", "l2", "noise", "patience", "seed"))


def _cured(stage: Stage, kinds: tuple[str, ...], *, draw: Draw | None = None) -> None:
    """What can be changed, a button that trains it, what was trained so far in this step, and what came out."""
    songs = _songs(stage)
    if songs is None:
        return
    at, few = bench(stage), min(FEW, songs.most)
    columns = (
        stage.side.columns(2) if len(kinds) > 2 else [stage.side]
    )  # many stand in two columns, so that the picture stays in sight
    asked = {
        kind: _ask(stage._replace(side=columns[place % len(columns)]), kind, few, songs.most) for place, kind in enumerate(kinds)
    }
    n_tracks = asked.pop("tracks", few)

    def begin(n: int, cure: Cure) -> None:
        at.begin((songs.key, n, cure.fingerprint), songs.tracks(n), cure)

    def picture() -> None:
        curves = _curves(stage, at, songs.key, few, kinds)
        n_genres = len(songs.table.genres)
        stage._replace(picture=st).chart(
            draw(curves) if draw else figures.followed(curves, n_genres=n_genres), "curves", low=0.86 if len(kinds) > 2 else 1.0
        )
        st.markdown(_best(stage, at, songs, few))

    if (songs.key, few, BASE.fingerprint) not in at.found:
        begin(few, BASE)
    wanted = BASE.replace(**asked)
    train = {"key": stage.key("train"), "type": "primary", "on_click": begin, "args": (n_tracks, wanted)}
    stage.side.button(stage.words("Train"), width="stretch", **train)
    watch(stage, at, picture)
    _tell(stage, _curves(stage, at, songs.key, few, kinds), at)


def _ask(stage: Stage, kind: str, few: int, most: int) -> Any:
    """One setting; where a step is about a single one it begins with a value worth trying, else with none."""
    alone = stage.step != "own"
    place = kind if alone else f"own_{kind}"
    if kind == "tracks":
        return (
            stage.slider("Tracks to learn from" if alone else "Tracks", place, min(10, most), most, most if alone else few, 1)
            if most > 10
            else most
        )
    if kind == "dropout":
        return stage.slider("Dropout: share silenced" if alone else "Dropout", place, 0.0, 0.9, 0.5 if alone else 0.0, 0.1)
    if kind == "noise":
        return stage.slider("Noise [typical distances]" if alone else "Noise", place, 0.0, 3.0, 1.5 if alone else 0.0, 0.25)
    if kind == "seed":
        return stage.slider("Start no.", place, 0, 9, 0, 1)
    if kind == "neurons":
        return stage.steps("Neurons a layer", place, NEURONS, 8 if alone else BASE.neurons)
    if kind == "patience":
        said = "Patience [epochs]"
        return stage.steps(
            said, place, PATIENCES, 5 if alone else 0, format_func=lambda value: str(value or stage.words("never"))
        )
    titles = {"l1": "L1, price of size", "l2": "L2, price of squares"}
    first = 0.01 if alone and kind == "l2" else 0.0
    return stage.steps(titles[kind], place, PRICES, first, format_func=lambda price: f"{float(price):g}")


def _curves(stage: Stage, at: Bench, name: str, few: int, kinds: tuple[str, ...]) -> list[Curve]:
    """The training without cures, and the latest of those that differ from it in what a step is about."""
    base, others = (name, few, BASE.fingerprint), []
    for key, found in at.found.items():
        differs = _differences(found, few)
        if key[0] == name and key != base and set(differs) <= set(kinds) and found.n_epochs >= 0:
            others.append(found)
    coloured = [Curve(_named(stage, found, few), COLOURS[place % len(COLOURS)], found) for place, found in enumerate(others)]
    first = [Curve(stage.words("no cure"), NEUTRAL, at.found[base])] if base in at.found and at.found[base].n_epochs >= 0 else []
    return [*first, *coloured[-(OVERLAID - 1) :]]


def _differences(found: Following, few: int) -> dict[str, Any]:
    """What differs from the training without cures."""
    asked, base = found.cure.to_dict(), BASE.to_dict()
    tracks = {"tracks": found.n_tracks} if found.n_tracks != few else {}
    return tracks | {kind: value for kind, value in asked.items() if value != base.get(kind)}


def _named(stage: Stage, found: Following, few: int) -> str:
    words = [stage.words(NAMES[kind], value=value) for kind, value in _differences(found, few).items()]
    return ", ".join(words) or stage.words("no cure")


class Songs(NamedTuple):
    """A data set as numbers, a row a track, and which tracks are valid ones: artists are on one side only.

    Attributes
    ----------
    key : str
        What the numbers follow from.
    table : SegmentTable
    judged : np.ndarray
        Bool, shape (n_tracks,).
    """

    key: str
    table: SegmentTable
    judged: np.ndarray

    @property
    def most(self) -> int:
        """Tracks that can be learned from."""
        return int((~self.judged).sum())

    @property
    def n_valid(self) -> int:
        return int(self.judged.sum())

    def tracks(self, n: int) -> Tracks:
        """So many to learn from, and all valid ones."""
        learned, values, y = ~self.judged, self.table.values, self.table.y
        sides = values[learned], y[learned], values[self.judged], y[self.judged]
        return lesson(*sides, n_genres=len(self.table.genres), n_tracks=n)


def _songs(stage: Stage) -> Songs | None:
    """The data set that the reader picks; None, and a sentence, where there is none that will do."""
    known = {name: entry for name, entry in pickers.datasets().items() if can_be_divided(entry)}
    if not known:
        stage.lack("Tracks of several genres are learned here. The demo songs are still being made, or no data set holds sound.")
        return None
    name = stage.menu("Songs", "songs", tuple(known), next(iter(known))) if len(known) > 1 else next(iter(known))
    place = stage.key(f"songs.{known[name].fingerprint}")
    if place not in st.session_state:
        line, began = stage.picture.empty(), time.monotonic()

        def progress(done: int, total: int) -> None:
            if time.monotonic() - began > PATIENCE_SECONDS:
                line.progress(done / total, text=stage.words("Listening: {done} of {total} tracks", done=done, total=total))

        found = caches_leak.segments(known[name], progress)
        table = found.table.means()
        st.session_state[place] = Songs(found.key, table, judged_rows(table.artist, table.y, share=VALID_SHARE, seed=0))
        line.empty()
    return cast(Songs, st.session_state[place])


def _tell(stage: Stage, curves: Sequence[Curve], at: Bench) -> None:
    """Scores of what is drawn."""
    for name, _, found in curves:
        if found.failure:
            stage.side.warning(f"{name}: {found.failure}")
        if not found.is_over:
            is_going = at.going is not None and at.found[at.going] is found
            name = stage.words("{name} (going on)" if is_going else "{name} (stopped)", name=name)
        stage.tell(
            "{name}: {learned:.0f} % of its own tracks, **{valid:.0f} %** of the valid ones, valid loss {loss:.2f} nat",
            name=name,
            learned=100 * found.train_accuracy[found.kept_epoch],
            valid=100 * found.kept_accuracy,
            loss=found.kept_loss,
        )


def _best(stage: Stage, at: Bench, songs: Songs, few: int) -> str:
    """The best of all trainings of this visit, in words; none yet is empty."""
    best = best_of([found for key, found in at.found.items() if key[0] == songs.key])
    if best is None:
        return ""
    return stage.words(
        "Your best so far: **{share:.0f} %** of {count} valid tracks, with {cures}. One track is {one:.1f} %.",
        share=100 * best.kept_accuracy,
        count=songs.n_valid,
        cures=_named(stage, best, few),
        one=100 / songs.n_valid,
    )


LESSON = Lesson(
    "overfitting",
    10,
    {
        "heart": _heart,
        "more": _more,
        "stopping": _stopping,
        "small": _small,
        "silence": _silence,
        "noise": _noise,
        "own": _own,
    },
)
