"""How likely several yes/no labels of a row are."""

import numpy as np

from skbal._utils.multilabel import (
    answers_of_labels,
    check_label_columns,
    probability_of_yes,
)
from skbal._utils.unwrap import unwrap
from skbal._utils.walk import gathered, walk
from skbal.exceptions import NoDrawsError
from skbal.filters._predictive import check_labels
from skbal.sampling import predict_samples


def labels_likelihood(estimator, X, y, owner, *, n_draws, seed, batch_size):
    """Return the posterior predictive probability of the least likely label of a row.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier of several yes/no labels per row, or a learner that holds
        one.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : array-like of shape (n_samples, n_labels)
        0, 1, or NaN for a label that is missing.
    owner : str
        Name of the caller, for messages.
    n_draws, seed, batch_size
        As for `skbal.filters._predictive.predictive_probabilities`.

    Returns
    -------
    likelihood : ndarray of shape (n_samples,), dtype=float64
        NaN for a row of which no label counts: it is missing, or the model does not
        know both of its answers.

    Raises
    ------
    ValueError
        If y has another shape or holds something else, or a probability is NaN.
    """
    check_labels(X, y, owner)
    labels = check_label_columns(y, f"y given to {owner}")
    model = unwrap(estimator)[1]
    answers = answers_of_labels(model)
    both = np.array([len(known) > 1 for known in answers])
    if labels.shape[1] != len(both):
        raise ValueError(
            f"y given to {owner} must have {len(both)} labels per row, as "
            f"{type(model).__name__} has, got {labels.shape[1]}."
        )
    if not len(labels):
        return np.empty(0)

    def mean(rows):
        try:
            draws = predict_samples(estimator, rows, n_draws, random_state=seed)
        except NoDrawsError:
            return probability_of_yes(estimator.predict_proba(rows), answers)
        return draws.mean(axis=1, dtype=np.float64)

    yes = gathered(walk(mean, X, batch_size=batch_size, n_jobs=1), len(labels))
    if np.isnan(yes).any():
        raise ValueError(
            f"{owner} needs probabilities of labels, but those of "
            f"{type(model).__name__} are NaN. Its fit may have diverged."
        )
    counts = both & ~np.isnan(labels)
    likelihood = np.where(labels == 1, yes, 1 - yes)
    smallest = np.where(counts, likelihood, np.inf).min(axis=1)
    return np.where(counts.any(axis=1), smallest, np.nan)
