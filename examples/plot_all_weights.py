"""
========================================
The Laplace approximation of all weights
========================================

A Bayesian last layer takes the features of a network as known. But other features
would have fitted the data as well, and outside the data they differ. The Laplace
approximation of *all* weights sees this. How wide are its bands beside those of the
last layer, and of dropout?
"""

# %%
# One network
# -----------
#
# A sine with a little noise, and nothing beyond :math:`|x| = 2`. The network has two
# hidden layers with dropout. It is trained once and frozen.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.frozen import FrozenEstimator

from skbal.models import LaplaceRegressor, MCDropoutRegressor

NOISE = 0.1


def truth(x):
    return np.sin(2 * x).ravel()


rng = np.random.default_rng(0)
x = rng.uniform(-2, 2, size=(60, 1))
y = truth(x) + NOISE * rng.normal(size=60)

network = MCDropoutRegressor(max_steps=1000, random_state=0).fit(x, y)
frozen = FrozenEstimator(network)

# %%
# Three posteriors
# ----------------
#
# Both Laplace approximations keep the predictions of the network. The first one moves
# the weights of the last layer, the second one all weights. To compare nothing but the
# weights that may move, the second one has the variances of prior and noise that the
# evidence of the first one gave. (The network was trained on y in units of its standard
# deviation, so that its weights are in these units.) The third one has variances by its
# own evidence.

last = LaplaceRegressor(frozen, mode="network").fit(x, y)
same = LaplaceRegressor(
    frozen,
    weights="all",
    optimize=None,
    prior_variance=last.prior_variance_ / y.var(),
    noise_variance=last.noise_variance_,
).fit(x, y)
own = LaplaceRegressor(frozen, weights="all").fit(x, y)
print(f"{own.subnetwork_.size} weights")

# %%
# Bands
# -----
#
# Bands of the noise-free function, two standard deviations to each side. Those of
# dropout are the standard deviations of its draws.

grid = np.linspace(-4, 4, 200)[:, None]
models = {
    "Last layer": last,
    "All weights, same variances": same,
    "All weights, own evidence": own,
}
bands = {}
for name, model in models.items():
    mean, std = model.predict(grid, return_std=True)
    bands[name] = mean, np.sqrt(std**2 - model.noise_variance_)
draws = network.predict_samples(grid, 200, random_state=0)[:, :, 0]
bands["MC dropout"] = draws.mean(axis=1), draws.std(axis=1)

figure, axes = plt.subplots(
    1, len(bands), figsize=(14, 4), sharex=True, sharey=True, layout="constrained"
)
for axis, (name, (mean, std)) in zip(axes, bands.items()):
    axis.fill_between(
        grid[:, 0],
        mean - 2 * std,
        mean + 2 * std,
        alpha=0.3,
        lw=0,
        label="function, ± 2 std",
    )
    axis.plot(grid, mean, label="mean")
    axis.plot(grid, truth(grid), "k--", lw=1, label="truth")
    axis.plot(x, y, "k.", ms=4, label="data")
    axis.set(title=name, xlabel="x", ylim=(-4, 4))
axes[0].set_ylabel("y")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()

# %%
# The standard deviation of the function at three places:

for place, at in {"data": 0, "edge": 2, "outside": 4}.items():
    nearest = np.abs(grid[:, 0] - at).argmin()
    values = ", ".join(f"{name} {std[nearest]:.2f}" for name, (_, std) in bands.items())
    print(f"{place:>8}: {values}")

# %%
# At :math:`x = 4`, far from the data, the band of all weights is almost three times as
# wide as that of the last layer, with the same variances. It holds the truth further
# out, though not up to the ends. The weights of the first layers say where the units of
# the network bend, and the data say little about bends beyond them. There the band of
# dropout is about as narrow as that of the last layer.
#
# Among the data the band of all weights has narrow peaks: between two bends that no row
# separates, the function could have another one. A network with fewer weights, or one
# of tanh, has a smoother band.
