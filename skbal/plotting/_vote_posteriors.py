"""Posteriors for votes: one model beside many, with the observed votes."""

import numpy as np

from skbal._utils.pools import n_rows
from skbal._utils.questions import check_names, check_question
from skbal.information._blocks import check_draws
from skbal.plotting._few_rows import (
    check_few,
    distributions,
    observed_votes,
    rows_as_images,
)
from skbal.plotting._image_grid import as_pictures, draw_picture
from skbal.plotting._style import COLOURS, axes_or_new_grid
from skbal.sampling import predict_samples
from skbal.sampling._vote_draws import check_vote_model, concentration_of

_NAME = "VotePosteriorDisplay"
_WIDTHS = (1.0, 2.2, 2.2)  # of the image and the panels, relative to their height
_INCHES = 1.6  # the height of a row
_FEW_VOTES = 10  # up to here each number of votes has a dot


class VotePosteriorDisplay:
    """The votes of a few rows as one model predicts them, and as many do.

    Make one with `from_estimator` or `from_predictions`. Each row has a panel for one
    model, whose rho is the mean of the draws, and a panel for the draws: a thin line
    for the votes by each, a thick one for their mixture.

    Parameters
    ----------
    n_votes : array-like of shape (n_samples,)
        All votes N of each row.
    single : array-like of shape (n_samples, max N + 1)
        The probability of k = 0, 1, ... yes votes by one model.
    draws : array-like of shape (n_samples, n_draws, max N + 1)
        By each draw.
    observed : array-like of shape (n_samples,), optional
        The yes votes k that came.
    images : array-like of shape (n_samples, ...), optional
        As `ImageGridDisplay` takes them.
    question_name : str, optional
        For the axis.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes of shape (n_samples, 2) or (n_samples, 3)
        The axes drawn on; with images, these are in the first column.
    figure_ : matplotlib.figure.Figure
        The figure they are in.
    lines_ : list of tuple of matplotlib.lines.Line2D
        For each row, the line of the one model and that of the mixture.
    draw_lines_ : list of list of matplotlib.lines.Line2D
        For each row, the thin lines.
    markers_ : list of tuple of matplotlib.lines.Line2D
        For each row, the observed k in both panels; empty without.

    See Also
    --------
    skbal.information.vote_distribution : The mixture in numbers.
    skbal.audit.VoteCoverageDisplay : How far such posteriors can be trusted.

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
        axes=None,
    ):
        """Draw the votes that a fitted model predicts for a few rows.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted model of votes, such as `skbal.models.MCDropoutVoteRegressor`, or
            a pipeline, a search or a learner that holds one.
        X : array-like of shape (n_samples, ...)
            The rows, at most 20.
        y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2), optional
            Their votes: yes votes k and all votes N.
        n_votes : int or array-like of shape (n_samples,), optional
            Without y: how many volunteers are asked. None is 40.
        question : int or str, default=0
            The number or the name of the question to draw.
        question_names : sequence of str, optional
            One a question.
        n_draws : int, default=30
            How many draws.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            Of the draws.
        images : "auto", None or array-like of shape (n_samples, ...), default="auto"
            Shown beside the panels, as `ImageGridDisplay` takes them. "auto" shows the
            rows themselves if they have the shape of images.
        axes : array-like of matplotlib.axes.Axes, optional
            As in `plot`.

        Returns
        -------
        display : VotePosteriorDisplay
            Drawn.

        Raises
        ------
        TypeError
            If the estimator is no model of votes, or an argument of a wrong kind.
        ValueError
            If there are more than 20 rows, a row of y has N = 0, or an argument has a
            wrong value or shape.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        check_vote_model(estimator, _NAME)
        check_few(n_rows(X), _NAME)
        rho_draws = predict_samples(estimator, X, n_draws, random_state=random_state)
        if isinstance(images, str):
            images = rows_as_images(X, images, _NAME)
        return cls.from_predictions(
            rho_draws,
            y,
            n_votes=n_votes,
            concentration=concentration_of(estimator, X),
            question=question,
            question_names=question_names,
            images=images,
            axes=axes,
        )

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
        axes=None,
    ):
        """Draw the votes that draws of rho predict for a few rows.

        Parameters
        ----------
        rho_draws : array-like of shape (n_samples, n_draws, n_questions)
            The probability that one volunteer says yes, in [0, 1]; at most 20 rows.
        y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2), optional
            Their votes: yes votes k and all votes N.
        n_votes : int or array-like of shape (n_samples,), optional
            Without y: how many volunteers are asked. None is 40.
        concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions), optional
            Of the beta-binomial distribution of votes given the draw; None or infinity
            is the binomial.
        question, question_names
            As in `from_estimator`.
        images : array-like of shape (n_samples, ...), optional
            Shown beside the panels, as `ImageGridDisplay` takes them.
        axes : array-like of matplotlib.axes.Axes, optional
            As in `plot`.

        Returns
        -------
        display : VotePosteriorDisplay
            Drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as it must be.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        rho_draws = check_draws(rho_draws, _NAME, name="rho_draws")
        check_few(len(rho_draws), _NAME)
        names = check_names(question_names, rho_draws.shape[2], _NAME)
        number = check_question(question, names, _NAME)
        observed, n_votes = observed_votes(y, n_votes, rho_draws.shape, number, _NAME)
        single, draws = distributions(rho_draws, n_votes, concentration, number, _NAME)
        display = cls(
            n_votes=n_votes,
            single=single,
            draws=draws,
            observed=observed,
            images=images,
            question_name=None if question_names is None else names[number],
        )
        return display.plot(axes)

    def plot(self, axes=None):
        """Draw the panels.

        Parameters
        ----------
        axes : array-like of matplotlib.axes.Axes, optional
            Where to draw, of shape (n_samples, 2), or (n_samples, 3) with images; None
            makes a new figure.

        Returns
        -------
        self : VotePosteriorDisplay
            With what was drawn as ``lines_``, ``draw_lines_`` and ``markers_``.

        Raises
        ------
        ValueError
            If the axes have another shape.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        shape = (len(self.n_votes), 2 if self.images is None else 3)
        pictures = self._pictures(shape[0])
        self.axes_ = axes_or_new_grid(axes, shape, _NAME, _INCHES, _WIDTHS[-shape[1] :])
        self.figure_ = self.axes_.flat[0].figure
        self.lines_, self.draw_lines_, self.markers_ = [], [], []
        for ax, picture in zip(self.axes_[:, 0], pictures):
            draw_picture(ax, picture)
            ax.set_axis_off()
        for row, (left, right) in enumerate(self.axes_[:, -2:]):
            self._draw_row(row, left, right)
        left, right = self.axes_[0, -2:]
        left.set_title("1 model")
        right.set_title(f"{np.shape(self.draws)[1]} models")
        # There is more room beside one line than among many.
        left.legend(handles=right.get_legend_handles_labels()[0], fontsize="small")
        return self

    def _pictures(self, n_samples):
        if self.images is None:
            return ()
        pictures = as_pictures(self.images, _NAME)
        if len(pictures) != n_samples:
            raise ValueError(
                f"images of {_NAME} must be one a row, got {len(pictures)} images for "
                f"{n_samples} rows."
            )
        return pictures

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
