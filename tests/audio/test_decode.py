import io
import subprocess
import sys
import wave

import numpy as np
import pytest
import soundfile

from genre_core.audio import AUDIO_EXTENSIONS, AudioFacts, Clip, blocks, decode, encode_wav, envelope, probe, read
from genre_core.errors import AudioError, ParameterError
from tests.audio.sounds import FFMPEG, SNDFILE, ffmpeg_bytes, file_bytes, music, sine, sndfile_bytes

ALL = [*SNDFILE, *FFMPEG]
SR = 22050
DECODE = sys.modules["genre_core.audio.decode"]  # the package's attribute of that name is the function


def rate_of(kind):
    return 48000 if kind in ("opus", "webm") else 44100


def kind_of(source, **options):
    with pytest.raises(AudioError) as caught:
        decode(source, **options)
    assert str(caught.value).endswith(".")
    return caught.value.kind


@pytest.mark.parametrize("kind", ALL)
def test_every_format_keeps_the_sound(kind):
    rate = rate_of(kind)
    x = sine(seconds=1.5, rate=rate, channels=2)
    clip = decode(file_bytes(kind, x, rate))
    assert clip.y.dtype == np.float32
    assert clip.seconds == pytest.approx(1.5, abs=0.1)
    assert (clip.facts.sample_rate, clip.facts.channels) == (rate, 2)
    middle = clip.y[SR // 4 : SR // 4 + SR // 2]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(middle.size)))
    assert np.argmax(spectrum) * SR / middle.size == pytest.approx(440, abs=2)
    assert np.sqrt(2 * np.mean(middle**2)) == pytest.approx(0.5, rel=0.03)


@pytest.mark.parametrize("rate", [8000, 11025, 48000, 96000, 192000])
def test_resampling_keeps_frequency_amplitude_and_duration(rate):
    clip = decode(sndfile_bytes("wavfloat", sine(rate=rate, channels=2), rate))
    assert clip.seconds == pytest.approx(2.0, abs=1.5 / SR)
    expected = sine(rate=SR)[:, 0]
    assert np.abs(clip.y[2000:40000] - expected[2000:40000]).max() < 1e-3


def test_samples_at_the_same_rate_pass_unchanged():
    pcm = np.random.default_rng(0).integers(-32768, 32767, 5000, dtype=np.int16)
    out = io.BytesIO()
    soundfile.write(out, pcm, SR, format="FLAC", subtype="PCM_16")
    np.testing.assert_array_equal(decode(out.getvalue()).y, pcm / np.float32(32768))


def test_six_channels_are_averaged():
    x = np.full((4000, 6), 0.1, np.float32) * np.arange(6, dtype=np.float32)
    clip = decode(sndfile_bytes("wavfloat", x, SR))
    np.testing.assert_allclose(clip.y, 0.25, atol=1e-6)
    assert clip.facts.channels == 6


def test_source_may_be_path_bytes_or_file(tmp_path):
    data = sndfile_bytes("wav", music(seconds=0.5), 44100)
    path = tmp_path / "song.wav"
    path.write_bytes(data)
    with path.open("rb") as file:
        file.read(10)
        from_file = decode(file)
        assert not file.closed
    for clip in (
        from_file,
        decode(str(path)),
        decode(data),
        decode(bytearray(data)),
        decode(memoryview(data)),
        decode(io.BytesIO(data)),
    ):
        assert clip.sha256 == decode(path).sha256
    assert decode(path).name == from_file.name == "song.wav"
    assert decode(data, name="mine").name == "mine"


@pytest.mark.parametrize("kind", ["wav", "mp3", "flac", "ogg", "m4a", "wv"])
@pytest.mark.parametrize("extension", ["raw", "txt", "mp3", "wav", "sd2", "m3u8"])
def test_wrong_extension_changes_nothing(tmp_path, kind, extension):
    data = file_bytes(kind, music(seconds=0.4), 44100)
    path = tmp_path / f"song.{extension}"
    path.write_bytes(data)
    assert decode(path).sha256 == decode(data).sha256


def test_video_gives_its_sound():
    assert decode(ffmpeg_bytes("mp4", sine(seconds=1), 44100, picture=True)).seconds == pytest.approx(1.0, abs=0.1)


def test_mp3_with_cover_art():
    picture = b"\x00image/png\x00\x03\x00" + b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 200
    body = b"APIC" + len(picture).to_bytes(4, "big") + b"\x00\x00" + picture
    size = len(body)
    tag = b"ID3\x03\x00\x00" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    mp3 = sndfile_bytes("mp3", sine(seconds=1), 44100)
    np.testing.assert_allclose(decode(tag + body + mp3).y, decode(mp3).y, atol=1e-6)


def test_silence_is_a_clip():
    clip = decode(sndfile_bytes("wav", np.zeros((SR, 1), np.float32), SR))
    assert clip.is_silent
    assert clip.n_samples == SR


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
@pytest.mark.parametrize("subtype", ["wavfloat", "wavdouble"])
def test_samples_that_are_no_numbers(value, subtype):
    x = sine(seconds=0.2).astype(np.float64)
    x[1000] = value
    assert kind_of(sndfile_bytes(subtype, x, 44100)) == "not_finite"


def test_what_is_no_audio(tmp_path, monkeypatch):
    assert kind_of(b"") == "empty"
    assert kind_of(sndfile_bytes("wav", np.zeros((0, 1), np.float32), SR)) == "no_samples"
    assert kind_of(tmp_path) == "not_audio"
    assert kind_of(tmp_path / "none.wav") == "missing"
    assert kind_of("a\0b.wav") == "missing"
    assert kind_of(b"hello, this is text\n" * 50) == "not_audio"
    assert kind_of(b"\x89PNG\r\n\x1a\n" + bytes(1000)) == "not_audio"
    assert kind_of(np.random.default_rng(0).bytes(5000)) in ("not_audio", "damaged")
    text = tmp_path / "text.wav"
    text.write_text("not a sound " * 100)
    with pytest.raises(AudioError, match=r"'text.wav' is no audio: it is text"):
        decode(text)

    def refuse(*args, **options):
        raise PermissionError(13, "denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert kind_of(text) == "unreadable"


def test_playlists_open_no_other_file(tmp_path):
    song = tmp_path / "song.wav"
    song.write_bytes(sndfile_bytes("wav", sine(seconds=1), SR))
    assert kind_of(f"ffconcat version 1.0\nfile '{song}'\n".encode()) == "not_audio"
    assert kind_of(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{song.as_uri()}\n#EXT-X-ENDLIST\n".encode()) == "not_audio"


def test_wrong_arguments():
    with pytest.raises(ParameterError, match="path, bytes or a file object"):
        decode(3)
    with pytest.raises(ParameterError, match="mode 'rb'"):
        decode(io.StringIO("text"))
    with pytest.raises(ParameterError, match="sr must be"):
        decode(b"x", sr=0)
    with pytest.raises(ParameterError, match="block_seconds"):
        blocks(b"x", block_seconds=0)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "opus", "mp3", "aiff", "webm", "wma", "wv"])
def test_truncated_file_gives_what_is_there(kind):
    data = file_bytes(kind, music(seconds=15, rate=rate_of(kind)), rate_of(kind))
    whole, clip = decode(data), decode(data[: len(data) * 6 // 10])
    assert 0.3 * whole.seconds < clip.seconds < 0.9 * whole.seconds
    n = int(clip.n_samples * 0.9)
    np.testing.assert_allclose(clip.y[:n], whole.y[:n], atol=1e-4)


def test_truncated_m4a_is_damaged():
    data = file_bytes("m4a", music(seconds=3), 44100)  # its index lies at the end of the file
    assert kind_of(data[: len(data) * 6 // 10]) == "damaged"


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "opus", "mp3"])
def test_reading_on_equals_reading_at_once(kind):
    data = file_bytes(kind, music(seconds=8, rate=rate_of(kind)), rate_of(kind))
    at_once = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)[0].mean(axis=1)
    np.testing.assert_allclose(decode(data, sr=rate_of(kind)).y, at_once, atol=1e-6)


@pytest.mark.parametrize("kind", ["wav", "flac", "m4a"])
def test_longer_than_the_limit_is_refused(kind, monkeypatch):
    data = file_bytes(kind, sine(seconds=3), 44100)
    monkeypatch.setattr(DECODE, "MAX_SECONDS", 2)
    monkeypatch.setattr(DECODE, "_resampled", lambda *args: pytest.fail("decoded before the length was known"))
    with pytest.raises(AudioError, match="blocks") as caught:
        decode(data)
    assert caught.value.kind == "too_long"


def test_unknown_length_is_counted(monkeypatch):
    data = ffmpeg_bytes("aac", sine(seconds=3), 44100)
    assert probe(data).seconds is None
    monkeypatch.setattr(DECODE, "MAX_SECONDS", 2)
    assert kind_of(data) == "too_long"


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "opus", "mp3", "m4a", "webm", "wma", "wv"])
@pytest.mark.parametrize(("sr", "block_seconds"), [(22050, 1.0), (16000, 0.37), (44100, 10.0)])
def test_blocks_are_decode(kind, sr, block_seconds):
    data = file_bytes(kind, music(seconds=3.3, rate=rate_of(kind)), rate_of(kind))
    clips = list(blocks(data, sr=sr, block_seconds=block_seconds))
    assert {clip.n_samples for clip in clips[:-1]} <= {round(block_seconds * sr)}
    np.testing.assert_array_equal(np.concatenate([clip.y for clip in clips]), decode(data, sr=sr).y)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "opus", "mp3", "m4a", "webm", "wma", "wv", "aac"])
def test_read_is_the_slice_of_decode(kind):
    data = file_bytes(kind, music(seconds=25, rate=rate_of(kind)), rate_of(kind))
    for sr in (22050, 16000):
        whole = decode(data, sr=sr)
        for start, end in ((0, 1), (3.21, 5.5), (14.123, 16), (20.5, 99)):
            part, expected = read(data, start, end, sr=sr), whole.slice(start, end)
            assert part.n_samples == expected.n_samples
            assert np.abs(part.y - expected.y).max() < 1e-3


def test_read_outside():
    data = sndfile_bytes("wav", music(seconds=1), 44100)
    with pytest.raises(AudioError, match=r"ends before 2 s") as caught:
        read(data, 2, 3)
    assert caught.value.kind == "too_short"
    for start, end in ((-1, 1), (1, 1), (2, 1), (0, np.inf), (np.nan, 1)):
        with pytest.raises(ParameterError, match="region"):
            read(data, start, end)


def test_probe():
    assert probe(sndfile_bytes("wav24", music(seconds=1), 44100)) == AudioFacts("wav", "pcm_24", 44100, 2, 1.0)
    facts = probe(ffmpeg_bytes("m4a", music(seconds=1), 44100))
    assert (facts.format, facts.codec, facts.sample_rate, facts.channels) == ("mp4", "aac", 44100, 2)


def test_encode_wav_round_trip_and_clipping():
    y = np.array([0, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0], np.float32)
    data = encode_wav(Clip(y, SR))
    np.testing.assert_allclose(decode(data).y, [0, 0.5, -0.5, 32767 / 32768, -1, 32767 / 32768, -1], atol=1e-7)
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes()) == (SR, 1, 2, 7)


@pytest.mark.parametrize(("n_samples", "n_bins"), [(1000, 10), (1000, 7), (5, 5), (3, 8), (1, 1), (12345, 2000)])
def test_envelope(n_samples, n_bins):
    y = np.random.default_rng(n_samples).normal(size=n_samples).astype(np.float32)
    low, high = envelope(Clip(y, SR), n_bins)
    for i in range(n_bins):
        start = i * n_samples // n_bins
        part = y[start : max(start + 1, (i + 1) * n_samples // n_bins)]
        assert (low[i], high[i]) == (part.min(), part.max())


def test_extensions_are_lower_case_with_a_dot():
    assert all(name == name.lower() and name.startswith(".") for name in AUDIO_EXTENSIONS)
    assert {".wav", ".mp3", ".flac", ".ogg", ".m4a", ".webm"} <= set(AUDIO_EXTENSIONS)


def test_import_loads_no_decoder():
    code = "import sys, genre_core.audio.decode; print([m for m in ('av', 'soxr', 'soundfile', 'scipy') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
