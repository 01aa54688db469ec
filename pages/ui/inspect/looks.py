"""What Inspect can show of a run: name in the URL -> words, and what draws it."""

from __future__ import annotations

from collections.abc import Callable

from pages.ui.inspect.errors import errors
from pages.ui.inspect.labels import labels
from pages.ui.inspect.listened import listened
from pages.ui.inspect.map import map_of_tracks
from pages.ui.inspect.robustness import robustness
from pages.ui.inspect.subject import Subject

LOOKS: dict[str, tuple[str, Callable[[Subject], None]]] = {
    "errors": ("Errors", errors),
    "listened": ("What it listened to", listened),
    "map": ("Map", map_of_tracks),
    "labels": ("Labels", labels),
    "robustness": ("Robustness", robustness),
}
