"""The default networks; their form allows the fast draws of `FirstDense`."""

from collections import OrderedDict
from math import prod

from torch import nn


class _Layers(nn.Sequential):
    """A ``Sequential`` whose slices are plain ones, whatever its constructor takes."""

    def __getitem__(self, index):
        if isinstance(index, slice):
            return nn.Sequential(OrderedDict(list(self._modules.items())[index]))
        return super().__getitem__(index)


class GalCNN(_Layers):
    """The convolutional network of Gal et al. (2017) for small images.

    The layers are: convolution with 32 filters of 4x4, ReLU, convolution with 32
    filters of 4x4, ReLU, 2x2 max-pool, dropout, dense layer with 128 units, ReLU,
    dropout, dense layer [1]_. The outputs are logits.

    It is a ``torch.nn.Sequential``. A slice such as ``network[:5]`` is a plain one that
    shares the layers.

    Parameters
    ----------
    image_shape : tuple of int, (channels, height, width)
        Shape of an image, at least 8x8 pixels.
    n_outputs : int
        Number of outputs.
    n_filters : int, default=32
        Number of filters of each convolution.
    hidden_units : int, default=128
        Number of units of the dense layer.
    conv_dropout : float, default=0.25
        Probability that an output of the convolutions is dropped.
    dense_dropout : float, default=0.5
        Probability that a unit of the dense layer is dropped.

    See Also
    --------
    MCDropoutClassifier : Uses it for images.

    References
    ----------
    .. [1] Y. Gal, R. Islam and Z. Ghahramani (2017), Deep Bayesian active learning with
       image data, ICML, section 5.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import GalCNN
    >>> network = GalCNN(image_shape=(1, 28, 28), n_outputs=10)
    >>> network(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    """

    def __init__(
        self,
        image_shape,
        n_outputs,
        n_filters=32,
        hidden_units=128,
        conv_dropout=0.25,
        dense_dropout=0.5,
    ):
        channels, height, width = image_shape
        # Two 4x4 convolutions take 6 pixels off each side, and the pool halves it.
        pooled = (n_filters, (height - 6) // 2, (width - 6) // 2)
        if min(pooled) < 1:
            raise ValueError(
                f"The default network for images needs at least 8x8 pixels, "
                f"got image_shape {tuple(image_shape)}."
            )
        super().__init__(
            nn.Conv2d(channels, n_filters, 4),
            nn.ReLU(),
            nn.Conv2d(n_filters, n_filters, 4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(conv_dropout),
            nn.Flatten(),
            nn.Linear(prod(pooled), hidden_units),
            nn.ReLU(),
            nn.Dropout(dense_dropout),
            nn.Linear(hidden_units, n_outputs),
        )


class GalaxyCNN(_Layers):
    """The convolutional network of Walmsley et al. (2020) for images of galaxies.

    The layers are: convolutions with 32, 32 and 16 filters of 3x3, each with ReLU and a
    2x2 max-pool, dense layer with 128 units, ReLU, dropout, dense layer [1]_. The
    outputs are logits. Dropout acts on the last layer alone.

    It is a ``torch.nn.Sequential``. A slice such as ``network[:5]`` is a plain one that
    shares the layers.

    Parameters
    ----------
    image_shape : tuple of int, (channels, height, width)
        Shape of an image, at least 8x8 pixels.
    n_outputs : int
        Number of outputs.
    n_filters : tuple of int, default=(32, 32, 16)
        Number of filters of each convolution.
    hidden_units : int, default=128
        Number of units of the dense layer.
    dropout : float, default=0.5
        Probability that a unit of the dense layer is dropped.

    See Also
    --------
    MCDropoutVoteRegressor : Uses it for images.

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning, MNRAS 491.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import GalaxyCNN
    >>> network = GalaxyCNN(image_shape=(3, 32, 32), n_outputs=1)
    >>> network(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 1])
    """

    def __init__(
        self,
        image_shape,
        n_outputs,
        n_filters=(32, 32, 16),
        hidden_units=128,
        dropout=0.5,
    ):
        channels, height, width = image_shape
        scale = 2 ** len(n_filters)
        if min(height, width) < scale:
            raise ValueError(
                f"The default network for galaxies needs at least {scale}x{scale} "
                f"pixels, got image_shape {tuple(image_shape)}."
            )
        layers = []
        for filters in n_filters:
            convolution = nn.Conv2d(channels, filters, 3, padding=1)
            layers += [convolution, nn.ReLU(), nn.MaxPool2d(2)]
            channels = filters
        super().__init__(
            *layers,
            nn.Flatten(),
            nn.Linear(channels * (height // scale) * (width // scale), hidden_units),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden_units, n_outputs),
        )


class DropoutMLP(_Layers):
    """A multilayer perceptron with dropout, for rows of numbers.

    Each hidden layer is a dense layer with ReLU and dropout. The outputs are logits, or
    numbers.

    It is a ``torch.nn.Sequential``. A slice such as ``network[:5]`` is a plain one that
    shares the layers.

    Parameters
    ----------
    n_features : int
        Number of features of a row.
    n_outputs : int
        Number of outputs.
    hidden_units : tuple of int, default=(100, 100)
        Number of units of each hidden layer.
    dropout : float, default=0.2
        Probability that a hidden unit is dropped.

    See Also
    --------
    MCDropoutClassifier : Uses it for rows of numbers.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import DropoutMLP
    >>> network = DropoutMLP(n_features=4, n_outputs=3, hidden_units=(50,))
    >>> network(torch.zeros(2, 4)).shape
    torch.Size([2, 3])
    """

    def __init__(self, n_features, n_outputs, hidden_units=(100, 100), dropout=0.2):
        layers = []
        for units in hidden_units:
            layers += [nn.Linear(n_features, units), nn.ReLU(), nn.Dropout(dropout)]
            n_features = units
        super().__init__(*layers, nn.Linear(n_features, n_outputs))
