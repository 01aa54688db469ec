"""Genres learned from what a pretrained net hears: its numbers as columns, with a small model on top."""

from genre_core.models.transfer.rows import TRANSFER

__all__ = ["TRANSFER"]
