"""What the next answer of each person is worth, and models without a row's answers."""

import numpy as np
from sklearn.base import clone

from skbal._utils.pools import take
from skbal.information import annotator_information, noisy_label_information


class NextAnswers:
    """Turns draws of rows into the worth of the answer of each person.

    Parameters
    ----------
    about : {"weights", "class"}
        What the answer is to tell about.
    confusion : ndarray of shape (n_annotators, n_classes, n_classes) or None
        Probability of each answer given the class. None is one person who is always
        right.
    prices : ndarray of shape (n_annotators,)
        Prices of an answer.
    columns : ndarray of int or None
        The class of each column of the draws. None if they are all classes.
    reduce : callable
        Makes one number per row of the worth, (n_rows, n_annotators).
    """

    def __init__(self, about, confusion, prices, columns, reduce):
        self.about, self.confusion, self.prices = about, confusion, prices
        self.columns, self.reduce = columns, reduce

    def __call__(self, draws, log_likelihood=None, given=None):
        """Return a number per row.

        Parameters
        ----------
        draws : ndarray of shape (n_rows, n_draws, n_known)
            Class probabilities.
        log_likelihood : ndarray of shape (n_rows, n_classes), optional
            Log-likelihood of the answers about each row so far. None is 0.
        given : ndarray of bool of shape (n_rows, n_annotators), optional
            The people who have answered about each row. Their next answer is worth
            0.

        Returns
        -------
        values : ndarray of shape (n_rows,)
        """
        if self.columns is not None:
            draws = _in_columns(draws, self.columns, self.confusion.shape[1])
        confusion = self.confusion
        if confusion is None:
            confusion = np.eye(draws.shape[2])[np.newaxis]
        if self.about == "weights":
            nats = noisy_label_information(draws, confusion, log_likelihood)
        else:
            classes = draws.mean(axis=1, dtype=np.float64)
            nats = annotator_information(after(classes, log_likelihood), confusion)
        worth = nats / self.prices
        if given is not None:
            worth[given] = 0.0
        return self.reduce(worth)


def after(probabilities, log_likelihood):
    """Return probabilities of the classes after some answers, by the rule of Bayes.

    Parameters
    ----------
    probabilities : ndarray of shape (n_rows, n_classes)
        Before the answers.
    log_likelihood : ndarray of shape (n_rows, n_classes) or None
        Log-likelihood of the answers, finite. None leaves the probabilities.

    Returns
    -------
    probabilities : ndarray of shape (n_rows, n_classes)

    Examples
    --------
    >>> after(np.array([[0.5, 0.5]]), np.log([[0.9, 0.1]])).round(9)
    array([[0.9, 0.1]])
    """
    if log_likelihood is None:
        return probabilities
    largest = log_likelihood.max(axis=1, keepdims=True)
    joint = probabilities * np.exp(log_likelihood - largest)
    total = joint.sum(axis=1, keepdims=True)
    return np.where(total > 0, joint / np.where(total > 0, total, 1), probabilities)


def _in_columns(draws, columns, n_classes):
    """Return draws with a column for each class, 0 for those the model knows not."""
    wide = np.zeros((*draws.shape[:2], n_classes), draws.dtype)
    wide[:, :, columns] = draws
    return wide


def stratified_parts(labels, n_parts, rng):
    """Return the part of each row, so that each class is spread over all parts.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
    n_parts : int
        Parts, of which some are empty if there are fewer rows.
    rng : numpy.random.Generator

    Returns
    -------
    parts : ndarray of shape (n_rows,), dtype=intp
        From 0 to ``n_parts`` - 1.

    Examples
    --------
    >>> parts = stratified_parts(np.array(list("abab")), 2, np.random.default_rng(0))
    >>> bool(parts[0] != parts[2]), bool(parts[1] != parts[3])
    (True, True)
    """
    _, codes = np.unique(labels, return_inverse=True)
    parts = np.empty(len(labels), dtype=np.intp)
    parts[np.lexsort((rng.random(len(labels)), codes))] = (
        np.arange(len(labels)) % n_parts
    )
    return parts


def without_part(estimator, X, rows, labels, is_left_out):
    """Return a clone that is fitted to the rows of the other parts.

    Parameters
    ----------
    estimator : estimator or learner
        It is not changed.
    X : array-like of shape (n_pool, ...)
        The pool.
    rows : ndarray of int of shape (n_rows,)
        Rows of the pool with labels.
    labels : ndarray of shape (n_rows,)
        Their labels.
    is_left_out : ndarray of bool of shape (n_rows,)
        The rows of the part.

    Returns
    -------
    model : estimator or None
        None if fewer than two classes are left.
    """
    left = ~is_left_out
    if len(np.unique(labels[left])) < 2:
        return None
    if hasattr(estimator, "teach"):
        estimator = estimator.estimator
    return clone(estimator).fit(take(X, rows[left]), labels[left])
