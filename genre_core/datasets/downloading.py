"""Downloads that go on where they broke off: what has come lies in a `.part` file, and a server is asked for the rest of it.

`pooch` names, keeps and checks the files; it knows no resuming, so it is given this module's `Resuming` as its downloader.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre_core.datasets.tracks import DatasetError
from genre_core.files import why_not_written, write_json
from genre_core.jobs.journal import StopAsked

Told = Callable[[int, int | None, float | None], None]
"""`told(done, total, seconds_left)`, in bytes; the total is None where the server does not say it."""

WAITS = (1.0, 2.0, 5.0, 10.0, 20.0)
"""Pauses between attempts that brought nothing [s]; after the last one it is given up for now."""

TIMEOUT_SECONDS = 30.0
_PIECE = 1 << 18
_SETTLED_SECONDS = 1.0
_SPARE_BYTES = 50_000_000
_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")
_AGAIN = {408, 425, 429, 500, 502, 503, 504}


class FetchError(DatasetError):
    """A download that cannot begin, go on, or be used."""

    kind = "fetch"


class _BrokenOffError(Exception):
    """The connection ended before its time; what has come is kept."""


@dataclass
class Resuming:
    """Downloads to a `.part` file, over broken connections and over calls, and hands it to pooch when it is whole.

    Attributes
    ----------
    part : Path
        Where the bytes gather; beside it lies `<part>.json` with what the server said of the file they belong to.
    told : callable or None
        Hears how far it is.
    should_stop : callable or None
        Asked between pieces; True ends the download with `StopAsked`, and what has come stays.
    """

    part: Path
    told: Told | None = None
    should_stop: Callable[[], bool] | None = None

    def __call__(self, url: str, output_file: Any, pooch: Any, check_only: bool = False) -> None:
        """What pooch calls: bring `url` to `output_file`. The part is kept until pooch has found it right.

        Raises
        ------
        FetchError
            If the address is wrong, nothing comes any more, or the disk is full.
        StopAsked
            If somebody asked for it.
        """
        del pooch, check_only
        if not url.lower().startswith(("http://", "https://")):
            raise FetchError(f"Expected an address that begins with https:// or http://. Received: {url!r}.")
        self._whole(url)
        try:
            os.link(self.part, output_file)
        except FileExistsError:
            Path(output_file).unlink()
            os.link(self.part, output_file)
        except OSError:  # a file system without links: then a stop while pooch checks costs the download
            self.part.replace(output_file)

    def forget(self) -> None:
        """Delete the part: its bytes are in place, or no good."""
        self.part.unlink(missing_ok=True)
        self._facts.unlink(missing_ok=True)

    def set_aside(self) -> None:
        """Keep what came though it is not what was expected: it may be taken all the same (`take_back`)."""
        for path in (self.part, self._facts):
            if path.exists():
                path.replace(_aside(path))

    def take_back(self) -> None:
        """Go on with what was set aside, where something was."""
        for path in (self.part, self._facts):
            if _aside(path).exists():
                _aside(path).replace(path)

    def forget_aside(self) -> None:
        """Delete what was set aside."""
        for path in (self.part, self._facts):
            _aside(path).unlink(missing_ok=True)

    @property
    def _facts(self) -> Path:
        return self.part.with_name(self.part.name + ".json")

    @property
    def _size(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def _whole(self, url: str) -> None:
        failures, furthest = 0, self._size
        while True:
            try:
                return self._receive(url)
            except _BrokenOffError as error:
                failures = 0 if self._size > furthest else failures + 1
                furthest = max(furthest, self._size)
                if failures > len(WAITS):
                    kept = f" {furthest / 1e6:.0f} MB have come and are kept." if furthest else ""
                    raise FetchError(
                        f"The download of {url} broke off: {error}.{kept} Check the connection and start again: it goes on "
                        "there. Another address can be given with --url."
                    ) from error
                self._wait(WAITS[failures - 1] if failures else 0.0)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._heed_stop()
            time.sleep(min(0.2, left))

    def _heed_stop(self) -> None:
        if self.should_stop is not None and self.should_stop():
            raise StopAsked

    def _receive(self, url: str) -> None:
        """One connection: all that is missing, or `_BrokenOffError`."""
        self._heed_stop()
        earlier = self._known(url)
        offset = self._size if earlier else 0
        headers = {"User-Agent": "genrescope", "Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
            if mark := _mark(earlier):
                headers["If-Range"] = mark
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT_SECONDS) as answer:
                self._keep(answer, url, offset, earlier)
        except urllib.error.HTTPError as error:
            if error.code == 416 and self._is_all(error, offset):
                return
            if error.code == 416:
                self.forget()  # the file there is another one now
                raise _BrokenOffError("the server has another file now") from error
            if error.code in _AGAIN:
                raise _BrokenOffError(f"the server says {error.code} {error.reason}") from error
            raise FetchError(
                f"The server has no such file: {url} answers {error.code} {error.reason}. It may have moved: give another "
                "address with --url."
            ) from error
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
            reason = getattr(error, "reason", None) or error
            raise _BrokenOffError(str(reason) or type(error).__name__) from error
        except ValueError as error:
            raise FetchError(f"Expected an address of a file. Received: {url!r} ({error}).") from error

    def _is_all(self, error: urllib.error.HTTPError, offset: int) -> bool:
        found = _RANGE.match(error.headers.get("Content-Range", ""))
        return bool(offset and found and found[2] == str(offset))

    def _keep(self, answer: Any, url: str, offset: int, earlier: dict[str, Any]) -> None:
        found = _RANGE.match(answer.headers.get("Content-Range", "")) if answer.status == 206 else None
        total: int | None
        if found and found[1] == str(offset):
            total = int(found[2]) if found[2] != "*" else None
            if total != earlier.get("total"):
                self.forget()
                raise _BrokenOffError("the server has another file now")
        else:  # the server cannot go on in the middle, or has another file now: from the beginning
            offset, length = 0, answer.headers.get("Content-Length", "")
            total = int(length) if length.isdecimal() else None
        self._check_room(total, offset)
        facts = {"url": url, "total": total, "etag": answer.headers.get("ETag"), "date": answer.headers.get("Last-Modified")}
        try:
            self.part.parent.mkdir(parents=True, exist_ok=True)
            with self.part.open("ab" if offset else "wb") as file:
                write_json(self._facts, facts, durable=False)
                self._copy(answer, file, offset, total)
        except _ReadError as error:
            raise _BrokenOffError(str(error)) from error
        except OSError as error:
            raise FetchError(f"The download cannot be written to {self.part.parent}: {why_not_written(error)}") from error
        if total is not None and self._size < total:
            raise _BrokenOffError(f"{self._size / 1e6:.0f} of {total / 1e6:.0f} MB came")

    def _copy(self, answer: Any, file: Any, offset: int, total: int | None) -> None:
        begun, done = time.monotonic(), offset
        while True:
            self._heed_stop()
            try:
                piece = answer.read1(_PIECE)
            except (OSError, http.client.HTTPException) as error:
                raise _ReadError(str(error) or type(error).__name__) from error
            if not piece:
                return
            file.write(piece)
            done += len(piece)
            if self.told is not None:
                self.told(done, total, _left(done - offset, total and total - done, time.monotonic() - begun))

    def _check_room(self, total: int | None, offset: int) -> None:
        place = self.part.parent
        while not place.is_dir():
            place = place.parent
        free = shutil.disk_usage(place).free
        if total is not None and total - offset + _SPARE_BYTES > free:
            raise FetchError(
                f"The download still needs {(total - offset) / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free in {place}: the "
                "disk is too full. Free some space, or choose another folder with --to."
            )

    def _known(self, url: str) -> dict[str, Any]:
        """What the server said of the part's file; empty where it is of another address or nothing is known."""
        try:
            facts = json.loads(self._facts.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return facts if isinstance(facts, dict) and facts.get("url") == url and isinstance(facts.get("total"), int) else {}


def _left(come: int, missing: int | None, seconds: float) -> float | None:
    """Seconds until the rest is there; None as long as the speed is a guess."""
    return None if missing is None or seconds < _SETTLED_SECONDS else missing * seconds / come


class _ReadError(Exception):
    """The connection broke while reading; apart from errors of the disk."""


def _mark(facts: dict[str, Any]) -> str:
    """What the server must still have for its bytes to fit: a strong tag, else the time of the last change."""
    etag = facts.get("etag") or ""
    return etag if etag.startswith('"') else facts.get("date") or ""


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.aside")
