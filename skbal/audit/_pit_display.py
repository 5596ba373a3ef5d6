"""The histogram that shows in which way predicted distributions of votes are wrong."""

import numpy as np

from skbal._utils.questions import check_names, chosen_questions
from skbal._utils.votes import check_votes
from skbal.audit._checks import check_asked, check_predictions
from skbal.audit._from_models import pit_of_model
from skbal.audit._pit import pit_of, vote_pit_histogram
from skbal.plotting._style import axes_or_new, line_style

_NAME = "VotePITDisplay"


class VotePITDisplay:
    """Histogram of where observed votes fall in their predicted distributions.

    Make one with `from_estimator` or `from_predictions`. It is flat if the model is
    right, high at both ends if the distributions are too narrow, high in the middle if
    they are too wide, and high at one end if they are off to the other side.

    Parameters
    ----------
    shares : array-like of shape (n_questions, n_bins)
        As `vote_pit_histogram` returns them.
    question_names : sequence of str, optional
        One a question.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes drawn on.
    figure_ : matplotlib.figure.Figure
        The figure they are in.
    bars_ : dict of str to matplotlib.patches.StepPatch
        The histogram of each question, by its label.

    See Also
    --------
    vote_pit : The numbers.
    VoteCoverageDisplay : What this does to intervals.

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
        """Draw the histogram of a fitted model of votes.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted model of votes, such as `skbal.models.MCDropoutVoteRegressor`, or
            a pipeline, a search or a learner that holds one.
        X : array-like of shape (n_samples, ...)
            Rows that the model has not seen.
        y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
            Their votes: yes votes k and all votes N. Rows with N = 0 are left out.
        n_bins : int, default=10
            How many bins of equal width.
        question, ax
            As in `plot`.
        question_names : sequence of str, optional
            One a question.
        n_draws : int, optional
            How many draws; None takes the model's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            Of the draws.

        Returns
        -------
        display : VotePITDisplay
            Drawn.

        Raises
        ------
        TypeError
            If the estimator is no model of votes, or an argument of a wrong kind.
        ValueError
            If X, y and the model differ in rows or questions, a question has no vote,
            or an argument has a wrong value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        pit, _ = pit_of_model(
            estimator, X, y, _NAME, n_draws=n_draws, random_state=random_state
        )
        display = cls._from_pit(check_votes(y, _NAME), pit, n_bins, question_names)
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
        ax=None,
    ):
        """Draw the histogram of draws of rho.

        Parameters
        ----------
        y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
            Votes: yes votes k and all votes N. Rows with N = 0 are left out.
        rho_draws : array-like of shape (n_samples, n_draws, n_questions)
            The probability that one volunteer says yes, in [0, 1].
        concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions), optional
            Of the beta-binomial distribution of votes given the draw; None or infinity
            is the binomial.
        n_bins, question_names
            As in `from_estimator`.
        question, ax
            As in `plot`.

        Returns
        -------
        display : VotePITDisplay
            Drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as it must be.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        rho_draws, votes, concentration = check_predictions(
            rho_draws, y, concentration, _NAME, name="y"
        )
        pit = pit_of(rho_draws, votes, concentration)
        display = cls._from_pit(votes, pit, n_bins, question_names)
        return display.plot(ax, question=question)

    @classmethod
    def _from_pit(cls, votes, pit, n_bins, question_names):
        check_asked(votes, check_names(question_names, votes.shape[1], _NAME), _NAME)
        return cls(
            shares=vote_pit_histogram(pit, n_bins), question_names=question_names
        )

    def plot(self, ax=None, *, question=None):
        """Draw the histograms and the line they should follow.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; None makes a new figure.
        question : int or str, optional
            The number or the name of the only question to draw; None draws all.

        Returns
        -------
        self : VotePITDisplay
            With what was drawn as ``bars_``.

        Raises
        ------
        TypeError, ValueError
            If there is no such question.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
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
        if filled:
            self.ax_.stairs(
                shares * len(shares), edges, fill=True, color=color, alpha=0.3
            )
        self.bars_[label] = self.ax_.stairs(
            shares * len(shares), edges, color=color, linewidth=1.5, label=label
        )
