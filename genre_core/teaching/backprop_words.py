"""How the numbers of a walk through a net are written: their symbols, formulas and phases, in words and in LaTeX."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

PHASES = {
    "forward": "Forward: what the net answers",
    "loss": "Loss: how wrong it is",
    "backward": "Backward: who is to blame",
    "update": "Update: one step against the slope",
    "after": "After: less wrong",
}
"""What a walk does, in its order."""


class ActivationWords(NamedTuple):
    """An activation in LaTeX: `formula(z)`, and its slope `slope(z, h)`."""

    title: str
    formula: Callable[[str], str]
    slope: Callable[[str, str], str]


ACTIVATION_WORDS = {
    "sigmoid": ActivationWords("Sigmoid", lambda z: rf"\sigma({z})", lambda z, h: rf"{h}\,(1 - {h})"),
    "relu": ActivationWords("ReLU", lambda z: rf"\max(0, {z})", lambda z, h: rf"[{z} > 0]"),
    "tanh": ActivationWords("Hyperbolic tangent", lambda z: rf"\tanh({z})", lambda z, h: rf"1 - {h}^2"),
}
"""Activations that hidden neurons of a lesson may have."""


def symbol(name: str) -> str:
    r"""LaTeX of a number's name: `w1_23` is `w^{(1)}_{23}`, `d_h_1` the slope of the loss for `h_1`.

    >>> symbol("z2_1")
    'z^{(2)}_{1}'
    """
    if name.startswith("d_"):
        return slope(name[2:])
    letter, _, index = name.partition("_")
    layer = rf"^{{({letter[1:]})}}" if letter[1:] else ""
    return rf"{letter[0]}{layer}_{{{index}}}" if index else letter


def slope(name: str) -> str:
    r"""LaTeX of the loss's slope for a number, `\frac{\partial L}{\partial h_{1}}`."""
    return rf"\frac{{\partial L}}{{\partial {symbol(name)}}}"


def as_latex(value: float, *, signed: bool = False, digits: int = 4) -> str:
    r"""A number of four digits, with powers of ten where it is very large or small; a negative one in brackets if `signed`.

    >>> as_latex(0.123456), as_latex(-2.0, signed=True), as_latex(1.5e-7)
    ('0.1235', '(-2)', '1.5\\cdot 10^{-7}')
    """
    value = float(value)
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        text = f"{value:.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        text = rf"{mantissa}\cdot 10^{{{int(power)}}}"
    return f"({text})" if signed and value < 0 else text


def product_sum(terms: Sequence[tuple[str, str]], bias: str | None, values: Mapping[str, float]) -> tuple[str, str]:
    """A sum of products and a bias, in symbols and with the numbers put in."""
    symbols = " + ".join(rf"{symbol(a)}\,{symbol(b)}" for a, b in terms)
    put_in = " + ".join(rf"{as_latex(values[a], signed=True)}\cdot {as_latex(values[b], signed=True)}" for a, b in terms)
    if bias is None:
        return symbols, put_in
    return f"{symbols} + {symbol(bias)}", f"{put_in} + {as_latex(values[bias], signed=True)}"
