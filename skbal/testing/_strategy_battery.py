"""check_query_strategy: test one promise of a query strategy at a time."""

from skbal._utils.random import check_seed
from skbal._utils.validation import check_real
from skbal.testing._run import check_skip, run_checks
from skbal.testing._strategy_case import StrategyCase
from skbal.testing._strategy_checks import STRATEGY_CHECKS

_OWNER = "check_query_strategy"


def check_query_strategy(
    strategy, estimator, X, *, random_state=0, tolerance=1e-5, skip=None
):
    """Test whether a query strategy keeps its promises.

    A clone of the strategy is called with the estimator and the pool X, and tested for:

    - ``parameters``: ``__init__`` stores each parameter unchanged, and ``get_params``,
      ``set_params`` and ``clone`` work;
    - ``scores``: ``score_pool`` returns a finite float64 number per row;
    - ``indices``: a call returns as many different positions in the pool as asked for;
    - ``best_first``: the first row has the highest score; so has every next one among
      those left, unless the strategy defines ``select_batch``;
    - ``ties``: ``random_state`` decides the order of equal rows;
    - ``repeat``: the same ``random_state`` gives the same scores and the same rows;
    - ``order``: the scores do not depend on the order of the rows;
    - ``chunks``, ``workers``: nothing depends on ``batch_size`` and ``n_jobs``;
    - ``subsample``: ``pool_subsample`` considers only some rows, at random;
    - ``one_row``, ``all_rows``: a pool of one row, and a request for the whole pool;
    - ``too_many``, ``empty``, ``n_instances``: errors for a request that is larger than
      the pool, for an empty pool, and for 0, -1, 2.5 and True;
    - ``unchanged``: the pool and the parameters do not change;
    - ``streams``: the global random streams of Python, NumPy and torch do not move;
    - ``pickle``: a pickled copy chooses the same rows;
    - ``learner``: a learner that holds the estimator gives the same rows.

    Parameters
    ----------
    strategy : QueryStrategy
        Cloned. Every ``random_state`` of None in its parameters is set in the clone.
    estimator : estimator
        A fitted estimator that the strategy accepts.
    X : array-like of shape (n_pool, ...)
        The pool, at least 4 rows. Fifty different rows are enough.
    random_state : int, RandomState, Generator or None, default=0
        Seeds the strategy.
    tolerance : float, default=1e-5
        Largest difference by rounding, as a fraction of the largest score.
    skip : dict of str to str, optional
        Names of checks that cannot pass, each with the reason.

    Returns
    -------
    results : dict of str to str
        ``"passed"`` for each check, or ``"skipped: "`` and the reason.

    Raises
    ------
    AssertionError
        If a promise is broken: which one, by how much, and where.
    TypeError
        If ``strategy`` is not a query strategy, ``skip`` is not a dict, or an argument
        is of the wrong kind.
    ValueError
        If ``skip`` names an unknown check or has no reason, or X has too few rows.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import ExtraTreesClassifier
    >>> from skbal.query import BALD
    >>> from skbal.testing import check_query_strategy
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = ExtraTreesClassifier(10, random_state=0).fit(X[::3], y[::3])
    >>> results = check_query_strategy(BALD(), forest, X[1::3])
    >>> results["chunks"]
    'passed'
    """
    skip = check_skip(skip, STRATEGY_CHECKS, _OWNER)
    case = StrategyCase(
        strategy,
        estimator,
        X,
        seed=check_seed(random_state, _OWNER),
        tolerance=check_real(tolerance, "tolerance", _OWNER, low=0),
    )
    return run_checks(STRATEGY_CHECKS, case, skip, _OWNER)
