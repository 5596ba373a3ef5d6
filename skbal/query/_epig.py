"""EPIG: choose the rows that predictions for target rows depend on."""

from skbal.information import expected_predictive_information_gain
from skbal.query._target_strategy import TargetStrategy


class EPIG(TargetStrategy):
    """Choose the rows with most information about the labels of target rows, in nats.

    The score is `skbal.information.expected_predictive_information_gain` [1]_. Unlike
    `BALD` it is low for rows, such as outliers, whose labels determine weights that no
    prediction for a target row depends on.

    Parameters
    ----------
    X_target : array-like of shape (n_targets, ...), optional
        Rows like those that will be predicted. All of them are used. ``None`` uses
        random rows of the pool.
    n_target : int, default=100
        Number of random rows of the pool that are the targets if ``X_target`` is
        ``None``. A smaller pool is used as a whole.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool.
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

    References
    ----------
    .. [1] F. Bickford Smith, A. Kirsch, S. Farquhar, Y. Gal, A. Foster and T. Rainforth
       (2023), Prediction-Oriented Bayesian Active Learning.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import EPIG
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> EPIG(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    def __init__(
        self,
        X_target=None,
        *,
        n_target=100,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            X_target=X_target,
            n_target=n_target,
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )

    score_draws = staticmethod(expected_predictive_information_gain)
