"""Information of votes against the number of volunteers."""

import numpy as np

from skbal._utils.matplotlib_style import (
    axes_or_new,
    check_ax,
    check_line_kw,
    legend_label,
    line_style,
)
from skbal._utils.questions import check_names, check_questions, chosen_questions
from skbal._utils.vote_models import asked_by, check_vote_model
from skbal._utils.votes import check_numbers_to_compare
from skbal.information import answer_information, vote_information_curve
from skbal.sampling._vote_draws import vote_draws

_NAME = "VoteInformationDisplay"
_N_VOTES = (1, 2, 3, 5, 10, 20, 40, 80)


class VoteInformationDisplay:
    """Information between votes and the weights, against the number of volunteers.

    Make one with `from_estimator` or `from_predictions`. Where a curve is flat, more
    votes on the same row no longer pay.

    Parameters
    ----------
    n_votes : array-like of shape (n_points,)
        Numbers of volunteers.
    information : array-like of shape (n_samples, n_questions, n_points)
        Information of their votes, in nats.
    question_names : sequence of str, optional
        Names of the questions.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes of the plot.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    lines_ : dict of str to matplotlib.lines.Line2D
        The mean over rows of each question, by its label.
    bands_ : dict of str to matplotlib.collections.PolyCollection
        The bands from the 10% to the 90% quantile of the rows. Empty if each row has a
        line.
    row_lines_ : dict of str to list of matplotlib.lines.Line2D
        The line of each row. Empty if there are bands.

    See Also
    --------
    skbal.information.vote_information_curve : The numbers.
    skbal.query.VoteBALD : Query the rows with the most information.

    Examples
    --------
    If two draws are certain and disagree, one vote tells which is right: ln 2 = 0.69
    nats. If the draws agree, votes tell nothing:

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
        """Plot the information of votes about a fitted model.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted model of votes, such as `skbal.models.MCDropoutVoteRegressor`, or
            a pipeline, a search or a learner that holds one.
        X : array-like of shape (n_samples, ...)
            The rows that volunteers would vote on.
        n_votes : sequence of int, default=(1, 2, 3, 5, 10, 20, 40, 80)
            Numbers of volunteers.
        question, ax, rows, line_kw
            See `plot`.
        question_names : sequence of str, optional
            Names of the questions. ``None`` takes those of a model of counts.
        n_draws : int, optional
            Number of posterior draws. ``None`` uses the estimator's own number. The
            information is at most the logarithm of this number, so use many draws.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.

        Returns
        -------
        display : VoteInformationDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError
            If the estimator is not a model of votes, or an argument has a wrong type.
        ValueError
            If X is empty, or an argument has a wrong value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        model = check_vote_model(estimator, _NAME)
        check_numbers_to_compare(n_votes, _NAME)
        n_questions = getattr(model, "n_questions_", None)
        asked = asked_by(model)
        if asked is not None and question_names is None:
            question_names = [ask.name for ask in asked]
        _check_request(question, question_names, n_questions, ax, line_kw)
        curves = []
        for _, rho_draws, concentration in vote_draws(
            estimator, X, _NAME, n_draws=n_draws, random_state=random_state
        ):
            if asked is not None:
                curves.append(_count_curve(rho_draws, n_votes, concentration, asked))
                continue
            # The first draws show the number of questions of a model of any kind.
            check_questions(question, question_names, rho_draws.shape[2], _NAME)
            curves.append(vote_information_curve(rho_draws, n_votes, concentration))
        display = cls(
            n_votes=n_votes,
            information=np.concatenate(curves),
            question_names=question_names,
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
        """Plot the information of votes about the weights behind draws of rho.

        Parameters
        ----------
        rho_draws : array-like of shape (n_samples, n_draws, n_questions)
            Draws of the probability that one volunteer says yes, in [0, 1].
        n_votes : sequence of int, default=(1, 2, 3, 5, 10, 20, 40, 80)
            Numbers of volunteers.
        concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions), optional
            Concentration of the beta-binomial distribution of votes given the draw.
            ``None`` or infinity is the binomial distribution.
        question, ax, rows, line_kw
            See `plot`.
        question_names : sequence of str, optional
            Names of the questions.

        Returns
        -------
        display : VoteInformationDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type, shape or value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        _check_request(question, question_names, None, ax, line_kw)
        information = vote_information_curve(rho_draws, n_votes, concentration)
        if not len(information):
            raise ValueError(f"rho_draws given to {_NAME} is empty: it has no row.")
        display = cls(
            n_votes=n_votes,
            information=information,
            question_names=question_names,
        )
        return display.plot(ax, question=question, rows=rows, line_kw=line_kw)

    def plot(self, ax=None, *, question=None, rows=False, line_kw=None):
        """Plot the mean over rows, and the spread of the rows.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.
        question : int or str, optional
            Number or name of the only question to plot. ``None`` plots all.
        rows : bool, default=False
            Whether to draw a thin line for each row, instead of the band from the 10%
            to the 90% quantile of the rows.
        line_kw : dict, optional
            Keyword arguments passed to ``ax.plot`` for the means.

        Returns
        -------
        self : VoteInformationDisplay
            With ``lines_``, ``bands_`` and ``row_lines_``.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type, there is no such question, or no row.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        information = self._information()
        names = check_names(self.question_names, information.shape[1], _NAME)
        chosen = chosen_questions(question, names, _NAME)
        line_kw = check_line_kw(line_kw, _NAME)
        self.ax_ = ax = axes_or_new(ax, _NAME)
        self.figure_ = ax.figure
        self.lines_, self.bands_, self.row_lines_ = {}, {}, {}
        for number in chosen:
            label = self._label(names[number], len(information))
            style = {**line_style(number), "marker": "o", "markersize": 4}
            style = {**style, "label": legend_label(label), **line_kw}
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
            if len(self.row_lines_) == 1:  # one legend entry for all questions
                self.row_lines_[label][0].set_label("each row")
        elif len(information) > 1:
            low, high = np.quantile(information, [0.1, 0.9], axis=0)
            look["alpha"] = 0.2
            if not self.bands_:
                look["label"] = "10% to 90% of the rows"
            self.bands_[label] = self.ax_.fill_between(self.n_votes, low, high, **look)


def _count_curve(share_draws, n_votes, concentration, asked):
    """Return the information of the counts of all answers to each question.

    It has the shape (n_samples, n_questions, n_numbers). The seed is for numbers of
    votes whose counts are too many to be summed.
    """
    curves = [
        [
            answer_information(
                share_draws[..., question.columns],
                int(n),
                concentration[:, question.columns.start],
                random_state=0,
            )
            for n in n_votes
        ]
        for question in asked
    ]
    return np.moveaxis(np.array(curves), 2, 0)


def _check_request(question, question_names, n_questions, ax, line_kw):
    """Check all arguments of the plot, before the first draw."""
    check_questions(question, question_names, n_questions, _NAME)
    check_ax(ax, _NAME)
    check_line_kw(line_kw, _NAME)
