"""The votes that one model and many models predict, beside the observed votes."""

import numpy as np

from skbal._utils.draws import check_draws
from skbal._utils.matplotlib_style import COLOURS, axes_or_new_grid, check_ax_grid
from skbal._utils.pools import n_rows
from skbal._utils.questions import check_names, check_question, check_questions
from skbal._utils.vote_models import (
    check_vote_model,
    column_concentration_of,
    column_names_of,
)
from skbal.plotting._few_rows import (
    check_few,
    check_observed,
    check_pictures,
    distributions,
    rows_as_images,
    votes_on_question,
)
from skbal.plotting._image_grid import draw_picture
from skbal.sampling import predict_samples

_NAME = "VotePosteriorDisplay"
_WIDTHS = (1.0, 2.2, 2.2)  # of the image and the two panels, in heights of a row
_INCHES = 1.6  # height of a row
_FEW_VOTES = 10  # up to here, each number of votes has a marker


class VotePosteriorDisplay:
    """Predicted distributions of votes for a few rows, by one model and by many.

    Make one with `from_estimator` or `from_predictions`. Each row has two panels. The
    left one shows one model, whose rho is the mean of the draws. The right one has a
    thin line for each draw and a thick line for their mixture.

    Parameters
    ----------
    n_votes : array-like of shape (n_samples,)
        All votes N of each row.
    single : array-like of shape (n_samples, max N + 1)
        The probability of k = 0, 1, ... yes votes by one model.
    draws : array-like of shape (n_samples, n_draws, max N + 1)
        The same probability by each draw.
    observed : array-like of shape (n_samples,), optional
        The observed yes votes k.
    images : array-like of shape (n_samples, ...), optional
        Images of the rows, as `ImageGridDisplay` takes them.
    question_name : str, optional
        Name of the question, for the x axis.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes of shape (n_samples, 2) or (n_samples, 3)
        The axes of the panels. With images, there are three columns, and the images are
        in the first.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    lines_ : list of tuple of matplotlib.lines.Line2D
        For each row, the line of the one model and the line of the mixture.
    draw_lines_ : list of list of matplotlib.lines.Line2D
        For each row, the thin lines.
    markers_ : list of tuple of matplotlib.lines.Line2D
        For each row, the observed k in both panels. Empty without observed votes.

    See Also
    --------
    skbal.information.vote_distribution : The mixture in numbers.
    skbal.audit.VoteCoverageDisplay : Show how far such posteriors can be trusted.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.plotting import VotePosteriorDisplay
    >>> rho_draws = np.random.default_rng(0).beta(3, 7, size=(2, 30, 1))
    >>> votes = [[4, 10], [2, 10]]
    >>> display = VotePosteriorDisplay.from_predictions(rho_draws, votes)
    >>> display.axes_.shape, len(display.draw_lines_[0])
    ((2, 2), 30)
    """

    def __init__(
        self,
        *,
        n_votes,
        single,
        draws,
        observed=None,
        images=None,
        question_name=None,
    ):
        self.n_votes = n_votes
        self.single = single
        self.draws = draws
        self.observed = observed
        self.images = images
        self.question_name = question_name

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y=None,
        *,
        n_votes=None,
        question=0,
        question_names=None,
        n_draws=30,
        random_state=None,
        images="auto",
        ax=None,
    ):
        """Plot the votes that a fitted model predicts for a few rows.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted model of votes, such as `skbal.models.MCDropoutVoteRegressor`, or
            a pipeline, a search or a learner that holds one.
        X : array-like of shape (n_samples, ...)
            The rows, at most 20.
        y : array-like of shape (n_samples, 2), (n_samples, n_questions, 2) or \
(n_samples, n_columns), optional
            Their votes, in the form passed to ``fit``. For counts of answers, each
            answer is a question of its own.
        n_votes : int or array-like of shape (n_samples,), optional
            Number of volunteers, if y is not given. ``None`` is 40.
        question : int or str, default=0
            Number or name of the question to plot.
        question_names : sequence of str, optional
            Names of the questions. ``None`` takes those of a model of counts.
        n_draws : int, default=30
            Number of posterior draws.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.
        images : "auto", None or array-like of shape (n_samples, ...), default="auto"
            Images beside the panels, as `ImageGridDisplay` takes them. "auto" shows the
            rows themselves if they have the shape of images.
        ax : array-like of matplotlib.axes.Axes, optional
            See `plot`.

        Returns
        -------
        display : VotePosteriorDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError
            If the estimator is not a model of votes, or an argument has a wrong type.
        ValueError
            If there are more than 20 rows, a row of y has N = 0, or an argument has a
            wrong value or shape.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        model = check_vote_model(estimator, _NAME)
        n_samples = check_few(n_rows(X, f"X given to {_NAME}"), "X", _NAME)
        votes = check_observed(y, n_votes, n_samples, _NAME, model)
        if isinstance(images, str):
            images = rows_as_images(X, images, _NAME)
        pictures = check_pictures(images, n_samples, _NAME)
        n_questions = getattr(model, "n_questions_", None)
        columns = column_names_of(model)
        if columns is not None:
            question_names = columns if question_names is None else question_names
            n_questions = len(columns)
        if votes is not None:
            n_questions = votes.shape[1]
        check_questions(question, question_names, n_questions, _NAME)
        check_ax_grid(ax, _grid(n_samples, pictures), _NAME)
        rho_draws = predict_samples(estimator, X, n_draws, random_state=random_state)
        concentration = column_concentration_of(estimator, X)
        display = cls._from_draws(
            rho_draws, votes, n_votes, concentration, question, question_names, images
        )
        return display.plot(ax)

    @classmethod
    def from_predictions(
        cls,
        rho_draws,
        y=None,
        *,
        n_votes=None,
        concentration=None,
        question=0,
        question_names=None,
        images=None,
        ax=None,
    ):
        """Plot the votes that draws of rho predict for a few rows.

        Parameters
        ----------
        rho_draws : array-like of shape (n_samples, n_draws, n_questions)
            Draws of the probability that one volunteer says yes, in [0, 1]. At most 20
            rows.
        y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2), optional
            Observed votes: yes votes k and all votes N.
        n_votes : int or array-like of shape (n_samples,), optional
            Number of volunteers, if y is not given. ``None`` is 40.
        concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions), optional
            Concentration of the beta-binomial distribution of votes given the draw.
            ``None`` or infinity is the binomial distribution.
        question, question_names
            See `from_estimator`.
        images : array-like of shape (n_samples, ...), optional
            Images beside the panels, as `ImageGridDisplay` takes them.
        ax : array-like of matplotlib.axes.Axes, optional
            See `plot`.

        Returns
        -------
        display : VotePosteriorDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type, shape or value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        rho_draws = check_draws(rho_draws, _NAME, name="rho_draws")
        votes = check_observed(
            y, n_votes, check_few(len(rho_draws), "rho_draws", _NAME), _NAME
        )
        display = cls._from_draws(
            rho_draws, votes, n_votes, concentration, question, question_names, images
        )
        return display.plot(ax)

    @classmethod
    def _from_draws(
        cls, rho_draws, votes, n_votes, concentration, question, question_names, images
    ):
        names = check_names(question_names, rho_draws.shape[2], _NAME)
        number = check_question(question, names, _NAME)
        observed, n_votes = votes_on_question(
            votes, n_votes, rho_draws.shape, number, _NAME
        )
        single, draws = distributions(rho_draws, n_votes, concentration, number, _NAME)
        return cls(
            n_votes=n_votes,
            single=single,
            draws=draws,
            observed=observed,
            images=images,
            question_name=None if question_names is None else names[number],
        )

    def plot(self, ax=None):
        """Plot the panels.

        Parameters
        ----------
        ax : array-like of matplotlib.axes.Axes, optional
            Axes to draw on, of shape (n_samples, 2), or (n_samples, 3) with images.
            ``None`` makes a new figure.

        Returns
        -------
        self : VotePosteriorDisplay
            With ``lines_``, ``draw_lines_`` and ``markers_``.

        Raises
        ------
        ValueError
            If the axes have another shape.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pictures = check_pictures(self.images, len(self.n_votes), _NAME)
        shape = _grid(len(self.n_votes), pictures)
        widths = _WIDTHS[-shape[1] :]
        self.axes_ = axes_or_new_grid(
            ax,
            shape,
            _NAME,
            width_ratios=widths,
            figsize=(_INCHES * sum(widths), _INCHES * shape[0] + 0.8),
        )
        self.figure_ = self.axes_.flat[0].figure
        self.lines_, self.draw_lines_, self.markers_ = [], [], []
        for panel, picture in zip(self.axes_[:, 0], pictures or ()):
            draw_picture(panel, picture)
            panel.set_axis_off()
        for row, (left, right) in enumerate(self.axes_[:, -2:]):
            self._draw_row(row, left, right)
        left, right = self.axes_[0, -2:]
        left.set_title("1 model")
        right.set_title(f"{np.shape(self.draws)[1]} models")
        # The left panel has more room for the legend.
        left.legend(handles=right.get_legend_handles_labels()[0], fontsize="small")
        return self

    def _draw_row(self, row, left, right):
        n = self.n_votes[row]
        single, draws = self.single[row][: n + 1], self.draws[row][:, : n + 1]
        k, look = np.arange(n + 1), {"linewidth": 2, "color": COLOURS[0]}
        look["marker"] = "o" if n <= _FEW_VOTES else None
        thin = right.plot(k, draws.T, color=COLOURS[5], linewidth=0.6, alpha=0.5)
        (one,) = left.plot(k, single, **look)
        (mixture,) = right.plot(k, draws.mean(axis=0), **look, label="together")
        thin[0].set_label("each model")
        self.lines_.append((one, mixture))
        self.draw_lines_.append(thin)
        if self.observed is not None:
            self._mark(self.observed[row], left, right)
        highest, name = max(single.max(), draws.max()), self.question_name
        yes = "yes votes" if name is None else f"{name!r} votes"
        for ax in (left, right):
            ax.set(xlim=(-0.5, n + 0.5), ylim=(0, 1.05 * highest))
            ax.set_xlabel(f"{yes} of {n}", fontsize="small")
        left.set_ylabel("Probability", fontsize="small")
        right.tick_params(labelleft=False)

    def _mark(self, k, left, right):
        look = {"color": COLOURS[1], "linestyle": "--", "label": "observed"}
        self.markers_.append((left.axvline(k, **look), right.axvline(k, **look)))


def _grid(n_samples, pictures):
    """Return the shape of the grid of panels."""
    return n_samples, 2 if pictures is None else 3
