"""The mathematics of the lessons: small, exact and plain numpy, so that every number on the page can be followed by hand.

One idea a file, in the order of the lessons. From sound to numbers: sampling, framing, matching, resolving, separating. One
layer: neuron, fitting. A net: backprop, net. Learning: cutting, surfaces, optimizers, descent, guessing, racing, curing. Judging: leaking, published.
Looking at pictures and at time: convolving, recurrence.
"""
