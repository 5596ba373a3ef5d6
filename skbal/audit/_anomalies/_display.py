"""The oddest images, in a grid."""

import numpy as np

from skbal._utils.arrays import as_array
from skbal._utils.validation import check_count, check_same_number
from skbal.audit._anomalies._scores import AnomalyScores, anomaly_scores
from skbal.plotting import ImageGridDisplay

_NAME = "AnomalyDisplay"


class AnomalyDisplay:
    """The oddest images in a grid, the oddest first.

    Make one with `from_estimator` or `from_scores`.

    Parameters
    ----------
    images : array-like of shape (n_shown, height, width), (n_shown, channels, height, \
width) or (n_shown, height, width, 1 or 3)
        The images that are shown.
    titles : sequence of str
        One title per image.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes of shape (n_rows, n_columns)
        The axes of the images.
    figure_ : matplotlib.figure.Figure or matplotlib.figure.SubFigure
        The figure that contains them.

    See Also
    --------
    anomaly_scores : The scores.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbal.audit import AnomalyDisplay, anomaly_scores
    >>> digits = load_digits()
    >>> is_odd = digits.target == 0
    >>> labelled = digits.data[~is_odd][:300]
    >>> scores = anomaly_scores(None, digits.data, labelled, method="distance")
    >>> display = AnomalyDisplay.from_scores(scores, digits.images, n_shown=5)
    >>> display.titles[0] == str(scores.order[0])
    True
    """

    def __init__(self, *, images, titles):
        self.images = images
        self.titles = titles

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        X_labelled=None,
        *,
        images=None,
        method="combined",
        n_draws=None,
        random_state=None,
        n_shown=10,
        n_columns=5,
        figure=None,
        image_kw=None,
    ):
        """Score rows and show the oddest.

        Parameters
        ----------
        estimator, X, X_labelled, method, n_draws, random_state
            See `anomaly_scores`.
        images : array-like of shape (n_samples, height, width), optional
            Images of the rows, or with channels. ``None`` takes X.
        n_shown : int, default=10
            Number of images, or all rows if there are fewer.
        n_columns, figure, image_kw
            See `plot`.

        Returns
        -------
        display : AnomalyDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type, shape or value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        scores = anomaly_scores(
            estimator,
            X,
            X_labelled,
            method=method,
            n_draws=n_draws,
            random_state=random_state,
        )
        images = X if images is None else images
        return cls.from_scores(
            scores,
            images,
            n_shown=n_shown,
            n_columns=n_columns,
            figure=figure,
            image_kw=image_kw,
        )

    @classmethod
    def from_scores(
        cls, scores, images, *, n_shown=10, n_columns=5, figure=None, image_kw=None
    ):
        """Show the oddest images of a result.

        Parameters
        ----------
        scores : AnomalyScores
            Result of `anomaly_scores`.
        images : array-like of shape (n_samples, height, width), (n_samples, channels, \
height, width) or (n_samples, height, width, 1 or 3)
            Images of all rows that were scored.
        n_shown : int, default=10
            Number of images, or all rows if there are fewer.
        n_columns, figure, image_kw
            See `plot`.

        Returns
        -------
        display : AnomalyDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type, shape or value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        if not isinstance(scores, AnomalyScores):
            raise TypeError(
                f"scores of {_NAME} must be the result of anomaly_scores, got "
                f"{type(scores).__name__}."
            )
        n_shown = check_count(n_shown, "n_shown", _NAME)
        images = as_array(images, f"images of {_NAME}")
        check_same_number(len(scores.scores), len(images), _NAME, "images")
        rows = scores.order[:n_shown]
        names = rows if scores.names is None else scores.names[rows]
        display = cls(images=images[rows], titles=[str(name) for name in names])
        return display.plot(n_columns=n_columns, figure=figure, image_kw=image_kw)

    def plot(self, *, n_columns=5, figure=None, image_kw=None):
        """Plot the images.

        Parameters
        ----------
        n_columns : int, default=5
            Number of images in a row of the grid.
        figure : matplotlib.figure.Figure or matplotlib.figure.SubFigure, optional
            Figure to draw on. ``None`` makes a new one.
        image_kw : dict, optional
            Keyword arguments passed to ``ax.imshow``.

        Returns
        -------
        self : AnomalyDisplay
            With ``axes_`` and ``figure_``.

        Raises
        ------
        TypeError, ValueError
            If the images are no images, or ``n_columns`` is not an integer >= 1.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        grid = ImageGridDisplay.from_images(
            np.asarray(self.images),
            self.titles,
            n_columns=min(n_columns, len(self.titles)) if self.titles else n_columns,
            figure=figure,
            image_kw=image_kw,
        )
        self.axes_, self.figure_ = grid.axes_, grid.figure_
        return self
