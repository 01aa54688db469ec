"""The mathematics of the lessons: small, exact and plain numpy, so that every number on the page can be followed by hand.

One idea a file, in the order of the lessons.

From air pressure to numbers: sampling, framing, matching, resolving, separating. One layer: describing, neuron, fitting, bending.
Forward and back: tiny_net, backprop. Downhill: cutting, optimizers, surfaces, descent, guessing, racing. Learning by heart: net,
curing. A leaky split: dividing, leaking, published. Pictures and time: convolving, recurrence.
"""
