"""Synthesised music in ten styles, from the score to the finished sound.

::

    theory (chords, phrases) ─▶ styles (a score each) ─▶ band (parts with notes) ─▶ mixing ─▶ Clip
                                        artists            oscillators, instruments, drums, effects
"""

from genre_core.datasets.synthesis.song import RECIPE_VERSION, Song, compose, perform, synthesise
from genre_core.datasets.synthesis.styles import STYLES

__all__ = ["RECIPE_VERSION", "STYLES", "Song", "compose", "perform", "synthesise"]
