"""
==============
What BALD sees
==============

Two things make a prediction uncertain. Where the classes overlap, the label is a matter
of chance, and stays so however much is known. Where there are no data, the label may be
perfectly definite, but the model has not seen it. Entropy adds the two up. BALD
(Houlsby et al. 2011) keeps the second only: what a new label can remove.

A toy in two dimensions shows the difference: two half moons that overlap, and a small
network with dropout.
"""

# %%
# Data and model
# --------------

import os

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons

from skbal import predict_samples
from skbal.information import (
    expected_entropy,
    mutual_information,
    predictive_entropy,
)
from skbal.models import MCDropoutClassifier

QUICK = os.environ.get("SKBAL_QUICK") == "1"

X, y = make_moons(200, noise=0.3, random_state=0)
model = MCDropoutClassifier(
    max_steps=200 if QUICK else 400,
    lr=0.005,
    random_state=0,
).fit(X, y)
print(f"accuracy on its own training set: {model.score(X, y):.2f}")

# %%
# Draws on a grid
# ---------------
#
# A hundred draws at each point of a grid. Draw k is one network for the whole grid, so
# it has one boundary between the classes, an unbroken line. That is what *joint* means.

n_side = 60 if QUICK else 150
first, second = np.meshgrid(np.linspace(-3, 4, n_side), np.linspace(-2.5, 3, n_side))
grid = np.column_stack([first.ravel(), second.ravel()])
draws = predict_samples(model, grid, n_draws=100, random_state=0)
print(draws.shape)

# %%
# Four panels
# -----------

maps = {
    "Predictive entropy": predictive_entropy(draws),
    "Expected entropy": expected_entropy(draws),
    "BALD, the difference of the two": mutual_information(draws),
}

figure, axes = plt.subplots(
    2, 2, figsize=(9, 7), sharex=True, sharey=True, layout="constrained"
)
lines, *others = axes.ravel()
for k in range(20):
    probability = draws[:, k, 1].reshape(first.shape)
    lines.contour(first, second, probability, [0.5], colors="0.6", linewidths=0.8)
lines.set_title("Data, and the boundaries of 20 draws")
for label, marker, colour in [(0, "o", "#0072B2"), (1, "^", "#D55E00")]:
    rows = X[y == label].T
    lines.scatter(
        *rows, c=colour, marker=marker, s=16, zorder=2, label=f"class {label}"
    )
lines.legend(loc="lower right")
for axis, (title, values) in zip(others, maps.items()):
    values = values.reshape(first.shape)
    image = axis.pcolormesh(
        first, second, values, vmin=0, vmax=np.log(2), rasterized=True
    )
    axis.set_title(title)
figure.colorbar(image, ax=axes, label="nats (two classes allow at most ln 2 = 0.69)")
figure.supxlabel("first feature")
figure.supylabel("second feature")
plt.show()

# %%
# Among the points, where the moons meet, the entropy is high, and nearly all of it is
# expected entropy: each draw by itself is unsure. More labels there would only say
# again that the classes overlap. Along the two ends of the boundary, away from the
# data, the draws go different ways. Each is sure, and they contradict each other, so
# the expected entropy is small and BALD is large.
#
# The figure also shows what dropout does *not* know. Far from all data, but also far
# from any draw's boundary, the network is certain, and no score calls for a label
# there. A Gaussian process would not be so bold.
#
# In numbers, the means over the grid points near the data (within 0.3 of a row) that
# the model calls nearly even, and over those far from the data (more than 1 away):

distance = np.min(np.linalg.norm(grid[:, None] - X[None], axis=2), axis=1)
even = abs(draws[:, :, 1].mean(axis=1) - 0.5) < 0.1
for name, where in {"near": distance < 0.3, "far": distance > 1}.items():
    values = [f"{scores[even & where].mean():.2f}" for scores in maps.values()]
    print(f"{name:>4}: entropy {values[0]}, expected {values[1]}, BALD {values[2]}")
