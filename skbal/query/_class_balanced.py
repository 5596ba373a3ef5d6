"""ClassBalanced: the same number of questions about each class."""

from functools import partial

import numpy as np

from skbal._utils.arrays import as_array
from skbal._utils.random import check_seed
from skbal._utils.unwrap import unwrap
from skbal.base import rounded
from skbal.query._diversity_penalised import ranks
from skbal.query._features import compute
from skbal.query._shared import SharedParameters, wrapped_strategy
from skbal.query._strategy import check_classes
from skbal.query._wrapping import WrapsStrategy
from skbal.sampling._mean import draws_or_mean


class ClassBalanced(WrapsStrategy, SharedParameters):
    """Choose the best rows of another strategy, evenly over the predicted classes.

    Each next row is of the class that has fewest labels so far, those of the learner
    and the rows already in the batch together. Of the rows that are predicted to be of
    this class, it is the one with the highest score. So a rare class is asked about as
    often as a frequent one, as long as the model finds rows of it.

    Parameters
    ----------
    strategy : QueryStrategy, optional
        Scores the rows by its ``score_pool``. ``None`` is `BALD` with the ``n_draws``,
        ``random_state``, ``batch_size``, ``n_jobs`` and ``verbose`` given here.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. Their mean
        predicts the classes.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool. A wrapped strategy has its own.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar.

    Notes
    -----
    Labels are counted in the ``y_training`` of a learner. With a fitted estimator alone
    only the rows of the batch are counted. A class that the
    model predicts for no row of the pool is skipped. Of classes with equally many
    labels, the one with the best row comes first.

    Predictions are biased towards frequent classes, so a rare class still gets fewer
    rows than the others. The shares of the classes among the labelled rows are not
    those of the pool, and neither are the probabilities of a model that is fitted to
    these rows.

    References
    ----------
    .. [1] S. Ertekin, J. Huang, L. Bottou and C. L. Giles (2007), Learning on the
       Border: Active Learning in Imbalanced Data Classification, has the same aim, by
       other means.

    Examples
    --------
    Three labels are "no" and one is "yes", so two rows that look like "yes" come first:

    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal import ActiveLearner
    >>> from skbal.query import ClassBalanced, Margin
    >>> X, y = [[-3.0], [-2.0], [-1.0], [2.0]], ["no", "no", "no", "yes"]
    >>> strategy = ClassBalanced(Margin(random_state=0), random_state=0)
    >>> learner = ActiveLearner(LogisticRegression(), strategy, X, y)
    >>> pool = np.array([[-0.2], [-0.5], [1.5], [1.0], [3.0]])
    >>> learner.query(pool, n_instances=2)[0]
    array([3, 2])
    """

    compares_rows = True
    _parameter_rules = {"strategy": wrapped_strategy()}

    def __init__(
        self,
        strategy=None,
        *,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.strategy = strategy

    def score_pool(self, estimator, X_pool):
        """Return the turn of each row's class, plus the rank of its score.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted classifier with posterior draws or ``predict_proba``, which the
            strategy accepts, or a learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Minus the number of labels of the predicted class of the row, plus the
            fraction of the pool with lower scores, in [0, 1). The row with the highest
            score is the one of a batch of one.

        Raises
        ------
        TypeError
            If the estimator is a regressor or has no class probabilities
            (`NoDrawsError`), or the strategy has no ``score_pool``.
        ValueError
            If the pool is empty or a parameter has a wrong value.
        """
        ranked, classes, counts = self._ranked(estimator, X_pool)
        return ranked - counts[classes]

    def select_batch(self, learner, X_pool, n_instances, rng):
        ranked, classes, counts = self._ranked(learner, X_pool)
        # Best last, so that rows are popped off; equal rows in random order.
        order = np.lexsort((rng.random(len(ranked)), ranked))
        left = {c: order[classes[order] == c].tolist() for c in np.unique(classes)}
        counts, chosen = counts.copy(), []
        for _ in range(n_instances):
            waiting = [c for c in left if left[c]]
            best = max(waiting, key=lambda c: ranked[left[c][-1]] - counts[c])
            chosen.append(left[best].pop())
            counts[best] += 1
        return np.array(chosen, dtype=np.intp)

    def _ranked(self, estimator, X_pool):
        """Return ranks in [0, 1), predicted classes, and labels of each class."""
        self._check(X_pool)
        owner = type(self).__name__
        model = unwrap(estimator)[1]
        check_classes(model, owner)
        scores = rounded(self._scores(estimator, X_pool))
        call = partial(
            _predicted, estimator, self.n_draws, check_seed(self.random_state, owner)
        )
        chunks = {"batch_size": self.batch_size, "n_jobs": self.n_jobs}
        classes, n_classes = compute(call, X_pool, verbose=self.verbose, **chunks)
        names = getattr(model, "classes_", range(n_classes[0]))
        counts = _counts(getattr(estimator, "y_training", None), names)
        return ranks(scores) / len(scores), classes, counts


def _predicted(estimator, n_draws, seed, X):
    """Return the position of the most probable class, and the number of classes."""
    draws = draws_or_mean(estimator, X, n_draws, random_state=seed)
    classes = draws.mean(axis=1, dtype=np.float64).argmax(axis=1)
    return classes, np.full(len(classes), draws.shape[2])


def _counts(labels, classes):
    """Return how many labels there are of each class, (n_classes,), float64."""
    if labels is None:
        return np.zeros(len(classes))
    labels = as_array(labels, "y_training of the learner").ravel()
    return np.array([np.sum(labels == name) for name in classes], dtype=np.float64)
