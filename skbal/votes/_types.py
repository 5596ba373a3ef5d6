"""Types of items: a mixture of Dirichlet distributions over shares of answers.

An item of a type has shares of answers from the Dirichlet distribution of the type.
Its counts are then Dirichlet-multinomial. Each answer has types of its own, for which
most volunteers give this answer: one for clear items, others for less clear ones.

References
----------
.. [1] T. P. Minka (2000), Estimating a Dirichlet distribution, section 5: the fixed
   point of the Dirichlet-multinomial.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import digamma, gammaln, logsumexp, softmax

_CLEAR = (5.0, 0.5)  # concentrations at the start: of the leading answer, of all others
_UNCLEAR = (1.5, 1.5)
_PRIOR_OF_ALL = 1.0  # number of items that the start counts for
_PRIOR = 5.0  # number of items of an answer that those of all answers count for
_STEPS = 20  # of the fixed point, for each look at the items
_FEW = 10_000  # numbers of votes that are tabulated without a look at which occur


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
    counts : ndarray of shape (n_items, n_answers), dtype=int
    concentrations : ndarray of shape (n_all_types, n_answers)

    Returns
    -------
    log_likelihoods : ndarray of shape (n_items, n_all_types)
    """
    found = -_rises(concentrations.sum(axis=1), counts.sum(axis=1))
    for count, concentration in zip(counts.T, concentrations.T):
        found += _rises(concentration, count)
    return found


def _rises(starts, numbers):
    """Return log Gamma(start + k) - log Gamma(start), (n_items, n_starts)."""
    votes, places = _numbered(numbers)
    table = gammaln(starts + votes[:, np.newaxis]) - gammaln(starts)
    return table[places]


def _numbered(numbers):
    """Return numbers of votes in ascending order, and the place of each among them.

    If the largest is small these are all numbers from 0, otherwise those that occur: a
    single item with a million votes needs no table of a million.
    """
    most = numbers.max(initial=0)
    if most <= _FEW:
        return np.arange(most + 1), numbers
    votes, places = np.unique(numbers, return_inverse=True)
    return votes, places.reshape(numbers.shape)


def fit_types(counts, weights_of, concentrations, n_answers, max_iter=30):
    """Return the types that make the votes most probable, found by EM.

    Parameters
    ----------
    counts : ndarray of shape (n_items, n_answers), dtype=int
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
    start = concentrations[::n_answers, :2]  # of the first answer, and of another
    n_types, pairs = len(start), start
    clearness = np.full(len(concentrations), -np.log(n_types))
    for _ in range(max_iter):
        log_weights = np.tile(weights_of, n_types) + clearness
        posterior = softmax(log_likelihoods(counts, concentrations) + log_weights, 1)
        sizes = (posterior.sum(axis=0) + _PRIOR).reshape(n_types, n_answers)
        clearness = np.log(sizes / sizes.sum(axis=0)).ravel()
        told = _Told.of(counts, posterior)
        tolds = [told.of_type(t, n_answers) for t in range(n_types)]
        pairs = np.stack(
            [_pair(told.votes, *three) for three in zip(tolds, pairs, start)]
        )
        concentrations = _uphill(told, concentrations, _with_leads(pairs, n_answers))
    return concentrations, clearness


class _Told(NamedTuple):
    """How many items of each type have each number of votes.

    Attributes
    ----------
    votes : ndarray of shape (n_numbers,)
        The numbers of votes, in ascending order.
    of_answers : ndarray of shape (n_all_types, n_answers, n_numbers)
        With so many votes for an answer.
    of_totals : ndarray of shape (n_all_types, n_numbers)
        With so many votes in all.
    """

    votes: np.ndarray
    of_answers: np.ndarray
    of_totals: np.ndarray

    @classmethod
    def of(cls, counts, posterior):
        votes, places = _numbered(np.column_stack([counts, counts.sum(axis=1)]))
        found = np.array(
            [
                [np.bincount(place, share, len(votes)) for place in places.T]
                for share in posterior.T
            ]
        )  # (n_all_types, n_answers + 1, n_numbers)
        return cls(votes, found[:, :-1], found[:, -1])

    def of_type(self, t, n_answers):
        """Return the numbers for the leading answer, for all others, and for totals."""
        of_answers = self.of_answers[t * n_answers : (t + 1) * n_answers]
        own = np.einsum("aak->k", of_answers)
        totals = self.of_totals[t * n_answers : (t + 1) * n_answers].sum(axis=0)
        return own, of_answers.sum(axis=(0, 1)) - own, totals


def _slope(votes, numbers, starts):
    """Return the sum over items of digamma(start + k) - digamma(start).

    ``numbers`` of shape (..., n_numbers) counts the items with k votes, for each k of
    ``votes``.
    """
    starts = np.asarray(starts)[..., np.newaxis]
    rises = digamma(starts + votes) - digamma(starts)
    return (numbers * rises).sum(axis=-1)


def _pair(votes, told, pair, start):
    """Return concentrations of leading and other answers, with all answers alike."""
    own, others, totals = told
    n_others = round(others.sum() / own.sum())
    for _ in range(_STEPS):
        of_own, of_others = (
            _slope(votes, numbers, value) for numbers, value in zip((own, others), pair)
        )
        above = pair * [of_own, of_others / n_others] + _PRIOR_OF_ALL * start
        below = _slope(votes, totals, pair @ [1, n_others]) + _PRIOR_OF_ALL
        pair = above / below
    return pair


def _uphill(told, concentrations, start):
    """Return the concentrations of all types after a few steps of the fixed point."""
    for _ in range(_STEPS):
        above = concentrations * _slope(told.votes, told.of_answers, concentrations)
        below = _slope(told.votes, told.of_totals, concentrations.sum(axis=1))
        concentrations = (above + _PRIOR * start) / (below[:, np.newaxis] + _PRIOR)
    return concentrations


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
