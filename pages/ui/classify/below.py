"""What can be asked further of a song: which songs lie near it, and what the model listened to."""

from __future__ import annotations

from genre_core.audio import Clip
from genre_core.audio.recording import Recording
from genre_core.prediction import Prediction
from pages.ui.classify.asked import Asked
from pages.ui.classify.hearing import Song


def below(asked: Asked, song: Song, sound: Clip | Recording, prediction: Prediction) -> None:
    """The further look that is chosen."""
