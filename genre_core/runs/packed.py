"""Zip files from somebody else: opened as if they were made to do harm.

What a header claims is not believed: sizes are counted as the bytes come.
"""

from __future__ import annotations

import io
import math
import stat
import struct
import zipfile
from collections.abc import Mapping

import numpy as np

from genre_core.damaged import DAMAGED_ZIP
from genre_core.errors import RunError

MOST_BYTES = 200_000_000
"""Packed or unpacked."""

AGAIN = "Ask for the file as Export wrote it, and don't unpack it."
_PIECE = 1 << 20
_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCATOR = b"PK\x06\x07"
_MOST_DIRECTORY = 1 << 16
"""Bytes of a zip's table of contents: some hundred entries. Python reads all of it before anything can be checked."""


def unpack(content: bytes, allowed: Mapping[str, int]) -> dict[str, bytes]:
    """The members of a zip file.

    Parameters
    ----------
    content : bytes
        The file.
    allowed : mapping
        Names that members may have, with the most bytes that each may unpack to.

    Raises
    ------
    RunError
        If it is no zip file, holds something else than plain files of these names, or unpacks to too much.
    """
    members: dict[str, bytes] = {}
    with _open(content) as archive:
        entries = archive.infolist()
        _check_entries(entries, allowed)
        room = MOST_BYTES
        for entry in entries:
            members[entry.filename] = _read(archive, entry, min(allowed[entry.filename], room))
            room -= len(members[entry.filename])
    return members


def check_arrays(content: bytes, name: str) -> None:
    """Raise `RunError` unless an npz holds plain arrays of the very size that their headers claim."""
    with _open(content) as archive:
        entries = archive.infolist()
        if len(entries) > 16 or any(not entry.filename.endswith(".npy") for entry in entries):
            raise RunError(f"{name} must hold the arrays of predictions. Received: {len(entries)} other entries. {AGAIN}")
        room = MOST_BYTES
        for entry in entries:
            raw = _read(archive, entry, room)
            room -= len(raw)
            _check_array(raw, f"{entry.filename} in {name}")


def _check_array(raw: bytes, name: str) -> None:
    file = io.BytesIO(raw)
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
    except (ValueError, EOFError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise RunError(f"Expected an array as {name}. Received: something else ({error}). {AGAIN}") from error
    plain = dtype.kind in "Uif" and not dtype.hasobject
    if not plain or any(size < 0 for size in shape) or math.prod(shape) * dtype.itemsize != len(raw) - file.tell():
        raise RunError(f"Expected numbers or words as {name}. Received: {dtype} of shape {shape} in {len(raw)} bytes. {AGAIN}")


def _open(content: bytes) -> zipfile.ZipFile:
    _check_directory(content)
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except DAMAGED_ZIP as error:
        raise RunError(f"Expected an exported run, a zip file. Received: a damaged one ({error}). {AGAIN}") from error


def _check_directory(content: bytes) -> None:
    """Refuse a zip whose table of contents alone would fill the memory."""
    end = len(content) - _END_SIZE
    if end < 0 or content[end : end + 4] != _END or content[-2:] != b"\0\0":
        end = content.rfind(_END, max(0, len(content) - _END_SIZE - 0xFFFF))
    if end < 0 or len(content) < end + _END_SIZE:
        raise RunError(f"Expected an exported run, a zip file. Received: a file that is none, or only a part of one. {AGAIN}")
    (size,) = struct.unpack_from("<I", content, end + 12)
    if size > _MOST_DIRECTORY or content[max(0, end - 20) : end][:4] == _LOCATOR:
        raise RunError(f"An exported run holds a few files. Received: a zip file of very many. {AGAIN}")


def _check_entries(entries: list[zipfile.ZipInfo], allowed: Mapping[str, int]) -> None:
    names = [entry.filename for entry in entries]
    strange = sorted({name for name in names if name not in allowed})
    if strange:
        listed = ", ".join(repr(name[:60]) for name in strange[:3])
        raise RunError(f"An exported run may hold {', '.join(allowed)} only. Received also: {listed}. {AGAIN}")
    if len(set(names)) != len(names):
        raise RunError(f"An exported run holds each file once. Received: one of them twice. {AGAIN}")
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or entry.is_dir():
            raise RunError(f"An exported run holds plain files. Received: {entry.filename} as a link or a folder. {AGAIN}")
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RunError(
                f"An exported run has no password and is packed the plain way. Received: {entry.filename} otherwise. {AGAIN}"
            )


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    pieces, size = [], 0
    try:
        with archive.open(entry) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > most:
                    raise RunError(f"{entry.filename} may unpack to {most / 1e6:.0f} MB. Received: more. {AGAIN}")
                pieces.append(piece)
    except DAMAGED_ZIP as error:
        raise RunError(f"{entry.filename} cannot be unpacked: {error}. The file is damaged. {AGAIN}") from error
    return b"".join(pieces)
