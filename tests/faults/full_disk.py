"""A disk that becomes full at a chosen moment: the n-th thing that needs space fails, and all after it."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class FullDisk:
    """Counts what needs space (a new file, a write, its way to the disk, a new name, a folder) and refuses from `after` on."""

    def __init__(self, after: float) -> None:
        self.after = after
        self.n_asked = 0

    @property
    def was_full(self) -> bool:
        return self.n_asked > self.after

    def ask(self) -> None:
        self.n_asked += 1
        if self.was_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def full_disk(after: float) -> Iterator[FullDisk]:
    """Within it, this process can use space `after` times; a write that fails leaves half of its bytes, as a real one does."""
    disk = FullDisk(after)

    class Raw(io.FileIO):
        def write(self, content: Any) -> int:
            try:
                disk.ask()
            except OSError:
                super().write(memoryview(content)[: len(content) // 2])
                raise
            return super().write(content)

    real_open = io.open

    def opening(file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **options: Any) -> Any:
        if not set(mode) & set("wax+"):
            return real_open(file, mode, buffering, *rest, **options)
        disk.ask()
        raw = Raw(file, mode.replace("b", "").replace("t", ""))
        if buffering == 0:
            return raw
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, options.get("encoding"), newline=options.get("newline"))

    def asking(real: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            disk.ask()
            return real(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "open", opening)
        patch.setattr(builtins, "open", opening)
        for name in ("fsync", "replace", "rename", "mkdir"):
            patch.setattr(os, name, asking(getattr(os, name)))
        yield disk
