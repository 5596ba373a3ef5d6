"""
==================================
Three Bayesian last layers, a sine
==================================

A network learns features, and a Bayesian linear model on its last layer says how far
the answer may be off. There are several such layers: the exact posterior, the
mean-field approximation (the same means, all weights independent), and the Laplace
approximation. The data below have a gap. What do the three say in it?
"""

# %%
# Data
# ----

import os

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

QUICK = os.environ.get("SKBAL_QUICK") == "1"

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
# Trained once and frozen, so that all three stand on the same features. Tanh gives
# smooth features; those of ReLU have corners, and then so has the band. The first layer
# starts with large weights: its units bend at many places, some of them in the gap.


class Tanh(nn.Sequential):
    def __init__(self, width=50, slope=2.0):
        super().__init__(
            nn.Linear(1, width), nn.Tanh(), nn.Dropout(0.05), nn.Linear(width, 1)
        )
        nn.init.normal_(self[0].weight, std=slope)
        nn.init.uniform_(self[0].bias, -3 * slope, 3 * slope)


network = MCDropoutRegressor(
    Tanh, max_steps=500 if QUICK else 1500, lr=0.005, random_state=0
).fit(x, y)
frozen = FrozenEstimator(network)

# %%
# Three last layers
# -----------------
#
# The variances of prior and noise maximise the evidence, that of the exact model also
# for mean field.

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
# The standard deviation of the function in four places:

places = {"data": -2, "data, other side": 2, "gap": 0, "outside": 4}
for place, at in places.items():
    values = {name: std[np.abs(grid[:, 0] - at).argmin()] for name, std in stds.items()}
    print(f"{place:>16}: " + ", ".join(f"{k} {v:.3f}" for k, v in values.items()))

# %%
# Exact and Laplace open in the gap and close on the data. For a squared error nothing
# is left for Laplace to approximate: in the weights of the last layer the log posterior
# *is* quadratic. It differs a little because ``mode="network"`` keeps the weights at
# which training ended, and because its bias has the prior of the other weights.
#
# Mean field has the mean of the exact model and sees no gap. Its function is twice or
# three times too uncertain where the data are, and least uncertain in their middle.
# There the features are near their averages, and an average of features is all that a
# sum of independent weights can look at.
#
# None of the three knows that the sine turns back outside the data. Tanh is flat there,
# so the features hardly change, and whoever trusts the features gets a narrow band. The
# features also decide about the gap: with ``slope=0.5``, near to what torch begins
# with, few units bend in it, and the exact standard deviation there is 0.14 in place of
# 0.6. A Bayesian last layer doubts what its features can express, and nothing else.
