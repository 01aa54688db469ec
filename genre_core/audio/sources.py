"""One door for whatever holds audio bytes: a path, bytes or a binary file object become one nameless stream."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from genre_core.errors import AudioError, ParameterError

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""What can be decoded. A file object is read from its first byte and left open."""

_SIGNATURES = (
    (0, b"RIFF", "damaged", "a WAV or AVI file"),
    (0, b"RF64", "damaged", "a WAV file"),
    (0, b"FORM", "damaged", "an AIFF file"),
    (0, b".snd", "damaged", "an AU file"),
    (0, b"caff", "damaged", "a CAF file"),
    (0, b"fLaC", "damaged", "a FLAC file"),
    (0, b"OggS", "damaged", "an Ogg file"),
    (0, b"ID3", "damaged", "an MP3 file"),
    (4, b"ftyp", "damaged", "an MP4 file"),
    (0, b"wvpk", "damaged", "a WavPack file"),
    (0, b"\x1aE\xdf\xa3", "damaged", "a WebM file"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "damaged", "a WMA file"),
    (0, b"\x89PNG", "not_audio", "a PNG picture"),
    (0, b"\xff\xd8\xff", "not_audio", "a JPEG picture"),
    (0, b"GIF8", "not_audio", "a GIF picture"),
    (0, b"%PDF", "not_audio", "a PDF"),
    (0, b"PK\x03\x04", "not_audio", "a ZIP archive"),
    (0, b"MThd", "not_audio", "a MIDI file, which holds notes and no sound"),
)
"""Offset, first bytes, error kind and words; for messages only, the decoders decide for themselves."""


class Bytestream:
    """A file object without its name, so that no decoder can look at the extension."""

    def __init__(self, stream: BinaryIO) -> None:
        self.read, self.seek, self.tell = stream.read, stream.seek, stream.tell


def show_name(source: Any, name: str) -> str:
    """The name given, else the source's own file name, else an empty string."""
    if name:
        return name
    if isinstance(source, str | os.PathLike):
        return Path(source).name
    own = getattr(source, "name", "")
    return Path(own).name if isinstance(own, str) else ""


@contextmanager
def open_bytes(source: Source, *, name: str) -> Iterator[Bytestream]:
    """A seekable stream at its first byte; closed at the end where the source was a path.

    Raises
    ------
    AudioError
        Of kind missing, unreadable, not_audio (a folder) or empty.
    ParameterError
        If the source is none of `Source`.
    """
    if isinstance(source, str | os.PathLike):
        with _open_path(Path(source)) as stream:
            yield _checked(stream, name)
    elif isinstance(source, bytes | bytearray | memoryview):
        yield _checked(io.BytesIO(source), name)
    elif hasattr(source, "read"):
        yield _checked(_seekable(source, name), name)
    else:
        raise ParameterError(
            f"A source of audio is a path, bytes or a file object open for bytes. Received: {type(source).__name__}."
        )


def _open_path(path: Path) -> BinaryIO:
    try:
        if path.is_dir():
            raise AudioError(f"Expected an audio file. Received the folder '{path}'. Name a file inside it.", kind="not_audio")
        if path.exists() and not path.is_file():  # a pipe or device would never end
            raise AudioError(f"Expected an audio file. '{path}' is a device or pipe; read its bytes first.", kind="not_audio")
        return path.open("rb")
    except FileNotFoundError as error:
        raise AudioError(f"There is no file or folder '{path}'. Check the name and where it lies.", kind="missing") from error
    except PermissionError as error:
        raise AudioError(f"'{path}' may not be read. Ask for the permission, or copy the file.", kind="unreadable") from error
    except (OSError, ValueError) as error:  # a name too long, a null byte in it, a drive that has gone
        raise AudioError(f"'{str(path)[:200]}' cannot be opened: {error}.", kind="missing") from error


def _seekable(stream: BinaryIO, name: str) -> BinaryIO:
    try:
        if not stream.seekable():
            return io.BytesIO(stream.read())
    except (AttributeError, OSError, ValueError) as error:
        raise AudioError(f"{quoted(name)} cannot be read: {error}. Open it again.", kind="unreadable") from error
    if isinstance(stream, io.TextIOBase):
        raise ParameterError("A file object must be open for bytes. Received one open for text: open it with mode 'rb'.")
    return stream


def _checked(stream: BinaryIO, name: str) -> Bytestream:
    stream.seek(0)
    if not stream.read(1):
        raise AudioError(f"{quoted(name)} is empty: it holds no bytes. Save or upload it again.", kind="empty")
    stream.seek(0)
    return Bytestream(stream)


def quoted(name: str) -> str:
    """The name as an error's subject."""
    return f"'{name}'" if name else "The audio"


def refusal(stream: Bytestream, name: str, reason: str, *, is_mute: bool = False) -> AudioError:
    """Error for bytes that no decoder takes; says what they look like. `is_mute`: a decoder read them, and found no sound."""
    stream.seek(0)
    head = stream.read(512)
    for offset, signature, kind, words in _SIGNATURES:
        if head[offset:].startswith(signature):
            if kind == "damaged" and is_mute:
                kind = "not_audio"
                message = f"{quoted(name)} holds no sound, pictures or text at most: it is {words}. Choose a file with sound."
            elif kind == "damaged":
                message = f"{quoted(name)} begins like {words} but cannot be decoded ({reason}). Save or download it again."
            else:
                message = f"{quoted(name)} is no audio: it is {words}. Choose an audio file."
            return AudioError(message, kind=kind)
    words = "it is text" if _is_text(head) else f"no audio format is recognised ({reason})"
    return AudioError(f"{quoted(name)} is no audio: {words}. Choose a file such as wav, mp3, flac, ogg or m4a.", kind="not_audio")


def _is_text(head: bytes) -> bool:
    printable = sum(byte in b"\t\n\r" or 32 <= byte < 127 or byte >= 0xC2 for byte in head)
    return b"\0" not in head and printable > 0.95 * len(head)
