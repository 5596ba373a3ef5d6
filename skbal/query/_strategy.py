"""The base of all strategies that score each row by its posterior draws."""

from abc import abstractmethod
from functools import partial

import numpy as np

from skbal._utils.multilabel import is_multilabel
from skbal._utils.random import check_seed
from skbal._utils.tags import regresses
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import as_numbers
from skbal._utils.warn import warn
from skbal.exceptions import TooFewDrawsWarning
from skbal.query._engine import draw_rows, score_rows
from skbal.query._multilabel import (
    check_both_answers,
    refuse_multilabel,
    sum_over_labels,
)
from skbal.query._shared import SharedParameters
from skbal.sampling import predict_samples
from skbal.sampling._mean import draws_or_mean

_SAME_SCORES = 1e-12  # rounding of scores of equal draws
_FEW_ROWS = 20  # on which draws are compared, and no warning for fewer


class DrawStrategy(SharedParameters):
    """Base class of strategies that score a row by its posterior draws.

    A subclass defines `score_draws`. Drawing, chunks, parallel workers, random seeds
    and ties are taken care of. If the score depends on more than the draws of the row,
    `extra_inputs` computes what is the same for all rows, and `row_inputs` what has an
    entry per row; both are passed to `score_draws` as keyword arguments.

    Parameters
    ----------
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

    Attributes
    ----------
    takes_regressors : bool
        Class attribute: whether `score_draws` is meaningful for draws of a regressor.
        If False, the default, regressors are refused.
    needs_draws : bool
        Class attribute: whether `score_draws` depends on more than the mean of the
        draws. If False, an estimator that makes no draws is also accepted, and its
        ``predict_proba`` is the one draw. The default is True.
    takes_multilabel : bool
        Class attribute: whether classifiers of several yes/no labels per row are
        accepted. `score_draws` is then called for one label after the other, with
        draws of shape (n_rows, n_draws, 2) of no and yes, and the score of a row is the
        sum over its labels. If False, the default, they are refused.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import DrawStrategy
    >>> class Range(DrawStrategy):
    ...     def score_draws(self, draws):
    ...         return (draws.max(axis=1) - draws.min(axis=1)).max(axis=1)
    >>> X = [[x] for x in range(20)]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, [x > [9] for x in X])
    >>> Range(random_state=0)(forest, [[0], [9.5], [19]])
    array([1])
    """

    takes_regressors = False
    needs_draws = True
    takes_multilabel = False

    @abstractmethod
    def score_draws(self, draws):
        """Return the score of each row, given its posterior draws.

        It is called with the draws of one chunk of the pool after the other, so the
        score of a row must not depend on the other rows of ``draws``.

        Parameters
        ----------
        draws : ndarray of shape (n_rows, n_draws, n_outputs)
            Class probabilities, or values of a regressor.

        Returns
        -------
        scores : ndarray of shape (n_rows,)
            Higher is better; not NaN.
        """

    def extra_inputs(self, estimator, X_pool, random_state):
        """Return further arguments of `score_draws`, the same for all rows.

        Parameters
        ----------
        estimator : estimator or learner
            As it was passed to `score_pool`.
        X_pool : array-like of shape (n_pool, ...)
            The whole pool.
        random_state : int
            The seed of the posterior draws. ``predict_samples(estimator, X, n_draws,
            random_state=random_state)`` gives draws of other rows that are joint with
            those of the pool.

        Returns
        -------
        inputs : dict of str to object
            Keyword arguments. The default is an empty dict.
        """
        return {}

    def row_inputs(self, estimator, X_pool, random_state):
        """Return further arguments of `score_draws` that have an entry per row.

        Parameters
        ----------
        estimator : estimator or learner
            As it was passed to `score_pool`.
        X_pool : array-like of shape (n_pool, ...)
            The whole pool.
        random_state : int
            The seed of the posterior draws.

        Returns
        -------
        inputs : dict of str to ndarray of shape (n_pool, ...)
            Keyword arguments. `score_draws` is given the entries that belong to its
            rows. The default is an empty dict.
        """
        return {}

    def score_pool(self, estimator, X_pool):
        """Return the score of each row; higher is better.

        The pool is scored chunk by chunk and only the scores are kept. With an integer
        ``random_state`` they are the scores of ``predict_samples(estimator, X_pool,
        n_draws, random_state=random_state)`` up to rounding, whatever ``batch_size``
        and ``n_jobs``.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator that makes posterior draws, or a learner that holds one.
            If ``needs_draws`` is False, also a classifier with ``predict_proba``.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In the unit of the strategy's score, in the order of the pool.

        Raises
        ------
        TypeError
            If the estimator makes no posterior draws (`NoDrawsError`), or is a
            regressor where class probabilities are needed.
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the pool is empty, the estimator knows fewer than two classes where
            class probabilities are needed, or a parameter has a wrong value.

        Warns
        -----
        TooFewDrawsWarning
            If all scores are equal because the draws of a row are. Pools of fewer than
            20 rows are left out.
        """
        self._check(estimator, X_pool)
        seed = check_seed(self.random_state, type(self).__name__)
        scores = score_rows(
            self._scorer(estimator, X_pool, seed),
            estimator,
            X_pool,
            n_draws=self.n_draws,
            seed=seed,
            batch_size=self.batch_size,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
            draw=predict_samples if self.needs_draws else draws_or_mean,
        )
        # Of a few rows, those left at the end of a pool, the members may well agree.
        many = len(scores) >= _FEW_ROWS
        if self.needs_draws and many and np.ptp(scores) < _SAME_SCORES:
            self._warn_if_draws_are_equal(estimator, X_pool, seed)
        return scores

    def _warn_if_draws_are_equal(self, estimator, X_pool, seed):
        rows = np.arange(_FEW_ROWS)
        draws = draw_rows(estimator, X_pool, rows, n_draws=self.n_draws, seed=seed)
        if (draws == draws[:, :1]).all():
            n_draws, name = draws.shape[1], type(unwrap(estimator)[1]).__name__
            reason = (
                "it makes one draw per row"
                if n_draws == 1
                else f"its {n_draws} draws are all the same"
            )
            warn(
                f"All rows have the same score of {type(self).__name__}, so the choice "
                f"is random. The score measures how draws of {name} differ, but "
                f"{reason}. Dropout of probability 0, deterministic=True and n_draws=1 "
                "are usual causes.",
                TooFewDrawsWarning,
            )

    def _scorer(self, estimator, X_pool, seed):
        score = self.score_draws
        if is_multilabel(unwrap(estimator)[1]):
            score = partial(sum_over_labels, score)
        return Scorer(
            score,
            type(self).__name__,
            self.extra_inputs(estimator, X_pool, seed),
            self.row_inputs(estimator, X_pool, seed),
        )

    def _check(self, estimator, X_pool):
        super()._check(X_pool)
        model, owner = unwrap(estimator)[1], type(self).__name__
        if is_multilabel(model) and self.takes_multilabel:
            check_both_answers(model, owner)
        elif is_multilabel(model) or not self.takes_regressors:
            check_classes(model, owner)


class Scorer:
    """Calls ``score_draws`` for chunks of the pool and checks the result.

    Parameters
    ----------
    function : callable
        Takes draws of shape (n_rows, n_draws, n_outputs) and the inputs, returns scores
        of shape (n_rows,).
    owner : str
        The strategy's name, for messages.
    inputs : dict of str to object
        Keyword arguments of all calls.
    row_inputs : dict of str to ndarray of shape (n_pool, ...)
        Keyword arguments that are cut like the pool.
    """

    takes_rows = True

    def __init__(self, function, owner, inputs, row_inputs):
        self.function, self.owner = function, owner
        self.inputs, self.row_inputs = inputs, row_inputs

    def __call__(self, draws, rows):
        """Return scores of shape (n_rows,) for the draws of a slice of the pool."""
        of_rows = {name: array[rows] for name, array in self.row_inputs.items()}
        scores = self.function(draws, **self.inputs, **of_rows)
        must = f"score_draws of {self.owner} must return a number per row"
        scores = as_numbers(scores, must)
        if scores.shape != draws.shape[:1]:
            raise ValueError(
                f"{must}: an array of shape {draws.shape[:1]} for draws of shape "
                f"{draws.shape}, got shape {scores.shape}."
            )
        if np.isnan(scores).any():
            row = rows.start + int(np.isnan(scores).argmax())
            raise ValueError(f"{must}, got NaN for row {row} of the pool.")
        return scores


def check_classes(model, owner):
    """Raise an error unless a model gives probabilities of several classes.

    Parameters
    ----------
    model : estimator
        The estimator without pipelines and learners around it.
    owner : str
        The strategy's name, for messages.

    Raises
    ------
    TypeError
        If it is a regressor, a model of votes, or has several yes/no labels per row.
    ValueError
        If it knows fewer than two classes.
    """
    refuse_multilabel(model, owner)
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
        known = np.asarray(classes).tolist()
        raise ValueError(
            f"{owner} needs an estimator that knows at least two classes, but this "
            f"{type(model).__name__} was fitted on {known} only. "
            "Teach it another class first; Random can choose rows until then."
        )
