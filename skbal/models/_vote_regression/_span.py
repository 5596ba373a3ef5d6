"""Rows in the directions that they span, and questions asked of them.

The prior of the weights is the same in all directions, so the votes say nothing of
directions that no row has: there the posterior is the prior. What they do say is found
from as many columns as the rows have rank, never more than there are rows.
"""

import numpy as np
from scipy import linalg

from skbal.models._vote_regression._mode import Question


class RowSpan:
    """The singular directions of rows about their mean.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The rows; they stay as they are.
    centred : bool
        Whether there is an intercept.
    owner : str
        The estimator's name, for messages.

    Attributes
    ----------
    mean : ndarray of shape (n_features,)
        Of the rows; 0 where not centred.
    directions : ndarray of shape (n_features, rank)
        Orthonormal columns.
    places : ndarray of shape (n_samples, rank)
        ``(X - mean) @ directions``, from which the rows follow without loss.
    """

    def __init__(self, X, centred, owner):
        rows = X.astype(np.float64)
        self.mean = rows.mean(axis=0) if centred else np.zeros(rows.shape[1])
        rows -= self.mean
        _refuse_overflow(rows, owner)
        left, singular, right = linalg.svd(rows, full_matrices=False)
        lost = max(rows.shape) * np.finfo(np.float64).eps * singular[0]
        # The first stays even if the rows are all zero: one column is needed.
        kept = np.append(True, singular[1:] > lost)
        self.directions = right[kept].T
        self.places = left[:, kept] * singular[kept]


def _refuse_overflow(rows, owner):
    with np.errstate(over="ignore"):
        squares = np.square(rows).sum()
    if not np.isfinite(squares):
        raise ValueError(
            f"X given to {owner} has values so large that their squares overflow: "
            "scale it, for instance by StandardScaler."
        )


def question_of(span, votes, centred, owner):
    """Return the rows on which a question was asked, and where their mean lies.

    With an intercept, weights act on a row less the mean row, in which each row counts
    as often as it has votes: ten votes on one row are then the same as one vote on each
    of ten equal rows.

    Parameters
    ----------
    span : RowSpan
        All rows.
    votes : ndarray of shape (n_samples, 2)
        k and N.
    centred : bool
        Whether there is an intercept; the design's first column is then one.
    owner : str
        The estimator's name.

    Returns
    -------
    question : Question
    centre : ndarray of shape (rank,)
        The mean row's place; 0 without an intercept, or without votes.
    """
    asked = votes[:, 1] > 0
    yes, total = votes[asked].astype(np.float64).T
    places = span.places[asked]
    centre = np.zeros(places.shape[1])
    if centred:
        if asked.any():
            centre = np.average(places, axis=0, weights=total)
        places = np.column_stack([np.ones(len(places)), places - centre])
    return Question(places, yes, total, owner), centre
