"""What the filters of a convolutional network see in images."""

import difflib
from dataclasses import dataclass

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skbal._utils.chunks import chunks
from skbal._utils.copying import deep_copy
from skbal._utils.lazy import lazy_module
from skbal._utils.optional import require
from skbal._utils.unwrap import transform, unwrap
from skbal._utils.validation import check_fits
from skbal.audit._result import AuditResult
from skbal.audit._saliency._networks import has_network, is_skorch
from skbal.audit._saliency._rows import check_rows

torch = lazy_module("torch")

_OWNER = "feature_maps"


@dataclass(frozen=True, eq=False, repr=False)
class FeatureMaps(AuditResult):
    """What a layer of a network gives for images, the result of `feature_maps`.

    Parameters
    ----------
    maps : ndarray of shape (n_samples, n_filters, height, width)
        The outputs of the layer. Dropout is off.
    images : ndarray of shape (n_samples, ...), dtype=float64
        The images.
    layer : str
        The name of the layer.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.audit import FeatureMaps
    >>> maps = np.zeros((1, 2, 3, 3))
    >>> maps[0, 1, 1, 1] = 1.0
    >>> FeatureMaps(maps, np.ones((1, 4, 4)), "0")
    FeatureMaps(1 of 2 filters of layer '0' gives the same in all pixels of 1 image.)
    """

    maps: np.ndarray
    images: np.ndarray
    layer: str

    @property
    def n_constant(self):
        """Number of filters that give the same value in all pixels of all images."""
        return int(np.count_nonzero(np.ptp(self.maps, axis=(0, 2, 3)) == 0))

    @property
    def concern(self):
        """True if more than half of the filters see nothing, otherwise False."""
        return self.n_constant > self.maps.shape[1] / 2

    @property
    def verdict(self):
        """How many filters see nothing, in one sentence."""
        gives = "gives" if self.n_constant == 1 else "give"
        images = "1 image" if len(self.maps) == 1 else f"{len(self.maps):,} images"
        return (
            f"{self.n_constant:,} of {self.maps.shape[1]:,} filters of layer "
            f"{self.layer!r} {gives} the same in all pixels of {images}."
        )

    def to_frame(self):
        """Return a table with a row per filter.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``filter``, ``mean``, ``std`` and ``largest``, over all
            images and pixels.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "FeatureMaps.to_frame")
        axes = (0, 2, 3)
        return pandas.DataFrame(
            {
                "filter": np.arange(self.maps.shape[1]),
                "mean": self.maps.mean(axis=axes),
                "std": self.maps.std(axis=axes),
                "largest": self.maps.max(axis=axes),
            }
        )


def feature_maps(estimator, X, *, layer=None):
    """Return what a layer of a convolutional network gives for images.

    Each filter of a convolution makes an image of its own, which is bright where the
    filter finds what it looks for [1]_.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted network of skbal or skorch. Of an ensemble the first network is taken.
    X : array-like of shape (n_samples, ...)
        Images of the form passed to ``fit``.
    layer : str, optional
        The name of the layer in ``module.named_modules()``, such as "3". ``None`` takes
        the first convolution.

    Returns
    -------
    maps : FeatureMaps
        The maps, one per image and filter.

    Raises
    ------
    TypeError
        If the estimator is no network.
    ValueError
        If there is no such layer, or its outputs are no images.
    NotFittedError
        If the estimator is not fitted.

    See Also
    --------
    FeatureMapsDisplay : Draw the maps of an image in a grid.

    References
    ----------
    .. [1] M. D. Zeiler and R. Fergus (2014), Visualizing and understanding
       convolutional networks, ECCV, section 2.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbal.audit import feature_maps
    >>> from skbal.models import MCDropoutClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = MCDropoutClassifier(image_shape=(8, 8), max_steps=20, random_state=0)
    >>> feature_maps(model.fit(X, y), X[:2]).maps.shape  # 32 filters of 4x4 pixels
    (2, 32, 5, 5)
    """
    check_fits(estimator, _OWNER)
    transformers, model = unwrap(estimator)
    if not has_network(model):
        raise TypeError(
            f"estimator of {_OWNER} must be a network of skbal or skorch, got "
            f"{type(model).__name__}."
        )
    check_is_fitted(model)
    rows = check_rows(X, None, estimator, _OWNER)
    module = model.module_ if is_skorch(model) else model._modules()[0]
    layer = _first_convolution(module) if layer is None else layer
    _check_layer(module, layer)
    X = transform(transformers, X)
    if is_skorch(model):
        maps = _outputs_of_skorch(model, np.asarray(X), layer)
    else:
        maps = model._layer_outputs(X, layer)
    if maps.ndim != 4:
        raise ValueError(
            f"layer of {_OWNER} must be a layer whose outputs are images, such as a "
            f"convolution, but those of {layer!r} have shape {maps.shape[1:]} per row."
        )
    return FeatureMaps(maps, rows.as_maps(rows.values), layer)


def _first_convolution(module):
    for name, layer in module.named_modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
            return name
    raise ValueError(
        f"estimator of {_OWNER} must have a convolution, but its network, "
        f"{type(module).__name__}, has none. Give another layer by its name."
    )


def _check_layer(module, layer):
    if not isinstance(layer, str):
        raise TypeError(
            f"layer of {_OWNER} must be the name of a layer or None, got {layer!r}."
        )
    names = [name for name, _ in module.named_modules() if name]
    if layer not in names:
        near = difflib.get_close_matches(layer, names) or names[:10]
        raise ValueError(
            f"layer of {_OWNER} must be a layer of the network, such as "
            f"{', '.join(map(repr, near))}, got {layer!r}."
        )


def _outputs_of_skorch(net, X, layer):
    """Return the outputs of a layer of a copy of the module in evaluation mode."""
    module = deep_copy(net.module_).eval()
    kept = []
    found = dict(module.named_modules())[layer]
    found.register_forward_hook(lambda _, args, output: kept.append(output.clone()))
    weight = next(module.parameters())
    with torch.no_grad():
        for rows in chunks(len(X), 64):
            module(torch.tensor(X[rows], dtype=weight.dtype, device=weight.device))
    return torch.cat(kept).cpu().numpy()
