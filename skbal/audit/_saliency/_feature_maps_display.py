"""The feature maps of an image in a grid."""

from skbal._utils.indices import check_indices
from skbal._utils.lazy import lazy_module
from skbal.audit._saliency._feature_maps import FeatureMaps, feature_maps

plotting = lazy_module("skbal.plotting")

_NAME = "FeatureMapsDisplay"


class FeatureMapsDisplay:
    """The feature maps of one image in a grid, one per filter.

    Make one with `from_estimator`.

    Parameters
    ----------
    maps : FeatureMaps
        Result of `feature_maps`.

    Attributes
    ----------
    ax_ : ndarray of matplotlib.axes.Axes of shape (n_rows, n_columns)
        The axes of the maps. Axes without a map are empty.
    figure_ : matplotlib.figure.Figure or matplotlib.figure.SubFigure
        The figure that contains them.
    images_ : list of matplotlib.image.AxesImage
        The maps in the figure.

    See Also
    --------
    feature_maps : The maps as numbers.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbal.audit import FeatureMapsDisplay
    >>> from skbal.models import MCDropoutClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = MCDropoutClassifier(image_shape=(8, 8), max_steps=20, random_state=0)
    >>> display = FeatureMapsDisplay.from_estimator(model.fit(X, y), X[:1])
    >>> len(display.images_)  # one per filter
    32
    """

    def __init__(self, *, maps):
        self.maps = maps

    @classmethod
    def from_estimator(
        cls, estimator, X, *, layer=None, image=0, n_columns=8, figure=None
    ):
        """Compute feature maps and plot those of one image.

        Parameters
        ----------
        estimator, X, layer
            See `feature_maps`.
        image, n_columns, figure
            See `plot`.

        Returns
        -------
        display : FeatureMapsDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument is invalid.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        maps = feature_maps(estimator, X, layer=layer)
        return cls(maps=maps).plot(image=image, n_columns=n_columns, figure=figure)

    def plot(self, *, image=0, n_columns=8, figure=None):
        """Plot the maps of one image.

        Parameters
        ----------
        image : int, default=0
            Which image.
        n_columns : int, default=8
            Number of columns.
        figure : matplotlib.figure.Figure or matplotlib.figure.SubFigure, optional
            Figure to draw on. ``None`` makes a new figure. The display makes as many
            axes as there are filters, so it takes a figure instead of axes.

        Returns
        -------
        self : FeatureMapsDisplay
            With ``images_``.

        Raises
        ------
        TypeError, ValueError
            If an argument is invalid, or there is no such image.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        if not isinstance(self.maps, FeatureMaps):
            raise TypeError(
                f"maps of {_NAME} must be a result of feature_maps, got "
                f"{type(self.maps).__name__}."
            )
        (image,) = check_indices([image], len(self.maps.maps), "image", _NAME)
        n_filters = self.maps.maps.shape[1]
        grid = plotting.ImageGridDisplay.from_images(
            self.maps.maps[image],
            [str(number) for number in range(n_filters)],
            n_columns=n_columns,
            title=f"Filters of layer {self.maps.layer!r}",
            figure=figure,
        )
        self.figure_, self.ax_, self.images_ = grid.figure_, grid.axes_, grid.images_
        return self
