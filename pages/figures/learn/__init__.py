"""Pictures of the lessons: pure functions from what `genre_core.teaching` computed to a figure."""
