"""The tracks that a run calls by another genre, worst first."""

from __future__ import annotations

import streamlit as st

from pages.ui.inspect.subject import Subject


def errors(subject: Subject) -> None:
    """The list of errors."""
    st.caption(f"{len(subject.ids)} tracks")
