"""The base of strategies that ask volunteers: how many, and about which question."""

import copy
from functools import partial
from numbers import Integral

import numpy as np

from skbal._utils.parameters import count, own
from skbal._utils.pools import n_rows
from skbal._utils.tags import classifies
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import check_count
from skbal._utils.vote_models import concentration_of
from skbal._utils.votes import check_numbers_of_votes
from skbal.query._features import compute
from skbal.query._strategy import DrawStrategy


def _check_votes(value, name, owner):
    if isinstance(value, Integral):
        check_count(value, name, owner, smallest=0)
    elif not callable(value):
        check_numbers_of_votes(value, owner)


class VoteStrategy(DrawStrategy):
    """Base class of strategies whose score is a number for n votes on each row.

    Parameters
    ----------
    n_votes, question, n_draws, random_state, pool_subsample, batch_size, n_jobs, \
verbose
        As in `VoteBALD`.
    """

    takes_regressors = True

    _parameter_rules = {
        "n_votes": own(_check_votes, "an integer >= 0, an array or a function", -1),
        "question": count(0, none=True),
    }

    def __init__(self, n_votes=40, *, question=None, **shared):
        super().__init__(**shared)
        self.n_votes = n_votes
        self.question = question

    def score_pool(self, estimator, X_pool):
        """Return the information of each row's votes, in nats.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted estimator that makes posterior draws, or a learner that holds one.
            The draws must be probabilities of yes.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.
            They are read a second time if ``n_votes`` is a function.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In the order of the pool; 0 if there is only one draw.

        Raises
        ------
        TypeError
            If the estimator makes no posterior draws (`NoDrawsError`) or is a
            classifier, or ``n_votes`` or ``question`` is of the wrong kind.
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the pool is empty, ``n_votes`` is negative or does not match the number
            of rows and questions, there is no such ``question``, a draw is not in
            [0, 1], or a parameter has a wrong value.
        """
        return super().score_pool(estimator, X_pool)

    def _for_rows(self, rows, n_pool):
        if isinstance(self.n_votes, Integral) or callable(self.n_votes):
            return self
        strategy = copy.copy(self)  # not a clone, which would copy a generator, too
        strategy.n_votes = self._numbers_of_rows(n_pool)[rows]
        return strategy

    def extra_inputs(self, estimator, X_pool, random_state):
        """Return the number of votes, if it is the same for all rows.

        Parameters
        ----------
        estimator : estimator or learner
            As it was passed to `score_pool`.
        X_pool : array-like of shape (n_pool, ...)
            The whole pool.
        random_state : int
            Not used.

        Returns
        -------
        inputs : dict
            ``model``, the name of the model for messages, and ``n_votes``, if it is one
            integer.
        """
        inputs = {"model": type(unwrap(estimator)[1]).__name__}
        if isinstance(self.n_votes, Integral):
            inputs["n_votes"] = int(self.n_votes)
        return inputs

    def row_inputs(self, estimator, X_pool, random_state):
        """Return the number of votes and the concentration of each row.

        Parameters
        ----------
        estimator : estimator or learner
            As it was passed to `score_pool`.
        X_pool : array-like of shape (n_pool, ...)
            The whole pool.
        random_state : int
            Not used.

        Returns
        -------
        inputs : dict of str to ndarray
            ``n_votes`` of shape (n_pool, 1) or (n_pool, n_questions), unless it is one
            integer, and ``concentration`` of shape (n_pool, n_questions), if the model
            has it.
        """
        inputs = {}
        if callable(self.n_votes):
            inputs["n_votes"] = compute(self._numbers_by_function, X_pool)[0]
        elif not isinstance(self.n_votes, Integral):
            inputs["n_votes"] = self._numbers_of_rows(n_rows(X_pool))
        if hasattr(unwrap(estimator)[1], "predict_concentration"):
            call = partial(_concentrations, estimator)
            chunks = {"batch_size": self.batch_size, "n_jobs": self.n_jobs}
            inputs["concentration"] = compute(call, X_pool, **chunks)[0]
        return inputs

    def _of_question(self, draws, n_votes, concentration, model):
        """Return draws, numbers and concentrations of the questions considered."""
        self._check_draws(draws, n_votes, model, draws.shape[2])
        if isinstance(n_votes, np.ndarray):
            # One column holds for all questions.
            n_votes = np.broadcast_to(n_votes, draws[:, 0].shape)
        if self.question is not None:
            only = slice(self.question, self.question + 1)
            draws = draws[:, :, only]
            n_votes = n_votes if np.ndim(n_votes) == 0 else n_votes[:, only]
            if concentration is not None:
                concentration = concentration[:, only]
        return draws, n_votes, concentration

    def _check(self, estimator, X_pool):
        model = unwrap(estimator)[1]
        if classifies(model):
            raise TypeError(
                f"{type(self).__name__} needs draws of the probability that a "
                f"volunteer says yes, one column per question, but "
                f"{type(model).__name__} is a classifier, whose columns are classes. "
                "Use BALD."
            )
        super()._check(estimator, X_pool)

    def _check_draws(self, draws, n_votes, model, n_questions):
        owner = type(self).__name__
        if self.question is not None and self.question >= n_questions:
            raise ValueError(
                f"question of {owner} is {self.question}, but {model} knows "
                f"{n_questions} questions, numbered from 0."
            )
        n_columns = np.shape(n_votes)[1:]
        if n_columns not in {(), (1,), (n_questions,)}:
            raise ValueError(
                f"n_votes of {owner} has numbers for {n_columns[0]} questions, "
                f"but {model} knows {n_questions}."
            )
        if not (draws.min() >= 0 and draws.max() <= 1):  # also true of NaN
            raise ValueError(
                f"{owner} needs draws of the probability that a volunteer says "
                f"yes, but {model} drew values from {draws.min():.6g} to "
                f"{draws.max():.6g}, not within [0, 1]."
            )

    def _numbers_by_function(self, X):
        numbers = check_numbers_of_votes(self.n_votes(X), type(self).__name__)
        if numbers.ndim not in (1, 2) or len(numbers) != n_rows(X):
            raise ValueError(
                f"The function n_votes of {type(self).__name__} was given {n_rows(X)} "
                "rows and must return a number per row, or one per row and question, "
                f"got shape {numbers.shape}."
            )
        numbers = numbers.astype(np.int64)  # one dtype for all chunks
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
