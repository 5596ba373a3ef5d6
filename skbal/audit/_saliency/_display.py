"""Maps beside the images that they explain."""

import numpy as np

from skbal._utils.matplotlib_style import (
    COLOURS,
    axes_or_new_grid,
    check_ax,
    check_ax_grid,
)
from skbal._utils.validation import check_count, check_fits
from skbal.audit._saliency._maps import SaliencyMaps
from skbal.audit._saliency._rows import check_rows, spatial_axes
from skbal.audit._saliency._saliency import saliency, uncertainty_saliency
from skbal.audit._saliency._tables import columns_without_numbers

_NAME = "SaliencyDisplay"
_INCHES = 1.6  # side of an image
_MOST_COLUMNS = 20  # bars of a chart of columns


class SaliencyDisplay:
    """Maps of what predictions depend on, below the images.

    Make one with `from_estimator` or `from_maps`. In a map of an image, red pixels
    raise the explained number, and blue ones lower it. Each map has its own scale. The
    columns of rows that are no images are bars: the mean over rows of the absolute
    value of the map.

    Parameters
    ----------
    maps : SaliencyMaps
        Result of `saliency` or `uncertainty_saliency`.

    Attributes
    ----------
    ax_ : ndarray of matplotlib.axes.Axes of shape (2, n_images)
        The axes: images above, maps below. For columns, the axes of the bars alone.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    images_ : list of matplotlib.image.AxesImage
        The maps in the figure.
    bars_ : matplotlib.container.BarContainer
        The bars, for columns.

    See Also
    --------
    saliency : The maps as numbers.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.audit import SaliencyDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> forest = RandomForestClassifier(10, random_state=0).fit(X, y)
    >>> display = SaliencyDisplay.from_estimator(
    ...     forest, X[:3], method="occlusion", image_shape=(8, 8)
    ... )
    >>> display.ax_.shape
    (2, 3)
    """

    def __init__(self, *, maps):
        self.maps = maps

    @classmethod
    def from_estimator(
        cls, estimator, X, *, of="prediction", n_images=5, ax=None, **saliency_kw
    ):
        """Explain rows and plot the maps.

        Parameters
        ----------
        estimator : estimator or learner
            See `saliency`.
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``. Of images, the first ``n_images`` are
            explained.
        of : {"prediction", "mutual_information", "entropy", "variance"}, \
default="prediction"
            What is explained: the prediction (`saliency`) or an uncertainty
            (`uncertainty_saliency`).
        n_images, ax
            See `plot`.
        **saliency_kw
            Keyword arguments of `saliency` or `uncertainty_saliency`.

        Returns
        -------
        display : SaliencyDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            As of these functions, or if an argument of the plot is invalid.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        n_images = check_count(n_images, "n_images", _NAME)
        check_ax_grid(None, (1,), _NAME)
        check_fits(estimator, _NAME)
        shape = saliency_kw.get("image_shape")
        if shape is not None or not columns_without_numbers(X):
            first = check_rows(X[:1], shape, estimator, _NAME)
            X = X if spatial_axes(first.map_shape) is None else X[:n_images]
        if of == "prediction":
            maps = saliency(estimator, X, **saliency_kw)
        else:
            maps = uncertainty_saliency(estimator, X, of=of, **saliency_kw)
        return cls(maps=maps).plot(ax, n_images=n_images)

    @classmethod
    def from_maps(cls, maps, *, n_images=5, ax=None):
        """Plot maps.

        Parameters
        ----------
        maps : SaliencyMaps
            Result of `saliency` or `uncertainty_saliency`.
        n_images, ax
            See `plot`.

        Returns
        -------
        display : SaliencyDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument is invalid.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        return cls(maps=maps).plot(ax, n_images=n_images)

    def plot(self, ax=None, *, n_images=5):
        """Plot images above and maps below, or bars for columns.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or array-like of them, optional
            For images a grid of shape (2, n_images), for columns one. ``None`` makes a
            new figure.
        n_images : int, default=5
            Largest number of images.

        Returns
        -------
        self : SaliencyDisplay
            The display, with its attributes.

        Raises
        ------
        TypeError, ValueError
            If an argument is invalid.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        if not isinstance(self.maps, SaliencyMaps):
            raise TypeError(
                f"maps of {_NAME} must be a result of saliency or "
                f"uncertainty_saliency, got {type(self.maps).__name__}."
            )
        n_images = min(check_count(n_images, "n_images", _NAME), len(self.maps.maps))
        if self.maps.maps.ndim == 2:
            return self._plot_columns(ax)
        return self._plot_images(ax, n_images)

    def _plot_images(self, ax, n_images):
        size = (_INCHES * n_images, 2 * _INCHES + 0.3)
        self.ax_ = axes_or_new_grid(ax, (2, n_images), _NAME, figsize=size)
        self.figure_ = self.ax_[0, 0].figure
        self.images_ = []
        for number in range(n_images):
            above, below = self.ax_[:, number]
            above.imshow(_picture(self.maps.images[number]), cmap="gray")
            above.set_title(self._title(number), fontsize="small")
            seen = _one_channel(self.maps.maps[number])
            largest = abs(seen).max() or 1.0
            image = below.imshow(seen, cmap="RdBu_r", vmin=-largest, vmax=largest)
            self.images_.append(image)
        for axis in self.ax_.flat:
            axis.set_axis_off()
        return self

    def _title(self, number):
        value = self.maps.values[number]
        if self.maps.targets is not None:
            return f"{self.maps.targets[number]}: {value:.2f}"
        unit = "" if self.maps.of == "variance" else " nats"
        return f"{value:.2g}{unit}"

    def _plot_columns(self, ax):
        check_ax(ax, _NAME)
        means = abs(self.maps.maps).mean(axis=0)
        names = self.maps.feature_names or range(len(means))
        names = np.array([str(name) for name in names])
        # The largest bar is drawn last, at the top.
        best = np.argsort(means, kind="stable")[-_MOST_COLUMNS:]
        if ax is None:  # a grid leaves room for long names
            ax = axes_or_new_grid(None, (1, 1), _NAME)[0, 0]
        self.ax_ = ax
        self.figure_ = self.ax_.figure
        self.bars_ = self.ax_.barh(names[best], means[best], color=COLOURS[0])
        self.ax_.set(xlabel="Mean absolute value of the map", ylabel="Column")
        return self


def _one_channel(image):
    """Return an image or a map summed over channels, (height, width)."""
    if image.ndim == 2:
        return image
    return image.sum(axis=0 if spatial_axes(image.shape) == (1, 2) else 2)


def _picture(image):
    """Return an image as matplotlib takes it, with colours between 0 and 1."""
    if image.ndim == 2:
        return image
    image = np.moveaxis(image, 0, 2) if spatial_axes(image.shape) == (1, 2) else image
    if image.shape[2] != 3:
        return image.mean(axis=2)
    low, high = min(image.min(), 0.0), max(image.max(), 1.0)
    return (image - low) / (high - low)
