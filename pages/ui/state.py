"""What is chosen lives in the URL, so that a link shows somebody else the same picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st


def key(page: str, name: str) -> str:
    """Key of a widget: `<page>.<name>`."""
    return f"{page}.{name}"


def adopt(page: str, name: str, *, default: Any, options: Sequence[Any] | None = None, link: str = "") -> str:
    """Give a widget that is about to be drawn the value that the URL asks for, and return its key.

    A value that the URL did not ask for before (a link was followed) beats what the widget held. Unknown values are said in
    words and replaced by the default. `link` is its name in the URL where that is another.
    """
    place, seen = key(page, name), f"url.{page}.{name}"
    asked = st.query_params.get(link or name)
    if asked is not None and asked != st.session_state.get(seen):
        value = _typed(asked, default)
        if value is None or (options is not None and value not in options):
            st.warning(f"There is no {name} {asked!r} here (any more): this shows another.", icon=":material/link_off:")
            value = default
        st.session_state[place] = value
        st.session_state[seen] = asked
    elif place not in st.session_state:  # Streamlit forgets what was not drawn for a while
        kept = st.session_state.get(f"kept.{place}", default)
        st.session_state[place] = kept if options is None or kept in options else default
    elif options is not None and st.session_state[place] not in options:
        st.session_state[place] = default
    return place


def arrive(place: str) -> None:
    """Note where the visitor is: a page, or a view of one that draws other things."""
    if st.session_state.get("state.place") != place:
        st.session_state["state.place"] = place
        st.session_state[f"came.{place}"] = True


def came(place: str) -> bool:
    """Whether the visitor has been elsewhere since this was asked last: what stood there then was not drawn for a while."""
    return bool(st.session_state.pop(f"came.{place}", False))


def anew(page: str, *names: str) -> None:
    """Have widgets take what the address says, or what was chosen last, as if they were new; for a callback.

    A page that goes over to another view draws them at another place, or not at all for a while. The browser has forgotten their
    values by then and shows the first option, unless it is told again.
    """
    for name in names:
        for place in (key(page, name), f"url.{page}.{name}"):
            st.session_state.pop(place, None)


def publish(page: str, name: str, value: Any, *, default: Any = None, link: str = "") -> None:
    """Write a widget's value into the URL, under `link` or its name; a default is left out, so that links stay short."""
    text, link = str(value), link or name
    st.session_state[f"kept.{key(page, name)}"] = value
    if value is None or value == default:
        if link in st.query_params:
            del st.query_params[link]
        st.session_state.pop(f"url.{page}.{name}", None)
        return
    st.session_state[f"url.{page}.{name}"] = text
    if st.query_params.get(link) != text:
        st.query_params[link] = text


def _typed(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.lower())
    if isinstance(default, int | float):
        try:
            return type(default)(text)
        except ValueError:
            return None
    return text
