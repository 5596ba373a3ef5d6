"""
====================================
Laplace: how sure, far from the data
====================================

A network that has learned to separate classes is surest where it has never been. Its
logits grow with the distance from the boundary, and the softmax of large logits is one.
But the weights of its last layer are not known exactly. The Laplace approximation puts
a Gaussian around them and averages over it. Where data hold the logits in place, the
average stays what it was; where none do, the confidence comes down.
"""

# %%
# Data and network
# ----------------
#
# Three clusters in the plane, and a network with two hidden layers. Its own answer,
# from one set of weights, is called MAP: these are about the most probable ones.

import os

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_blobs
from sklearn.frozen import FrozenEstimator

from skbal.models import LaplaceClassifier, MCDropoutClassifier

QUICK = os.environ.get("SKBAL_QUICK") == "1"

centers = [[-1.5, -1.0], [1.5, -1.0], [0.5, 1.7]]
X, y = make_blobs(90, centers=centers, cluster_std=0.6, random_state=0)
network = MCDropoutClassifier(
    module__hidden_units=(50, 50),
    module__dropout=0.05,
    max_steps=250,
    lr=0.005,
    deterministic=True,  # dropout off when it predicts
    random_state=0,
).fit(X, y)
print(f"accuracy on its own training set: {network.score(X, y):.2f}")

# %%
# Two Laplace approximations
# --------------------------
#
# Both stand on the features of that one network, which is frozen. They differ in where
# the Gaussian stands and how wide its prior is. The default keeps the network's weights
# and takes the prior from their size. The other looks for the most probable weights,
# given the features, under the prior with the largest evidence.

frozen = FrozenEstimator(network)
models = {
    "MAP": network,
    "Laplace, default": LaplaceClassifier(frozen, random_state=0).fit(X, y),
    'Laplace, mode="map", evidence': LaplaceClassifier(
        frozen, mode="map", optimize="evidence", random_state=0
    ).fit(X, y),
}

# %%
# Confidence
# ----------

n_side = 60 if QUICK else 120
first, second = np.meshgrid(np.linspace(-6, 6, n_side), np.linspace(-6, 6, n_side))
grid = np.column_stack([first.ravel(), second.ravel()])
confidence = {
    name: model.predict_proba(grid).max(axis=1) for name, model in models.items()
}

figure, axes = plt.subplots(
    1, 3, figsize=(12, 4.1), sharex=True, sharey=True, layout="constrained"
)
for axis, (name, values) in zip(axes, confidence.items()):
    values = values.reshape(first.shape)
    image = axis.pcolormesh(first, second, values, vmin=1 / 3, vmax=1, rasterized=True)
    axis.contour(first, second, values, [0.9], colors="w", linewidths=1)
    for label, marker in enumerate("o^s"):
        rows = X[y == label].T
        axis.scatter(*rows, c="w", ec="k", lw=0.5, marker=marker, s=18, label=label)
    axis.set(title=name, xlabel="first feature", aspect="equal")
axes[0].set_ylabel("second feature")
axes[0].legend(loc="lower left", title="class", framealpha=0.9)
figure.colorbar(image, ax=axes, label="confidence; white line: 0.9")
plt.show()

# %%
# In numbers: the mean confidence on the grid near the data (within 0.3 of a row) and
# far from them (more than 3 away), and how much of the far part is called with more
# than 99 percent.

distance = np.min(np.linalg.norm(grid[:, None] - X[None], axis=2), axis=1)
near, far = distance < 0.3, distance > 3
for name, values in confidence.items():
    print(
        f"{name:>30}: near {values[near].mean():.3f}, far {values[far].mean():.3f}, "
        f"above 0.99 in {(values[far] > 0.99).mean():.0%} of the far part"
    )

# %%
# Along one ray, ever further out:

direction = np.array([np.cos(0.6), np.sin(0.6)])
ray = np.outer([2, 6, 20, 100, 1000], direction)
for name, model in models.items():
    print(f"{name:>30}: {model.predict_proba(ray).max(axis=1).round(3)}")

# %%
# The network's own answer is sure nearly everywhere, and the surer the further out
# (Hein, Andriushchenko and Bitterwolf 2019). The default Laplace approximation opens
# the boundaries like fans. Well within the sector of a cluster its draws agree, and it
# is as sure as the network. With the evidence the prior is wider, and the confidence
# falls everywhere. Along the ray it goes to a constant: far out, the logits and their
# standard deviations grow in proportion (Kristiadi, Hein and Hennig 2020). That is less
# than a Gaussian process would doubt; the constant is not one in three.
#
# There is a price. Near the data, where the network errs on no row, the evidence makes
# the model say 0.91 on average. The features were learned from these labels, and the
# evidence does not know it. So it is not the default; :ref:`last_layers` says more.
