"""Explore beyond its views: regions from the address, sounds made on demand, comparison, gallery, what is taken away."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
import soundfile
from streamlit.testing.v1 import AppTest

import pages.ui.player as player
from genre_core.audio import Clip
from genre_core.datasets.demo import make_demo
from genre_core.features import FEATURES
from pages.ui import taking
from pages.ui.gallery import SHOWN
from pages.ui.hearing import REBUILDINGS
from pages.ui.pictures import Sight
from pages.ui.views import VIEWS
from tests.test_pages import APP, words

SECONDS = 2.0


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """A root with ten demo tracks of two seconds."""
    root = tmp_path_factory.mktemp("songs")
    make_demo(root / "datasets", n_tracks=1, seconds=SECONDS, processes=1)
    return root


@pytest.fixture
def sent(monkeypatch) -> list[dict]:
    """Headers of what is sent to players, in order."""
    found: list[dict] = []
    pack = player.pack
    monkeypatch.setattr(player, "pack", lambda header: found.append(header) or pack(header))
    return found


@pytest.fixture
def explore(songs, monkeypatch):
    """Open Explore with a query."""
    monkeypatch.setenv("GENRE_HOME", str(songs))
    monkeypatch.setattr("genre_core.jobs.spawning.stand_by", lambda: None)

    def opened(**query: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/1_Explore.py")
        for name, value in {"clip": "demo/blues.00", **query}.items():
            app.query_params[name] = value
        return app.run()

    return opened


def test_a_link_brings_region_and_zoom(explore, sent):
    app = explore(view="spectrum", region="0.5-1.2", zoom="0.25-1.5")
    assert not app.exception
    assert (sent[-1]["region"], sent[-1]["visible"]) == ((0.5, 1.2), (0.25, 1.5))
    assert "Of the region, 0.50 to 1.20 s" in words(app)
    assert app.query_params["region"] in ("0.5-1.2", ["0.5-1.2"])


@pytest.mark.parametrize("text", ["abc", "1-", "-1-2", "2-1", "5-9", "nan-1", "1-inf", "1e9-2e9"])
def test_a_region_that_is_none_is_left_out(explore, sent, text):
    app = explore(region=text, zoom=text)
    assert not app.exception
    assert not app.error
    found = sent[-1]["region"]
    assert found is None or 0 <= found[0] < found[1] <= SECONDS
    assert any(text in warning.value for warning in app.warning) == (found is None)


def test_another_clip_does_not_inherit_the_region(explore, sent):
    app = explore(region="0.5-1.2")
    app.selectbox(key="explore.clip").set_value("demo/rock.00").run()
    assert sent[-1]["region"] is None
    assert "region" not in app.query_params


def test_the_last_good_picture_stays_when_parameters_do_not_go_together(explore, sent):
    app = explore(view="mfcc", n_mfcc="20")
    good = sent[-1]["panels"]
    app.number_input(key="explore.mfcc.n_mels").set_value(10).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "must not exceed the mel bands" in app.error[0].value
    assert "still that of the last values" in app.error[0].value
    np.testing.assert_array_equal(sent[-1]["panels"][0]["layers"][0]["cells"], good[0]["layers"][0]["cells"])
    app.number_input(key="explore.mfcc.n_mels").set_value(64).run()
    assert not app.error


def test_a_frame_longer_than_the_clip_is_said(explore, sent):
    app = explore(view="spectrogram_db")
    short = io.BytesIO()
    soundfile.write(short, 0.1 * np.ones(3000), 22050, format="WAV")
    app.file_uploader(key="explore.upload").upload("short.wav", short.getvalue(), "audio/wav").run()
    assert not app.exception
    app.selectbox(key="explore.spectrogram_db.n_fft").set_value(16384).run()
    assert not app.exception
    assert "FFT length" in app.error[0].value
    assert sent[-1]["panels"]


@pytest.mark.parametrize("name", REBUILDINGS)
def test_what_is_left_is_made_and_can_be_heard(explore, sent, name):
    app = explore(view="waveform", region="0.5-1.5")
    [choice] = [radio for radio in app.radio if radio.key.startswith("explore.hear.")]
    choice.set_value(name).run()
    app.button(key="explore.hear.go").click().run()
    assert not app.exception
    assert not app.error
    (made,) = app.session_state["explore.made"]
    assert made.sound.name == REBUILDINGS[name].name(REBUILDINGS[name].amount[2] if REBUILDINGS[name].amount else None)
    assert made.sound.clip.peak > 0.01
    assert sent[-1]["choose"]["name"] == made.sound.name
    assert [sound["name"] for sound in sent[-1]["sounds"]] == ["original", made.sound.name]
    length = made.sound.clip.seconds * made.sound.rate
    assert length == pytest.approx(1.0 if REBUILDINGS[name].is_slow else SECONDS, abs=0.03)
    app.selectbox(key="explore.clip").set_value("demo/rock.00").run()
    assert [sound["name"] for sound in sent[-1]["sounds"]] == ["original"]


def test_beats_are_marked_and_heard(explore, sent):
    app = explore(view="beats")
    assert not app.exception
    assert [sound["name"] for sound in sent[-1]["sounds"]] == ["original", "with clicks"]
    marks = [layer for panel in sent[-1]["panels"] for layer in panel["layers"] if layer["type"] == "marks"]
    assert marks


def test_two_clips_stand_side_by_side_with_their_difference(explore, sent):
    app = explore(mode="two", view="log_mel", **{"with": "demo/rock.00"})
    assert not app.exception
    assert not app.error
    assert [header["title"] for header in sent[-3:]] == ["demo/blues.00", "demo/rock.00", "difference"]
    assert {header["link"] for header in sent[-3:]} == {"compare"}
    left, right, less = (header["panels"][0]["layers"][0] for header in sent[-3:])
    assert (left["low"], left["high"]) == (right["low"], right["high"])
    row, column = np.unravel_index(int(np.argmax(left["cells"].astype(int) - right["cells"])), left["cells"].shape)
    assert less["cells"][row, column] == less["cells"].max()


def test_two_settings_of_one_sound_need_no_difference(explore, sent):
    app = explore(mode="two", view="mfcc", **{"with": ""})
    app.number_input(key="explore.right.mfcc.hop_length").set_value(1024).run()
    assert not app.exception
    assert "no difference to draw" in words(app)
    assert sent[-2]["panels"][0]["layers"][0]["dx"] != sent[-1]["panels"][0]["layers"][0]["dx"]


@pytest.mark.parametrize("view", SHOWN)
def test_the_gallery_shows_every_genre_on_the_same_axes(explore, sent, view):
    app = explore(mode="all", view=view)
    assert not app.exception
    assert not app.error
    shown = sent[-10:]
    assert len({header["title"] for header in shown}) == 10
    assert all(header["compact"] for header in shown)
    axes = {json.dumps({key: value for key, value in header["panels"][0]["axis"].items() if key != "edges"}) for header in shown}
    assert len(axes) == 1


def test_two_waveforms_stand_on_one_axis(explore, sent):
    app = explore(mode="two", view="waveform", region="0.5-1.2", **{"with": "demo/rock.00"})
    assert not app.exception
    assert not app.error
    left, right, both = sent[-3:]
    assert left["region"] == right["region"] == (0.5, 1.2)
    assert [layer["type"] for layer in both["panels"][0]["layers"]] == ["band", "band"]
    assert [layer["name"] for layer in both["panels"][0]["layers"]] == ["demo/blues.00", "demo/rock.00"]


def test_two_spectra_share_a_chart_and_differ(explore):
    app = explore(mode="two", view="spectrum", region="0.5-1.2", with_n_fft="4096", n_fft="4096", **{"with": "demo/rock.00"})
    assert not app.exception
    assert not app.error
    assert "Of the region, 0.50 to 1.20 s" in words(app)
    assert "demo/blues.00 less demo/rock.00" in words(app).replace("*", "")
    assert app.selectbox(key="explore.right.spectrum.n_fft").value == 4096
    app.selectbox(key="explore.right.spectrum.n_fft").set_value(1024).run()
    assert app.query_params["with_n_fft"] in ("1024", ["1024"])
    assert app.query_params["n_fft"] in ("4096", ["4096"])
    assert "FFT lengths differ" in words(app)


def test_a_band_in_the_address_reaches_the_player(explore, sent):
    app = explore(band="200-1000")
    assert sent[-1]["band"] == (200.0, 1000.0)
    assert app.query_params["band"] in ("200-1000", ["200-1000"])
    assert not app.warning


def test_an_own_sound_is_kept_until_another_is_chosen_and_never_named_in_the_address(explore, sent):
    app = explore(view="waveform")
    sounds = []
    for pitch in (220, 330):
        out = io.BytesIO()
        soundfile.write(out, np.sin(2 * np.pi * pitch * np.arange(22050) / 22050) / 2, 22050, format="WAV")
        sounds.append(out.getvalue())
    app.file_uploader(key="explore.upload").upload("mine.wav", sounds[0], "audio/wav").run()
    first = sent[-1]["clip"]
    assert "clip" not in app.query_params
    assert app.selectbox(key="explore.clip").value == "own"
    app.file_uploader(key="explore.upload").clear().run()  # as when it is about to be replaced
    assert sent[-1]["clip"] == first
    app.file_uploader(key="explore.upload").upload("other.wav", sounds[1], "audio/wav").run()
    assert sent[-1]["clip"] != first
    assert "clip" not in app.query_params
    app.button(key="explore.let_go").click().run()
    assert app.query_params["clip"] in ("demo/blues.00", ["demo/blues.00"])
    app.selectbox(key="explore.clip").set_value("own").run()
    assert "other.wav" in words(app)


def test_parameters_are_reset_with_one_button(explore):
    app = explore(view="mfcc", n_mfcc="20", hop_length="256")
    app.button(key="explore.mfcc.reset").click().run()
    assert app.number_input(key="explore.mfcc.n_mfcc").value == 13
    assert app.number_input(key="explore.mfcc.hop_length").value == 512
    assert "n_mfcc" not in app.query_params
    assert not [button for button in app.button if button.key == "explore.mfcc.reset"]


@pytest.mark.parametrize("view", [name for name in VIEWS if name not in ("spectrum", "f0")])
def test_every_view_tells_of_the_region(explore, view):
    app = explore(view=view, region="0.5-1.2")
    assert not app.exception
    assert not app.error
    [line] = [entry.value for entry in app.caption if entry.value.startswith("**Region 0.50 to 1.20 s:**")]
    assert "The picture shows all in sight" in line
    assert "nan" not in line


@pytest.fixture
def noise():
    return Clip(np.random.default_rng(0).normal(0, 0.1, 22050).astype(np.float32), 22050, "noise")


def sight(clip: Clip, name: str) -> Sight:
    return Sight(clip.sha256, clip, 10.0, (10.0, 11.0), None, FEATURES[name](), {})


def test_the_numbers_of_a_view_are_those_of_its_feature(noise):
    seen = sight(noise, "mfcc")
    values = FEATURES["mfcc"]().of(noise)
    table = taking.KINDS["CSV"].write(seen, (10.0, 11.0)).splitlines()
    assert float(table[1].split(",")[0]) == 10.0  # where the part begins in its clip
    np.testing.assert_allclose([float(cell) for cell in table[3].split(",")[1:]], values[:, 2], rtol=1e-6)
    with np.load(io.BytesIO(taking.KINDS["npz"].write(seen, (10.0, 11.0))), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["values"], values)
    assert json.loads(taking.KINDS["JSON"].write(seen, (10.0, 11.0)))["feature"]["name"] == "mfcc"


@pytest.mark.parametrize("name", ["mfcc", "spectrum", "f0", "tempogram", "spectrogram"])
def test_the_numbers_of_a_region_are_its_frames_and_their_size_is_said(noise, name):
    seen, region = sight(noise, name), (10.25, 10.75)
    values, start = taking.numbers(seen, region)
    assert 10.25 <= start < 10.25 + 512 / 22050
    assert abs(values.size - taking.n_numbers(seen, region)) <= 2 * len(values)
    if name in ("mfcc", "tempogram", "spectrogram"):
        first = round((start - 10.0) * 22050 / 512)
        np.testing.assert_array_equal(values, FEATURES[name]().of(noise)[:, first : first + values.shape[1]])
    for kind in taking.KINDS.values():
        told = taking.n_numbers(seen, region) * kind.bytes_a_number
        assert told == pytest.approx(len(kind.write(seen, region)), rel=0.75, abs=8000)


def test_the_region_is_taken_as_it_is_heard(noise):
    y, sr = soundfile.read(io.BytesIO(taking._sound(noise, 0.25, 0.75, None)))
    np.testing.assert_allclose(y, noise.slice(0.25, 0.75).y, atol=1 / 32768)
    band, _ = soundfile.read(io.BytesIO(taking._sound(noise, 0.25, 0.75, (500.0, 1000.0))))
    power = np.abs(np.fft.rfft(band)) ** 2
    hertz = np.fft.rfftfreq(band.size, 1 / sr)
    assert power[(hertz > 350) & (hertz < 1400)].sum() > 0.99 * power.sum()
