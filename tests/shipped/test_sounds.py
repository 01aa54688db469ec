"""Sounds that are no music: what is computed, and what is found among Tux Paint's stamps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from genre_core.errors import AudioError, DatasetError
from genre_core.shipped.sounds import LEAST_SPEECH_SECONDS, MOST_OF_A_LANGUAGE, SPEECH_SECONDS, SR, computed, unmusical


def write(path: Path, seconds: float, *, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    y = 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * SR))
    soundfile.write(path, y.astype(np.float32), SR, format="OGG", subtype="VORBIS")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree as the package unpacks to, with few and short sounds."""
    top = tmp_path_factory.mktemp("unpacked")
    stamps = top / "usr" / "share" / "tuxpaint" / "stamps"
    for number in range(5):
        write(stamps / "animals" / "birds" / f"crow{number}_desc_de.ogg", 4.0, seed=number)
    write(stamps / "food" / "apple_desc_fr.ogg", 3.0)
    write(stamps / "animals" / "birds" / "crow.ogg", 1.0)
    write(stamps / "animals" / "birds" / "owl.ogg", 0.2)
    write(stamps / "animals" / "dogs" / "beagle" / "bark.ogg", 0.8)
    write(stamps / "symbols" / "letters" / "a_es.ogg", 0.7)
    write(stamps / "vehicles" / "car.ogg", 0.9)
    write(stamps / "hobbies" / "guitar.ogg", 1.0)
    write(stamps / "people" / "opera_desc.ogg", 1.0)
    (stamps / "animals" / "birds" / "crow.png").write_bytes(b"no sound")
    return top


@pytest.fixture(scope="module")
def found(folder: Path) -> list:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("genre_core.shipped.sounds.computed", lambda: iter(()))
        return unmusical(folder)


def test_noises_have_a_kind_and_a_group(found: list) -> None:
    rest = [(sound.kind, sound.group, sound.name) for sound in found if sound.kind != "speech"]
    assert rest == [
        ("animals", "birds/crow", "animals/birds/crow"),
        ("animals", "dogs/beagle", "animals/dogs/beagle/bark"),
        ("words", "es", "symbols/letters/a_es"),
        ("things", "vehicles/car", "vehicles/car"),
    ]


def test_speech_of_a_language_is_joined_until_it_is_long_enough(found: list) -> None:
    """Five times four seconds make one clip of twelve and one of eight; three seconds of French are too little."""
    speech = [sound for sound in found if sound.kind == "speech"]
    assert [(sound.group, sound.name) for sound in speech] == [("de", "de 1"), ("de", "de 2")]
    assert [sound.clip.seconds for sound in speech] == pytest.approx([SPEECH_SECONDS, 8.0], abs=0.2)
    assert all(sound.clip.seconds >= LEAST_SPEECH_SECONDS for sound in speech)


def test_no_language_has_more_clips_than_the_others_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genre_core.shipped.sounds.computed", lambda: iter(()))
    monkeypatch.setattr("genre_core.shipped.sounds.SPEECH_SECONDS", 0.5)
    monkeypatch.setattr("genre_core.shipped.sounds.LEAST_SPEECH_SECONDS", 0.5)
    for number in range(MOST_OF_A_LANGUAGE + 3):
        write(tmp_path / "tuxpaint" / "stamps" / f"{number}_desc_it.ogg", 0.6, seed=number)
    assert [sound.name for sound in unmusical(tmp_path)] == [f"it {number + 1}" for number in range(MOST_OF_A_LANGUAGE)]


def test_always_the_same_in_the_same_order(folder: Path, found: list, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genre_core.shipped.sounds.computed", lambda: iter(()))
    again = unmusical(folder)
    assert [sound[:3] for sound in again] == [sound[:3] for sound in found]
    assert [sound.clip.sha256 for sound in again] == [sound.clip.sha256 for sound in found]


def test_a_wrong_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"tuxpaint-stamps-default unpacks to\. Received: no tuxpaint/stamps.*docs/shipped\.md"
    ):
        unmusical(tmp_path)


def test_a_sound_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tuxpaint" / "stamps" / "animals" / "cat.ogg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"meow")
    with pytest.raises(AudioError, match=r"cat\.ogg"):
        unmusical(tmp_path)


def test_what_is_computed_is_noise_tones_and_silence() -> None:
    sounds = list(computed())
    assert [sound.kind for sound in sounds] == sorted((sound.kind for sound in sounds), key=["noise", "tones", "silence"].index)
    assert len({(sound.kind, sound.name) for sound in sounds}) == len(sounds)
    by_name = {sound.name: sound.clip for sound in sounds}
    assert all(clip.seconds == 10 and np.isfinite(clip.y).all() and clip.peak <= 1 for clip in by_name.values())
    for peak in (0.3, 0.03, 0.003):
        assert by_name[f"pink {peak}"].peak == pytest.approx(peak, rel=1e-5)
    assert by_name["zeros"].is_silent
    spectrum = abs(np.fft.rfft(by_name["sine 440 0.5"].y))
    assert spectrum.argmax() / 10 == 440
    brown = abs(np.fft.rfft(by_name["brown 0.3"].y)) ** 2
    assert brown[10:100].sum() > 50 * brown[1000:].sum()
    assert [sound.clip.sha256 for sound in computed()] == [clip.sha256 for clip in by_name.values()]
