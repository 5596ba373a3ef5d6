"""VoteBALD: choose the rows whose votes have most information about the weights."""

import copy

import numpy as np

from skbal._utils.answers import check_asked_questions
from skbal._utils.parameters import flag, own
from skbal._utils.pools import n_rows
from skbal._utils.questions import check_question
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import check_count
from skbal._utils.votes import check_votes
from skbal.information import (
    answer_information,
    more_vote_information,
    vote_mutual_information,
)
from skbal.query._features import compute
from skbal.query._vote_strategy import VoteStrategy


def _check_question(value, name, owner):
    # Whether the model knows the name is checked with its draws.
    if not isinstance(value, str):
        check_count(value, name, owner, smallest=0)


def _check_votes_so_far(value, name, owner):
    # The votes themselves are checked with the pool.
    if not callable(value) and np.ndim(value) not in (2, 3):
        raise TypeError(
            f"{name} of {owner} must be votes of shape (n_pool, 2) or (n_pool, "
            f"n_questions, 2), a function of rows or None, got {value!r}."
        )


class VoteBALD(VoteStrategy):
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
    question : int or str, optional
        Index of the only question considered, or its name if the model has
        ``questions``. ``None`` sums over all questions.
    votes_so_far : array-like or callable, optional
        Votes that the rows have already, for a pool whose rows may be asked about
        again: yes votes k and all votes N, of shape (n_pool, 2) or (n_pool,
        n_questions, 2). A function takes rows of the pool and returns such an array for
        them. The score is then `skbal.information.more_vote_information`. ``None``
        means that there are none.
    learned : bool, default=True
        Whether the model has learned from the votes so far. If not, the draws are
        weighted by the likelihood of the votes. Not used without votes.
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

    Votes that a binomial model has learned from make no difference, since they are in
    its posterior. For a beta-binomial, further votes on a row tell more and more about
    this row alone, and less about the weights.

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

    _parameter_rules = {
        "question": own(
            _check_question, "an integer >= 0, a name or None", -1, none=True
        ),
        "votes_so_far": own(
            _check_votes_so_far, "votes, a function or None", "none", none=True
        ),
        "learned": flag(),
    }

    def __init__(
        self,
        n_votes=40,
        *,
        question=None,
        votes_so_far=None,
        learned=True,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            n_votes,
            question=question,
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.votes_so_far = votes_so_far
        self.learned = learned

    def _for_rows(self, rows, n_pool):
        strategy = super()._for_rows(rows, n_pool)
        if self.votes_so_far is None or callable(self.votes_so_far):
            return strategy
        strategy = copy.copy(strategy)
        strategy.votes_so_far = self._votes_of(self.votes_so_far, n_pool)[rows]
        return strategy

    def extra_inputs(self, estimator, X_pool, random_state):
        """Return what is the same for all rows.

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
        inputs = super().extra_inputs(estimator, X_pool, random_state)
        questions = getattr(unwrap(estimator)[1], "questions_", None)
        if questions is not None:
            inputs["questions"], inputs["seed"] = questions, random_state
        return inputs

    def row_inputs(self, estimator, X_pool, random_state):
        """Return the number of votes, the concentration and the votes of each row.

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
            integer, ``concentration`` of shape (n_pool, n_questions), if the model has
            it, and ``votes_so_far`` of shape (n_pool, n_questions, 2), if there are
            votes.
        """
        inputs = super().row_inputs(estimator, X_pool, random_state)
        if callable(self.votes_so_far):
            inputs["votes_so_far"] = compute(self._votes_by_function, X_pool)[0]
        elif self.votes_so_far is not None:
            inputs["votes_so_far"] = self._votes_of(self.votes_so_far, n_rows(X_pool))
        return inputs

    def _votes_by_function(self, X):
        return (self._votes_of(self.votes_so_far(X), n_rows(X)),)

    def _votes_of(self, votes, n_wanted):
        owner = type(self).__name__
        votes = check_votes(votes, owner, name="votes_so_far")
        if len(votes) != n_wanted:
            raise ValueError(
                f"votes_so_far of {owner} must have k and N of each of {n_wanted} "
                f"rows, got {len(votes)}. A function of rows, votes_so_far(X), works "
                "for any pool."
            )
        return votes

    def score_draws(
        self,
        draws,
        n_votes,
        concentration=None,
        model="the model",
        votes_so_far=None,
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
        votes_so_far : ndarray of shape (n_rows, n_questions, 2), optional
            Votes that the rows have already.
        questions : list of tuple, optional
            The attribute ``questions_`` of a model of counts. ``None`` for votes k of
            N.
        seed : int, default=0
            Seeds the information of counts that are too many to be summed.

        Returns
        -------
        scores : ndarray of shape (n_rows,)
        """
        given = draws, n_votes, concentration, model, votes_so_far, questions, seed
        if isinstance(self.question, str):
            return self._with_number(questions, model).score_draws(*given)
        if questions is not None:
            return self._of_counts(*given)
        n_questions = draws.shape[2]
        given = self._of_question(draws, n_votes, concentration, model)
        if votes_so_far is None:
            return vote_mutual_information(*given).sum(axis=1)
        if votes_so_far.shape[1] != n_questions:
            raise ValueError(
                f"votes_so_far of {type(self).__name__} has votes on "
                f"{votes_so_far.shape[1]} questions, but {model} knows {n_questions}."
            )
        if self.question is not None:
            votes_so_far = votes_so_far[:, [self.question]]
        draws, *others = given
        information = more_vote_information(
            draws, votes_so_far, *others, learned=self.learned
        )
        return information.sum(axis=1)

    def _with_number(self, questions, model):
        """Return the strategy with the number of its question, not the name."""
        if questions is None:
            raise TypeError(
                f"question of {type(self).__name__} must be an integer >= 0 for "
                f"{model}, whose questions have no names, got {self.question!r}."
            )
        names = tuple(question[0] for question in questions)
        strategy = copy.copy(self)
        strategy.question = check_question(self.question, names, type(self).__name__)
        return strategy

    def _of_counts(
        self, draws, n_votes, concentration, model, votes_so_far, questions, seed
    ):
        """Return the information of counts, summed over the chosen questions."""
        if votes_so_far is not None:
            raise ValueError(
                f"votes_so_far of {type(self).__name__} must be None for {model}, "
                "which is a model of counts of several answers."
            )
        asked = check_asked_questions(questions, model, n_columns=draws.shape[2])
        self._check_draws(draws, n_votes, model, len(asked))
        if isinstance(n_votes, np.ndarray):
            n_votes = np.broadcast_to(n_votes, (len(draws), len(asked)))
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
