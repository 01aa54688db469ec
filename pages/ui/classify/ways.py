"""What Classify can hear: name in the URL -> words, and what draws it."""

from __future__ import annotations

from collections.abc import Callable

from pages.ui.classify.asked import Asked
from pages.ui.classify.live import live
from pages.ui.classify.many import many
from pages.ui.classify.songs import songs

WAYS: dict[str, tuple[str, Callable[[Asked], None]]] = {
    "songs": ("A song", songs),
    "many": ("Many songs", many),
    "live": ("What sounds now", live),
}
