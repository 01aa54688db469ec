"""A song that the reader picks, for steps that look at one."""

from __future__ import annotations

from genre_core.audio import Clip
from pages.lessons.lesson import Stage
from pages.ui import cached, caches_learn, pickers


def pick_song(stage: Stage) -> Clip | None:
    """The middle of a track that the reader picks; None, and said, where there is none yet."""
    tracks = pickers.tracks_by_reference()
    if not tracks:
        stage.lack("The demo songs are still being made: this step needs one. It appears when the first is here.")
        return None
    name = stage.menu("Song", "song", tuple(tracks), next(iter(tracks)))
    return caches_learn.middle(cached.track_clip(tracks[name]))
