"""Spherical k-means: a dictionary of directions in which many points lie.

Each point goes to the word whose direction is nearest to its line, whichever way it
points, and each word turns towards the points that it has:

    s_i = w_k' x_i  for the word k with the largest |w_k' x_i|,
    w_k <- w_k + sum over its points of s_i x_i,    scaled to length 1.

Adding the old word dampens the step, so a word without points stays as it is ([1]_,
Section 3).

References
----------
.. [1] A. Coates and A. Y. Ng (2012). Learning feature representations with k-means.
   Neural Networks: Tricks of the Trade. Springer.
"""

import numpy as np

from skbal._utils.chunks import chunks, rows_within


def spherical_words(points, n_words, rng, n_rounds=10):
    """Return the words of spherical k-means.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_features), dtype=float32
        The points, such as whitened patches.
    n_words : int
        Number of words.
    rng : numpy.random.Generator
        Draws the first words, random directions.
    n_rounds : int, default=10
        Number of rounds. More change little [1]_.

    Returns
    -------
    words : ndarray of shape (n_words, n_features), dtype=float32
        Of length 1.
    """
    words = rng.standard_normal((n_words, points.shape[1]), dtype=np.float32)
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    for _ in range(n_rounds):
        words += _pull(points, words)
        words /= np.linalg.norm(words, axis=1, keepdims=True)
    return words


def _pull(points, words):
    """Return the sum of s_i x_i over the points of each word."""
    pull = np.zeros_like(words)
    size = rows_within(4 * words.itemsize * len(words))
    for rows in chunks(len(points), size):
        part = points[rows]
        along = part @ words.T  # (n_points, n_words)
        nearest = np.abs(along).argmax(axis=1)
        shares = np.zeros_like(along)
        every = np.arange(len(part))
        shares[every, nearest] = along[every, nearest]
        pull += shares.T @ part
    return pull
