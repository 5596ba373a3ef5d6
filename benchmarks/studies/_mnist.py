"""MNIST in units of its standard deviation, and the network that learns it."""

from torch import nn

MEAN, STD = 0.1307, 0.3081


class Network(nn.Sequential):
    """The network of repeated MNIST: half the filters, dropout in the dense layers."""

    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 16, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(16, 32, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Linear(32 * 4 * 4, 128),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(128, 10),
        )


def as_images(X):
    """Return pixels in units of their standard deviation, (n_samples, 1, 28, 28)."""
    return ((X - MEAN) / STD).reshape(-1, 1, 28, 28)
