"""Rows in the directions that they span, and the questions asked about them.

The prior of the weights is the same in all directions. Votes say nothing about
directions that are orthogonal to all rows, where the posterior is the prior. The other
directions are as many as the rank of the rows, never more than there are rows.
"""

import numpy as np
from scipy import linalg

from skbal.models._vote_regression._counts import CountQuestion, check_size, contrasts
from skbal.models._vote_regression._mode import Question


class RowSpan:
    """The singular directions of rows around their mean.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The rows, which are not changed.
    centred : bool
        Whether there is an intercept.
    owner : str
        Name of the estimator, for messages.

    Attributes
    ----------
    mean : ndarray of shape (n_features,)
        Mean of the rows; 0 if they are not centred.
    directions : ndarray of shape (n_features, rank)
        Orthonormal columns.
    places : ndarray of shape (n_samples, rank)
        ``(X - mean) @ directions``. The rows can be computed from it without loss.
    """

    def __init__(self, X, centred, owner):
        rows = X.astype(np.float64)
        self.mean = rows.mean(axis=0) if centred else np.zeros(rows.shape[1])
        rows -= self.mean
        _refuse_overflow(rows, owner)
        left, singular, right = linalg.svd(rows, full_matrices=False)
        lost = max(rows.shape) * np.finfo(np.float64).eps * singular[0]
        # The first is kept even if all rows are zero, since one column is needed.
        kept = np.append(True, singular[1:] > lost)
        self.directions = right[kept].T
        self.places = left[:, kept] * singular[kept]


def _refuse_overflow(rows, owner):
    with np.errstate(over="ignore"):
        squares = np.square(rows).sum()
    if not np.isfinite(squares):
        raise ValueError(
            f"X given to {owner} has values so large that their squares overflow. "
            "Scale it, for instance by StandardScaler."
        )


def question_of(span, votes, centred, owner):
    """Return the rows on which a question was asked, and their mean.

    With an intercept, the weights act on a row minus the mean row, to which each row
    contributes in proportion to its votes. Ten votes on one row are then equivalent to
    one vote on each of ten equal rows.

    Parameters
    ----------
    span : RowSpan
        The span of all rows.
    votes : ndarray of shape (n_samples, 2)
        Yes votes k and all votes N.
    centred : bool
        Whether there is an intercept. The first column of the design is then one.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    question : Question
    centre : ndarray of shape (rank,)
        The mean row in the directions of the span; 0 without an intercept or votes.
    """
    yes, total = votes[votes[:, 1] > 0].astype(np.float64).T
    design, centre = _design(span, votes[:, 1], centred)
    return Question(design, yes, total, owner), centre


def count_question_of(span, counts, centred, owner):
    """Return the rows on which a question with several answers was asked.

    Parameters
    ----------
    span, centred, owner
        As in `question_of`.
    counts : ndarray of shape (n_samples, n_answers)
        The number of votes for each answer.

    Returns
    -------
    question : CountQuestion
    centre : ndarray of shape (rank,)
        As in `question_of`.

    Raises
    ------
    ValueError
        If the Hessian would be too large.
    """
    total = counts.sum(axis=1)
    design, centre = _design(span, total, centred)
    n_answers = counts.shape[1]
    check_size(design.shape[1], n_answers, owner)
    counts = counts[total > 0].astype(np.float64)
    return CountQuestion(design, counts, contrasts(n_answers), owner), centre


def _design(span, total, centred):
    """Return the design matrix of the rows with votes, and their mean row."""
    asked = total > 0
    places = span.places[asked]
    centre = np.zeros(places.shape[1])
    if centred:
        if asked.any():
            weights = total[asked].astype(np.float64)
            centre = np.average(places, axis=0, weights=weights)
        places = np.column_stack([np.ones(len(places)), places - centre])
    return places, centre
