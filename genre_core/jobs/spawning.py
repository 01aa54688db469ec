"""The processes that jobs work in: started apart from this one, so that they outlive it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

import genre_core
from genre_core.errors import JobError
from genre_core.jobs.job import LOG, TRAIN
from genre_core.paths import Root

LARGE_PAGES = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=8589934592"
"""glibc's allocator keeps what a network frees and asks for pages of 2 MB. By default it gives every large array back after each
batch and fetches it anew in pages of 4 kB, which took a fifth of the time of an epoch. No other C library reads this."""

SPARE_SECONDS = 3600.0
"""After this time a process that stands by ends in any case."""

WANTED_SECONDS = 45.0
"""It ends when nobody has asked for it for so long."""

_spare: subprocess.Popen[bytes] | None = None
_wanted = 0.0
_spare_lock = threading.Lock()


def spawn(folder: Path, root: Root, kind: str) -> subprocess.Popen[bytes]:
    """Begin the job of a folder: in the process that stands by where there is one, else in a new one."""
    if kind == TRAIN and (child := _take_spare(folder, root)) is not None:
        return child
    try:
        with (folder / LOG).open("ab") as log:
            return _begin(["--root", str(root.path), "job", str(folder)], subprocess.DEVNULL, log)
    except OSError as error:
        raise JobError(f"The job's process could not be started: {error}.") from error


def stand_by() -> None:
    """Have a process load TensorFlow now and wait for a training, whose first epoch then comes ten seconds sooner.

    At most one waits. It ends with this process, and when it has not been asked for anew for `WANTED_SECONDS`: a page asks as
    long as it is open. The variable GENRE_STAND_BY=0 turns it off.
    """
    global _spare, _wanted
    if os.environ.get("GENRE_STAND_BY") == "0":  # a machine that has no 650 MB to spare
        return
    with _spare_lock:
        _wanted = time.monotonic()
        if _spare is not None and _spare.poll() is None:
            return
        try:
            _spare = _begin(["job", "--stand-by"], subprocess.PIPE, subprocess.DEVNULL)
        except OSError:
            _spare = None  # a comfort only: the training starts without it
            return
    threading.Thread(target=_dismiss, args=(_spare,), daemon=True).start()


def _dismiss(spare: subprocess.Popen[bytes]) -> None:
    """Let a process that stands by go once nobody wants it any more."""
    global _spare
    while True:
        time.sleep(WANTED_SECONDS / 10)
        with _spare_lock:
            if _spare is not spare:  # a training has taken it
                return
            if time.monotonic() - _wanted > WANTED_SECONDS:
                _spare = None
                break
    assert spare.stdin is not None
    spare.stdin.close()
    spare.wait()


def _take_spare(folder: Path, root: Root) -> subprocess.Popen[bytes] | None:
    global _spare
    with _spare_lock:
        taken, _spare = _spare, None
    if taken is None or taken.poll() is not None:
        return None
    assert taken.stdin is not None
    try:
        taken.stdin.write(json.dumps({"folder": str(folder), "root": str(root.path)}).encode() + b"\n")
        taken.stdin.close()
    except OSError:
        return None
    return taken


def _begin(arguments: list[str], stdin: int, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
    package = str(Path(genre_core.__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([package, known] if known else [package]),
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        "GLIBC_TUNABLES": os.environ.get("GLIBC_TUNABLES", LARGE_PAGES),
    }
    call = [sys.executable, "-m", "genre_core", *arguments]
    return subprocess.Popen(call, stdin=stdin, stdout=output, stderr=subprocess.STDOUT, env=environment, **_detached())


def _detached() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
