"""The region of a shortcut on an image that carries it."""

import numpy as np

from skbal._utils.matplotlib_style import axes_or_new
from skbal._utils.random import check_seed
from skbal._utils.validation import check_count
from skbal.audit._shortcuts._model import check_model, image_shape_of
from skbal.audit._shortcuts._result import ShortcutTest
from skbal.audit._shortcuts._rows import ImageRows, rows_of
from skbal.audit._shortcuts._verdict import shortcut_test

_NAME = "ShortcutDisplay"


class ShortcutDisplay:
    """An image, with the part outlined that gives its class away.

    Make one with `from_estimator` or `from_result`.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, 3)
        The image.
    region : ndarray of shape (height, width), dtype=bool, or None
        The part. ``None`` if nothing was found.
    title : str
        What was found, in words.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes of the plot.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    image_ : matplotlib.image.AxesImage
        The image.
    outline_ : matplotlib.collections.LineCollection or None
        The outline of the region.

    See Also
    --------
    shortcut_test : The test.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.audit import ShortcutDisplay
    >>> region = np.zeros((8, 8), dtype=bool)
    >>> region[:2, 6:] = True
    >>> image = np.eye(8)
    >>> display = ShortcutDisplay(image=image, region=region, title="a tag").plot()
    >>> len(display.outline_.get_segments())  # sides of pixels
    8
    """

    def __init__(self, *, image, region, title):
        self.image = image
        self.region = region
        self.title = title

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        image_shape=None,
        level=0.05,
        random_state=None,
        ax=None,
    ):
        """Run `shortcut_test`, and plot what it found.

        Parameters
        ----------
        estimator, X, y, image_shape, level
            See `shortcut_test`. X must hold images.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            Splits the rows. An integer gives the same result at every call.
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.

        Returns
        -------
        display : ShortcutDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError, NotFittedError
            As `shortcut_test`, and if X holds no images.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        check_model(estimator)
        image_shape = image_shape_of(estimator, X, image_shape)
        _images(X, image_shape)
        result = shortcut_test(
            estimator, X, y, image_shape, level, check_seed(random_state, _NAME)
        )
        return cls.from_result(result, X, image_shape=image_shape, ax=ax)

    @classmethod
    def from_result(cls, result, X, *, row=None, image_shape=None, ax=None):
        """Plot what a test found.

        Parameters
        ----------
        result : ShortcutTest
            Result of `shortcut_test`.
        X : array-like of shape (n_samples, ...)
            The images that it was given.
        row : int, optional
            The image to show. ``None`` takes the first hit, or the first row.
        image_shape : tuple of int, optional
            (channels, height, width) or (height, width), if rows of X are flat.
            ``None`` takes it from the region that was found.
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.

        Returns
        -------
        display : ShortcutDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If the result is not one of `shortcut_test`, X holds no images or others
            than the test had, or there is no such row.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        if not isinstance(result, ShortcutTest):
            raise TypeError(
                f"result of {_NAME} must be a ShortcutTest, got {result!r}."
            )
        rows = _images(X, _shape_of_region(result, X, image_shape))
        if rows.n_samples != result.n_samples:
            raise ValueError(
                f"X given to {_NAME} must hold the {result.n_samples} rows of the "
                f"test, got {rows.n_samples}."
            )
        if row is None:
            row = result.hit_rows[0] if len(result.hit_rows) else 0
        row = check_count(int(row), "row", _NAME, smallest=0, most=rows.n_samples - 1)
        title = "No shortcut found" if result.found is False else "Cannot be told"
        if result.found:
            title = f"{result.where}: class {result.class_label}"
        shown = cls(image=_shown(rows, row), region=result.region, title=title)
        return shown.plot(ax)

    def plot(self, ax=None):
        """Plot the image and the outline of the region.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.

        Returns
        -------
        self : ShortcutDisplay
            With ``image_`` and ``outline_``.

        Raises
        ------
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        self.ax_ = ax = axes_or_new(ax, _NAME)
        self.figure_ = ax.figure
        self.image_ = ax.imshow(self.image, cmap="gray")
        self.outline_ = None
        if self.region is not None:
            start, end = outline(self.region)
            self.outline_ = ax.vlines([], [], [], color="tab:red", linewidth=2)
            self.outline_.set_segments(np.stack([start, end], axis=1))
        ax.set(title=self.title, xticks=[], yticks=[])
        return self


def _shape_of_region(result, X, image_shape):
    """Return the shape of images in flat rows, if the result has a region of images."""
    is_flat = image_shape is None and np.ndim(X) == 2
    if not is_flat or result.region is None or result.region.ndim != 2:
        return image_shape
    if np.shape(X)[1] % result.region.size:
        return None
    return np.shape(X)[1] // result.region.size, *result.region.shape


def _images(X, image_shape):
    rows = rows_of(X, image_shape, _NAME)
    if not isinstance(rows, ImageRows):
        raise ValueError(
            f"X given to {_NAME} must hold images, got rows of shape "
            f"{np.shape(X)[1:]}. For flat rows give image_shape."
        )
    return rows


def _shown(rows, row):
    """Return an image as imshow takes it: grey, or colours in [0, 1]."""
    if len(rows.pixels[row]) != 3:
        return rows.grey[row]
    spread = max(rows.high - rows.low, np.finfo(np.float32).tiny)
    return (rows.pixels[row].transpose(1, 2, 0) - rows.low) / spread


def outline(region):
    """Return the sides of pixels between a region and what is around it.

    Parameters
    ----------
    region : ndarray of shape (height, width), dtype=bool
        The region.

    Returns
    -------
    start, end : ndarray of shape (n_sides, 2)
        Ends (x, y) of each side, where a pixel reaches half a unit to either side of
        its position.
    """
    padded = np.pad(region, 1).astype(int)
    rows, columns = np.nonzero(np.diff(padded, axis=1)[1:-1])  # sides that stand
    upper, left = np.nonzero(np.diff(padded, axis=0)[:, 1:-1])  # sides that lie
    start = np.concatenate(
        [np.column_stack([columns, rows]), np.column_stack([left, upper])]
    )
    steps = np.repeat([[0, 1], [1, 0]], [len(rows), len(left)], axis=0)
    return start - 0.5, start + steps - 0.5
