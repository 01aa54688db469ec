"""One song: its verdict, its sound, and its genre over time, as far as it has been heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import streamlit as st

from genre_core.audio import Clip
from genre_core.audio.recording import Recording
from genre_core.prediction import Prediction
from genre_core.runs import Run
from pages.figures.ribbon import where_apart
from pages.ui.classify.asked import PAGE, Asked
from pages.ui.classify.hearing import BROKEN, OVER, STOPPED, Heard, Song
from pages.ui.classify.ribbon import name_of, ribbon_of
from pages.ui.classify.second import say_apart
from pages.ui.glossary import meaning
from pages.ui.player import Seen, player, seen_in
from pages.ui.verdict import deaf_to_noise, headline, sentence, tags_heard, worth
from pages.ui.words import clock, left, length, plain

BARS_PIXELS, ROW_PIXELS = 96, 23
"""What stands around the bars, and each of them."""

MOST_ERRORS = 5
"""So many files are told why they cannot be heard."""

MOST_SECTIONS = 8
"""So many are told one after another."""

MUCH_LONGER = 1.1
"""A header that promises so many times what could be heard, and a second more, tells of a file that breaks off."""

WAVE_PIXELS = 92
LEAST_PIXELS, MOST_PIXELS = 330, 620
PLAYER_KEY = f"{PAGE}.player"


def show(
    asked: Asked,
    heard: Heard,
    prediction: Prediction | None,
    beside: Heard | None,
    *,
    stop: Callable[[Heard], None],
    again: Callable[[Song, Run], None],
) -> None:
    """Verdict, how far it is, and the player; of two models where another is asked too, which has `beside` to say.

    `stop` ends what is being heard, `again` forgets what a model said of a song, so that all of it is heard.
    """
    other = asked.other
    second = None if other is None or beside is None or beside.prediction is None else _judged_by(other, asked, beside)
    with st.container():
        if prediction is not None:
            _verdicts(asked, prediction, other, second)
    with st.container():
        _how_far(asked.run, heard, stop, again)
        if beside is not None and other is not None:
            say_errors([beside])
            _how_far(other, beside, stop, again, who=f"{plain(other.title)}: ")
    sound = heard.sound
    if sound is None or prediction is None:
        return
    with st.container():
        apart = _apart(prediction, second) if second is not None else []
        if second is not None and other is not None:
            say_apart(prediction, second, asked.run, other, apart)
        _said_of_time(prediction)
        _play(heard, sound, prediction, asked.run if other else None, other, second, apart)


def say_errors(all_heard: Sequence[Heard]) -> None:
    """Why songs could not be heard, the same sentence once, all in one box."""
    said = [str(heard.error) for heard in all_heard if heard.error is not None]
    said += [
        f"Something went wrong while {heard.song.name} was heard. The log of the server says what."
        for heard in all_heard
        if heard.state == BROKEN
    ]
    told = list(dict.fromkeys(said))
    more = [f"{len(told) - MOST_ERRORS} more could not be heard either."] if len(told) > MOST_ERRORS else []
    if told:
        st.error("  \n".join([*map(plain, told[:MOST_ERRORS]), *more]), icon=":material/error:")


def _judged_by(other: Run, asked: Asked, beside: Heard) -> Prediction:
    assert beside.prediction is not None
    return Asked(other, asked.threshold, asked.aggregation).judged(beside.prediction)


def _verdicts(asked: Asked, prediction: Prediction, other: Run | None, second: Prediction | None) -> None:
    """The verdict in words; of two models side by side."""
    if other is None:
        answer, known = st.columns([3, 2], gap="large", vertical_alignment="center")
        _verdict(answer, prediction)
        with known:
            _worth(asked, prediction)
        return
    for place, run, said in zip(st.columns(2, gap="large"), (asked.run, other), (prediction, second), strict=True):
        with place:
            st.caption(plain(run.title))
        if said is not None:
            _verdict(place, said)
            with place:
                _worth(Asked(run, asked.threshold, asked.aggregation), said)


def _verdict(place: st.delta_generator.DeltaGenerator, prediction: Prediction) -> None:
    with place:
        st.header(headline(prediction), anchor=False)
        st.markdown(sentence(prediction))


def _worth(asked: Asked, prediction: Prediction) -> None:
    """What the probability is worth, what the model cannot know, and what its pretrained net hears."""
    if not prediction.unlike:
        measured = f" Expected calibration error: {meaning('expected calibration error')}" if asked.run.calibration else ""
        st.caption(worth(asked.run, asked.aggregation), help=f"{meaning('calibration')}{measured}")
        warnings = [asked.run.caution, deaf_to_noise(prediction)]
        if told := " ".join(warning for warning in warnings if warning):
            st.caption(f":orange[:material/info:] {told}")
    if not prediction.unlike and (tags := tags_heard(prediction)):  # else the reason tells them
        st.caption(tags, help=f"{meaning('pretrained net')} {meaning('tag')}")


def _how_far(run: Run, heard: Heard, stop: Callable[[Heard], None], again: Callable[[Song, Run], None], *, who: str = "") -> None:
    """While it is heard how far that is, with Stop; after a stop the way on."""
    total = heard.sound.seconds if heard.sound is not None else 0.0
    key = f"{PAGE}.{{}}.{run.id}"
    if not heard.is_over:
        text = f"{who}Listening to {plain(heard.song.name)} ..."
        if heard.prediction is not None:
            remaining = left(heard.seconds_left)
            text = f"{who}Heard {clock(heard.seconds)} of {clock(total)}{', ' if remaining else ''}{remaining}"
        line, button = st.columns([6, 1], vertical_alignment="center")
        line.progress(min(1.0, heard.seconds / total) if total else 0.0, text=text)
        words = "What has been heard stays."
        button.button("Stop", key=key.format("stop"), on_click=stop, args=(heard,), width="stretch", help=words)
    elif heard.state == STOPPED:
        line, button = st.columns([6, 1], vertical_alignment="center")
        known = f"what is said holds for the first {clock(heard.seconds)} of {clock(total)}"
        line.info(f"{who}Stopped: {known if heard.prediction else 'nothing is said'}.", icon=":material/stop_circle:")
        button.button("Hear all of it", key=key.format("again"), on_click=again, args=(heard.song, run), width="stretch")


def _said_of_time(prediction: Prediction) -> None:
    """That a song is a mix, and what pale bars mean."""
    if prediction.mix:
        told, more = st.columns([6, 1], vertical_alignment="center")
        told.markdown(f"**A mix:** {plain(_mix(prediction))}.", help=meaning("section"))
        with more.popover(f"All {len(prediction.sections)}", help="Every section with its times."):
            _sections(prediction)
    if prediction.unlike and not prediction.evidence.silent:
        st.caption("What the model would say if it had to be one of these genres:")


def _sections(prediction: Prediction) -> None:
    """Every section with its times and its verdict."""
    column = st.column_config
    st.dataframe(
        [
            {
                "from": clock(part.start_seconds),
                "to": clock(part.end_seconds),
                "verdict": name_of(part),
                "probability": None if part.unlike else part.confidence,
            }
            for part in prediction.sections
        ],
        hide_index=True,
        column_config={
            "from": column.TextColumn("From", help="[min:s]"),
            "to": column.TextColumn("To", help="[min:s]"),
            "verdict": column.TextColumn("Verdict"),
            "probability": column.NumberColumn("Probability", format="%.2f"),
        },
        width="content",
    )


def _mix(prediction: Prediction) -> str:
    """Its sections one after another; of many how much of the time each genre takes."""
    if len(prediction.sections) <= MOST_SECTIONS:
        return prediction.mix
    taken: Counter[str] = Counter()
    for part in prediction.sections:
        taken[name_of(part).split(" (")[0]] += round(part.end_seconds - part.start_seconds)
    of_each = ", ".join(f"{name} {clock(seconds)}" for name, seconds in taken.most_common())
    return f"{len(prediction.sections)} sections, in all {of_each}"


def _apart(prediction: Prediction, second: Prediction) -> list[tuple[float, float]]:
    if prediction.unlike or second.unlike:
        return []
    first, other = ((said.genres, said.segment_posteriors, said.start_seconds, said.end_seconds) for said in (prediction, second))
    return where_apart(first, other)


def _play(
    heard: Heard,
    sound: Clip | Recording,
    prediction: Prediction,
    run: Run | None,
    other: Run | None,
    second: Prediction | None,
    apart: list[tuple[float, float]],
) -> None:
    """The player with a ribbon a model; `run` is named where there are two."""
    panels = [ribbon_of(prediction, run.title if run else "")]
    n_rows = len(prediction.genres)
    if second is not None and other is not None:
        panels.append(ribbon_of(second, other.title, apart))
        n_rows += len(second.genres) + 2
    height = max(LEAST_PIXELS, min(MOST_PIXELS, BARS_PIXELS + ROW_PIXELS * n_rows))
    seen = seen_in(PLAYER_KEY, sound)
    player(
        sound,
        key=PLAYER_KEY,
        panels=panels,
        height=height,
        wave=WAVE_PIXELS,
        seen=Seen(at=seen.at) if seen else None,
        title=heard.song.name,
        view="genres",
        span_seconds=sound.seconds,
        bars="Whole song" if heard.state == OVER else "So far",
    )
    lasts = clock(sound.seconds) if sound.seconds >= 1 else length(sound.seconds)
    st.caption(f"**{plain(heard.song.name)}**, {lasts}. Play it, or click into the picture: the bars follow.")
    promised = sound.facts.seconds if sound.facts is not None else None
    if heard.state == OVER and promised and promised > MUCH_LONGER * sound.seconds + 1:
        st.warning(
            f"By its header this file lasts {clock(promised)}, but only {clock(sound.seconds)} could be heard: it seems to break "
            "off. Save or download it again.",
            icon=":material/content_cut:",
        )
