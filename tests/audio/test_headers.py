"""Protected files, and headers that promise what no bytes can hold."""

import io
import struct
import uuid
from contextlib import suppress

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio import decode
from genre_core.audio.headers import check_headers
from genre_core.audio.sources import Bytestream
from genre_core.errors import AudioError
from tests.audio.sounds import ffmpeg_bytes, file_bytes, music

M4A, WMA = (ffmpeg_bytes(kind, music(seconds=0.5), 44100) for kind in ("m4a", "wma"))


def encrypted_wma(guid, *, in_extension=False):
    """A WMA file with an object of this kind in its header."""
    kind = uuid.UUID(guid).bytes_le
    added = kind + struct.pack("<Q", 40) + bytes(16)
    size, count = struct.unpack("<QI", WMA[16:28])
    if in_extension:
        at = WMA.index(uuid.UUID("5fbf03b5-a92e-11cf-8ee3-00c00c205365").bytes_le)
        length = struct.unpack("<Q", WMA[at + 16 : at + 24])[0]
        longer = struct.pack("<Q", length + 40) + WMA[at + 24 : at + 42] + struct.pack("<I", length - 46 + 40)
        body = WMA[30 : at + 16] + longer + added + WMA[at + 46 :]
        return WMA[:16] + struct.pack("<QI", size + 40, count) + WMA[28:30] + body
    return WMA[:16] + struct.pack("<QI", size + 40, count + 1) + WMA[28:30] + added + WMA[30:]


def fragmented():
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options={"movflags": "frag_keyframe+empty_moov+default_base_moof"}) as container:
        stream = container.add_stream("aac", rate=44100)
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(music(seconds=0.5).T), format="fltp", layout="stereo")
        frame.sample_rate = 44100
        for piece in av.AudioResampler(format="fltp", layout="stereo", rate=44100, frame_size=1024).resample(frame):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize("entry", [b"drms", b"enca", b"aavd"])
def test_a_protected_mp4_says_so(entry):
    with pytest.raises(AudioError, match=r"'song.m4p' is protected against copying \(DRM\).*Choose a copy without") as caught:
        decode(M4A.replace(b"mp4a", entry, 1), name="song.m4p")
    assert caught.value.kind == "protected"


@pytest.mark.parametrize("in_extension", [False, True])
@pytest.mark.parametrize("guid", ["2211b3fb-bd23-11d2-b4b7-00a0c955fc6e", "298ae614-2622-4c17-b935-dae07ee9289c"])
def test_a_protected_wma_says_so(guid, in_extension):
    with pytest.raises(AudioError, match="protected against copying") as caught:
        decode(encrypted_wma(guid, in_extension=in_extension))
    assert caught.value.kind == "protected"


def test_another_object_in_the_header_changes_nothing():
    assert decode(encrypted_wma("00000000-0000-0000-0000-000000000001")).sha256 == decode(WMA).sha256


def test_a_fragment_of_more_samples_than_bytes_is_refused_before_they_are_listed():
    whole = fragmented()
    assert decode(whole).seconds == pytest.approx(0.5, abs=0.1)
    at = whole.index(b"trun") + 4
    bomb = whole[:at] + bytes(4) + struct.pack(">I", 60_000_000) + whole[at + 8 :]
    with pytest.raises(AudioError, match="promises more samples than the file has bytes") as caught:
        decode(bomb)
    assert caught.value.kind == "damaged"


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3", "m4a", "mp4", "wma", "webm", "wv"])
def test_sound_files_pass(kind):
    stream = io.BytesIO(file_bytes(kind, music(seconds=0.3), 48000 if kind == "webm" else 44100))
    check_headers(Bytestream(stream), "")
    assert stream.tell() == 0


@settings(max_examples=80)
@given(data=st.data())
def test_whatever_the_bytes_it_comes_to_an_end(data):
    whole = data.draw(st.sampled_from([M4A, WMA]))
    content = bytearray(whole[: data.draw(st.integers(1, len(whole)))])
    for _ in range(data.draw(st.integers(0, 12))):
        content[data.draw(st.integers(0, min(len(content), 2000) - 1))] = data.draw(st.sampled_from([0, 1, 8, 0x7F, 0xFF]))
    with suppress(AudioError):
        check_headers(Bytestream(io.BytesIO(content)), "")
