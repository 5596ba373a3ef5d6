"""The learner that searches for the largest value."""

import numpy as np

from skbal.learner._base import LearnerMixin
from skbal.learner._modal import load_modal
from skbal.learner._training_data import own_copy, take_rows

_modal = load_modal("models")
_DEFAULT_ACQUISITION = load_modal("acquisition").max_EI


class BayesianOptimizer(LearnerMixin, _modal.BayesianOptimizer):
    """Bayesian optimizer: searches the pool for the row with the largest y.

    Parameters
    ----------
    estimator : estimator
        A regressor whose ``predict`` takes ``return_std``, such as
        `sklearn.gaussian_process.GaussianProcessRegressor`. It is fitted in place.
    query_strategy : callable, default=modAL.acquisition.max_EI
        An acquisition function of modAL, or any function of a learner and a pool that
        returns indices into the pool.
    X_training : array-like or sparse matrix of shape (n_samples, ...), optional
        The first rows. The estimator is fitted to them at once.
    y_training : array-like of shape (n_samples,) or (n_samples, 1), optional
        Their values.
    bootstrap_init : bool, default=False
        Whether the first fit is to a bootstrap sample of these rows.
    on_transformed : bool, default=False
        Whether strategies that measure distances use the rows as transformed by the
        estimator's pipeline, without its last step.
    force_all_finite : bool, "allow-nan" or None, default=None
        Whether to raise an error if X has NaN or infinity. "allow-nan" allows NaN.
        ``None`` leaves it to the estimator if that is a pipeline or a search, or if X
        is a data frame. Otherwise NaN is allowed if the estimator's tags allow it.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the bootstrap samples.
    **fit_kwargs
        Passed to the estimator's first ``fit``, to ``X_training``.

    Attributes
    ----------
    X_training, y_training : array-like
        Copies of all rows and values that were taught so far. None before the first.
    indices_training : ndarray of shape (n_samples,), dtype=intp
        Their indices in the pool of the loop that asked, -1 for others.
    X_max : array-like
        The row with the largest value so far. None before the first.
    y_max : float
        Its value, in the units of y. Minus infinity before the first.

    See Also
    --------
    ActiveLearner : Learns y everywhere, not only where it is large.

    Notes
    -----
    As for `ActiveLearner`, ``teach`` and ``fit`` either succeed or leave the optimizer
    unchanged, and a clone was taught nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.gaussian_process import GaussianProcessRegressor
    >>> from sklearn.gaussian_process.kernels import RBF
    >>> from skbal import BayesianOptimizer
    >>> X = np.linspace(0, 3, 31).reshape(-1, 1)
    >>> y = np.sin(X).ravel()
    >>> optimizer = BayesianOptimizer(
    ...     GaussianProcessRegressor(RBF(1.0), optimizer=None),
    ...     X_training=X[[0, 30]],
    ...     y_training=y[[0, 30]],
    ... )
    >>> for _ in range(3):
    ...     indices, rows = optimizer.query(X)
    ...     optimizer.teach(rows, y[indices])
    >>> X_max, y_max = optimizer.get_max()
    >>> bool(y_max > 0.99)
    True
    """

    def __init__(
        self,
        estimator,
        query_strategy=_DEFAULT_ACQUISITION,
        X_training=None,
        y_training=None,
        *,
        bootstrap_init=False,
        on_transformed=False,
        force_all_finite=None,
        random_state=None,
        **fit_kwargs,
    ):
        super().__init__(
            estimator,
            query_strategy,
            X_training,
            y_training,
            bootstrap_init=bootstrap_init,
            on_transformed=on_transformed,
            force_all_finite=force_all_finite,
            random_state=random_state,
            **fit_kwargs,
        )

    def _ask(self, strategy, X_pool, *query_args, **query_kwargs):
        try:
            return super()._ask(strategy, X_pool, *query_args, **query_kwargs)
        except TypeError as error:
            # A pipeline may take dates. modAL's acquisition functions do not.
            dtype = getattr(X_pool, "dtype", None)
            if dtype is None or not (dtype.kind in "mM" or dtype == np.longdouble):
                raise
            raise TypeError(
                f"X_pool given to {type(self).__name__} has dtype {dtype}, with which "
                "its estimator or its query strategy cannot compute. Give it "
                "X_pool.astype(float)."
            ) from error

    def get_max(self):
        """Return the row with the largest value so far, and its value.

        Returns
        -------
        X_max : array-like
            The row. None before the first.
        y_max : float
            Its value, in the units of y. Minus infinity before the first.
        """
        return self.X_max, self.y_max

    def _nothing_taught(self):
        return {**super()._nothing_taught(), "X_max": None, "y_max": -np.inf}

    def _asks_once(self):
        return False  # near the maximum, the same row is asked about again

    def _with_more(self, attributes, X, y, indices=None, per_row=None):
        changed = super()._with_more(attributes, X, y, indices, per_row)
        values = np.asarray(y, dtype=np.float64)
        if values.size != len(values):
            raise ValueError(
                "y given to BayesianOptimizer must hold one value per row, "
                f"got shape {values.shape}."
            )
        best = int(np.argmax(values))
        if values.flat[best] > attributes["y_max"]:
            changed["X_max"] = own_copy(take_rows(X, best))
            changed["y_max"] = float(values.flat[best])
        return changed
