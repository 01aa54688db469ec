"""Forms drawn from declared parameters: default, range, unit, label and help are read off a config's class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import streamlit as st

from genre_core.params import Config, Param
from pages.ui import state

ConfigType = TypeVar("ConfigType", bound=Config)
MORE = "More"


def config_form(
    config: type[ConfigType],
    *,
    page: str,
    start: Config | None = None,
    fixed: dict[str, Any] | None = None,
    link: bool | str = False,
    columns: int = 1,
    more: str = MORE,
) -> ConfigType:
    """Draw a widget a parameter and return the config they make.

    Parameters
    ----------
    config : type of Config
    page : str
        First part of the widgets' keys; `train.ann` keeps the forms of two models apart.
    start : Config or None
        Values to begin with, else the declared defaults.
    fixed : dict
        Values that are not asked for.
    link : bool or str
        Keep the values in the URL; a text comes before their names there, where a page has two such forms.
    columns : int
        Widgets side by side.
    more : str
        Words on the fold that holds the advanced ones.

    Raises
    ------
    ParameterError
        If the values do not go together, from the config's own check.
    """
    fixed = fixed or {}
    asked = {name: entry for name, entry in config.params().items() if name not in fixed}
    first = {name: getattr(start, name, entry.default) for name, entry in asked.items()}
    plain = {name: entry for name, entry in asked.items() if not entry.advanced}
    values = _draw(plain, first, page=page, link=link, columns=columns)
    if advanced := {name: entry for name, entry in asked.items() if entry.advanced}:
        with st.expander(more):
            values |= _draw(advanced, first, page=page, link=link, columns=columns)
    return config(**fixed, **values)


def fields(
    config: type[Config], *, page: str, start: Config, names: Iterable[str] | None = None, columns: int = 1
) -> dict[str, Any]:
    """Draw a widget for some parameters of a config, all where nothing is said, and return what they hold, unchecked.

    For a form in several parts: the config is made of all their values once each has been drawn.
    """
    declared = config.params()
    asked = {name: declared[name] for name in (declared if names is None else names)}
    first = {name: getattr(start, name) for name in asked}
    return _draw(asked, first, page=page, link=False, columns=columns)


def _draw(params: dict[str, Param], first: dict[str, Any], *, page: str, link: bool | str, columns: int) -> dict[str, Any]:
    if not params:
        return {}
    places = st.columns(columns) if columns > 1 else [st.container()]
    values = {}
    for index, (name, entry) in enumerate(params.items()):
        with places[index % len(places)]:
            values[name] = _widget(name, entry, first[name], page=page, link=link)
    return values


def _widget(name: str, entry: Param, first: Any, *, page: str, link: bool | str) -> Any:
    place = state.key(page, name)
    in_url = f"{link}{name}" if isinstance(link, str) else name
    if link:
        state.adopt(page, name, default=first, options=entry.options or None, link=in_url)
        if isinstance(first, int | float) and not isinstance(first, bool) and not _inside(entry, st.session_state[place]):
            st.session_state[place] = first
    elif place not in st.session_state:
        st.session_state[place] = first
    about = {"label": entry.title, "key": place, "help": entry.help or None}
    if isinstance(entry.default, bool):
        value = st.toggle(**about)
    elif entry.options:
        value = st.selectbox(options=list(entry.options), **about)
    elif isinstance(entry.default, str):
        value = st.text_input(**about)
    else:
        value = st.number_input(**about, **_bounds(entry))
    if link:
        state.publish(page, name, value, default=first, link=in_url)
    return value


def reset(config: type[Config], *, page: str, start: Config, link: bool | str = False) -> None:
    """Give the widgets of a form their first values again: for a button's `on_click`."""
    for name in config.params():
        st.session_state[state.key(page, name)] = getattr(start, name)
        state.publish(page, name, None, link=f"{link}{name}" if isinstance(link, str) else name)


def _bounds(entry: Param) -> dict[str, Any]:
    kind = type(entry.default)
    low = None if entry.low is None else kind(entry.low)
    high = None if entry.high is None else kind(entry.high)
    if kind is int:
        return {"min_value": low, "max_value": high, "step": max(1, 2 ** (max(1, entry.default).bit_length() - 3))}
    small = 0 < abs(entry.default) < 0.01
    step = 10.0 ** (len(f"{1 / abs(entry.default):.0f}") * -1) if small else 0.05 if abs(entry.default) < 1 else 0.5
    return {"min_value": low, "max_value": high, "step": step, "format": "%.5g" if small else "%g"}


def _inside(entry: Param, value: Any) -> bool:
    return (entry.low is None or value >= entry.low) and (entry.high is None or value <= entry.high)


def values(config: Config) -> dict[str, Any]:
    """Parameters of a config without its name, as a request wants them."""
    return {name: getattr(config, name) for name in config.params()}
