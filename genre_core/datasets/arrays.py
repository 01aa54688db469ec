"""The arrays of an uncompressed npz, found by their place: read in one go, or row by row, without what zipfile costs.

`np.load` spends 0.7 ms on a file of three small arrays, most of it on the archive around them; a hundred thousand tracks make
that a minute. Everything is checked as there: the sums of the archive, and that nothing is a pickle.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

_HEADER = struct.Struct("<4s5H3I2H")
_SIGNATURE, _END = b"PK\x03\x04", b"PK\x01\x02"
_UTF8 = 0x800
_IN_EXTRA = 0xFFFFFFFF
_SIZES = 1
_MAGIC = b"\x93NUMPY\x01\x00"


@dataclass(frozen=True)
class Place:
    """Where an array lies in a file.

    Attributes
    ----------
    offset : int
        Of its first byte.
    dtype : np.dtype
    shape : tuple of int
        In the order of C.
    """

    offset: int
    dtype: np.dtype
    shape: tuple[int, ...]

    @property
    def n_bytes(self) -> int:
        return self.dtype.itemsize * math.prod(self.shape)


def places(content: bytes | bytearray) -> dict[str, Place]:
    """The arrays in an npz by name, each with its sum checked.

    Raises
    ------
    ValueError
        If it is none, is damaged or compressed, or holds something else than plain arrays.
    """
    found: dict[str, Place] = {}
    at = 0
    while content[at : at + 4] != _END or not found:
        name, start, size, crc = _entry(content, at)
        if start + size > len(content) or zlib.crc32(memoryview(content)[start : start + size]) != crc:
            raise ValueError(f"the array {name} is damaged")
        found[name.removesuffix(".npy")] = _place(content, start, size)
        at = start + size
    return found


def first_place(head: bytes) -> tuple[str, Place]:
    """Name and place of the first array of an npz, told by the file's beginning; its sum is not checked.

    Raises
    ------
    ValueError
        If there is none, or the beginning is too short.
    """
    name, start, size, _ = _entry(head, 0)
    return name.removesuffix(".npy"), _place(head, start, size)


def read_arrays(content: bytes | bytearray) -> dict[str, np.ndarray]:
    """Copies of the arrays in an npz, by name; raises as `places`."""
    return {
        name: np.frombuffer(content, place.dtype, place.n_bytes // place.dtype.itemsize, place.offset).reshape(place.shape).copy()
        for name, place in places(content).items()
    }


def _entry(content: bytes | bytearray, at: int) -> tuple[str, int, int, int]:
    """Name, first byte, size and sum of a file in the archive, by its local header (APPNOTE.TXT, 4.3.7 and 4.5.3)."""
    try:
        signature, _, flags, method, _, _, crc, size, plain, n_name, n_extra = _HEADER.unpack_from(content, at)
    except struct.error:
        raise ValueError("the archive breaks off") from None
    if signature != _SIGNATURE or method or flags & ~_UTF8:
        raise ValueError("the archive is compressed, encrypted, or none")
    at += _HEADER.size
    name, extra = bytes(content[at : at + n_name]), bytes(content[at + n_name : at + n_name + n_extra])
    if size == _IN_EXTRA or plain == _IN_EXTRA:
        if len(extra) < 20 or struct.unpack_from("<H", extra)[0] != _SIZES:
            raise ValueError("the archive does not tell its sizes")
        plain, size = struct.unpack_from("<QQ", extra, 4)
    if size != plain:
        raise ValueError("the archive's sizes disagree")
    return name.decode("utf-8", "replace"), at + n_name + n_extra, size, crc


def _place(content: bytes | bytearray, start: int, size: int) -> Place:
    if size < 10 or content[start : start + 8] != _MAGIC:
        raise ValueError("no array")
    n_header = struct.unpack_from("<H", content, start + 8)[0]
    dtype, shape = _described(bytes(content[start + 8 : start + 10 + n_header]))
    place = Place(start + 10 + n_header, dtype, shape)
    if 10 + n_header + place.n_bytes != size:
        raise ValueError("an array's shape and size disagree")
    return place


@lru_cache(maxsize=256)
def _described(header: bytes) -> tuple[np.dtype, tuple[int, ...]]:
    """Type and shape that an array's header tells; many tracks share one."""
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(io.BytesIO(header))
    if dtype.hasobject or (fortran and len(shape) > 1):
        raise ValueError("not a plain array")
    return dtype, shape
