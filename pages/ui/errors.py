"""Errors as sentences: what the core raises on purpose is shown where it happened, and the rest of the page goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from genre_core.datasets.tracks import NoAudioError
from genre_core.errors import GenreError


@contextmanager
def spoken(said: set[str] | None = None) -> Iterator[None]:
    """Show a `GenreError` of the block as a sentence, and leave the block.

    `said` holds what has been said of other songs: the same sentence is not shown for each of them.
    """
    try:
        yield
    except NoAudioError as error:
        st.info(str(error), icon=":material/volume_off:")  # nothing went wrong: there is nothing to hear
    except GenreError as error:
        if said is None or str(error) not in said:
            st.error(str(error), icon=":material/error:")
        if said is not None:
            said.add(str(error))
