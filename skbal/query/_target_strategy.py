"""The base of strategies that ask what a label says about target rows."""

from skbal._utils.parameters import count
from skbal.query._shared import rows_of_target, target_rows
from skbal.query._strategy import DrawStrategy
from skbal.sampling import predict_samples


class TargetStrategy(DrawStrategy):
    """Base class of strategies whose score depends on the draws of target rows.

    `score_draws` is given them as ``draws_target``.

    Parameters
    ----------
    X_target, n_target, n_draws, random_state, pool_subsample, batch_size, n_jobs, \
verbose
        As `EPIG` describes them.
    """

    # Also for subclasses of users, whose __init__ may have fewer parameters.
    X_target, n_target = None, 100
    _parameter_rules = {
        "X_target": target_rows(),
        "n_target": count(1),
    }

    def __init__(
        self,
        *,
        X_target=None,
        n_target=100,
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
        self.X_target = X_target
        self.n_target = n_target

    def extra_inputs(self, estimator, X_pool, random_state):
        """Return the draws of the target rows.

        Parameters
        ----------
        estimator : estimator or learner
            As it was passed to `score_pool`.
        X_pool : array-like of shape (n_pool, ...)
            The whole pool.
        random_state : int
            The seed of the draws of the pool. The same seed makes the draws of the
            target rows, so that the draws of both are joint.

        Returns
        -------
        inputs : dict
            ``draws_target``, an ndarray of shape (n_targets, n_draws, n_classes).
        """
        rows = rows_of_target(self, estimator, X_pool)
        draws = predict_samples(
            estimator, rows, self.n_draws, random_state=random_state
        )
        return {"draws_target": draws}
