"""Small smooth networks in float64, and images, for the tests of saliency."""

import numpy as np
from torch import nn

from skbal.models import MCDropoutClassifier

RNG = np.random.default_rng(0)
IMAGES = RNG.random((40, 1, 6, 6)).astype(np.float32)
LABELS = np.array(["no", "perhaps", "yes"])[np.arange(40) % 3]
# A little to learn: each class is brighter in one row of the image.
IMAGES[np.arange(40), 0, np.arange(40) % 3 * 2] += 0.5


class SmoothCNN(nn.Module):
    """A convolution, tanh and dropout, in float64, for exact finite differences."""

    def __init__(self, n_outputs=3):
        super().__init__()
        self.convolution = nn.Conv2d(1, 4, 3)
        self.dropout = nn.Dropout(0.4)
        self.dense = nn.Linear(64, n_outputs)
        self.double()

    def forward(self, x):
        hidden = self.convolution(x.double()).tanh().flatten(1)
        return 3 * self.dense(self.dropout(hidden))


def smooth_classifier(**parameters):
    """Return a fitted classifier in float64 with dropout."""
    given = {"n_draws": 6, "max_steps": 30, "lr": 0.01, "random_state": 0}
    return MCDropoutClassifier(SmoothCNN, **{**given, **parameters}).fit(IMAGES, LABELS)
