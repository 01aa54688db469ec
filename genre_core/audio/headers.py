"""What a file's own header says against decoding it: it is protected, or it promises more than its bytes can hold.

FFmpeg decodes protected sound as if it were not, to noise; and a header that promises samples without bytes makes it build lists
of them that fill the memory.
"""

from __future__ import annotations

import os
import struct
import uuid
from collections.abc import Iterator

from genre_core.audio.sources import Bytestream, quoted
from genre_core.errors import AudioError

_MP4_PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"}
_MP4_PROTECTED = {b"drms", b"enca", b"aavd", b"aaxc"}
"""Sample entries of sound that is encrypted: by Apple's FairPlay, by Common Encryption (ISO/IEC 23001-7), by Audible."""

_ASF_HEADER = uuid.UUID("75b22630-668e-11cf-a6d9-00aa0062ce6c").bytes_le
_ASF_PROTECTED = {
    uuid.UUID(name).bytes_le
    for name in (
        "2211b3fb-bd23-11d2-b4b7-00a0c955fc6e",  # content encryption
        "298ae614-2622-4c17-b935-dae07ee9289c",  # extended content encryption
        "43058533-6981-49e6-9b74-ad12cb86d58c",  # advanced content encryption
    )
}
_ASF_EXTENSION = uuid.UUID("5fbf03b5-a92e-11cf-8ee3-00c00c205365").bytes_le

_MOST_BOXES = 100_000
"""Boxes of a file that are looked at; a film in fragments of a second, ten hours long, has fewer."""


def check_headers(stream: Bytestream, name: str) -> None:
    """Look through an MP4 or WMA file's headers; any other file passes. The stream stands at its first byte afterwards.

    Raises
    ------
    AudioError
        Kind protected, or damaged.
    """
    stream.seek(0, os.SEEK_END)
    size = stream.tell()
    stream.seek(0)
    head = stream.read(16)
    if head[4:8] in (b"ftyp", b"moov", b"styp"):
        for kind, body in _boxes(stream, 0, size):
            if kind == b"stsd" and body[12:16] in _MP4_PROTECTED:
                raise _protected(name)
            # Each sample of a fragment takes a byte at least.
            if kind == b"trun" and len(body) >= 8 and struct.unpack(">I", body[4:8])[0] > size:
                raise AudioError(
                    f"{quoted(name)} is damaged: its header promises more samples than the file has bytes. Save or download it "
                    "again.",
                    kind="damaged",
                )
    elif head == _ASF_HEADER and any(kind in _ASF_PROTECTED for kind in _objects(stream, size)):
        raise _protected(name)
    stream.seek(0)


def _boxes(stream: Bytestream, start: int, stop: int) -> Iterator[tuple[bytes, bytes]]:
    """Kind and first bytes of each box of an MP4 file that holds no others (ISO/IEC 14496-12), depth first."""
    waiting = [(start, stop)]
    for _ in range(_MOST_BOXES):
        while waiting and waiting[-1][0] + 8 > waiting[-1][1]:
            waiting.pop()
        if not waiting:
            return
        at, end = waiting.pop()
        stream.seek(at)
        head = stream.read(16)
        if len(head) < 8:
            return
        length, kind, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, header = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = end - at
        if length < header:
            return
        waiting.append((at + length, end))
        if kind in _MP4_PARENTS:
            waiting.append((at + header, min(at + length, end)))
        else:
            stream.seek(at + header)
            yield kind, stream.read(min(16, length - header))


def _objects(stream: Bytestream, size: int) -> Iterator[bytes]:
    """Kinds of the objects in the header of an ASF file (Advanced Systems Format, revision 01.20.03), and in its extension."""
    stream.seek(16)
    at, end = 30, min(size, int.from_bytes(stream.read(8), "little"))
    for _ in range(_MOST_BOXES):
        if at + 24 > end:
            return
        stream.seek(at)
        head = stream.read(24)
        if len(head) < 24:
            return
        yield head[:16]
        length = int.from_bytes(head[16:24], "little")
        # What the extension holds lies behind 46 bytes of its own.
        at += 46 if head[:16] == _ASF_EXTENSION else max(24, length)


def _protected(name: str) -> AudioError:
    return AudioError(
        f"{quoted(name)} is protected against copying (DRM): only the shop's own player can play it. Choose a copy without "
        "protection, such as one from a CD or from a shop that sells without it.",
        kind="protected",
    )
