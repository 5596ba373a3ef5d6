"""Handwriting made upright."""

import numpy as np
from sklearn.base import OneToOneFeatureMixin

from skbal._utils.parameters import option
from skbal.features._images import ImageTransformer
from skbal.features._shear import moved_left, slants


class Deslant(OneToOneFeatureMixin, ImageTransformer):
    """Shears each image so that what it shows stands upright.

    People write the same letter or digit with different slants, which have no meaning.
    Use this transformer for handwriting, and not for images in which a slant means
    something. No other transformer does this by itself. Put it before
    `GradientHistograms` in a Pipeline.

    The intensity of a pixel counts as mass. Each row of an image is moved by its
    distance from the centre of mass times the slant cov(x, y) / var(y), with linear
    interpolation, so that afterwards rows and columns are not correlated.

    Parameters
    ----------
    image_shape : tuple of int, optional
        Shape (channels, height, width) or (height, width) of an image, if the rows of X
        are flattened images.
    ink : {"light", "dark"}, default="light"
        "light": light strokes on a dark ground, as in MNIST; the darkest pixel of an
        image has no mass. "dark": dark strokes on a light ground; the lightest pixel
        has no mass. That pixel's value also comes in from beyond the borders.
    batch_size : int, optional
        Number of images worked on at once. ``None`` chooses it so that temporaries stay
        near 4 MB, which is fastest. The images do not depend on it.

    Attributes
    ----------
    row_shape_ : tuple of int
        Shape of a row of X.
    n_features_in_ : int
        Number of values in a row.
    feature_names_in_ : ndarray of str
        Names of the columns, if X is a frame whose columns have names that are strings.

    See Also
    --------
    GradientHistograms : Features of images, for which the slant is better removed.

    Notes
    -----
    Images without contrast, and those with mass in a single row only, stay as they are.
    An object that is far wider than high is moved a lot, even if it is only a little
    oblique.

    In an image with several channels, all are moved alike, by the slant of their sum.

    Images that are not flat stay arrays, also if ``set_output`` asks for data frames.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998). Gradient-based learning
       applied to document recognition. Proceedings of the IEEE 86(11), 2278-2324.
       Section III.A, the deslanted images.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.features import Deslant
    >>> slash = np.array([[[0, 0, 0, 0, 9],
    ...                    [0, 0, 0, 9, 0],
    ...                    [0, 0, 9, 0, 0],
    ...                    [0, 9, 0, 0, 0],
    ...                    [9, 0, 0, 0, 0]]])
    >>> Deslant().fit_transform(slash)[0]
    array([[0., 0., 9., 0., 0.],
           [0., 0., 9., 0., 0.],
           [0., 0., 9., 0., 0.],
           [0., 0., 9., 0., 0.],
           [0., 0., 9., 0., 0.]], dtype=float32)

    Before other features:

    >>> from sklearn.pipeline import make_pipeline
    >>> from skbal.features import GradientHistograms
    >>> upright = make_pipeline(Deslant(), GradientHistograms(n_cells=3))
    >>> upright.fit_transform(slash).shape
    (1, 72)
    """

    _parameter_rules = {"ink": option("light", "dark")}

    def __init__(self, *, image_shape=None, ink="light", batch_size=None):
        self.image_shape = image_shape
        self.ink = ink
        self.batch_size = batch_size

    def transform(self, X):
        """Return the upright images.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        upright : ndarray of the same shape as X, dtype=float32
            In the units of X. An image does not depend on the other images.

        Raises
        ------
        TypeError, ValueError
            If the rows have another shape than in ``fit``, or a value is NaN or beyond
            1e38.
        sklearn.exceptions.NotFittedError
            Before ``fit``.
        """
        return super().transform(X)

    def _learn_rows(self, X):
        X = super()._learn_rows(X)
        if len(self.row_shape_) > 1:
            # No frame can hold images, whatever set_config(transform_output=...) says.
            self.set_output(transform="default")
        return X

    def _of_images(self, images):
        images = images.astype(np.float32)
        n, channels, height, width = images.shape
        extreme = np.min if self.ink == "light" else np.max
        ground = extreme(images, axis=(2, 3), keepdims=True)
        mass = np.subtract(images, ground, dtype=np.float64).sum(axis=1)
        slant, centre = slants(np.abs(mass))
        distances = slant[:, None] * (np.arange(height) - centre[:, None])
        upright = moved_left(
            images.reshape(-1, width),
            np.repeat(distances, channels, axis=0).ravel(),
            np.repeat(ground, height),
        )
        return upright.reshape(n, *self.row_shape_)
