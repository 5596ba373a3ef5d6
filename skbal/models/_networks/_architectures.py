"""The default networks. All are ``Sequential``, so their draws take the fast way."""

from math import prod

from torch import nn


class GalCNN(nn.Sequential):
    """The convolutional network of Gal, Islam and Ghahramani (2017, section 5).

    conv 32 of 4x4, ReLU, conv 32 of 4x4, ReLU, 2x2 max-pool, dropout .25, dense 128,
    ReLU, dropout .5, dense. It ends in logits; the softmax belongs to the loss.

    Parameters
    ----------
    image_shape : tuple of int, (channels, height, width)
        The shape of one image, at least 8x8.
    n_outputs : int
        The number of outputs.
    n_filters : int, default=32
        Filters of each convolution.
    hidden_units : int, default=128
        Units of the dense layer.
    conv_dropout, dense_dropout : float, default=0.25 and 0.5
        The probability that a unit is dropped.
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
        # Two 4x4 convolutions take 6 pixels off each side length, the pool halves it.
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


class GalaxyCNN(nn.Sequential):
    """The convolutional network of Walmsley et al. (2020) for images of galaxies.

    Convolutions 32, 32 and 16 of 3x3, each with ReLU and a 2x2 max-pool, dense 128,
    ReLU, dropout .5, dense. It ends in logits. Dropout acts on the last layer alone.

    Parameters
    ----------
    image_shape : tuple of int, (channels, height, width)
        The shape of one image, at least 8x8.
    n_outputs : int
        The number of outputs.
    n_filters : tuple of int, default=(32, 32, 16)
        Filters of the convolutions.
    hidden_units : int, default=128
        Units of the dense layer.
    dropout : float, default=0.5
        The probability that a unit of the dense layer is dropped.
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


class DropoutMLP(nn.Sequential):
    """Dense layers with ReLU and dropout, for rows of numbers.

    Parameters
    ----------
    n_features, n_outputs : int
        The width of a row and the number of outputs.
    hidden_units : tuple of int, default=(100, 100)
        Units of each hidden layer.
    dropout : float, default=0.2
        The probability that a hidden unit is dropped.
    """

    def __init__(self, n_features, n_outputs, hidden_units=(100, 100), dropout=0.2):
        layers = []
        for units in hidden_units:
            layers += [nn.Linear(n_features, units), nn.ReLU(), nn.Dropout(dropout)]
            n_features = units
        super().__init__(*layers, nn.Linear(n_features, n_outputs))
