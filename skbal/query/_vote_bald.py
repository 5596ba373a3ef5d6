"""The strategy that asks where volunteers' votes tell most about the weights."""

import copy
from functools import partial
from numbers import Integral

import numpy as np

from skbal._utils.pools import n_rows
from skbal._utils.tags import classifies
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import check_count
from skbal._utils.vote_models import concentration_of
from skbal._utils.votes import check_numbers_of_votes, concentration_of_rows
from skbal.information import vote_mutual_information
from skbal.query._features import compute
from skbal.query._strategy import DrawStrategy


class VoteBALD(DrawStrategy):
    """Ask where the votes of n volunteers would tell most about the weights, in nats.

    The score is `skbal.information.vote_mutual_information`: high where each draw is
    sure how many will say yes and the draws disagree [1]_. It is 0 where they agree, be
    it that half of the volunteers say yes. Where the model has
    ``predict_concentration``, votes that scatter more than those of a coin tell less.

    Parameters
    ----------
    n_votes : int, array-like or callable, default=40
        How many volunteers would be asked: N, 0 or more. An array of shape (n_pool,) or
        (n_pool, n_questions) has a number for each row of the pool that the strategy is
        called with. A function is given rows of the pool and returns such an array for
        them; it also works where the pool shrinks, as in a loop, and inside of other
        strategies.
    question : int, optional
        Counts only the votes on this question. None takes the sum over all questions.
    n_draws : int, optional
        How many posterior draws; None takes the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the draws and of the order of equal scores. An integer gives the same choice
        for the same estimator and pool.
    pool_subsample : int, optional
        A call scores only this many random rows of the pool; None scores all.
    batch_size : int, optional
        How many rows are drawn for at once; None keeps memory to some 64 MB.
    n_jobs : int, optional
        How many pieces of the pool are worked on at once, by `joblib`; None asks
        `joblib.parallel_config`, and means 1 outside of it.
    verbose : int, default=0
        Whether to show a progress bar over the rows of the pool.

    See Also
    --------
    BALD : For classes, one label a row.
    skbal.information.vote_information_curve : When more votes stop paying.

    Notes
    -----
    The sum over questions is an upper bound of what their votes tell together. Given
    the weights, votes on different questions are independent, so both differ only in
    the entropy of the votes, which for all together is at most the sum.

    The information of more votes is never less, so rows with a larger ``n_votes`` are
    favoured.

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning.

    Examples
    --------
    Any model whose draws are probabilities of yes will do. The first two rows are
    unsure, but only of the second do the draws disagree:

    >>> import numpy as np
    >>> from skbal.query import VoteBALD
    >>> class Model:
    ...     def predict_samples(self, X, n_draws=None, *, random_state=None):
    ...         return np.array([[[0.5], [0.5]], [[0.2], [0.8]], [[0.9], [0.9]]])[X]
    >>> strategy = VoteBALD(n_votes=10, random_state=0)
    >>> strategy(Model(), np.array([0, 1, 2]))
    array([1])
    >>> strategy.score_pool(Model(), np.array([0, 1, 2])).round(3)
    array([0.   , 0.648, 0.   ])
    """

    _takes_regressors = True

    def __init__(
        self,
        n_votes=40,
        question=None,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        )
        self.n_votes = n_votes
        self.question = question

    def score_pool(self, estimator, X_pool):
        """Return the information of each row's votes, in nats.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted model of votes, or any that draws probabilities of yes, or a
            learner that holds one.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows; what is not in memory is read piece by piece, and once
            more where ``n_votes`` is a function.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In the order of the pool; all 0 with a single draw.

        Raises
        ------
        TypeError
            If the estimator makes no posterior draws (`NoDrawsError`) or is a
            classifier, or ``n_votes`` or ``question`` is of the wrong kind.
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the pool is empty, ``n_votes`` is negative or not of as many rows and
            questions as there are, there is no such ``question``, a draw is not in
            [0, 1], or a parameter of the strategy is wrong.
        """
        return super().score_pool(estimator, X_pool)

    def _for_rows(self, rows, n_pool):
        if isinstance(self.n_votes, Integral) or callable(self.n_votes):
            return self
        strategy = copy.copy(self)  # a clone would copy a generator, too
        strategy.n_votes = self._numbers_of_rows(n_pool)[rows]
        return strategy

    def _scorer(self, estimator, X_pool, seed):
        question = self.question
        if question is not None:
            question = check_count(
                question, "question", type(self).__name__, smallest=0
            )
        return _VoteScorer(
            self._numbers(X_pool),
            question,
            self._concentration(estimator, X_pool),
            type(self).__name__,
            type(unwrap(estimator)[1]).__name__,
        )

    def _check(self, estimator, X_pool):
        super()._check(estimator, X_pool)
        model = unwrap(estimator)[1]
        if classifies(model):
            raise TypeError(
                f"{type(self).__name__} needs draws of the probability that a "
                f"volunteer says yes, one column a question, but {type(model).__name__}"
                " is a classifier, whose columns are classes. Use BALD."
            )

    def _numbers(self, X_pool):
        """Return n_votes as an int or an array with a row for each of the pool's."""
        if isinstance(self.n_votes, Integral):
            owner = type(self).__name__
            return check_count(self.n_votes, "n_votes", owner, smallest=0)
        if callable(self.n_votes):
            return compute(self._numbers_by_function, X_pool)[0]
        return self._numbers_of_rows(n_rows(X_pool))

    def _concentration(self, estimator, X_pool):
        """Return the model's concentration for each row of the pool, None for none."""
        if not hasattr(unwrap(estimator)[1], "predict_concentration"):
            return None
        call = partial(_concentrations, estimator)
        pieces = {"batch_size": self.batch_size, "n_jobs": self.n_jobs}
        return compute(call, X_pool, **pieces)[0]

    def _numbers_by_function(self, X):
        numbers = check_numbers_of_votes(self.n_votes(X), type(self).__name__)
        if numbers.ndim not in (1, 2) or len(numbers) != n_rows(X):
            raise ValueError(
                f"The function n_votes of {type(self).__name__} was given {n_rows(X)} "
                "rows and must return a number for each of them, or one a question, "
                f"got shape {numbers.shape}."
            )
        numbers = numbers.astype(np.int64)  # one type for all pieces
        return (numbers if numbers.ndim == 2 else numbers[:, np.newaxis],)

    def _numbers_of_rows(self, n_pool):
        owner = type(self).__name__
        numbers = check_numbers_of_votes(self.n_votes, owner)
        if numbers.ndim not in (1, 2) or len(numbers) != n_pool:
            raise ValueError(
                f"n_votes of {owner} must be one integer, or have shape (n_pool,) or "
                f"(n_pool, n_questions) with n_pool = {n_pool} for this pool, got "
                f"shape {numbers.shape}. A function of rows, n_votes(X), works for any "
                "pool."
            )
        return numbers if numbers.ndim == 2 else numbers[:, np.newaxis]


def _concentrations(estimator, X):
    return (concentration_of(estimator, X),)


class _VoteScorer:
    """Information over votes of the draws of some rows; can be pickled.

    Parameters
    ----------
    n_votes : int or ndarray of shape (n_pool, 1) or (n_pool, n_questions)
        Of all rows of the pool.
    question : int or None
        As `VoteBALD` describes it.
    concentration : None or ndarray of shape (n_pool, n_questions)
        The model's, of all rows of the pool.
    owner, model : str
        The names of the strategy and of the model's class, for messages.
    """

    takes_rows = True

    def __init__(self, n_votes, question, concentration, owner, model):
        self.n_votes = n_votes
        self.question = question
        self.concentration = concentration
        self.owner = owner
        self.model = model

    def __call__(self, draws, rows):
        """Return scores of shape (n_rows,) for the draws of a slice of the pool."""
        self._check(draws)
        n_votes = self.n_votes
        concentration = concentration_of_rows(self.concentration, rows)
        if isinstance(n_votes, np.ndarray):
            n_rows_and_questions = (draws.shape[0], draws.shape[2])
            n_votes = np.broadcast_to(n_votes[rows], n_rows_and_questions)
        if self.question is not None:
            only = slice(self.question, self.question + 1)
            draws = draws[:, :, only]
            n_votes = n_votes if np.ndim(n_votes) == 0 else n_votes[:, only]
            if concentration is not None:
                concentration = concentration[:, only]
        return vote_mutual_information(draws, n_votes, concentration).sum(axis=1)

    def _check(self, draws):
        n_questions = draws.shape[2]
        if self.question is not None and self.question >= n_questions:
            raise ValueError(
                f"question of {self.owner} is {self.question}, but {self.model} knows "
                f"{n_questions} questions, numbered from 0."
            )
        n_columns = np.shape(self.n_votes)[1:]
        if n_columns not in {(), (1,), (n_questions,)}:
            raise ValueError(
                f"n_votes of {self.owner} has numbers for {n_columns[0]} questions, "
                f"but {self.model} knows {n_questions}."
            )
        if not (draws.min() >= 0 and draws.max() <= 1):  # also true of NaN
            raise ValueError(
                f"{self.owner} needs draws of the probability that a volunteer says "
                f"yes, but {self.model} drew values from {draws.min():.6g} to "
                f"{draws.max():.6g}, not within [0, 1]."
            )
