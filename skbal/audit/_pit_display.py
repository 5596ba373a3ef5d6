"""The histogram that shows how predicted distributions of votes are wrong."""

import numpy as np

from skbal._utils.matplotlib_style import (
    axes_or_new,
    check_ax,
    legend_label,
    line_style,
)
from skbal._utils.questions import check_names, chosen_questions
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import MOST_IN_MEMORY, check_count
from skbal._utils.vote_models import column_names_of
from skbal.audit._checks import check_asked, check_model_and_votes, check_predictions
from skbal.audit._pit import pit_of, pit_of_model, vote_pit_histogram

_NAME = "VotePITDisplay"


class VotePITDisplay:
    """Histogram of the probability integral transform of votes.

    Make one with `from_estimator` or `from_predictions`. The histogram is flat if the
    model is right. It is high at both ends if the predicted distributions are too
    narrow, high in the middle if they are too wide, and high at the right end if they
    predict too few yes votes.

    Parameters
    ----------
    shares : array-like of shape (n_questions, n_bins)
        Result of `vote_pit_histogram`.
    question_names : sequence of str, optional
        Names of the questions.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes of the plot.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    bars_ : dict of str to matplotlib.patches.StepPatch
        The histogram of each question, by its label.

    See Also
    --------
    vote_pit : The numbers.
    VoteCoverageDisplay : Show whether intervals contain as many votes as they claim.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.audit import VotePITDisplay
    >>> votes, rho_draws = [[20, 40], [5, 40]], np.full((2, 1, 1), 0.3)
    >>> display = VotePITDisplay.from_predictions(votes, rho_draws, n_bins=4)
    >>> display.shares.round(2)
    array([[0.5, 0. , 0. , 0.5]])
    """

    def __init__(self, *, shares, question_names=None):
        self.shares = shares
        self.question_names = question_names

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        n_bins=10,
        question=None,
        question_names=None,
        n_draws=None,
        random_state=None,
        ax=None,
    ):
        """Plot the histogram of a fitted model of votes.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted model of votes, such as `skbal.models.MCDropoutVoteRegressor`, or
            a pipeline, a search or a learner that holds one.
        X : array-like of shape (n_samples, ...)
            Rows that the model was not fitted on.
        y : array-like of shape (n_samples, 2), (n_samples, n_questions, 2) or \
(n_samples, n_columns)
            Their votes, in the form passed to ``fit``. Rows with N = 0 are left out.
            For counts of answers, each answer is a question of its own.
        n_bins : int, default=10
            Number of bins of equal width.
        question, ax
            See `plot`.
        question_names : sequence of str, optional
            Names of the questions. ``None`` takes those of a model of counts.
        n_draws : int, optional
            Number of posterior draws. ``None`` uses the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.

        Returns
        -------
        display : VotePITDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError
            If the estimator is not a model of votes, or an argument has a wrong type.
        ValueError
            If X, y and the model differ in rows or questions, a question has no votes,
            or an argument has a wrong value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        votes = check_model_and_votes(estimator, X, y, _NAME)
        if question_names is None:
            question_names = column_names_of(unwrap(estimator)[1])
        _check_request(votes, n_bins, question, question_names, ax)
        (pit,) = pit_of_model(
            estimator, X, votes, _NAME, n_draws=n_draws, random_state=random_state
        )
        shares = vote_pit_histogram(pit, n_bins)
        display = cls(shares=shares, question_names=question_names)
        return display.plot(ax, question=question)

    @classmethod
    def from_predictions(
        cls,
        y,
        rho_draws,
        *,
        concentration=None,
        n_bins=10,
        question=None,
        question_names=None,
        questions=None,
        ax=None,
    ):
        """Plot the histogram of draws of rho.

        Parameters
        ----------
        y : array-like of shape (n_samples, 2), (n_samples, n_questions, 2) or \
(n_samples, n_columns)
            Observed votes: yes votes k and all votes N, or for draws of shares the
            count of each answer. Rows with N = 0 are left out.
        rho_draws : array-like of shape (n_samples, n_draws, n_questions) or \
(n_samples, n_draws, n_columns)
            Draws of the probability that one volunteer says yes, in [0, 1], or of the
            shares of answers.
        concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions), optional
            Concentration of the beta-binomial distribution of votes given the draw.
            ``None`` or infinity is the binomial distribution.
        n_bins, question_names
            See `from_estimator`.
        questions : list of tuple, optional
            The questions that counts of answers belong to, as in the parameter
            ``questions`` of the models. ``None`` is one question about all columns, if
            there are three or more.
        question, ax
            See `plot`.

        Returns
        -------
        display : VotePITDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type, shape or value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        rho_draws, votes, concentration, names = check_predictions(
            rho_draws, y, concentration, _NAME, name="y", questions=questions
        )
        question_names = names if question_names is None else question_names
        _check_request(votes, n_bins, question, question_names, ax)
        shares = vote_pit_histogram(pit_of(rho_draws, votes, concentration), n_bins)
        display = cls(shares=shares, question_names=question_names)
        return display.plot(ax, question=question)

    def plot(self, ax=None, *, question=None):
        """Plot the histograms and the line of a right model.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.
        question : int or str, optional
            Number or name of the only question to plot. ``None`` plots all.

        Returns
        -------
        self : VotePITDisplay
            With ``bars_``.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type, or there is no such question.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        shares = np.asarray(self.shares)
        names = check_names(self.question_names, len(shares), _NAME)
        chosen = chosen_questions(question, names, _NAME)
        self.ax_ = ax = axes_or_new(ax, _NAME)
        self.figure_, self.bars_ = ax.figure, {}
        for number in chosen:
            self._draw(number, names[number], shares[number], filled=len(chosen) == 1)
        ax.axhline(1, color="0.5", linestyle=":", label="If the model is right")
        ax.set(xlim=(0, 1), xlabel="Place in the predicted distribution")
        ax.set(ylabel="Votes, relative to uniform")
        ax.set_ylim(bottom=0)
        ax.legend()
        return self

    def _draw(self, number, name, shares, filled):
        alone = self.question_names is None and len(self.shares) == 1
        label, color = "Observed votes" if alone else name, line_style(number)["color"]
        edges = np.linspace(0, 1, len(shares) + 1)
        heights = shares * len(shares)  # 1 in every bin if the histogram is flat
        if filled:
            self.ax_.stairs(heights, edges, fill=True, color=color, alpha=0.3)
        self.bars_[label] = self.ax_.stairs(
            heights, edges, color=color, linewidth=1.5, label=legend_label(label)
        )


def _check_request(votes, n_bins, question, question_names, ax):
    """Check all arguments of the plot, before the first draw."""
    names = check_names(question_names, votes.shape[1], _NAME)
    check_asked(votes, names, _NAME)
    chosen_questions(question, names, _NAME)
    check_ax(ax, _NAME)
    check_count(n_bins, "n_bins", _NAME, most=MOST_IN_MEMORY)
