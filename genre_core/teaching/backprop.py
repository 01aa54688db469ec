"""Forward and back through a small net, number by number: how a net answers, how wrong it is, and which weight is to blame.

Forward, each neuron weighs and adds. The loss is one number. Backward, the chain rule hands that number's slope from the loss to
the answers, to the hidden neurons, to every weight: each slope is a product of slopes that are known already (Rumelhart, Hinton
and Williams, Learning representations by back-propagating errors, 1986). One step against the slopes, and the loss is smaller.

A walk is a list of steps, each with its formula, the same with its numbers put in, and its value: a page only draws it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError, unknown_name
from genre_core.teaching.backprop_words import ACTIVATION_WORDS, PHASES, as_latex, product_sum, slope, symbol
from genre_core.teaching.checks import between, numbers
from genre_core.teaching.neuron import SLOPES
from genre_core.teaching.tiny_net import Answer, TinyNet, answer
from genre_core.teaching.trail import Step, Trail

SLOPES_OF = {
    1: ("Slope for the weight from {feature} to hidden neuron {neuron}", "Slope for the bias of hidden neuron {neuron}"),
    2: ("Slope for the weight from hidden neuron {neuron} to {genre}", "Slope for the bias of {genre}"),
}
"""Words for the slopes of a layer's weights and biases."""


@dataclass(frozen=True, eq=False)
class Walk:
    """One track through the net and back.

    Attributes
    ----------
    steps : tuple of Step
        In the order of computing.
    values : dict
        Every number by its name, the features `x_1` and all weights (`w1_12`, `b1_1`) among them.
    gradients : dict
        Slope of the loss for each weight, by the names and in the shapes of `TinyNet.weights`.
    loss, loss_after : float
        Before and after one update [nat].
    after : TinyNet
        The net after the update.
    """

    steps: tuple[Step, ...]
    values: dict[str, float]
    gradients: dict[str, np.ndarray]
    loss: float
    loss_after: float
    after: TinyNet

    def of(self, phase: str) -> tuple[Step, ...]:
        """The steps of one phase."""
        if phase not in PHASES:
            raise unknown_name("phase", phase, PHASES)
        return tuple(step for step in self.steps if step.phase == phase)


def walk(net: TinyNet, x: np.ndarray, genre: int, *, learning_rate: float = 0.5) -> Walk:
    """Show one track to a net, go back through it and learn from it once; weights end at a million where a step would go beyond.

    Parameters
    ----------
    net : TinyNet
    x : np.ndarray
        The track's features, brought to one scale, shape (n_features,).
    genre : int
        Index of its right genre.
    learning_rate : float
        How far to go against the slope, 0 to 1000.

    Raises
    ------
    ParameterError
        If a feature is not finite or beyond a million, or there is no such genre.
    """
    x = numbers("The features", x, shape=(net.shape[0],))
    between("The largest feature", float(np.abs(x).max()), 0, 1e6)
    learning_rate = between("The learning rate", learning_rate, 0, 1000)
    if genre not in range(net.shape[2]):
        raise ParameterError(f"The genre must be one of {', '.join(map(str, range(net.shape[2])))}. Received: {genre}.")
    trail = Trail(net, x)
    forward = _forward(net, x, trail, genre)
    gradients = _backward(net, x, forward, trail, genre)
    after = _update(net, gradients, trail, learning_rate)
    loss_after = answer(after, x, genre).loss
    loss = trail.values["L"]
    trail.add(
        "after",
        "L_after",
        "Loss after the step",
        rf"L' = -\ln p'_{{{genre + 1}}}",
        rf"L' = {as_latex(loss_after)} \quad \text{{before: }} {as_latex(loss)}",
        loss_after,
        [step.name for step in trail.steps if step.phase == "update"],
    )
    return Walk(tuple(trail.steps), trail.values, gradients, loss, loss_after, after)


def _forward(net: TinyNet, x: np.ndarray, trail: Trail, genre: int) -> Answer:
    n_features, n_hidden, n_genres = net.shape
    found, words = answer(net, x, genre), ACTIVATION_WORDS[net.activation]
    for j in range(n_hidden):
        terms = [(f"w1_{i + 1}{j + 1}", f"x_{i + 1}") for i in range(n_features)]
        _sum(trail, f"z1_{j + 1}", "Weighted sum of hidden neuron {neuron}", terms, f"b1_{j + 1}", found.z1[j], neuron=j + 1)
    for j in range(n_hidden):
        left, z = rf"h_{{{j + 1}}}", as_latex(found.z1[j])
        trail.add(
            "forward",
            f"h_{j + 1}",
            "Answer of hidden neuron {neuron}",
            f"{left} = {words.formula(rf'z^{{(1)}}_{{{j + 1}}}')}",
            f"{left} = {words.formula(z)} = {as_latex(found.h[j])}",
            found.h[j],
            [f"z1_{j + 1}"],
            neuron=j + 1,
        )
    for k in range(n_genres):
        terms = [(f"w2_{j + 1}{k + 1}", f"h_{j + 1}") for j in range(n_hidden)]
        _sum(trail, f"z2_{k + 1}", "Weighted sum of {genre}", terms, f"b2_{k + 1}", found.z2[k], genre=f"genre {k + 1}")
    for k in range(n_genres):
        below = " + ".join(rf"e^{{{as_latex(z)}}}" for z in found.z2)
        trail.add(
            "forward",
            f"p_{k + 1}",
            "Probability of {genre}",
            rf"p_{{{k + 1}}} = \frac{{e^{{z^{{(2)}}_{{{k + 1}}}}}}}{{\sum_m e^{{z^{{(2)}}_m}}}}",
            rf"p_{{{k + 1}}} = \frac{{e^{{{as_latex(found.z2[k])}}}}}{{{below}}} = {as_latex(found.p[k])}",
            found.p[k],
            [f"z2_{m + 1}" for m in range(n_genres)],
            genre=f"genre {k + 1}",
        )
    # A probability too small for a number is written as the power that it is.
    right = as_latex(found.p[genre]) if found.p[genre] > 0 else rf"e^{{{as_latex(-found.loss)}}}"
    trail.add(
        "loss",
        "L",
        "Loss: how little the right genre got",
        rf"L = -\ln p_{{{genre + 1}}}",
        rf"L = -\ln {right} = {as_latex(found.loss)}",
        found.loss,
        [f"p_{genre + 1}"],
    )
    return found


def _sum(trail: Trail, name: str, words: str, terms: list[tuple[str, str]], bias: str, value: float, **nodes: str | int) -> None:
    symbols, put_in = product_sum(terms, bias, trail.values)
    left = symbol(name)
    uses = [part for term in terms for part in term] + [bias]
    trail.add("forward", name, words, f"{left} = {symbols}", f"{left} = {put_in} = {as_latex(value)}", value, uses, **nodes)


def _backward(net: TinyNet, x: np.ndarray, found: Answer, trail: Trail, genre: int) -> dict[str, np.ndarray]:
    _, n_hidden, n_genres = net.shape
    words, slopes = ACTIVATION_WORDS[net.activation], SLOPES[net.activation](found.z1)
    of_z2 = found.p - np.eye(n_genres)[genre]  # dL/dz2, (n_genres,)
    of_h = net.output @ of_z2  # (n_hidden,)
    of_z1 = of_h * slopes  # (n_hidden,)
    for k in range(n_genres):
        wanted = int(k == genre)
        trail.add(
            "backward",
            f"d_z2_{k + 1}",
            "Slope for the sum of {genre}: what it said less what is right",
            rf"{slope(f'z2_{k + 1}')} = p_{{{k + 1}}} - y_{{{k + 1}}}",
            rf"{slope(f'z2_{k + 1}')} = {as_latex(found.p[k])} - {wanted} = {as_latex(of_z2[k])}",
            of_z2[k],
            [f"p_{k + 1}"],
            genre=f"genre {k + 1}",
        )
    _weights(trail, 2, of_z2, {f"h_{j + 1}": value for j, value in enumerate(found.h)})
    for j in range(n_hidden):
        terms = [(f"w2_{j + 1}{k + 1}", f"d_z2_{k + 1}") for k in range(n_genres)]
        put_in = product_sum(terms, None, trail.values)[1]
        trail.add(
            "backward",
            f"d_h_{j + 1}",
            "Slope for the answer of hidden neuron {neuron}: the blame of every genre that it speaks to",
            rf"{slope(f'h_{j + 1}')} = \sum_k w^{{(2)}}_{{{j + 1}k}}\,\frac{{\partial L}}{{\partial z^{{(2)}}_k}}",
            f"{slope(f'h_{j + 1}')} = {put_in} = {as_latex(of_h[j])}",
            of_h[j],
            [part for term in terms for part in term],
            neuron=j + 1,
        )
    for j in range(n_hidden):
        z, h = rf"z^{{(1)}}_{{{j + 1}}}", rf"h_{{{j + 1}}}"
        trail.add(
            "backward",
            f"d_z1_{j + 1}",
            "Slope for the sum of hidden neuron {neuron}: through its activation",
            rf"{slope(f'z1_{j + 1}')} = {slope(f'h_{j + 1}')}\cdot\frac{{\partial {h}}}{{\partial {z}}},"
            rf"\quad \frac{{\partial {h}}}{{\partial {z}}} = {words.slope(z, h)}",
            rf"{slope(f'z1_{j + 1}')} = {as_latex(of_h[j], signed=True)}\cdot {as_latex(slopes[j])} = {as_latex(of_z1[j])}",
            of_z1[j],
            [f"d_h_{j + 1}", f"h_{j + 1}", f"z1_{j + 1}"],
            neuron=j + 1,
        )
    _weights(trail, 1, of_z1, {f"x_{i + 1}": value for i, value in enumerate(x)})
    return {
        "hidden": np.outer(x, of_z1),
        "hidden_biases": of_z1,
        "output": np.outer(found.h, of_z2),
        "output_biases": of_z2,
    }


def _weights(trail: Trail, layer: int, of_sums: np.ndarray, inputs: dict[str, float]) -> None:
    """Slopes of a layer's weights, `slope of the sum times input`, and of its biases."""
    of_weight, of_bias = SLOPES_OF[layer]
    for i, (source, value) in enumerate(inputs.items()):
        for j, of_sum in enumerate(of_sums):
            nodes = {"feature": f"feature {i + 1}", "neuron": str((j, i)[layer - 1] + 1), "genre": f"genre {j + 1}"}
            name, z, product = f"w{layer}_{i + 1}{j + 1}", f"z{layer}_{j + 1}", of_sum * value
            trail.add(
                "backward",
                f"d_{name}",
                of_weight,
                rf"{slope(name)} = {slope(z)}\cdot\frac{{\partial {symbol(z)}}}{{\partial {symbol(name)}}}"
                rf" = {slope(z)}\cdot {symbol(source)}",
                rf"{slope(name)} = {as_latex(of_sum, signed=True)}\cdot {as_latex(value, signed=True)} = {as_latex(product)}",
                product,
                [f"d_{z}", source],
                **nodes,
            )
    for j, of_sum in enumerate(of_sums):
        name, z = f"b{layer}_{j + 1}", f"z{layer}_{j + 1}"
        trail.add(
            "backward",
            f"d_{name}",
            of_bias,
            rf"{slope(name)} = {slope(z)}\cdot 1",
            f"{slope(name)} = {as_latex(of_sum)}",
            of_sum,
            [f"d_{z}"],
            neuron=j + 1,
            genre=f"genre {j + 1}",
        )


def _update(net: TinyNet, gradients: dict[str, np.ndarray], trail: Trail, learning_rate: float) -> TinyNet:
    changed = {name: np.clip(values - learning_rate * gradients[name], -1e6, 1e6) for name, values in net.weights.items()}
    for key, letter in (("hidden", "w1"), ("hidden_biases", "b1"), ("output", "w2"), ("output_biases", "b2")):
        for place, old in np.ndenumerate(net.weights[key]):
            name = f"{letter}_{''.join(str(index + 1) for index in place)}"
            left, gradient, new = rf"{{{symbol(name)}}}'", float(gradients[key][place]), float(changed[key][place])
            trail.add(
                "update",
                f"{name}_after",
                f"{'Weight' if letter[0] == 'w' else 'Bias'} after one step",
                rf"{left} = {symbol(name)} - \eta\,{slope(name)}",
                rf"{left} = {as_latex(old)} - {as_latex(learning_rate)}\cdot {as_latex(gradient, signed=True)} = {as_latex(new)}",
                new,
                [name, f"d_{name}"],
            )
    return TinyNet(**changed, activation=net.activation)
