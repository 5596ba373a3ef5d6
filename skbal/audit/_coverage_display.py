"""The curve of coverage: what intervals of votes hold against what they claim."""

import numpy as np

from skbal._utils.questions import check_names, chosen_questions
from skbal._utils.votes import check_votes
from skbal.audit._checks import check_asked, check_levels, check_predictions
from skbal.audit._coverage import coverage_of
from skbal.audit._from_models import pit_of_draws, pit_of_model
from skbal.plotting._style import axes_or_new, full_names, line_style

_LEVELS = np.linspace(0.01, 0.99, 99)
_NAME = "VoteCoverageDisplay"


class VoteCoverageDisplay:
    """Actual against nominal coverage of intervals of votes.

    Make one with `from_estimator` or `from_predictions`. Below the diagonal, intervals
    hold fewer of the observed votes than they claim: the model is too sure of itself.

    Parameters
    ----------
    levels : array-like of shape (n_levels,)
        The nominal coverage, between 0 and 1.
    coverage, standard_error : array-like of shape (n_questions, n_levels)
        The actual coverage by the posterior, as `vote_coverage` finds it.
    single_coverage, single_standard_error : array-like, optional
        The same by one model, the mean of the draws.
    question_names : sequence of str, optional
        One a question.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes drawn on.
    figure_ : matplotlib.figure.Figure
        The figure they are in.
    lines_ : dict of str to matplotlib.lines.Line2D
        The curves, by their labels.
    bands_ : dict of str to matplotlib.collections.PolyCollection
        Two standard errors to either side of each.

    See Also
    --------
    vote_coverage : The numbers, at a few levels.
    VotePITDisplay : In which way the distributions are wrong.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.audit import VoteCoverageDisplay
    >>> rng = np.random.default_rng(0)
    >>> rho_draws = rng.beta(2, 2, size=(200, 30, 1))  # 30 draws of each row's rho
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
        """Draw the coverage by a fitted model of votes.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted model of votes, such as `skbal.models.MCDropoutVoteRegressor`, or
            a pipeline, a search or a learner that holds one.
        X : array-like of shape (n_samples, ...)
            Rows that the model has not seen.
        y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
            Their votes: yes votes k and all votes N. Rows with N = 0 are left out.
        levels : array-like of shape (n_levels,), optional
            The nominal coverage; None is 0.01, 0.02, ..., 0.99.
        single : bool, default=False
            Whether to draw one model, too: the draws replaced by their mean.
        question, ax, line_kw
            As in `plot`.
        question_names : sequence of str, optional
            One a question.
        n_draws : int, optional
            How many draws; None takes the model's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            Of the draws.

        Returns
        -------
        display : VoteCoverageDisplay
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
        pit, single_pit = pit_of_model(
            estimator, X, y, _NAME, n_draws=n_draws, random_state=random_state
        )
        votes = check_votes(y, _NAME)
        display = cls._from_pit(
            votes, pit, single_pit if single else None, levels, question_names
        )
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
        ax=None,
        line_kw=None,
    ):
        """Draw the coverage by draws of rho.

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
        levels, single, question_names
            As in `from_estimator`.
        question, ax, line_kw
            As in `plot`.

        Returns
        -------
        display : VoteCoverageDisplay
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
        pit, single_pit = pit_of_draws(rho_draws, votes, concentration)
        display = cls._from_pit(
            votes, pit, single_pit if single else None, levels, question_names
        )
        return display.plot(ax, question=question, line_kw=line_kw)

    @classmethod
    def _from_pit(cls, votes, pit, single_pit, levels, question_names):
        levels = check_levels(_LEVELS if levels is None else levels, _NAME)
        check_asked(votes, check_names(question_names, votes.shape[1], _NAME), _NAME)
        coverage, error = coverage_of(pit, levels)
        single = (None, None) if single_pit is None else coverage_of(single_pit, levels)
        return cls(
            levels=levels,
            coverage=coverage,
            standard_error=error,
            single_coverage=single[0],
            single_standard_error=single[1],
            question_names=question_names,
        )

    def plot(self, ax=None, *, question=None, line_kw=None):
        """Draw the curves, with two standard errors to either side.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; None makes a new figure.
        question : int or str, optional
            The number or the name of the only question to draw; None draws all.
        line_kw : dict, optional
            Goes on to ``ax.plot`` for every curve.

        Returns
        -------
        self : VoteCoverageDisplay
            With what was drawn as ``lines_`` and ``bands_``.

        Raises
        ------
        TypeError, ValueError
            If there is no such question.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        names = check_names(self.question_names, len(self.coverage), _NAME)
        chosen = chosen_questions(question, names, _NAME)
        line_kw = full_names(line_kw, _NAME)
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
        # Without names, a lone question needs none.
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
        (line,) = self.ax_.plot(self.levels, coverage, **{"label": label, **style})
        self.lines_[label] = line
        self.bands_[label] = self.ax_.fill_between(
            self.levels,
            coverage - 2 * error,
            coverage + 2 * error,
            color=line.get_color(),
            alpha=0.15,
            linewidth=0,
        )
