"""VoteBALD: choose the rows whose votes have most information about the weights."""

import copy
from functools import partial
from numbers import Integral

import numpy as np

from skbal._utils.answers import check_asked_questions
from skbal._utils.parameters import count, own
from skbal._utils.pools import n_rows
from skbal._utils.tags import classifies
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import check_count
from skbal._utils.vote_models import concentration_of
from skbal._utils.votes import check_numbers_of_votes
from skbal.information import answer_information, vote_mutual_information
from skbal.query._features import compute
from skbal.query._strategy import DrawStrategy


def _check_votes(value, name, owner):
    if isinstance(value, Integral):
        check_count(value, name, owner, smallest=0)
    elif not callable(value):
        check_numbers_of_votes(value, owner)


class VoteBALD(DrawStrategy):
    """Choose the rows whose votes have most information about the weights, in nats.

    The score is `skbal.information.vote_mutual_information` [1]_. It is high if each
    draw is certain how many of n volunteers will say yes and the draws disagree. It is
    0 if the draws agree, even that half of the volunteers say yes. If the model has
    ``predict_concentration``, the votes are beta-binomial and have less information.
    For a model of counts of answers it is `skbal.information.answer_information`.

    Parameters
    ----------
    n_votes : int, array-like or callable, default=40
        Number of volunteers who would be asked, 0 or more. An array of shape (n_pool,)
        or (n_pool, n_questions) has a number per row of the pool. A function takes rows
        of the pool and returns such an array for them. It also works in a loop, where
        the pool shrinks, and inside other strategies.
    question : int, optional
        Index of the only question considered. ``None`` sums over all questions.
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

    See Also
    --------
    BALD : For classes, with one label per row.
    skbal.information.vote_information_curve : Information by the number of votes.

    Notes
    -----
    The sum over questions is an upper bound of their joint information. Given the
    weights, votes on different questions are independent, so the two differ only in the
    entropy of the votes, and the joint entropy is at most the sum.

    More votes never have less information, so rows with a larger ``n_votes`` have an
    advantage.

    In a tree of questions, fewer volunteers are asked a question that follows an
    answer. Give their expected number by a function that returns a number per row and
    question.

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning.

    Examples
    --------
    The draws of the model must be probabilities of yes. The first two rows are
    uncertain, but the draws disagree only for the second:

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

    takes_regressors = True

    _parameter_rules = {
        "n_votes": own(_check_votes, "an integer >= 0, an array or a function", -1),
        "question": count(0, none=True),
    }

    def __init__(
        self,
        n_votes=40,
        *,
        question=None,
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
            Seeds the information of counts that are too many to be summed.

        Returns
        -------
        inputs : dict
            ``model``, the name of the model for messages, and ``n_votes``, if it is one
            integer. For a model of counts, also its ``questions`` and a ``seed``.
        """
        model = unwrap(estimator)[1]
        inputs = {"model": type(model).__name__}
        if getattr(model, "questions_", None) is not None:
            inputs["questions"], inputs["seed"] = model.questions_, random_state
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

    def score_draws(
        self,
        draws,
        n_votes,
        concentration=None,
        model="the model",
        questions=None,
        seed=0,
    ):
        """Return the information of the votes of each row, in nats.

        Parameters
        ----------
        draws : ndarray of shape (n_rows, n_draws, n_columns)
            Probabilities of yes, one column per question, or shares of answers.
        n_votes : int or ndarray of shape (n_rows, 1) or (n_rows, n_questions)
            Number of votes.
        concentration : ndarray of shape (n_rows, n_questions), optional
            Concentration of the beta-binomial; ``None`` for binomial votes.
        model : str, default="the model"
            Name of the model, for messages.
        questions : list of tuple, optional
            The attribute ``questions_`` of a model of counts. ``None`` for votes k of
            N.
        seed : int, default=0
            Seeds the information of counts that are too many to be summed.

        Returns
        -------
        scores : ndarray of shape (n_rows,)
        """
        asked = None
        if questions is not None:
            asked = check_asked_questions(questions, model, n_columns=draws.shape[2])
        n_questions = draws.shape[2] if asked is None else len(asked)
        self._check_draws(draws, n_votes, model, n_questions)
        if isinstance(n_votes, np.ndarray):
            # One column holds for all questions.
            n_votes = np.broadcast_to(n_votes, (len(draws), n_questions))
        if asked is not None:
            return self._of_counts(asked, draws, n_votes, concentration, seed)
        if self.question is not None:
            only = slice(self.question, self.question + 1)
            draws = draws[:, :, only]
            n_votes = n_votes if np.ndim(n_votes) == 0 else n_votes[:, only]
            if concentration is not None:
                concentration = concentration[:, only]
        return vote_mutual_information(draws, n_votes, concentration).sum(axis=1)

    def _of_counts(self, asked, draws, n_votes, concentration, seed):
        """Return the information of counts, summed over the chosen questions."""
        chosen = range(len(asked)) if self.question is None else [self.question]
        return sum(
            answer_information(
                draws[:, :, asked[number].columns],
                n_votes if np.ndim(n_votes) == 0 else n_votes[:, number],
                None if concentration is None else concentration[:, number],
                random_state=seed,
            )
            for number in chosen
        )

    def _check(self, estimator, X_pool):
        super()._check(estimator, X_pool)
        model = unwrap(estimator)[1]
        if classifies(model):
            raise TypeError(
                f"{type(self).__name__} needs draws of the probability that a "
                f"volunteer says yes, one column per question, but "
                f"{type(model).__name__} is a classifier, whose columns are classes. "
                "Use BALD."
            )

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
