"""Types of items: a mixture of Dirichlet distributions over shares of answers.

An item of a type has shares of answers from the Dirichlet distribution of the type.
Its counts are then Dirichlet-multinomial. Each answer has types of its own, for which
most volunteers give this answer: one for clear items, others for less clear ones.

References
----------
.. [1] T. P. Minka (2000), Estimating a Dirichlet distribution, section 5: the fixed
   point of the Dirichlet-multinomial.
"""

import numpy as np
from scipy.special import digamma, gammaln, logsumexp, softmax

_CLEAR = (5.0, 0.5)  # concentrations at the start: of the leading answer, of all others
_UNCLEAR = (1.5, 1.5)
_PRIOR_OF_ALL = 1.0  # number of items that the start counts for
_PRIOR = 5.0  # number of items of an answer that those of all answers count for
_STEPS = 3  # of the fixed point, for each look at the items


def first_concentrations(n_answers, n_types):
    """Return concentrations of types, as they are before any votes.

    Parameters
    ----------
    n_answers : int
    n_types : int
        Number of types of each answer, from clear to unclear.

    Returns
    -------
    concentrations : ndarray of shape (n_types * n_answers, n_answers)
        Type ``t * n_answers + a`` has the leading answer a.

    Examples
    --------
    >>> first_concentrations(2, 1)
    array([[5. , 0.5],
           [0.5, 5. ]])
    """
    clear, unclear = np.log(_CLEAR), np.log(_UNCLEAR)
    steps = np.linspace(0, 1, n_types)[:, np.newaxis]
    pairs = np.exp(clear + steps * (unclear - clear))
    return _with_leads(pairs / [1, n_answers - 1], n_answers)


def _with_leads(pairs, n_answers):
    """Return concentrations of types that treat all answers alike.

    ``pairs`` of shape (n_types, 2) are those of the leading answer and of each other.
    """
    lead = np.eye(n_answers)
    return np.concatenate([own * lead + other * (1 - lead) for own, other in pairs])


def log_likelihoods(counts, concentrations):
    """Return the log-likelihood of the counts of each item under each type, in nats.

    The likelihood is that of the votes in a given order.

    Parameters
    ----------
    counts : ndarray of shape (n_items, n_answers)
    concentrations : ndarray of shape (n_all_types, n_answers)

    Returns
    -------
    log_likelihoods : ndarray of shape (n_items, n_all_types)
    """
    counts = counts[:, np.newaxis].astype(np.float64)
    rising = gammaln(concentrations + counts) - gammaln(concentrations)
    total = concentrations.sum(axis=1)
    rising_total = gammaln(total + counts.sum(axis=2)) - gammaln(total)
    return rising.sum(axis=2) - rising_total


def fit_types(counts, weights_of, concentrations, n_answers, max_iter=150):
    """Return the types that make the votes most probable, found by EM.

    Parameters
    ----------
    counts : ndarray of shape (n_items, n_answers)
        Items with votes. Some must have two or more, since single votes do not tell how
        much people agree.
    weights_of : ndarray of shape (n_items, n_answers)
        Log-probability that an answer leads, before the votes on the item.
    concentrations : ndarray of shape (n_all_types, n_answers)
        Where the search starts, as `first_concentrations` returns it. The types of an
        answer are drawn to those of all answers, and these to the start.
    n_answers : int
    max_iter : int

    Returns
    -------
    concentrations : ndarray of shape (n_all_types, n_answers)
    log_clearness : ndarray of shape (n_all_types,)
        Log-probability of each type among those of its leading answer.
    """
    start = np.stack(
        [concentrations[::n_answers, 0], concentrations[::n_answers, 1]], 1
    )
    n_types, pairs = len(start), start
    clearness = np.full(len(concentrations), -np.log(n_types))
    for _ in range(max_iter):
        log_weights = np.tile(weights_of, n_types) + clearness
        posterior = softmax(log_likelihoods(counts, concentrations) + log_weights, 1)
        sizes = (posterior.sum(axis=0) + _PRIOR).reshape(n_types, n_answers)
        clearness = np.log(sizes / sizes.sum(axis=0)).ravel()
        shares = posterior.T.reshape(n_types, n_answers, -1)
        pairs = np.stack(
            [_pair(counts, *three) for three in zip(shares, pairs, start, strict=True)]
        )
        of_all = _with_leads(pairs, n_answers)
        concentrations = np.stack(
            [
                _uphill(counts, *three)
                for three in zip(posterior.T, concentrations, of_all, strict=True)
            ]
        )
    return concentrations, clearness


def _pair(counts, weights, pair, start):
    """Return concentrations of leading and other answers, with all answers alike.

    ``weights`` of shape (n_answers, n_items) say how much an item counts as one that
    the answer leads.
    """
    n_others, n_votes = counts.shape[1] - 1, counts.sum(axis=1)
    for _ in range(_STEPS):
        own, other = (digamma(counts + c) - digamma(c) for c in pair)
        of_own = np.einsum("an,na->", weights, own)
        of_other = weights.sum(axis=0) @ other.sum(axis=1)
        of_other -= np.einsum("an,na->", weights, other)
        total = pair[0] + n_others * pair[1]
        of_total = weights.sum(axis=0) @ (digamma(n_votes + total) - digamma(total))
        above = pair * [of_own, of_other / n_others] + _PRIOR_OF_ALL * start
        pair = above / (of_total + _PRIOR_OF_ALL)
    return pair


def _uphill(counts, weights, concentration, start):
    """Return the concentration of a type after a few steps of the fixed point."""
    n_votes = counts.sum(axis=1)
    for _ in range(_STEPS):
        of_answers = digamma(counts + concentration) - digamma(concentration)
        total = concentration.sum()
        of_total = weights @ (digamma(n_votes + total) - digamma(total))
        above = concentration * (weights @ of_answers) + _PRIOR * start
        concentration = above / (of_total + _PRIOR)
    return concentration


def log_evidence(log_weights, likelihoods):
    """Return the log-probability of all votes, in nats.

    Parameters
    ----------
    log_weights, likelihoods : ndarray of shape (n_items, n_all_types)
        Log-probability of each type, and log-likelihood of the counts under it.

    Returns
    -------
    log_evidence : float
    """
    return float(logsumexp(log_weights + likelihoods, axis=1).sum())
