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


@pytest.mark.parametrize("view", ["waveform", "spectrum", "log_mel"])
def test_wherever_a_view_cannot_be_compared_it_says_so(explore, view):
    app = explore(mode="two", view=view)
    assert not app.exception
    assert ("no picture over time" in words(app)) == (view != "log_mel")


@pytest.fixture
def noise():
    return Clip(np.random.default_rng(0).normal(0, 0.1, 22050).astype(np.float32), 22050, "noise")


def sight(clip: Clip, name: str) -> Sight:
    return Sight(clip.sha256, clip, 10.0, (10.0, 11.0), None, FEATURES[name](), {})


def test_the_numbers_of_a_view_are_those_of_its_feature(noise):
    seen = sight(noise, "mfcc")
    values = FEATURES["mfcc"]().of(noise)
    table = taking.KINDS["CSV"][0](seen).splitlines()
    assert float(table[1].split(",")[0]) == 10.0  # where the part begins in its clip
    np.testing.assert_allclose([float(cell) for cell in table[3].split(",")[1:]], values[:, 2], rtol=1e-6)
    with np.load(io.BytesIO(taking.KINDS["npz"][0](seen)), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["values"], values)
    assert json.loads(taking.KINDS["JSON"][0](seen))["feature"]["name"] == "mfcc"


def test_the_region_is_taken_as_it_is_heard(noise):
    y, sr = soundfile.read(io.BytesIO(taking._sound(noise, 0.25, 0.75, None)))
    np.testing.assert_allclose(y, noise.slice(0.25, 0.75).y, atol=1 / 32768)
    band, _ = soundfile.read(io.BytesIO(taking._sound(noise, 0.25, 0.75, (500.0, 1000.0))))
    power = np.abs(np.fft.rfft(band)) ** 2
    hertz = np.fft.rfftfreq(band.size, 1 / sr)
    assert power[(hertz > 350) & (hertz < 1400)].sum() > 0.99 * power.sum()
