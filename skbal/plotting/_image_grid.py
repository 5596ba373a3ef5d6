"""Images in a grid, each with a title."""

import numpy as np

from skbal._utils.arrays import as_array
from skbal._utils.optional import require
from skbal._utils.validation import check_count

_NAME = "ImageGridDisplay"
_INCHES = 1.3  # side of an image


class ImageGridDisplay:
    """Images in a grid, for instance those with the most information.

    Make one with `from_images`.

    Parameters
    ----------
    images : array-like of shape (n, height, width), (n, 1, height, width), \
(n, 3, height, width) or (n, height, width, 1 or 3)
        Images in grey or in colour.
    titles : sequence of str, optional
        One title per image.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes of shape (n_rows, n_columns)
        The axes of the images. Axes without an image are empty.
    figure_ : matplotlib.figure.Figure or matplotlib.figure.SubFigure
        The figure that contains them.
    images_ : list of matplotlib.image.AxesImage
        The images in the figure.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.plotting import ImageGridDisplay
    >>> display = ImageGridDisplay.from_images(np.zeros((5, 1, 8, 8)), n_columns=3)
    >>> display.axes_.shape, len(display.images_)
    ((2, 3), 5)
    """

    def __init__(self, *, images, titles=None):
        self.images = images
        self.titles = titles

    @classmethod
    def from_images(
        cls, images, titles=None, *, n_columns=5, title=None, figure=None, image_kw=None
    ):
        """Plot images.

        Parameters
        ----------
        images : array-like of shape (n, height, width), (n, 1, height, width), \
(n, 3, height, width) or (n, height, width, 1 or 3)
            At least one image, in grey or in colour.
        titles : sequence of str, optional
            One title per image, above it.
        n_columns, title, figure, image_kw
            See `plot`.

        Returns
        -------
        display : ImageGridDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If the images have another shape, there are more or fewer titles than
            images, or ``n_columns`` is not an integer >= 1.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        display = cls(images=images, titles=titles)
        return display.plot(
            n_columns=n_columns, title=title, figure=figure, image_kw=image_kw
        )

    def plot(self, *, n_columns=5, title=None, figure=None, image_kw=None):
        """Plot the images.

        Parameters
        ----------
        n_columns : int, default=5
            Number of columns.
        title : str, optional
            Title above all images.
        figure : matplotlib.figure.Figure or matplotlib.figure.SubFigure, optional
            Figure to draw on, for instance one of ``figure.subfigures(1, 2)``. ``None``
            makes a new figure. The display makes as many axes as there are images, so
            it takes a figure instead of axes.
        image_kw : dict, optional
            Keyword arguments passed to ``ax.imshow`` for every image. Without ``vmin``
            and ``vmax``, the grey levels of each image reach from its lowest to its
            highest value.

        Returns
        -------
        self : ImageGridDisplay
            With ``images_``.

        Raises
        ------
        TypeError, ValueError
            See `from_images`.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        n_columns = check_count(n_columns, "n_columns", _NAME)
        pictures = as_pictures(self.images, _NAME)
        titles = self._titles(len(pictures))
        n_columns = min(n_columns, len(pictures))
        n_rows = -(-len(pictures) // n_columns)
        if figure is None:
            pyplot = require("matplotlib.pyplot", "examples", _NAME)
            size = (_INCHES * n_columns, (_INCHES + 0.25) * n_rows + 0.3)
            figure = pyplot.figure(figsize=size, layout="constrained")
        self.figure_ = figure
        self.axes_ = figure.subplots(n_rows, n_columns, squeeze=False)
        for ax in self.axes_.flat:
            ax.set_axis_off()
        self.images_ = [
            draw_picture(ax, picture, image_kw)
            for ax, picture in zip(self.axes_.flat, pictures)
        ]
        for ax, image_title in zip(self.axes_.flat, titles):
            ax.set_title(image_title, fontsize="small")
        if title is not None:
            figure.suptitle(title)
        return self

    def _titles(self, n_images):
        if isinstance(self.titles, str):
            raise TypeError(
                f"titles of {_NAME} must be a list of titles, got the string "
                f"{self.titles!r}. For one title above all images use title."
            )
        if self.titles is not None and not np.iterable(self.titles):
            raise TypeError(
                f"titles of {_NAME} must be a list of titles, got {self.titles!r}."
            )
        titles = [] if self.titles is None else list(self.titles)
        if self.titles is not None and len(titles) != n_images:
            raise ValueError(
                f"titles of {_NAME} must be one per image, got {len(titles)} titles "
                f"for {n_images} images."
            )
        return titles


def as_pictures(images, owner):
    """Return images in the shape that matplotlib takes.

    The axis of colours comes last, and an axis of a single channel is removed.

    Parameters
    ----------
    images : array-like
        See `ImageGridDisplay`.
    owner : str
        Name of the display, for messages.

    Returns
    -------
    pictures : ndarray of shape (n, height, width) or (n, height, width, 3)

    Raises
    ------
    ValueError
        If they have another shape, or there is no image.

    Examples
    --------
    >>> as_pictures(np.zeros((2, 3, 8, 9)), "ImageGridDisplay").shape
    (2, 8, 9, 3)
    """
    what = f"images given to {owner}"
    images = as_array(images, what)
    if images.dtype.kind not in "buif":
        raise ValueError(f"{what} must be numbers, got dtype {images.dtype}.")
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]  # (n, 1, height, width) -> (n, height, width)
    elif images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    elif images.ndim == 4 and images.shape[1] == 3 and images.shape[3] != 3:
        images = np.moveaxis(images, 1, -1)  # -> (n, height, width, 3)
    is_colour = images.ndim == 4 and images.shape[3] == 3
    if not (images.ndim == 3 or is_colour) or 0 in images.shape:
        raise ValueError(
            f"{what} must have shape (n, height, width), (n, 1, height, width), "
            "(n, 3, height, width) or (n, height, width, 1 or 3), got "
            f"{images.shape}."
        )
    return images


def draw_picture(ax, picture, image_kw=None):
    """Draw one image in grey or in colour.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw on.
    picture : ndarray of shape (height, width) or (height, width, 3)
        The image. If floating-point colours lie outside [0, 1], they are scaled to this
        range.
    image_kw : dict, optional
        Keyword arguments passed to ``ax.imshow``.

    Returns
    -------
    image : matplotlib.image.AxesImage
    """
    if picture.ndim == 3 and picture.dtype.kind == "f":
        low, high = picture.min(), picture.max()
        if low < 0 or high > 1:
            picture = (picture - low) / (high - low or 1)
    return ax.imshow(picture, **{"cmap": "gray", **(image_kw or {})})
