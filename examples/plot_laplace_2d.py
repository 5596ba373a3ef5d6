"""
====================================
Laplace: how sure, far from the data
====================================

A network that has learned to separate classes is most confident far from all data. Its
logits grow with the distance from the boundary, and the softmax of large logits is
close to one. But the weights of its last layer are not known exactly. The Laplace
approximation puts a Gaussian around them and averages over it. Where the data determine
the logits, the average hardly changes. Where they do not, the confidence falls.
"""

# %%
# Data and network
# ----------------
#
# The data are three clusters in the plane. The network has two hidden layers. Its own
# prediction, from a single set of weights, is called MAP, because these are about the
# most probable weights.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_blobs
from sklearn.frozen import FrozenEstimator

from skbal.models import LaplaceClassifier, MCDropoutClassifier

centers = [[-1.5, -1.0], [1.5, -1.0], [0.5, 1.7]]
X, y = make_blobs(90, centers=centers, cluster_std=0.6, random_state=0)
network = MCDropoutClassifier(
    standardize=False,
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
# Both use the features of the same network, which is frozen. They differ in the mean of
# the Gaussian and in the width of the prior. The default keeps the weights of the
# network and takes the prior from their size. The other one finds the most probable
# weights for these features, under the prior with the largest evidence.

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

n_side = 120
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
# The next lines print the mean confidence on the grid near the data (within 0.3 of a
# row) and far from them (more than 3 away). They also print the share of the far part
# with a confidence above 99 percent.

distance = np.min(np.linalg.norm(grid[:, None] - X[None], axis=2), axis=1)
near, far = distance < 0.3, distance > 3
for name, values in confidence.items():
    print(
        f"{name:>30}: near {values[near].mean():.3f}, far {values[far].mean():.3f}, "
        f"above 0.99 in {(values[far] > 0.99).mean():.0%} of the far part"
    )

# %%
# The confidence along one ray, further and further away from the data:

direction = np.array([np.cos(0.6), np.sin(0.6)])
ray = np.outer([2, 6, 20, 100, 1000], direction)
for name, model in models.items():
    print(f"{name:>30}: {model.predict_proba(ray).max(axis=1).round(3)}")

# %%
# The network itself is confident nearly everywhere, and more so with the distance
# (Hein, Andriushchenko and Bitterwolf 2019). With the default Laplace approximation,
# the regions of low confidence open like fans. Within the sector of a cluster its draws
# agree, and it is as confident as the network. With the evidence, the prior is wider
# and the confidence falls everywhere. Along the ray it approaches a constant: far out,
# the logits and their standard deviations grow in proportion (Kristiadi, Hein and
# Hennig 2020). A Gaussian process would be less confident. The constant is not one in
# three.
#
# This has a price. Near the data, where the network makes no error, the model with the
# evidence has a mean confidence of about 0.91. The features were learned from these
# labels, and the evidence does not know it. Therefore it is not the default, see
# :ref:`last_layers`.
