"""
====================================
Three Bayesian last layers on a sine
====================================

A network learns features, and a Bayesian linear model in place of its last layer tells
how uncertain the prediction is. There are several such layers: the exact posterior, the
mean-field approximation (the same means, but independent weights), and the Laplace
approximation. The data of this example have a gap. How wide are the three bands in it?
"""

# %%
# Data
# ----

import matplotlib.pyplot as plt
import numpy as np
from sklearn.frozen import FrozenEstimator
from torch import nn

from skbal.models import (
    BayesianLinearRegression,
    LaplaceRegressor,
    LastLayerRegressor,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)

NOISE = 0.1


def truth(x):
    return np.sin(1.5 * x).ravel()


rng = np.random.default_rng(0)
n_side = 40
x = np.concatenate([rng.uniform(-3, -1, n_side), rng.uniform(1, 3, n_side)])[:, None]
y = truth(x) + NOISE * rng.normal(size=2 * n_side)

# %%
# One network
# -----------
#
# The network is trained once and frozen, so that all three layers use the same
# features. Tanh gives smooth features. The features of ReLU have corners, and then the
# bands have corners, too. The first layer starts with large weights, so its units bend
# at many places, some of them in the gap.


class Tanh(nn.Sequential):
    def __init__(self, width=50, slope=2.0):
        super().__init__(
            nn.Linear(1, width), nn.Tanh(), nn.Dropout(0.05), nn.Linear(width, 1)
        )
        nn.init.normal_(self[0].weight, std=slope)
        nn.init.uniform_(self[0].bias, -3 * slope, 3 * slope)


network = MCDropoutRegressor(Tanh, max_steps=1500, lr=0.005, random_state=0).fit(x, y)
frozen = FrozenEstimator(network)

# %%
# Three last layers
# -----------------
#
# The prior variance and the noise variance maximise the evidence. Mean field uses the
# evidence of the exact model.

exact = BayesianLinearRegression(optimize="evidence")
mean_field = MeanFieldLinearRegression(optimize="evidence")
models = {
    "Exact": LastLayerRegressor(frozen, exact),
    "Mean field": LastLayerRegressor(frozen, mean_field),
    "Laplace": LaplaceRegressor(frozen, mode="network"),
}
for name, model in models.items():
    model.fit(x, y)
    print(f"{name}: standard deviation of the noise {model.noise_variance_**0.5:.3f}")

# %%
# Bands
# -----

grid = np.linspace(-4, 4, 400)[:, None]
stds = {}
figure, axes = plt.subplots(
    1, len(models), figsize=(12, 4), sharex=True, sharey=True, layout="constrained"
)
for axis, (name, model) in zip(axes, models.items()):
    mean, std = model.predict(grid, return_std=True)
    stds[name] = np.sqrt(std**2 - model.noise_variance_)
    bands = [(std, 0.2, "measurement, ± 2 std"), (stds[name], 0.4, "function, ± 2 std")]
    for width, alpha, label in bands:
        low, high = mean - 2 * width, mean + 2 * width
        axis.fill_between(
            grid[:, 0], low, high, alpha=alpha, lw=0, fc="C0", label=label
        )
    axis.plot(grid, mean, label="mean")
    axis.plot(grid, truth(grid), "k--", lw=1, label="truth")
    axis.plot(x, y, "k.", ms=4, label="data")
    axis.set(title=name, xlabel="x", ylim=(-2.5, 2.5))
axes[0].set_ylabel("y")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
plt.show()

# %%
# The standard deviation of the function at four places:

places = {"data": -2, "data, other side": 2, "gap": 0, "outside": 4}
for place, at in places.items():
    values = {name: std[np.abs(grid[:, 0] - at).argmin()] for name, std in stds.items()}
    print(f"{place:>16}: " + ", ".join(f"{k} {v:.3f}" for k, v in values.items()))

# %%
# The bands of the exact model and of Laplace are wide in the gap and narrow at the
# data. With a squared error, Laplace approximates nothing, because the log posterior
# *is* quadratic in the weights of the last layer. It differs a little from the exact
# model for two reasons: ``mode="network"`` keeps the weights at which the training
# ended, and its bias has the same prior as the other weights.
#
# Mean field has the mean of the exact model, but its band does not show the gap. It is
# about two or three times too wide at the data, and narrowest in the middle of the gap.
# There the features are near their averages, and independent weights can only see
# averages of features.
#
# None of the three knows that the sine turns back outside the data. Tanh is flat there,
# so the features hardly change, and the bands stay narrow. The features also determine
# the width in the gap. With ``slope=0.5``, which is close to the default of torch, few
# units bend in the gap, and the exact standard deviation there is about 0.14 instead of
# 0.6. A Bayesian last layer is uncertain only about what its features can express.
