"""Probabilities and labels whose truth is known."""

import numpy as np


def confidences(rng, n, sure=3.0):
    """Return probabilities of two classes between 0.5 and 1, (n,)."""
    return 0.5 + 0.5 * rng.beta(sure, 1, n)


def labels(rng, probabilities):
    """Return a label drawn from each row of probabilities."""
    sums = np.cumsum(probabilities, axis=1)
    return (rng.random((len(sums), 1)) > sums[:, :-1]).sum(axis=1)


def tempered(probabilities, power):
    """Return probabilities whose logits are multiplied by a number."""
    powers = probabilities**power
    return powers / powers.sum(axis=1, keepdims=True)
