"""Songs whose artists sound like themselves: what a leaky division learns instead of genre."""

import numpy as np


def songs(*, n_genres=3, n_artists=4, n_tracks=4, n_segments=5, genre=0.6, artist=3.0, track=1.0, noise=0.3, columns=8, seed=0):
    """Columns, genre, track and artist of each segment; the numbers say how far each of them pushes the columns apart."""
    rng = np.random.default_rng(seed)
    sizes = (n_genres, n_artists, n_tracks, n_segments)
    x = genre * rng.normal(size=(n_genres, 1, 1, 1, columns))
    x = x + artist * rng.normal(size=(n_genres, n_artists, 1, 1, columns))
    x = x + track * rng.normal(size=(n_genres, n_artists, n_tracks, 1, columns))
    x = x + noise * rng.normal(size=(*sizes, columns))
    places = np.indices(sizes).reshape(4, -1)
    people = places[0] * n_artists + places[1]
    return x.reshape(-1, columns), places[0], people * n_tracks + places[2], people
