"""Glossary: what does that word mean?"""

from __future__ import annotations

import streamlit as st

from genre_core.glossary import entries
from pages.ui import state
from pages.ui.page import open_page
from pages.ui.view_words import view_words, views_naming

PAGE = "glossary"

known = entries()
names = [name for entry in known for name in entry.names]
with open_page(PAGE):
    place = state.adopt(PAGE, "term", default="", options=["", *names])
    term = st.selectbox(
        "Term",
        ["", *names],
        format_func=lambda name: name or "all terms",
        key=place,
        help="Type a part of a word.",
    )
state.publish(PAGE, "term", term, default="")
for entry in known:
    if term and term not in entry.names:
        continue
    st.markdown(f"**{', '.join(entry.names)}**  \n{entry.sentence}")
    for name in views_naming(entry.names) if term else ():
        st.page_link(
            "pages/1_Explore.py",
            label=f"See and hear it: {view_words(name).title}",
            query_params={"view": name},
            icon=":material/arrow_forward:",
        )
if term:
    st.button("All terms", key=f"{PAGE}.all", on_click=lambda: st.session_state.update({place: ""}), type="tertiary")
