"""The public function: find the draws, and compute them for chunks of the rows."""

from skbal._utils.parameters import check_n_jobs
from skbal._utils.pools import whole
from skbal._utils.random import check_seed
from skbal._utils.validation import check_count, check_n_draws
from skbal.sampling._chunks import draw_in_chunks
from skbal.sampling._routes import sampler_of

_OWNER = "predict_samples"


def predict_samples(
    estimator, X, n_draws=None, *, random_state=None, batch_size=None, n_jobs=None
):
    """Return joint posterior draws of a fitted estimator for the rows of X.

    Draw k is one set of weights for every row. With an integer ``random_state``, the
    draws of a row do not depend on the other rows, on the order of the rows, on
    ``batch_size`` or on ``n_jobs``. Gaussian processes are an exception, see Notes.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted estimator of one of these kinds:

        - an estimator with a method ``predict_samples(X, n_draws=None, *,
          random_state=None)``;
        - a forest (``RandomForest*``, ``ExtraTrees*``), a bagging or voting ensemble,
          or a modAL ``Committee``: one draw per member, with columns in the order of
          the ensemble's classes. If the ensemble counts votes (bagging of classifiers
          without ``predict_proba``, ``voting="hard"``), a draw is a vote;
        - ``CalibratedClassifierCV`` with ``ensemble=True``: one draw per fold;
        - ``BayesianRidge``, ``ARDRegression``: draws of the coefficients;
        - ``GaussianProcessRegressor``, ``GaussianProcessClassifier``: draws of the
          function without noise, or of the probabilities computed from it;
        - a ``Pipeline``, a search such as ``GridSearchCV``, a ``FrozenEstimator``,
          ``RFE``, ``SelfTrainingClassifier``, ``TunedThresholdClassifierCV``, or a
          learner of modAL or skbal that holds one of these;
        - ``StackingClassifier`` and ``StackingRegressor`` over such a final estimator,
          ``TransformedTargetRegressor`` and ``MultiOutputRegressor`` around such
          regressors, and ``MultiOutputClassifier`` around such classifiers.

        Forests and ``MultiOutputClassifier`` may have several yes/no labels per row.
    X : array-like of shape (n_samples, ...)
        Rows of the form passed to ``fit``. Also a dask array, an array in a file
        (`numpy.memmap`, h5py, zarr) or a map-style torch ``Dataset``. Data that are not
        in memory are read chunk by chunk.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. That is all
        members of an ensemble, or 100. With fewer draws than an ensemble has members,
        the members are chosen at random, the same for every row.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same draws at every call, ``None`` fresh ones.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_outputs)
        Class probabilities in the order of ``classes_``, or values of the noise-free
        function in the units of y. For several yes/no labels per row, the probability
        of yes for each label.

    Raises
    ------
    NoDrawsError
        If the estimator makes no posterior draws, or the members of an ensemble have
        different weights. It is a `TypeError`.
    NotFittedError
        If the estimator is not fitted.
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If an ensemble has fewer members than ``n_draws``, or an argument has a wrong
        value.

    Notes
    -----
    The draws of a Gaussian process need the covariance of all rows at once. They do not
    depend on the order of the rows, and equal rows have equal draws. But with other
    rows in X, the same seed gives a row other draws, which are just as valid. So the
    rows are never cut into chunks, and ``batch_size`` and ``n_jobs`` have no effect.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal import predict_samples
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(n_estimators=7, random_state=0).fit(X, y)
    >>> draws = predict_samples(forest, X)
    >>> draws.shape
    (4, 7, 2)
    >>> bool(abs(draws.mean(axis=1) - forest.predict_proba(X)).max() < 1e-12)
    True
    """
    if n_draws is not None:
        n_draws = check_n_draws(n_draws, _OWNER)
    if batch_size is not None:
        batch_size = check_count(batch_size, "batch_size", _OWNER)
    check_n_jobs(n_jobs, "n_jobs", _OWNER)
    seed = check_seed(random_state, _OWNER)
    draw, splits = sampler_of(estimator, n_draws, seed)
    if not splits:
        return draw(whole(X))
    return draw_in_chunks(draw, X, batch_size, n_jobs)
