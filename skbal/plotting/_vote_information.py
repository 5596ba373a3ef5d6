"""What more volunteers would tell: information against their number."""

import numpy as np

from skbal._utils.questions import check_names, chosen_questions
from skbal.information import vote_information_curve
from skbal.plotting._style import axes_or_new, full_names, line_style
from skbal.sampling._vote_draws import over_vote_draws

_NAME = "VoteInformationDisplay"
_N_VOTES = (1, 2, 3, 5, 10, 20, 40, 80)


class VoteInformationDisplay:
    """Information between votes and the weights, against the number of volunteers.

    Make one with `from_estimator` or `from_predictions`. Where a curve flattens, more
    votes on the same row stop paying.

    Parameters
    ----------
    n_votes : array-like of shape (n_points,)
        How many volunteers would be asked.
    information : array-like of shape (n_samples, n_questions, n_points)
        What their votes would tell, in nats.
    question_names : sequence of str, optional
        One a question.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes drawn on.
    figure_ : matplotlib.figure.Figure
        The figure they are in.
    lines_ : dict of str to matplotlib.lines.Line2D
        The mean over rows, by its label.
    bands_ : dict of str to matplotlib.collections.PolyCollection
        From the 10% to the 90% quantile of the rows; empty if rows are drawn.
    row_lines_ : dict of str to list of matplotlib.lines.Line2D
        The line of each row; empty if bands are drawn.

    See Also
    --------
    skbal.information.vote_information_curve : The numbers.
    skbal.query.VoteBALD : Asks about the rows with most information.

    Examples
    --------
    Draws that are sure but disagree are told apart by one vote, ln 2 = 0.69; draws
    that agree have nothing to learn:

    >>> from skbal.plotting import VoteInformationDisplay
    >>> rho_draws = [[[0.0], [1.0]], [[0.5], [0.5]]]
    >>> display = VoteInformationDisplay.from_predictions(rho_draws, n_votes=[1, 2])
    >>> display.information.round(2)[:, 0]
    array([[0.69, 0.69],
           [0.  , 0.  ]])
    """

    def __init__(self, *, n_votes, information, question_names=None):
        self.n_votes = n_votes
        self.information = information
        self.question_names = question_names

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        n_votes=_N_VOTES,
        *,
        question=None,
        question_names=None,
        n_draws=None,
        random_state=None,
        ax=None,
        rows=False,
        line_kw=None,
    ):
        """Draw the information about a fitted model of votes.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted model of votes, such as `skbal.models.MCDropoutVoteRegressor`, or
            a pipeline, a search or a learner that holds one.
        X : array-like of shape (n_samples, ...)
            The rows that volunteers would be asked about.
        n_votes : sequence of int, default=(1, 2, 3, 5, 10, 20, 40, 80)
            How many volunteers would be asked.
        question, ax, rows, line_kw
            As in `plot`.
        question_names : sequence of str, optional
            One a question.
        n_draws : int, optional
            How many draws; None takes the model's own number. The information is never
            more than their logarithm: take many.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            Of the draws.

        Returns
        -------
        display : VoteInformationDisplay
            Drawn.

        Raises
        ------
        TypeError
            If the estimator is no model of votes, or an argument of a wrong kind.
        ValueError
            If X is empty, or an argument has a wrong value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """

        def curves(_, rho_draws, concentration):
            return vote_information_curve(rho_draws, n_votes, concentration)

        information = over_vote_draws(
            curves, estimator, X, _NAME, n_draws=n_draws, random_state=random_state
        )
        display = cls(
            n_votes=n_votes, information=information, question_names=question_names
        )
        return display.plot(ax, question=question, rows=rows, line_kw=line_kw)

    @classmethod
    def from_predictions(
        cls,
        rho_draws,
        n_votes=_N_VOTES,
        *,
        concentration=None,
        question=None,
        question_names=None,
        ax=None,
        rows=False,
        line_kw=None,
    ):
        """Draw the information about the weights behind draws of rho.

        Parameters
        ----------
        rho_draws : array-like of shape (n_samples, n_draws, n_questions)
            The probability that one volunteer says yes, in [0, 1].
        n_votes : sequence of int, default=(1, 2, 3, 5, 10, 20, 40, 80)
            How many volunteers would be asked.
        concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions), optional
            Of the beta-binomial distribution of votes given the draw; None or infinity
            is the binomial.
        question, ax, rows, line_kw
            As in `plot`.
        question_names : sequence of str, optional
            One a question.

        Returns
        -------
        display : VoteInformationDisplay
            Drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as it must be.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        display = cls(
            n_votes=n_votes,
            information=vote_information_curve(rho_draws, n_votes, concentration),
            question_names=question_names,
        )
        return display.plot(ax, question=question, rows=rows, line_kw=line_kw)

    def plot(self, ax=None, *, question=None, rows=False, line_kw=None):
        """Draw the mean over rows, and how far rows differ.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; None makes a new figure.
        question : int or str, optional
            The number or the name of the only question to draw; None draws all.
        rows : bool, default=False
            Whether to draw a thin line for each row, in place of the band from the 10%
            to the 90% quantile of the rows.
        line_kw : dict, optional
            Goes on to ``ax.plot`` for the means.

        Returns
        -------
        self : VoteInformationDisplay
            With what was drawn as ``lines_``, ``bands_`` and ``row_lines_``.

        Raises
        ------
        TypeError, ValueError
            If there is no such question, or no row.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        information = self._information()
        names = check_names(self.question_names, information.shape[1], _NAME)
        chosen = chosen_questions(question, names, _NAME)
        line_kw = full_names(line_kw, _NAME)
        self.ax_ = ax = axes_or_new(ax, _NAME)
        self.figure_ = ax.figure
        self.lines_, self.bands_, self.row_lines_ = {}, {}, {}
        for number in chosen:
            label = self._label(names[number], len(information))
            style = {**line_style(number), "marker": "o", "markersize": 4}
            style = {**style, "label": label, **line_kw}
            self._draw(label, information[:, number], rows, style)
        ax.set(xlabel="Volunteers asked", ylabel="Information of their votes (nats)")
        ax.set_xlim(left=0)
        ax.set_ylim(bottom=0)
        ax.legend()
        return self

    def _information(self):
        information = np.asarray(self.information)
        n_points = len(self.n_votes)
        if information.ndim != 3 or information.shape[2] != n_points:
            raise ValueError(
                f"information of {_NAME} must have the shape (n_samples, n_questions, "
                f"{n_points}), as there are {n_points} n_votes, got "
                f"{information.shape}."
            )
        if not len(information):
            raise ValueError(f"information of {_NAME} is empty: it has no row.")
        return information

    def _label(self, name, n_samples):
        alone = self.question_names is None and np.shape(self.information)[1] == 1
        mean = f"mean of {n_samples} rows"
        return mean.capitalize() if alone else f"{name}, {mean}"

    def _draw(self, label, information, rows, style):
        (line,) = self.ax_.plot(self.n_votes, information.mean(axis=0), **style)
        self.lines_[label] = line
        look = {"color": line.get_color(), "linewidth": 0}
        if rows:
            look.update(linewidth=0.5, alpha=0.4, zorder=1)
            self.row_lines_[label] = self.ax_.plot(self.n_votes, information.T, **look)
            if len(self.row_lines_) == 1:  # one entry of the legend for all questions
                self.row_lines_[label][0].set_label("each row")
        elif len(information) > 1:
            low, high = np.quantile(information, [0.1, 0.9], axis=0)
            look["alpha"] = 0.2
            if not self.bands_:
                look["label"] = "10% to 90% of the rows"
            self.bands_[label] = self.ax_.fill_between(self.n_votes, low, high, **look)
