"""Arrays of draws that the tests of skbal.information share."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

CERTAIN = [[1.0, 0.0, 0.0]] * 3
UNSURE = [[1 / 3, 1 / 3, 1 / 3]] * 3
DISAGREEING = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
MIXTURE = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]

# Entropy, expected entropy and information of the four, worked by hand. The mean of the
# mixture is (2/3, 1/3, 0).
HAND = np.array([CERTAIN, UNSURE, DISAGREEING, MIXTURE])
ENTROPY = np.log([1, 3, 3, 3 / 2 ** (2 / 3)])
EXPECTED = np.array([0, np.log(3), 0, 2 / 3 * np.log(2)])


def random_draws(n_samples, n_draws, n_classes, *, seed=0, dtype=np.float64):
    """Return draws of a Dirichlet distribution, more certain than not."""
    rng = np.random.default_rng(seed)
    draws = rng.dirichlet(np.full(n_classes, 0.4), (n_samples, n_draws))
    return draws.astype(dtype)


@st.composite
def draws(draw, n_samples=None):
    """Draws of any small shape, exact zeros and ones among them."""
    sizes = st.integers(1, 6)
    n_samples = draw(sizes) if n_samples is None else n_samples
    shape = (n_samples, draw(sizes), draw(st.integers(2, 5)))
    weights = st.one_of(st.just(0.0), st.floats(1e-6, 1.0))
    weights = draw(arrays(np.float64, shape, elements=weights))
    empty = weights.sum(axis=-1) == 0
    weights[empty, 0] = 1.0
    return weights / weights.sum(axis=-1, keepdims=True)
