"""Declared parameters: default, range, unit, label and help are written once and read everywhere.

The range check, the form on a page, the command line and the reference tables all come from `param()`.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from numbers import Integral, Real
from typing import Any, ClassVar, Self

from genre_core.errors import ParameterError, did_you_mean


@dataclass(frozen=True)
class Param:
    """What is known of one parameter.

    Attributes
    ----------
    default : int, float, bool or str
        Value where nothing is said; its type is the parameter's type.
    label : str
        Words for a form, without the unit.
    unit : str
        Unit as printed in brackets, empty for a pure number.
    low, high : float or None
        Closed range of a number.
    options : tuple
        The only values allowed, in display order; empty for a free range.
    help : str
        One sentence for a tooltip.
    advanced : bool
        True where a form puts it under "More".
    search : tuple
        What a search of settings tries where nothing else is asked for: two numbers are the ends of a range, else the values
        themselves. Empty where it leaves the parameter as it is.
    log : bool
        A number whose ratio counts, not its difference: 0.001 lies in the middle between 0.0001 and 0.01.
    """

    default: Any
    label: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    options: tuple[Any, ...] = ()
    help: str = ""
    advanced: bool = False
    search: tuple[Any, ...] = ()
    log: bool = False

    def __post_init__(self) -> None:
        for value in self.search:
            self.check(self.label, value)

    @property
    def title(self) -> str:
        """Label with its unit, `Window [s]`."""
        return f"{self.label} [{self.unit}]" if self.unit else self.label

    def check(self, name: str, value: Any) -> Any:
        """Return `value` in the parameter's own type.

        Raises
        ------
        ParameterError
            If the type or the range does not fit.
        """
        value = self._typed(name, value)
        if self.options and value not in self.options:
            allowed = ", ".join(map(str, self.options))
            raise ParameterError(f"{name} must be one of {allowed}. Received: {name}={value!r}.")
        below = self.low is not None and value < self.low
        above = self.high is not None and value > self.high
        if below or above:
            low = "-inf" if self.low is None else f"{self.low:g}"
            high = "inf" if self.high is None else f"{self.high:g}"
            raise ParameterError(f"{name} must lie in [{low}, {high}]. Received: {name}={value}.")
        return value

    def _typed(self, name: str, value: Any) -> Any:
        if isinstance(self.default, bool):
            if isinstance(value, bool):
                return value
            raise ParameterError(f"{name} must be true or false. Received: {name}={value!r}.")
        if isinstance(self.default, str):
            if isinstance(value, str):
                return value
            raise ParameterError(f"{name} must be text. Received: {name}={value!r}.")
        if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
            raise ParameterError(f"{name} must be a finite number. Received: {name}={value!r}.")
        if isinstance(self.default, float):
            return float(value)
        if isinstance(value, Integral):
            return int(value)
        if float(value).is_integer():
            return int(float(value))
        raise ParameterError(f"{name} must be a whole number. Received: {name}={value!r}.")


def param(
    default: Any,
    label: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    options: tuple[Any, ...] = (),
    help: str = "",
    advanced: bool = False,
    search: tuple[Any, ...] = (),
    log: bool = False,
) -> Any:
    """Declare one field of a `Config`; the arguments are those of `Param`."""
    declared = Param(default, label, unit, low, high, options, help, advanced, search, log)
    return field(default=default, metadata={"param": declared})


@dataclass(frozen=True)
class Config:
    """Frozen set of declared parameters, checked when it is made.

    Subclasses are frozen dataclasses whose fields are all written with `param()`. They carry a `name` by which tables list
    them, and a `version` that is raised when the same parameters begin to give other numbers.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Frames(Config):
    ...     name: ClassVar[str] = "frames"
    ...     n_fft: int = param(2048, "FFT length", unit="samples", options=(1024, 2048))
    >>> Frames(n_fft=1024).to_dict()
    {'name': 'frames', 'n_fft': 1024}
    >>> Frames.from_dict({"n_fft": 1000})
    Traceback (most recent call last):
    genre_core.errors.ParameterError: n_fft must be one of 1024, 2048. Received: n_fft=1000.
    """

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        for name, declared in self.params().items():
            object.__setattr__(self, name, declared.check(name, getattr(self, name)))
        self.check()

    def check(self) -> None:
        """Check what concerns several parameters at once; subclasses raise `ParameterError`."""

    @classmethod
    def params(cls) -> dict[str, Param]:
        """The declared parameters by field name, in order."""
        found = {}
        for entry in fields(cls):
            if "param" not in entry.metadata or entry.default is MISSING:
                raise TypeError(f"{cls.__name__}.{entry.name} must be declared with param().")
            found[entry.name] = entry.metadata["param"]
        return found

    def to_dict(self) -> dict[str, Any]:
        """Name and parameters as plain JSON values."""
        return {"name": self.name, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Inverse of `to_dict`; missing parameters take their defaults.

        Raises
        ------
        ParameterError
            If a name is not declared, a value does not fit, or `name` belongs to another config.
        """
        values = dict(values)
        name = values.pop("name", cls.name)
        if name != cls.name:
            raise ParameterError(f"Expected the parameters of {cls.name!r}. Received those of {name!r}.")
        if unknown := sorted(set(values) - set(cls.params())):
            known = ", ".join(cls.params()) or "none"
            meant = did_you_mean(unknown[0], cls.params()) if len(unknown) == 1 else ""
            raise ParameterError(f"{cls.name or cls.__name__} has no parameter {', '.join(unknown)}. It has: {known}.{meant}")
        return cls(**values)

    def replace(self, **changes: Any) -> Self:
        """Copy with some parameters changed; unknown names raise `ParameterError`."""
        return self.from_dict({**self.to_dict(), **changes}) if set(changes) - set(self.params()) else replace(self, **changes)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change with the name, the version and every parameter."""
        return fingerprint({**self.to_dict(), "version": self.version})


def fingerprint(value: Any) -> str:
    """Twelve hex digits of SHA-256 over the canonical JSON of `value`."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
