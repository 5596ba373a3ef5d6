"""How far the members of a committee disagree about the label itself."""

import numpy as np
from scipy.special import entr

from skbal._utils.draws import check_probabilities, chunks_in_cache
from skbal.information._probabilities import mean_probability


def committee_vote_entropy(draws):
    """Return the entropy of the votes of the draws, in nats.

    Each draw votes for its most probable class, and H = -sum_c V_c log V_c, where V_c
    is the share of draws that vote for class c [1]_. How certain a draw is does not
    matter. (For votes of volunteers see `vote_distribution`.)

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities. Each draw sums to one, and votes for the first of several
        equally probable classes.

    Returns
    -------
    entropy : ndarray of shape (n_samples,), dtype=float64
        In [0, log(min(n_draws, n_classes))].

    Raises
    ------
    ValueError
        If there are fewer than two classes or no draws, or if the numbers are not
        probabilities.

    References
    ----------
    .. [1] I. Dagan and S. P. Engelson (1995), Committee-Based Sampling for Training
       Probabilistic Classifiers, section 4.

    Examples
    --------
    Two of four draws vote for each class of the first row, and all for the first class
    of the second row:

    >>> half = [[0.6, 0.4], [0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]
    >>> sure = [[0.6, 0.4], [0.6, 0.4], [0.6, 0.4], [1.0, 0.0]]
    >>> committee_vote_entropy([half, sure]).round(4)
    array([0.6931, 0.    ])
    """
    owner = "committee_vote_entropy"
    draws = check_probabilities(draws, owner)
    n_draws, n_classes = draws.shape[1:]
    entropy = np.empty(len(draws))
    for rows, chunk, _ in chunks_in_cache(draws):
        mean_probability(chunk, owner)  # checks them
        votes = chunk.argmax(axis=2)
        votes += n_classes * np.arange(len(chunk))[:, np.newaxis]
        counts = np.bincount(votes.ravel(), minlength=n_classes * len(chunk))
        entropy[rows] = entr(counts.reshape(-1, n_classes) / n_draws).sum(axis=1)
    return entropy
