"""A server on this machine that gives files by ranges, and can be told to break off, refuse, or change its mind."""

from __future__ import annotations

import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PIECE = 1 << 14


@dataclass
class Net:
    """Files by name, how the server misbehaves, and what it was asked for."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    break_after: list[int] = field(default_factory=list)
    """Bytes that each of the next answers gives before its connection breaks."""

    ranges: bool = True
    etag: str = '"one"'
    refuse: int = 0
    asked: list[str | None] = field(default_factory=list)
    """The Range header of each request."""

    sent: int = 0

    def url(self, name: str) -> str:
        return f"{self.address}/{name}"


@contextmanager
def serving() -> Iterator[Net]:
    """A server for the time of a block."""
    net = Net()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            net.asked.append(self.headers.get("Range"))
            content = net.files.get(self.path.strip("/"))
            if net.refuse or content is None:
                self.send_error(net.refuse or 404)
                return
            start = self._start(len(content))
            if start is None:
                return
            self.send_header("Content-Length", str(len(content) - start))
            self.send_header("ETag", net.etag)
            self.end_headers()
            part = content[start:]
            broken = net.break_after.pop(0) if net.break_after else None
            for place in range(0, len(part[:broken]), PIECE):
                piece = part[:broken][place : place + PIECE]
                net.sent += len(piece)  # before it goes: who has received it may look at once
                self.wfile.write(piece)
            self.close_connection = broken is not None

        def _start(self, size: int) -> int | None:
            """Where to begin, after the first lines of the answer; None where that was all of it."""
            asked, mark = self.headers.get("Range"), self.headers.get("If-Range")
            if not (asked and net.ranges and mark in (None, net.etag)):
                self.send_response(200)
                return 0
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= size:
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{size}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return None
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            return start

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # a client that goes away in the middle is what is tested

    server = Quiet(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    net.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield net
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def tar_of(files: dict[str, bytes], *, links: dict[str, str] | None = None) -> bytes:
    """A tar.gz of these files, and of links by name and aim."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for name, aim in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, aim
            tar.addfile(entry)
    return out.getvalue()


def zip_of(files: dict[str, bytes], *, packed: int = zipfile.ZIP_BZIP2) -> bytes:
    """A zip of these files, packed by bzip2 as FMA's are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path, except our own marks."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".fetched")
    }
