"""A small network that says what each action is worth, in NumPy.

Training changes its arrays in place; see `_q_training`. To use it needs no torch.
"""

from itertools import pairwise

import numpy as np

from skbal._utils.pickled_version import KnowsItsVersion


class ValueNetwork(KnowsItsVersion):
    """Dense layers with ReLU between them.

    Parameters
    ----------
    layers : list of tuple of ndarray
        Weights of shape (n_inputs, n_outputs) and biases of shape (n_outputs,) of each
        layer, float32.
    offset, scale : ndarray of shape (n_features,), dtype=float32
        The first layer sees ``(x - offset) / scale``.
    per_row : bool
        Whether an observation has a row for each action. Then all rows go through the
        same network, which has one output.

    Examples
    --------
    One layer, which sums the two features of each action:

    >>> layers = [(np.ones((2, 1)), np.zeros(1))]
    >>> network = ValueNetwork(layers, np.zeros(2), np.ones(2), per_row=True)
    >>> network.values(np.array([[[1.0, 2.0], [3.0, 4.0], [0.0, 0.0]]])).tolist()
    [[3.0, 7.0, 0.0]]
    """

    def __init__(self, layers, offset, scale, per_row):
        self.layers = layers
        self.offset = offset
        self.scale = scale
        self.per_row = per_row

    @property
    def n_features(self):
        """Number of features of an observation, or of each of its rows."""
        return len(self.offset)

    def values(self, observations):
        """Return what each action is worth.

        Parameters
        ----------
        observations : ndarray of shape (n, n_features) or (n, n_actions, n_features)
            The second if an observation has a row for each action.

        Returns
        -------
        values : ndarray of shape (n, n_actions)
        """
        found = self.standardised(observations)
        for weights, biases in self.layers[:-1]:
            found = np.maximum(found @ weights + biases, 0)
        weights, biases = self.layers[-1]
        found = found @ weights + biases
        return found[..., 0] if self.per_row else found

    def standardised(self, observations):
        """Return observations as the first layer sees them."""
        return (observations - self.offset) / self.scale

    def copy(self):
        """Return a network with arrays of its own."""
        layers = [(weights.copy(), biases.copy()) for weights, biases in self.layers]
        return ValueNetwork(layers, self.offset, self.scale, self.per_row)


def new_network(n_features, hidden_units, n_outputs, per_row, rng):
    """Return a network that values every action at 0.

    Parameters
    ----------
    n_features : int
        Number of inputs.
    hidden_units : sequence of int
        Number of units of each hidden layer.
    n_outputs : int
        Number of outputs.
    per_row : bool
        As for `ValueNetwork`.
    rng : numpy.random.Generator
        Draws the weights of the hidden layers, uniform with the variance 2 / n_inputs
        that suits ReLU.

    Returns
    -------
    network : ValueNetwork
    """
    sizes, layers = [n_features, *hidden_units], []
    for n_in, n_out in pairwise(sizes):
        most = np.sqrt(6 / n_in)
        weights = rng.uniform(-most, most, size=(n_in, n_out)).astype(np.float32)
        layers.append((weights, np.zeros(n_out, dtype=np.float32)))
    # Values that are random at first would be learned as if they were future rewards.
    last = np.zeros((sizes[-1], n_outputs), dtype=np.float32)
    layers.append((last, np.zeros(n_outputs, dtype=np.float32)))
    offset, scale = np.zeros((2, n_features), dtype=np.float32)
    return ValueNetwork(layers, offset, scale + 1, per_row)
