"""The lecture view: what a class sees first and then, how it goes on, and which lists there are to play."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core.collection.playlists import Playlist, PlaylistEntry, read_playlist, write_playlist
from genre_core.datasets.demo import make_demo
from genre_core.datasets.library import load_dataset
from genre_core.errors import CollectionError
from pages.ui.classify import lecture, playlist_making, playlists
from pages.ui.opening import own_of

APP = str(Path(__file__).resolve().parents[2] / "app.py")
GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    root = tmp_path_factory.mktemp("lecture")
    make_demo(root / "datasets", n_tracks=2, seconds=3.0, processes=1)
    return root


@pytest.fixture
def seen(monkeypatch):
    """What the lectern and the player were given, newest last."""
    given: dict[str, list] = {"lectern": [], "player": []}
    monkeypatch.setattr(lecture, "lectern", lambda shown, **_: given["lectern"].append(shown))
    monkeypatch.setattr(lecture, "player", lambda sound, **values: given["player"].append(values))
    monkeypatch.setattr(lecture, "PATIENCE_SECONDS", 30.0)
    return given


def visit(root, monkeypatch, **query):
    monkeypatch.setenv("GENRE_HOME", str(root))
    app = AppTest.from_file(APP, default_timeout=90)
    app.switch_page("pages/6_Classify.py")
    for name, value in {"run": "demo-ann", "lecture": "1", **query}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def words(app):
    kinds = (app.error, app.warning, app.info, app.markdown, app.caption)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


# One song


def test_the_class_guesses_before_the_verdict_is_shown(prepared, monkeypatch, seen):
    app = visit(prepared, monkeypatch)
    shown, player = seen["lectern"][-1], seen["player"][-1]
    assert (shown["place"], shown["list"], shown["isShown"]) == ("Song 1 of 10", "One of each genre", False)
    assert [genre for genre, _ in shown["genres"]] == list(GENRES)
    assert (player["panels"], player["bars"], player["title"]) == ([], "", "Song 1")  # nothing gives it away
    assert player["magnified"] > 1.3
    assert not app.title
    assert not app.get("page_link")
    assert "synthesised" in words(app)


def test_the_verdict_with_what_the_data_set_says(prepared, monkeypatch, seen):
    visit(prepared, monkeypatch, playlist="genre:demo/metal", song="2", shown="True")
    shown, player = seen["lectern"][-1], seen["player"][-1]
    assert (shown["place"], shown["isShown"], shown["isFirst"], shown["isLast"]) == ("Song 2 of 2", True, False, True)
    assert (shown["name"], shown["isSure"]) == ("METAL", True)
    assert float(shown["share"]) > 0.5
    assert shown["truth"].endswith("Its data set says: metal.")
    assert len(player["panels"]) == 1
    assert player["bars"] == "Whole song"


def test_not_sure_is_said_with_the_reason(prepared, monkeypatch, seen):
    visit(prepared, monkeypatch, playlist="genre:demo/metal", shown="True", threshold="1.0")
    shown = seen["lectern"][-1]
    assert (shown["name"], shown["share"], shown["isSure"]) == ("NOT SURE", "", False)
    assert shown["beside"].startswith("Closest: metal with 0.9")
    assert shown["beside"].endswith("under the threshold of 1.00.")


@pytest.mark.parametrize(
    ("start", "by", "end"),
    [
        ((1, False), 1, (1, True)),
        ((1, True), 1, (2, False)),
        ((1, False), 2, (2, False)),
        ((2, False), -1, (1, True)),
        ((2, True), -3, (1, False)),
        ((1, False), -1, (1, False)),
        ((3, True), 1, (3, True)),
        ((1, False), 4, (3, False)),
        ((1, True), 99, (3, True)),
    ],
)
def test_a_step_shows_the_verdict_and_the_next_goes_on(start, by, end):
    turn = lecture.Turn(2 * (start[0] - 1) + start[1])
    assert (turn.song, turn.is_shown) == start
    turn.go(by, 3)
    assert (turn.song, turn.is_shown) == end


def test_the_address_holds_it_all_and_leaving_forgets_it(prepared, monkeypatch, seen):
    app = visit(prepared, monkeypatch, playlist="genre:demo/jazz", song="2")
    assert seen["lectern"][-1]["place"] == "Song 2 of 2"
    app.button(key="classify.leave").click().run()
    assert not app.exception
    assert app.title[0].value == "Classify"
    assert not {"lecture", "playlist", "song", "shown"} & set(app.query_params)
    assert app.session_state["classify.way"] == "songs"
    app.button(key="classify.lecture").click().run()
    assert app.query_params["lecture"] in ("1", ["1"])
    assert not app.title


def test_what_the_visitor_brought_is_played_first_and_named_in_no_link(prepared, monkeypatch, seen):
    monkeypatch.setenv("GENRE_HOME", str(prepared))
    app = AppTest.from_file(APP, default_timeout=90)
    app.switch_page("pages/6_Classify.py")
    app.query_params["run"] = "demo-ann"
    song = next(track.path for track in load_dataset("demo", prepared / "datasets").tracks if track.path)
    app.session_state["classify.brought"] = {"My song.wav": own_of("My song.wav", song.read_bytes())}
    app.run()
    app.button(key="classify.lecture").click().run()
    assert not app.exception
    shown = seen["lectern"][-1]
    assert (shown["place"], shown["list"], shown["truth"]) == ("Song 1 of 1", "What you brought", "My song.wav")
    assert "playlist" not in app.query_params
    app.button(key="classify.leave").click().run()
    assert "My song.wav" in words(app)


def test_what_cannot_be_heard_is_said_and_a_mix_is_told(prepared, monkeypatch, seen):
    found = []
    real = lecture.shown

    def shown(asked, lineup, song, is_shown, verdict, **more):
        mixed = replace(verdict, segment_posteriors=np.eye(10, dtype=np.float32)[[6] * 10 + [1] * 10], segment_music=None)
        mixed = replace(mixed, start_seconds=3.0 * np.arange(20), end_seconds=3.0 * np.arange(20) + 3)
        found.append(real(asked, lineup, song, is_shown, mixed, **more))
        found.append(real(asked, lineup, song, True, None, is_lost=True))
        return found[0]

    monkeypatch.setattr(lecture, "shown", shown)
    visit(prepared, monkeypatch, playlist="genre:demo/metal", shown="True")
    assert found[0]["beside"].endswith(" A mix: metal until 0:30, then classical.")
    assert (found[1]["question"], found[1]["genres"]) == ("This file cannot be heard", [])
    assert found[1]["beside"] == "It cannot be heard: why stands below."


def test_another_playlist_begins_with_its_first_song(prepared, monkeypatch, seen):
    app = visit(prepared, monkeypatch, playlist="genre:demo/jazz", song="2", shown="True")
    app.selectbox(key="classify.playlist").set_value("genre:demo/rock").run()
    shown = seen["lectern"][-1]
    assert (shown["place"], shown["list"], shown["isShown"]) == ("Song 1 of 2", "rock", False)


@pytest.mark.parametrize("query", [{"song": "99"}, {"song": "x"}, {"playlist": "file:../../etc/passwd"}])
def test_a_link_to_what_is_not_there_is_said(prepared, monkeypatch, seen, query):
    app = visit(prepared, monkeypatch, **query)
    assert next(iter(query.values())) in words(app)
    assert seen["lectern"][-1]["place"] == "Song 1 of 10"


def test_without_songs_it_says_so(tmp_path, monkeypatch, seen):
    app = visit(tmp_path, monkeypatch)
    assert "There is no song or no model here yet" in words(app)
    assert not seen["lectern"]


# Lists


def test_one_of_each_genre_gives_none_away_by_its_order(prepared, monkeypatch):
    monkeypatch.setenv("GENRE_HOME", str(prepared))
    lineup = playlists.open_lineup("each:demo")
    genres = [item.genre for item in lineup.items]
    assert sorted(genres) == list(GENRES)
    assert genres != list(GENRES)
    assert genres == [item.genre for item in playlists.open_lineup("each:demo").items]


def test_hard_songs_are_offered_where_they_are_those_that_were_asked_about(prepared, monkeypatch, tmp_path):
    monkeypatch.setenv("GENRE_HOME", str(prepared))
    assert "hard:demo" not in playlists.lineups()  # these songs are three seconds long: another recipe
    recipe = load_dataset("demo", prepared / "datasets").tracks[0].extra["recipe"]
    told = 'run = "r"\ntitle = "A model"\n' + "".join(
        f'[[songs]]\nid = "{name}"\nrecipe = "{recipe}"\nbetween = []\n'
        for name in ("demo.pop.01", "demo.gone.00", "demo.jazz.00")
    )
    (tmp_path / "hard.toml").write_text(told)
    monkeypatch.setattr(playlists, "HARD_FILE", tmp_path / "hard.toml")
    assert playlists.lineups()["hard:demo"].startswith("Hard to tell apart")
    lineup = playlists.open_lineup("hard:demo")
    assert [item.song.name for item in lineup.items] == ["demo/pop.01", "demo/jazz.00"]
    assert "“A model” was least sure" in lineup.note


def test_a_playlist_file_is_played_and_known_songs_keep_their_genre(prepared, tmp_path, monkeypatch, seen):
    root = tmp_path / "root"
    shutil.copytree(prepared, root)
    track = load_dataset("demo", root / "datasets").tracks[0]
    copied = tmp_path / "mine.flac"
    shutil.copy(track.path, copied)
    entries = (PlaylistEntry(track.path, "known"), PlaylistEntry(copied, "Mine"), PlaylistEntry(tmp_path / "gone.wav", "Gone"))
    write_playlist(root / "playlists" / "Monday.m3u8", Playlist("For Monday", entries))
    app = visit(root, monkeypatch, playlist="file:Monday.m3u8", shown="True")
    assert (seen["lectern"][-1]["list"], seen["lectern"][-1]["place"]) == ("For Monday", "Song 1 of 3")
    assert seen["lectern"][-1]["truth"].endswith(f"Its data set says: {track.genre}.")
    first = seen["lectern"][-1]["name"]
    app = visit(root, monkeypatch, playlist="file:Monday.m3u8", song="2", shown="True")
    assert (seen["lectern"][-1]["truth"], seen["lectern"][-1]["name"]) == ("Mine", first)
    app = visit(root, monkeypatch, playlist="file:Monday.m3u8", song="3")
    assert "gone.wav" in words(app)


def test_an_empty_or_damaged_playlist_is_a_sentence(prepared, tmp_path, monkeypatch, seen):
    root = tmp_path / "root"
    shutil.copytree(prepared, root)
    (root / "playlists").mkdir()
    (root / "playlists" / "empty.m3u8").write_text("#EXTM3U\n")
    (root / "playlists" / "noise.m3u").write_bytes(bytes(range(256)))
    assert "names no song of this machine" in words(visit(root, monkeypatch, playlist="file:empty.m3u8"))
    assert "Expected a playlist" in words(visit(root, monkeypatch, playlist="file:noise.m3u"))


def test_a_playlist_is_kept_and_not_written_over(prepared, tmp_path):
    tracks = playlist_making.matching(load_dataset("demo", prepared / "datasets"), ["jazz", "pop"], "")
    path = playlist_making.save("Jazz/Pop", tracks, tmp_path / "playlists")
    made = read_playlist(path)
    assert (path.name, made.title) == ("Jazz Pop.m3u8", "Jazz/Pop")
    assert [entry.path for entry in made.entries] == [track.path for track in tracks]
    assert [entry.seconds for entry in made.entries] == [3.0] * 4
    with pytest.raises(CollectionError, match=r"There is a playlist 'Jazz Pop' already. Give this one another name"):
        playlist_making.save("Jazz/Pop", tracks[:1], tmp_path / "playlists")
    assert len(read_playlist(path).entries) == 4
    with pytest.raises(CollectionError, match=r"Expected a name for the playlist. Received none"):
        playlist_making.save("  ", tracks, tmp_path / "playlists")


def test_the_window_for_making_one_opens(prepared, monkeypatch, seen):
    app = visit(prepared, monkeypatch)
    app.button(key="classify.make_playlist").click().run()
    assert not app.exception
    assert app.text_input(key="classify.making.title").value == ""
    assert app.button(key="classify.making.save").label == "Save 20 songs"


def test_words_and_genres_narrow_the_songs(prepared):
    dataset = load_dataset("demo", prepared / "datasets")
    assert len(playlist_making.matching(dataset, [], "")) == 20
    assert {track.genre for track in playlist_making.matching(dataset, ["rock"], "")} == {"rock"}
    some = dataset.tracks[3]
    assert some in playlist_making.matching(dataset, [], some.extra["title"].upper())
    assert not playlist_making.matching(dataset, [], "no such words anywhere")
