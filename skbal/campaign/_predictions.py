"""The share of people that a model expects to give each answer."""

import numpy as np

from skbal._utils.tags import classifies
from skbal._utils.unwrap import transform, unwrap
from skbal._utils.votes import learns_counts, learns_votes
from skbal.campaign._item_rows import rows_of
from skbal.campaign._learning import learned_labels
from skbal.exceptions import NoDrawsError
from skbal.sampling import predict_samples
from skbal.votes import VoteAllocation

LEVEL = 0.9  # of the intervals


def predicted_shares(store, settings, estimator, ids):
    """Return what a model expects of some items.

    Parameters
    ----------
    store : Store
        The database.
    settings : Settings
        The questions.
    estimator : estimator
        Fitted.
    ids : ndarray of int of shape (n_items,)
        The items.

    Returns
    -------
    shares : list of dict or None
        For each item the ``mean`` share of each column and, if the model makes draws,
        the bounds ``low`` and ``high`` of a 90% interval. None if the model predicts
        numbers.
    """
    if isinstance(estimator, VoteAllocation):
        bounds = estimator.share_intervals(ids, level=LEVEL)
        return _plain(estimator.shares_[ids], bounds)
    if not (classifies(estimator) or learns_votes(estimator)):
        return None
    X = rows_of(store, settings.items, ids)[:]
    try:
        draws = predict_samples(estimator, X, random_state=settings.seed)
    except NoDrawsError:
        return _plain(
            _in_columns(estimator, settings, estimator.predict_proba(X)), None
        )
    mean = _in_columns(estimator, settings, draws.mean(axis=1))
    transformers, model = unwrap(estimator)
    if hasattr(model, "sample_shares"):
        # Items that look alike differ, which draws of their mean leave out.
        rows = transform(transformers, X)
        draws = model.sample_shares(rows, random_state=settings.seed)
    draws = _in_columns(estimator, settings, draws)  # (n_items, n_draws, n_columns)
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    return _plain(mean, np.quantile(draws, tails, axis=1))


def _in_columns(estimator, settings, values):
    """Return values whose last axis has the columns of the answers."""
    if learns_votes(estimator):
        if learns_counts(estimator):
            return values
        both = np.stack([values, 1 - values], axis=-1)  # (..., n_questions, 2)
        return both.reshape(*values.shape[:-1], -1)
    labels = learned_labels(settings.questions).tolist()
    classes = np.asarray(estimator.classes_).tolist()
    # A class that nobody has named yet has probability 0.
    placed = np.zeros((*values.shape[:-1], len(labels)))
    placed[..., [labels.index(one) for one in classes]] = values
    return placed


def _plain(mean, bounds):
    mean = np.round(mean, 6).tolist()
    if bounds is None:
        return [{"mean": one} for one in mean]
    low, high = np.round(bounds, 6).tolist()
    return [{"mean": m, "low": lo, "high": hi} for m, lo, hi in zip(mean, low, high)]
