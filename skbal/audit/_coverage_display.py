"""The curve of coverage: the share of votes inside intervals against their level."""

import numpy as np

from skbal._utils.matplotlib_style import (
    axes_or_new,
    check_ax,
    check_line_kw,
    legend_label,
    line_style,
)
from skbal._utils.questions import check_names, chosen_questions
from skbal._utils.unwrap import unwrap
from skbal._utils.vote_models import column_names_of
from skbal.audit._checks import (
    check_asked,
    check_levels,
    check_model_and_votes,
    check_predictions,
)
from skbal.audit._coverage import coverage_of
from skbal.audit._pit import pit_of_model, pits_of_draws

_LEVELS = np.linspace(0.01, 0.99, 99)
_NAME = "VoteCoverageDisplay"


class VoteCoverageDisplay:
    """Actual against nominal coverage of intervals of votes.

    Make one with `from_estimator` or `from_predictions`. Where the curve is below the
    diagonal, intervals contain fewer of the observed votes than they claim: the model
    is overconfident.

    Parameters
    ----------
    levels : array-like of shape (n_levels,)
        Nominal coverage, between 0 and 1.
    coverage, standard_error : array-like of shape (n_questions, n_levels)
        Actual coverage of the posterior and its standard error, as `vote_coverage`
        returns them.
    single_coverage, single_standard_error : array-like, optional
        The same for one model, whose rho is the mean of the draws.
    question_names : sequence of str, optional
        Names of the questions.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes of the plot.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    lines_ : dict of str to matplotlib.lines.Line2D
        The curves, by their labels.
    bands_ : dict of str to matplotlib.collections.PolyCollection
        The bands of two standard errors to either side, by the labels of the curves.

    See Also
    --------
    vote_coverage : The numbers, at a few levels.
    VotePITDisplay : Show how the predicted distributions are wrong.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.audit import VoteCoverageDisplay
    >>> rng = np.random.default_rng(0)
    >>> rho_draws = rng.beta(2, 2, size=(200, 30, 1))  # 30 draws of rho per row
    >>> k = rng.binomial(40, rho_draws[:, 0, 0])  # the first of them is the truth
    >>> votes = np.stack([k, np.full(200, 40)], axis=1)
    >>> display = VoteCoverageDisplay.from_predictions(votes, rho_draws, single=True)
    >>> list(display.lines_)
    ['Posterior', 'One model']
    """

    def __init__(
        self,
        *,
        levels,
        coverage,
        standard_error,
        single_coverage=None,
        single_standard_error=None,
        question_names=None,
    ):
        self.levels = levels
        self.coverage = coverage
        self.standard_error = standard_error
        self.single_coverage = single_coverage
        self.single_standard_error = single_standard_error
        self.question_names = question_names

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        levels=None,
        single=False,
        question=None,
        question_names=None,
        n_draws=None,
        random_state=None,
        ax=None,
        line_kw=None,
    ):
        """Plot the coverage of a fitted model of votes.

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
        levels : array-like of shape (n_levels,), optional
            Nominal coverage. ``None`` is 0.01, 0.02, ..., 0.99.
        single : bool, default=False
            Whether to plot the coverage of one model, too. Its rho is the mean of the
            draws.
        question, ax, line_kw
            See `plot`.
        question_names : sequence of str, optional
            Names of the questions. ``None`` takes those of a model of counts.
        n_draws : int, optional
            Number of posterior draws. ``None`` uses the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.

        Returns
        -------
        display : VoteCoverageDisplay
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
        levels = _check_request(votes, levels, question, question_names, ax, line_kw)
        pits = pit_of_model(
            estimator,
            X,
            votes,
            _NAME,
            single=single,
            n_draws=n_draws,
            random_state=random_state,
        )
        display = cls._from_pits(pits, levels, question_names)
        return display.plot(ax, question=question, line_kw=line_kw)

    @classmethod
    def from_predictions(
        cls,
        y,
        rho_draws,
        *,
        concentration=None,
        levels=None,
        single=False,
        question=None,
        question_names=None,
        questions=None,
        ax=None,
        line_kw=None,
    ):
        """Plot the coverage of draws of rho.

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
        levels, single, question_names
            See `from_estimator`.
        questions : list of tuple, optional
            The questions that counts of answers belong to, as in the parameter
            ``questions`` of the models. ``None`` is one question about all columns, if
            there are three or more.
        question, ax, line_kw
            See `plot`.

        Returns
        -------
        display : VoteCoverageDisplay
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
        levels = _check_request(votes, levels, question, question_names, ax, line_kw)
        pits = pits_of_draws(rho_draws, votes, concentration, single=single)
        display = cls._from_pits(pits, levels, question_names)
        return display.plot(ax, question=question, line_kw=line_kw)

    @classmethod
    def _from_pits(cls, pits, levels, question_names):
        """Return the display of the transforms by the posterior, and by one model."""
        (coverage, error), *single = (coverage_of(pit, levels) for pit in pits)
        single_coverage, single_error = single[0] if single else (None, None)
        return cls(
            levels=levels,
            coverage=coverage,
            standard_error=error,
            single_coverage=single_coverage,
            single_standard_error=single_error,
            question_names=question_names,
        )

    def plot(self, ax=None, *, question=None, line_kw=None):
        """Plot the curves, with bands of two standard errors to either side.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.
        question : int or str, optional
            Number or name of the only question to plot. ``None`` plots all.
        line_kw : dict, optional
            Keyword arguments passed to ``ax.plot`` for every curve.

        Returns
        -------
        self : VoteCoverageDisplay
            With ``lines_`` and ``bands_``.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type, or there is no such question.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        names = check_names(self.question_names, len(self.coverage), _NAME)
        chosen = chosen_questions(question, names, _NAME)
        line_kw = check_line_kw(line_kw, _NAME)
        self.ax_ = ax = axes_or_new(ax, _NAME)
        self.figure_ = ax.figure
        self.lines_, self.bands_ = {}, {}
        ax.plot([0, 1], [0, 1], color="0.5", linestyle=":", label="As claimed")
        for number in chosen:
            self._draw_question(number, names[number], len(chosen) == 1, line_kw)
        ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        ax.set(xlabel="Nominal coverage", ylabel="Share of votes inside")
        ax.legend()
        return self

    def _draw_question(self, number, name, is_only, line_kw):
        # A lone question without a name is labelled by the models alone.
        alone = self.question_names is None and len(self.coverage) == 1
        color = line_style(number + is_only)["color"]
        self._draw(
            "Posterior" if alone else name,
            self.coverage[number],
            self.standard_error[number],
            {**line_style(number), **line_kw},
        )
        if self.single_coverage is None:
            return
        self._draw(
            "One model" if alone else f"{name}, one model",
            self.single_coverage[number],
            self.single_standard_error[number],
            {"color": color, "linestyle": "--", **line_kw},
        )

    def _draw(self, label, coverage, error, style):
        coverage, error = np.asarray(coverage), np.asarray(error)
        (line,) = self.ax_.plot(
            self.levels, coverage, **{"label": legend_label(label), **style}
        )
        self.lines_[label] = line
        self.bands_[label] = self.ax_.fill_between(
            self.levels,
            coverage - 2 * error,
            coverage + 2 * error,
            color=line.get_color(),
            alpha=0.15,
            linewidth=0,
        )


def _check_request(votes, levels, question, question_names, ax, line_kw):
    """Return the levels, and check all else before the first draw."""
    names = check_names(question_names, votes.shape[1], _NAME)
    check_asked(votes, names, _NAME)
    chosen_questions(question, names, _NAME)
    check_ax(ax, _NAME)
    check_line_kw(line_kw, _NAME)
    return check_levels(_LEVELS if levels is None else levels, _NAME)
