"""Labels of a model of votes: k of N per question, or a count of each answer.

The models ask these classes for all that depends on the form of y. The draws of either
have a column per question or per answer, and the count of one column is binomial or
beta-binomial in both.
"""

from abc import ABC, abstractmethod

import numpy as np

from skbal._utils.answers import (
    COUNT_LIKELIHOODS,
    check_asked_questions,
    described,
)
from skbal._utils.counts import as_table, check_counts, totals
from skbal._utils.parameters import own
from skbal._utils.votes import check_votes
from skbal.information import answer_log_likelihood, vote_log_likelihood
from skbal.models._votes._shares import ShareStreams, dirichlet_draws


def _check_questions(value, name, owner):
    if value is not None:
        check_asked_questions(value, owner)


# The rule for the parameter ``questions`` of models.
QUESTIONS = own(
    _check_questions,
    "a list of tuples (name, answers) or (name, answers, asked_of)",
    "shape",
    none=True,
)


class Labels(ABC):
    """The form of the labels of a fitted model.

    Attributes
    ----------
    n_questions : int
        Number of questions.
    sizes : ndarray of int of shape (n_questions,)
        Number of columns of each question in the draws.
    questions : list of tuple or None
        The questions as (name, answers, asked_of). ``None`` for k of N.
    """

    n_questions: int
    sizes: np.ndarray
    questions = None

    @property
    def n_columns(self):
        """Number of columns of the draws."""
        return int(self.sizes.sum())

    def per_column(self, numbers):
        """Return numbers for each column from numbers for each question.

        Parameters
        ----------
        numbers : ndarray of shape (n_samples, n_questions)
            One number per question.

        Returns
        -------
        numbers : ndarray of shape (n_samples, n_columns)
        """
        return np.repeat(numbers, self.sizes, axis=1)

    @abstractmethod
    def check(self, y, owner):
        """Return y as an array of integers, or raise a ValueError."""

    @abstractmethod
    def totals(self, y):
        """Return the number of votes per row and question, (n_samples, n_questions)."""

    @abstractmethod
    def split(self, y):
        """Return the part of y of each question, a list."""

    @abstractmethod
    def log_likelihood(self, draws, y, concentration):
        """Return the log-likelihood of each row in nats, summed over questions.

        Parameters
        ----------
        draws : ndarray of shape (n_samples, n_draws, n_columns)
            Draws of rho or of shares.
        y : ndarray
            Result of `check`.
        concentration : ndarray of shape (n_samples, n_questions)
            Infinity is the binomial or multinomial.

        Returns
        -------
        log_likelihood : ndarray of shape (n_samples,)
        """

    @abstractmethod
    def own_shares(self, draws, concentration, seed):
        """Return draws of the shares of single rows around their means.

        Parameters
        ----------
        draws, concentration
            As in `log_likelihood`.
        seed : int

        Returns
        -------
        shares : ndarray of the shape and dtype of ``draws``
        """


class YesVotes(Labels):
    """Labels k of N, of shape (n_samples, n_questions, 2).

    Parameters
    ----------
    n_questions : int
        Number of questions.
    """

    def __init__(self, n_questions):
        self.n_questions = n_questions
        self.sizes = np.ones(n_questions, dtype=int)

    def check(self, y, owner):
        return check_votes(y, owner, n_questions=self.n_questions)

    def totals(self, y):
        return y[..., 1]

    def split(self, y):
        return list(np.moveaxis(y, 1, 0))

    def log_likelihood(self, draws, y, concentration):
        return vote_log_likelihood(draws, y, concentration).sum(axis=1)

    def own_shares(self, draws, concentration, seed):
        shares = np.empty_like(draws)
        for number, numbers in enumerate(concentration.T):
            yes = draws[:, :, number]
            both = np.stack([yes, 1 - yes], axis=-1)
            own = _own_shares(both, numbers, seed, number)
            shares[:, :, number] = own[..., 0]
        return shares


class AnswerCounts(Labels):
    """Counts of each answer, of shape (n_samples, n_columns).

    Parameters
    ----------
    asked : tuple of Asked
        The questions.
    """

    def __init__(self, asked):
        self.asked = asked
        self.n_questions = len(asked)
        self.sizes = np.array([len(question.answers) for question in asked])
        self.questions = described(asked)

    def check(self, y, owner):
        return check_counts(y, owner, asked=self.asked)

    def totals(self, y):
        return totals(y, self.asked)

    def split(self, y):
        return [y[:, question.columns] for question in self.asked]

    def log_likelihood(self, draws, y, concentration):
        # Given their totals, the counts of different questions are independent.
        return sum(
            answer_log_likelihood(
                draws[..., question.columns], y[:, question.columns], numbers
            )
            for question, numbers in zip(self.asked, concentration.T)
        )

    def own_shares(self, draws, concentration, seed):
        parts = [
            _own_shares(draws[..., question.columns], numbers, seed, number)
            for number, (question, numbers) in enumerate(
                zip(self.asked, concentration.T)
            )
        ]
        return np.concatenate(parts, axis=2).astype(draws.dtype)


def _own_shares(draws, concentration, seed, question):
    """Return draws for one question, whose answers are the last axis."""
    numbers = concentration[:, np.newaxis, np.newaxis]
    return dirichlet_draws(draws, numbers, ShareStreams(seed, question))


def labels_of(likelihood, questions, y, owner):
    """Return the form of labels to learn from, and the labels as integers.

    Parameters
    ----------
    likelihood : str
        The name of the likelihood.
    questions : list of tuple or None
        See `check_asked_questions`.
    y : array-like
        The labels as they were given to ``fit``.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    labels : Labels
    y : ndarray of int

    Raises
    ------
    ValueError
        If y does not have this form, or ``questions`` is given for k of N.
    """
    if likelihood not in COUNT_LIKELIHOODS:
        if questions is not None:
            raise ValueError(
                f"questions of {owner} must be None for likelihood={likelihood!r}, "
                "whose y is k of N. For counts of each answer, set likelihood="
                '"multinomial" or "dirichlet-multinomial".'
            )
        votes = check_votes(y, owner)
        return YesVotes(votes.shape[1]), votes
    n_columns = as_table(y, owner).shape[1]
    if questions is None and n_columns == 2:
        raise ValueError(
            f"y given to {owner} has two columns. If they are k and N, set likelihood="
            '"binomial" or "beta-binomial". If they are counts of two answers, say so '
            'by questions=[("question", ["yes", "no"])].'
        )
    labels = AnswerCounts(check_asked_questions(questions, owner, n_columns=n_columns))
    return labels, labels.check(y, owner)
