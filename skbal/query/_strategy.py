"""What all strategies that score rows one by one from draws have in common."""

from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed
from skbal._utils.tags import regresses
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import check_count
from skbal.base import QueryStrategy
from skbal.query._engine import score_rows


class DrawStrategy(QueryStrategy):
    """A strategy whose score of a row is a function of the draws for that row.

    A subclass gives that function as ``_score``; it takes draws of shape (n_rows,
    n_draws, n_outputs) and gives scores of shape (n_rows,).

    Parameters
    ----------
    n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        As `BALD` describes them.
    """

    _takes_regressors = False

    def __init__(
        self,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        self.n_draws = n_draws
        self.random_state = random_state
        self.pool_subsample = pool_subsample
        self.batch_size = batch_size
        self.n_jobs = n_jobs
        self.verbose = verbose

    def score_pool(self, estimator, X_pool):
        """Return the score of each row, higher is better.

        The pool is walked through in pieces and only the scores are kept. An integer
        ``random_state`` gives the scores of ``predict_samples(estimator, X_pool,
        n_draws, random_state=random_state)``, up to rounding, whatever ``batch_size``
        and ``n_jobs``.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator that makes posterior draws, or a learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows: an array, or whatever `predict_samples` takes. What is
            not in memory is read piece by piece.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In the unit of the class's score, in the order of the pool.

        Raises
        ------
        TypeError
            If the estimator makes no posterior draws (`NoDrawsError`), or is a
            regressor where class probabilities are needed.
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the pool is empty, the estimator knows fewer than two classes where
            class probabilities are needed, or a parameter of the strategy is wrong.
        """
        self._check(estimator, X_pool)
        seed = check_seed(self.random_state, type(self).__name__)
        return score_rows(
            self._scorer(estimator, X_pool, seed),
            estimator,
            X_pool,
            n_draws=self.n_draws,
            seed=seed,
            batch_size=self.batch_size,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )

    def _scorer(self, estimator, X_pool, seed):
        return self._score

    def _check(self, estimator, X_pool):
        owner = type(self).__name__
        for name in ("n_draws", "batch_size"):
            if getattr(self, name) is not None:
                check_count(getattr(self, name), name, owner)
        if n_rows(X_pool) == 0:
            raise ValueError(f"X_pool given to {owner} is empty: no row to score.")
        if not self._takes_regressors:
            check_classes(unwrap(estimator)[1], owner)


def check_classes(model, owner):
    """Refuse a model that gives no probabilities of several classes.

    Parameters
    ----------
    model : estimator
        Without a pipeline or a learner around it.
    owner : str
        The strategy's name, for messages.

    Raises
    ------
    TypeError
        If it is a regressor.
    ValueError
        If it knows fewer than two classes.
    """
    if hasattr(model, "predict_votes"):
        raise TypeError(
            f"{owner} needs draws of class probabilities, but {type(model).__name__} "
            "is a model of votes. Try VoteBALD."
        )
    if regresses(model):
        raise TypeError(
            f"{owner} needs draws of class probabilities, but {type(model).__name__} "
            f"is a regressor. Try PredictiveVariance."
        )
    classes = getattr(model, "classes_", None)
    if classes is not None and len(classes) < 2:
        raise ValueError(
            f"{owner} needs an estimator that knows at least two classes, but this "
            f"{type(model).__name__} was fitted on {list(classes)} only. Teach it "
            f"another class first; Random can choose rows until then."
        )
