"""The ribbon of a prediction, as the player draws it: genres over time, with the names of its sections."""

from __future__ import annotations

from collections.abc import Sequence

from genre_core.evaluation.sections import Section
from genre_core.prediction import Prediction
from pages.figures.ribbon import ribbon_panel
from pages.figures.scene import Panel


def ribbon_of(prediction: Prediction, title: str = "", apart: Sequence[tuple[float, float]] = ()) -> Panel:
    """Genres over time; `title` where there are several, `apart` where another model says otherwise [s]."""
    sections = [(part.start_seconds, part.end_seconds, name_of(part)) for part in prediction.sections]
    return ribbon_panel(
        prediction.genres,
        prediction.segment_posteriors,
        prediction.start_seconds,
        prediction.end_seconds,
        whole=prediction.posterior,
        threshold=prediction.threshold,
        pale=bool(prediction.unlike),
        title=title,
        sections=sections if len(sections) > 1 else None,
        apart=list(apart),
    )


def name_of(section: Section) -> str:
    """What stands in a section of the ribbon."""
    if section.unlike:
        return {"far from the training songs": "unlike its songs"}.get(section.unlike, section.unlike)
    return str(section.genre) if section.decision == "genre" else f"not sure ({section.genre}?)"
