"""Damaged bytes give a clip or an AudioError, never anything else."""

import io

import av
import numpy as np
import pytest

from genre_core.audio import decode, read
from genre_core.errors import AudioError
from tests.audio.sounds import FFMPEG, SNDFILE, file_bytes, music


def mutate(data, rng):
    damaged = bytearray(data)
    way = rng.integers(4)
    if way == 0:  # flipped bits anywhere
        for place in rng.integers(len(damaged), size=rng.integers(1, 40)):
            damaged[place] ^= 1 << int(rng.integers(8))
    elif way == 1:  # cut
        del damaged[int(rng.integers(1, len(damaged))) :]
    elif way == 2:  # another header
        for place in rng.integers(min(120, len(damaged)), size=rng.integers(1, 6)):
            damaged[place] = int(rng.integers(256))
    else:  # a hole
        start = int(rng.integers(len(damaged)))
        del damaged[start : start + int(rng.integers(1, 2000))]
    return bytes(damaged)


def attempt(work):
    """The samples, or the error's words; any other exception fails the test."""
    try:
        return work().y
    except AudioError as error:
        return str(error)


@pytest.mark.parametrize("kind", [*SNDFILE, *FFMPEG])
def test_mutations(kind, capfd, tmp_path):
    rate = 48000 if kind in ("opus", "webm") else 44100
    data = file_bytes(kind, music(seconds=0.3, rate=rate), rate)
    rng = np.random.default_rng(sum(kind.encode()))
    for _ in range(12):
        damaged = mutate(data, rng)
        path = tmp_path / "damaged"
        path.write_bytes(damaged)  # a file says otherwise than bytes in memory where a header asks to seek to nowhere
        for found in (attempt(lambda: decode(path)), attempt(lambda: read(damaged, 0.1, 0.2))):  # noqa: B023 - called at once
            assert len(found)
            assert isinstance(found, str) or np.isfinite(found).all()
    assert "Traceback" not in capfd.readouterr().err


def test_of_a_flac_with_one_damaged_frame_the_others_are_heard():
    x = music(seconds=2.0)
    whole = file_bytes("flac", x, 44100)
    damaged = bytearray(whole)
    damaged[len(damaged) // 2] ^= 0x10
    found = decode(bytes(damaged), sr=44100)
    assert 1.7 < found.seconds <= 2.0
    np.testing.assert_allclose(found.y[:20_000], decode(whole, sr=44100).y[:20_000], atol=1e-4)


def test_a_video_without_sound_is_whole_and_told_as_what_it_is():
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        for _ in range(3):
            for packet in stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    with pytest.raises(
        AudioError, match=r"'mute.mp4' holds no sound, .*: it is an MP4 file\. Choose a file with sound\."
    ) as raised:
        decode(file.getvalue(), name="mute.mp4")
    assert raised.value.kind == "not_audio"
