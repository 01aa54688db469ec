import io

import numpy as np
import pytest
import soundfile

from genre_core.audio import decode
from genre_core.audio.playback import envelope
from genre_core.audio.recording import open_recording
from genre_core.errors import AudioError, ParameterError

SR = 22050


def file(seconds: float, *, kind: str = "WAV") -> bytes:
    """A tone whose loudness rises and falls."""
    time = np.arange(round(seconds * SR)) / SR
    out = io.BytesIO()
    soundfile.write(out, np.sin(2 * np.pi * 220 * time) * np.sin(np.pi * time / seconds) * 0.8, SR, format=kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG"])
def test_length_outline_and_parts_are_those_of_the_whole(kind: str) -> None:
    content = file(70.0, kind=kind)
    whole, recording = decode(content), open_recording(content, name="tone")
    assert recording.seconds == whole.seconds
    np.testing.assert_allclose(recording.outline(35), envelope(whole, 35), atol=2e-3)
    part = recording.slice(33.0, 34.5)
    np.testing.assert_allclose(part.y, whole.slice(33.0, 34.5).y, atol=2e-3)


def test_a_part_is_cut_to_the_ends_and_one_beyond_is_said() -> None:
    recording = open_recording(file(2.0))
    assert recording.slice(1.5, 9.0).seconds == pytest.approx(0.5)
    assert recording.slice(-1.0, 0.5).seconds == pytest.approx(0.5)
    with pytest.raises(ParameterError, match="end after its start"):
        recording.slice(3.0, 4.0)
    with pytest.raises(ParameterError, match="n_bins must be at least 1"):
        recording.outline(0)


def test_reading_tells_how_far_it_is_and_can_be_ended() -> None:
    told = []
    open_recording(file(65.0), progress=lambda done, total: told.append((done, total)))
    assert [round(done) for done, _ in told] == [30, 60, 65]
    assert {total for _, total in told} == {65.0}

    def enough(done: float, total: float | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_recording(file(65.0), progress=enough)


def test_another_recording_has_another_fingerprint_and_what_is_none_is_said() -> None:
    assert open_recording(file(1.0), name="a").sha256 == open_recording(file(1.0), name="a").sha256
    assert open_recording(file(1.0), name="a").sha256 != open_recording(file(1.1), name="a").sha256
    with pytest.raises(AudioError, match="no audio"):
        open_recording(b"hello, this is a text")
