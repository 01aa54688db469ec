"""What a search of settings tries: the parameters of a model and of its training, read off their declarations.

A trial of Optuna is asked for values; Optuna itself is not imported here, so that a page or a command can show and check a space
without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from genre_core.errors import ParameterError, unknown_name
from genre_core.params import Config, Param

PLACES = ("config", "training")
"""The parts of a training request that hold settings."""

LUCK = frozenset({"seed", "deterministic"})
"""Never searched: the best seed is the luckiest one, and no better on other songs."""


class Trial(Protocol):
    """What is asked of an Optuna trial."""

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any: ...

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float: ...

    def suggest_int(self, name: str, low: int, high: int, *, log: bool = False) -> int: ...


@dataclass(frozen=True)
class Dimension:
    """One setting that is searched.

    Attributes
    ----------
    place : str
        `config` (of the model) or `training`.
    name : str
        Of the parameter.
    title : str
        Its label with its unit.
    choices : tuple
        The values to choose from; empty for a range.
    low, high : float, int or None
        Ends of the range, whole numbers for a whole number.
    log : bool
        Ratios count: as many trials between 0.0001 and 0.001 as between 0.001 and 0.01.
    """

    place: str
    name: str
    title: str
    choices: tuple[Any, ...] = ()
    low: Any = None
    high: Any = None
    log: bool = False

    def suggest(self, trial: Trial) -> Any:
        """A value that the trial is to try."""
        if self.choices:
            return trial.suggest_categorical(self.name, self.choices)
        if isinstance(self.low, int):
            return trial.suggest_int(self.name, self.low, self.high, log=self.log)
        return trial.suggest_float(self.name, self.low, self.high, log=self.log)

    def holds(self, value: Any) -> bool:
        """Whether a value lies in it."""
        return value in self.choices if self.choices else bool(self.low <= value <= self.high)

    @property
    def range(self) -> list[Any]:
        """As `search_space` takes it: the choices, or the two ends."""
        return list(self.choices) or [self.low, self.high]

    @property
    def words(self) -> str:
        """`Learning rate: 0.0001 to 0.01 (by ratio)`, `Batch size [segments]: 16, 32 or 64`."""
        if not self.choices:
            return f"{self.title}: {self.low:g} to {self.high:g}{' (by ratio)' if self.log else ''}"
        *others, last = [str(choice) for choice in self.choices]
        return f"{self.title}: {', '.join(others)} or {last}"


Space = tuple[Dimension, ...]


def search_space(config: Config, training: Config, ranges: Mapping[str, Any] | None = None) -> Space:
    """The settings that are searched, those of the model first.

    What the parameters declare as `search` is searched by default, but for those whose value lies outside of it: a net that takes
    whole songs in batches of 4 is no case for batches of 16 to 128, and who set L2 to 0 wants none.

    Parameters
    ----------
    config, training : Config
        Settings of a model and of its training as they are: a row's own, a preset's, or a user's (`TrainRequest.resolve`).
    ranges : mapping, optional
        Parameter name -> what to try instead: `[low, high]`, or a list of values; one that is not searched by default joins the
        search, and None takes one out of it. JSON gives the same: `{"learning_rate": [1e-4, 1e-2], "l2": null}`.

    Raises
    ------
    ParameterError
        If a name is unknown or is that of a seed, a range is empty or reaches beyond the parameter's own, or nothing is left to
        search.

    Examples
    --------
    >>> from genre_core.params import param
    >>> @dataclass(frozen=True)
    ... class Net(Config):
    ...     dropout: float = param(0.3, "Dropout", low=0.0, high=0.9, search=(0.0, 0.6))
    >>> [dimension.words for dimension in search_space(Net(), Config(), {"dropout": [0.2, 0.5]})]
    ['Dropout: 0.2 to 0.5']
    """
    if ranges is not None and not isinstance(ranges, Mapping):
        raise ParameterError(f'Ranges are given by name, as {{"learning_rate": [0.0001, 0.01]}}. Received: {ranges!r}.')
    declared, asked = _declared(config, training), dict(ranges or {})
    for name in asked:
        if name in LUCK:
            raise ParameterError(f"{name} is not searched: the best one would be luck, no better on other songs. Fix it instead.")
        if name not in declared:
            raise unknown_name("parameter to search", name, set(declared) - LUCK)
    space = []
    for name, (place, entry) in declared.items():
        if asked.get(name) is not None:
            space.append(_dimension(place, name, entry, asked[name]))
        elif name not in asked and entry.search:
            dimension = _dimension(place, name, entry, entry.search)
            if dimension.holds(getattr(config if place == "config" else training, name)):
                space.append(dimension)
    if not space:
        known = ", ".join(sorted(set(declared) - LUCK)) or "none"
        raise ParameterError(f"There is nothing to search. Give a range for one parameter at least. Parameters: {known}.")
    return tuple(space)


def suggest(trial: Trial, space: Space) -> dict[str, dict[str, Any]]:
    """What a trial is to try: values for `config` and `training` of a training request."""
    return request_values({dimension.name: dimension.suggest(trial) for dimension in space}, space)


def request_values(values: Mapping[str, Any], space: Space) -> dict[str, dict[str, Any]]:
    """Values by parameter name, as Optuna keeps them (`trial.params`), as `config` and `training` of a training request."""
    return {
        place: {dimension.name: values[dimension.name] for dimension in space if dimension.place == place} for place in PLACES
    }


def first_trial(space: Space, config: Config, training: Config) -> dict[str, Any]:
    """The settings as they are, where the space holds them: what a search tries first (`study.enqueue_trial`)."""
    now = {"config": config.to_dict(), "training": training.to_dict()}
    values = {dimension.name: now[dimension.place][dimension.name] for dimension in space}
    return {dimension.name: values[dimension.name] for dimension in space if dimension.holds(values[dimension.name])}


def ranges_of(space: Space) -> dict[str, list[Any]]:
    """What `search_space` takes to give this space again, as plain JSON values."""
    return {dimension.name: dimension.range for dimension in space}


def _declared(config: Config, training: Config) -> dict[str, tuple[str, Param]]:
    """Every parameter by name, with the place that it belongs to."""
    found: dict[str, tuple[str, Param]] = {}
    for place, declares in zip(PLACES, (config, training), strict=True):
        for name, entry in declares.params().items():
            if name in found:
                raise ParameterError(f"{name} is a parameter of the model and of its training: a search could not tell which.")
            found[name] = (place, entry)
    return found


def _dimension(place: str, name: str, declared: Param, wanted: Any) -> Dimension:
    is_number = not isinstance(declared.default, bool | str)
    example = "[low, high] or a list of values" if is_number and not declared.options else "a list of values"
    if isinstance(wanted, str) or not isinstance(wanted, Sequence):
        raise ParameterError(f"What to try of {name} is {example}. Received: {name}={wanted!r}.")
    values = tuple(declared.check(name, value) for value in wanted)
    if len(set(values)) < max(2, len(values)):
        raise ParameterError(
            f"A search of {name} needs {example}, all different. Received: {name}={list(wanted)!r}. To fix it, set it instead."
        )
    if not is_number or declared.options or len(values) > 2:
        return Dimension(place, name, declared.title, choices=values)
    low, high = values
    if low > high:
        raise ParameterError(f"A range begins at its lower end. Received: {name}={list(wanted)!r}.")
    if declared.log and low <= 0:
        raise ParameterError(f"{name} is searched by ratio, so its range begins above 0. Received: {name}={list(wanted)!r}.")
    return Dimension(place, name, declared.title, low=low, high=high, log=declared.log)
