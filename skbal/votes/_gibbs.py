"""Draws of people's skill from the posterior of the model of Dawid and Skene.

Gibbs sampling: given the classes of all items, the confusion matrices and the class
prior have Dirichlet distributions; given these, the items are independent. One sweep
draws both in turn.
"""

import numpy as np

_RIGHT, _WRONG = 1.0, 0.5  # pseudo-counts of the answers about each class
OF_CLASSES = 1.0  # items of each class that the class prior starts with
_TINY = np.finfo(np.float64).tiny  # a gamma number of a small shape may be 0


def skill_prior(n_classes):
    """Return the Dirichlet parameters of answers: one right, half a wrong one.

    Parameters
    ----------
    n_classes : int

    Returns
    -------
    prior : ndarray of shape (n_classes, n_classes)
        A row for each true class. Half an answer is shared by all wrong ones, so that
        the prior does not grow with the number of classes.

    Examples
    --------
    >>> skill_prior(3).tolist()
    [[1.0, 0.25, 0.25], [0.25, 1.0, 0.25], [0.25, 0.25, 1.0]]
    """
    each = _WRONG / max(n_classes - 1, 1)
    return each + (_RIGHT - each) * np.eye(n_classes)


def parameter_draws(answers, posterior, fixed, prior, n_draws, rng):
    """Yield draws of the confusion matrices and the class prior.

    Parameters
    ----------
    answers : csr_array of shape (n_items, n_annotators * n_classes)
        Number of times that each person gave each answer.
    posterior : ndarray of shape (n_items, n_classes)
        Probability of each class of each item, from which the first classes are drawn.
    fixed : tuple of two ndarrays
        Rows of items whose class is known, and the class of each.
    prior : ndarray of shape (n_classes, n_classes)
        Dirichlet parameters of the answers, a row for each true class.
    n_draws : int
        Number of draws, after a quarter as many that are left out.
    rng : numpy.random.Generator

    Yields
    ------
    confusion : ndarray of shape (n_annotators, n_classes, n_classes)
    class_prior : ndarray of shape (n_classes,)
    """
    transposed, n_left_out = answers.T.tocsr(), n_draws // 4
    for sweep in range(n_left_out + n_draws):
        classes = _drawn_classes(posterior, fixed, rng)
        counts = (transposed @ classes).reshape(-1, *prior.shape).transpose(0, 2, 1)
        confusion = _dirichlet(counts + prior, rng)  # (n_annotators, true, said)
        class_prior = _dirichlet(classes.sum(axis=0) + OF_CLASSES, rng)
        if sweep >= n_left_out:
            yield confusion, class_prior
        by_answers = np.log(confusion).transpose(0, 2, 1).reshape(-1, len(prior))
        log_joint = answers @ by_answers + np.log(class_prior)
        posterior = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))


def _drawn_classes(weights, fixed, rng):
    """Return one class for each item as a row with a single 1, (n_items, n_classes)."""
    rows, codes = fixed
    limits = np.cumsum(weights, axis=1)
    picks = rng.random((len(weights), 1)) * limits[:, -1:]
    drawn = (picks >= limits[:, :-1]).sum(axis=1)
    drawn[rows] = codes
    return np.eye(weights.shape[1])[drawn]


def _dirichlet(parameters, rng):
    """Return a draw of each Dirichlet distribution along the last axis."""
    gammas = np.maximum(rng.standard_gamma(parameters), _TINY)
    return gammas / gammas.sum(axis=-1, keepdims=True)
