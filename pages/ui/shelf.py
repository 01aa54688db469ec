"""Sound and what is computed from it, kept within one limit for all visitors together, and shared instead of copied.

`st.cache_data` hands out a fresh copy each time, 26 MB for a song of five minutes, and `st.cache_resource` counts entries, not
bytes. Here every visitor has a shelf of their own, which goes with the session; the room counts what all shelves hold, and what
was used longest ago goes first, whoever used it.
"""

from __future__ import annotations

import ctypes
import itertools
import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar

Value = TypeVar("Value")

_LARGE = 2**20
# Names and numbers of glibc's mallopt.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8


class _Kept(NamedTuple):
    value: Any
    n_bytes: int
    used: int


class Room:
    """How many bytes all shelves in it may hold together.

    Parameters
    ----------
    max_bytes : int
        A single value that is larger is kept all the same, alone, so that what a visitor looks at is not computed at each click.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.lock = threading.Lock()
        self.clock = itertools.count()
        self.shelves: weakref.WeakSet[Shelf] = weakref.WeakSet()

    @property
    def n_bytes(self) -> int:
        """What is held now; a visitor who has left holds nothing."""
        return sum(kept.n_bytes for shelf in list(self.shelves) for kept in list(shelf.kept.values()))

    def make_room(self) -> None:
        """Drop what was used longest ago until all fits, but never the last value. To be called under the lock."""
        total = self.n_bytes
        while total > self.max_bytes:
            filled = [shelf for shelf in self.shelves if shelf.kept]
            if sum(len(shelf.kept) for shelf in filled) < 2:
                return
            oldest = min(filled, key=lambda shelf: next(iter(shelf.kept.values())).used)
            total -= oldest.kept.popitem(last=False)[1].n_bytes


class Shelf:
    """Values by key of one visitor, or of all visitors; each is shared as it is, so it must be one that nobody changes."""

    def __init__(self, room: Room) -> None:
        self.kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._room = room
        with room.lock:
            room.shelves.add(self)

    def get(self, key: Hashable, make: Callable[[], Value], size: Callable[[Value], int]) -> Value:
        """The value of a key, made if it is not there; `size` says its bytes. What `make` raises is passed on and not kept."""
        with self._room.lock:
            found = self.kept.get(key)
            if found is not None:
                self._place(key, found.value, found.n_bytes)
                return found.value
        value = make()
        with self._room.lock:
            self._place(key, value, size(value))
            self._room.make_room()
        return value

    def _place(self, key: Hashable, value: Any, n_bytes: int) -> None:
        self.kept[key] = _Kept(value, n_bytes, next(self._room.clock))
        self.kept.move_to_end(key)


def give_back_freed_memory() -> bool:
    """Ask the C library to return freed blocks of 1 MB and more to the system at once; True where it understands.

    Streamlit runs each click in a thread of its own; glibc otherwise keeps what such a thread has freed in one of 8 heaps a core,
    for songs and spectrograms 50 to 100 MB that nobody uses.
    """
    if sys.platform != "linux":
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # another C library
        return False
    return all(
        mallopt(name, value) for name, value in ((_M_MMAP_THRESHOLD, _LARGE), (_M_TRIM_THRESHOLD, _LARGE), (_M_ARENA_MAX, 2))
    )
