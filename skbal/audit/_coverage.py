"""The share of observed votes inside predicted intervals, against their level."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal._utils.questions import check_names
from skbal.audit._checks import check_asked, check_levels, check_predictions
from skbal.audit._pit import cumulative, pit_cdf, pit_in, vote_distributions
from skbal.information import vote_interval


@dataclass(frozen=True, eq=False, repr=False)
class VoteCoverage:
    """Coverage of predicted intervals of votes, the result of `vote_coverage`.

    Parameters
    ----------
    levels : ndarray of shape (n_levels,)
        Nominal coverage: the probability that the intervals should contain.
    coverage : ndarray of shape (n_questions, n_levels)
        Actual coverage. Its expectation equals the level if the model is right.
    standard_error : ndarray of shape (n_questions, n_levels)
        Standard error of the coverage over rows. It is NaN for a single row.
    interval_coverage : ndarray of shape (n_questions, n_levels)
        Share of the rows whose k lies inside `vote_interval`.
    expected : ndarray of shape (n_questions, n_levels)
        Share that the model predicts for ``interval_coverage``. It is the level or
        more, because the ends of these intervals are whole numbers of votes.
    n_rows : ndarray of shape (n_questions,)
        Number of rows with votes on the question.
    question_names : tuple of str
        Names of the questions.

    Examples
    --------
    >>> from skbal.audit import vote_coverage
    >>> vote_coverage([[[0.5]], [[0.5]]], [[1, 2], [2, 2]], levels=0.8)
    VoteCoverage(question 0: 0.800 of 0.8; 2 rows)
    """

    levels: np.ndarray
    coverage: np.ndarray
    standard_error: np.ndarray
    interval_coverage: np.ndarray
    expected: np.ndarray
    n_rows: np.ndarray
    question_names: tuple

    def __repr__(self):
        lines = [
            f"{name}: "
            + ", ".join(f"{c:.3f} of {level:g}" for c, level in zip(row, self.levels))
            + f"; {n} rows"
            for name, row, n in zip(self.question_names, self.coverage, self.n_rows)
        ]
        return f"{type(self).__name__}({' | '.join(lines)})"

    def to_frame(self):
        """Return the coverage as a table, one row per question and level.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``question``, ``level``, ``coverage``,
            ``standard_error``, ``interval_coverage``, ``expected`` and ``n_rows``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "VoteCoverage.to_frame")
        n_levels = len(self.levels)
        return pandas.DataFrame(
            {
                "question": np.repeat(self.question_names, n_levels),
                "level": np.tile(self.levels, len(self.question_names)),
                "coverage": self.coverage.ravel(),
                "standard_error": self.standard_error.ravel(),
                "interval_coverage": self.interval_coverage.ravel(),
                "expected": self.expected.ravel(),
                "n_rows": np.repeat(self.n_rows, n_levels),
            }
        )


def vote_coverage(
    rho_draws,
    votes,
    *,
    levels=(0.5, 0.8, 0.95),
    concentration=None,
    question_names=None,
    questions=None,
):
    """Return the share of the observed votes that lie inside predicted intervals.

    The interval of level L reaches from the quantile (1 - L) / 2 of the predicted
    distribution to its quantile (1 + L) / 2. The number of yes votes is discrete, so a
    quantile usually falls between F(k - 1) and F(k) for some k. An observed k therefore
    counts by the part of the interval from F(k - 1) to F(k) that lies inside [1]_. If
    the model is right, the expectation of the mean over rows is exactly L for every N.

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions) or (n_samples, \
n_draws, n_columns)
        Draws of the probability that one volunteer says yes, in [0, 1], or of the
        shares of answers.
    votes : array-like of shape (n_samples, 2), (n_samples, n_questions, 2) or \
(n_samples, n_columns)
        Observed votes: yes votes k and all votes N, or for draws of shares the count of
        each answer. Each answer is then a question of its own. Rows with N = 0 are
        left out.
    levels : float or array-like of shape (n_levels,), default=(0.5, 0.8, 0.95)
        Levels of the intervals, between 0 and 1.
    concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions), optional
        Concentration of the beta-binomial distribution of votes given the draw.
        ``None`` or infinity is the binomial distribution. The method
        ``predict_concentration`` of a vote model returns it.
    question_names : sequence of str, optional
        Names of the questions, or of the answers. ``None`` numbers them, or takes the
        names in ``questions``.
    questions : list of tuple, optional
        The questions that counts of answers belong to, as in the parameter
        ``questions`` of the models. ``None`` is one question about all columns, if
        there are three or more.

    Returns
    -------
    coverage : VoteCoverage
        The coverage with its standard error. Also the share of rows inside intervals
        with whole-numbered ends, and the share expected there.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong shape or value, the numbers of rows or questions
        differ, or a question has no votes.

    See Also
    --------
    VoteCoverageDisplay : Draw the coverage against the level.
    vote_pit : F(k - 1) and F(k) of each row.

    Notes
    -----
    If the probability of k is 0 in floating-point arithmetic, the row counts as fully
    inside or fully outside, depending on F(k).

    References
    ----------
    .. [1] C. Czado, T. Gneiting and L. Held (2009), Predictive model assessment for
       count data, Biometrics 65.

    Examples
    --------
    One of two fair votes is yes. F(k - 1) is 0.25 and F(k) is 0.75. The interval of
    level 0.8 contains all of that, the interval of level 0.25 half of it:

    >>> from skbal.audit import vote_coverage
    >>> vote_coverage([[[0.5]]], [[1, 2]], levels=[0.25, 0.8]).coverage
    array([[0.5, 1. ]])
    """
    owner = "vote_coverage"
    rho_draws, votes, concentration, names = check_predictions(
        rho_draws, votes, concentration, owner, questions=questions
    )
    levels = check_levels(levels, owner)
    names = names if question_names is None else question_names
    names = check_names(names, votes.shape[1], owner)
    n_rows = check_asked(votes, names, owner)
    pit = np.empty(votes.shape)
    inside, expected = np.zeros((2, votes.shape[1], len(levels)))
    for rows, distribution in vote_distributions(rho_draws, votes, concentration):
        cdf = cumulative(distribution)
        pit[rows] = pit_in(cdf, votes[rows])
        for place, level in enumerate(levels):
            interval = vote_interval(distribution, level)
            sums = _inside_and_expected(interval, cdf, votes[rows])
            inside[:, place] += sums[0]
            expected[:, place] += sums[1]
    n = n_rows[:, np.newaxis]
    return VoteCoverage(
        levels, *coverage_of(pit, levels), inside / n, expected / n, n_rows, names
    )


def coverage_of(pit, levels):
    """Return the coverage of central intervals, and its standard error.

    Parameters
    ----------
    pit : ndarray of shape (n_samples, n_questions, 2)
        Result of `vote_pit`. Every question has votes.
    levels : ndarray of shape (n_levels,)
        Levels between 0 and 1.

    Returns
    -------
    coverage, standard_error : ndarray of shape (n_questions, n_levels)
    """
    n_rows = np.count_nonzero(~np.isnan(pit[..., 0]), axis=0)
    coverage, standard_error = np.empty((2, pit.shape[1], len(levels)))
    for place, level in enumerate(levels):
        covered = pit_cdf(pit, (1 + level) / 2) - pit_cdf(pit, (1 - level) / 2)
        mean = np.nanmean(covered, axis=0)
        squares = np.nansum((covered - mean) ** 2, axis=0)
        freedom = np.where(n_rows > 1, n_rows - 1, np.nan)
        coverage[:, place] = mean
        standard_error[:, place] = np.sqrt(squares / freedom / n_rows)
    return coverage, standard_error


def _inside_and_expected(interval, cdf, votes):
    """Return, for each question, the number of rows inside and the expected number."""
    asked = votes[..., 1] > 0
    inside = (interval[..., 0] <= votes[..., 0]) & (votes[..., 0] <= interval[..., 1])
    ends = np.take_along_axis(cdf, interval + [0, 1], axis=-1)  # F(low - 1), F(high)
    expected = ends[..., 1] - ends[..., 0]
    return (inside & asked).sum(axis=0), (expected * asked).sum(axis=0)
