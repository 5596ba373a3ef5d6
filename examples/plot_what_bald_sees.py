"""
=====================================================
What BALD sees: where a network disagrees with itself
=====================================================

A prediction can be uncertain for two reasons. Where the classes overlap, the label is
random, and it stays random however much is known. Where there are no data, the label
may be certain, but the model has not seen it. Entropy is the sum of the two. BALD
(Houlsby et al. 2011) is the second part only: the uncertainty that a new label can
remove.

A toy example in two dimensions shows the difference, with two half moons that overlap
and a small network with dropout.
"""

# %%
# Data and model
# --------------

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

X, y = make_moons(200, noise=0.3, random_state=0)
model = MCDropoutClassifier(
    standardize=False,
    max_steps=400,
    lr=0.005,
    random_state=0,
).fit(X, y)
print(f"accuracy on its own training set: {model.score(X, y):.2f}")

# %%
# Draws on a grid
# ---------------
#
# There are a hundred draws at each point of a grid. Draw k is one network for the whole
# grid, so its boundary between the classes is an unbroken line. Such draws are called
# *joint*.

n_side = 150
first, second = np.meshgrid(np.linspace(-3, 4, n_side), np.linspace(-2.5, 3, n_side))
grid = np.column_stack([first.ravel(), second.ravel()])
draws = predict_samples(model, grid, n_draws=100, random_state=0)
print(draws.shape)

# %%
# Four plots
# ----------

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
# Where the moons meet, among the points, the entropy is high. Nearly all of it is
# expected entropy: each draw by itself is uncertain. More labels there would only
# confirm that the classes overlap. At the two ends of the boundary, away from the data,
# the boundaries of the draws separate. Each draw is certain, and they contradict each
# other. So the expected entropy is small, and BALD is large.
#
# The figure also shows what dropout does *not* know. Far from all data, but also far
# from the boundary of any draw, the network is certain, and every score is low. A
# Gaussian process would be uncertain there.
#
# The next lines print means over grid points whose prediction is nearly even. Some of
# these points are near the data (within 0.3 of a row), and some are far from the data
# (more than 1 away).

distance = np.min(np.linalg.norm(grid[:, None] - X[None], axis=2), axis=1)
even = abs(draws[:, :, 1].mean(axis=1) - 0.5) < 0.1
for name, where in {"near": distance < 0.3, "far": distance > 1}.items():
    values = [f"{scores[even & where].mean():.2f}" for scores in maps.values()]
    print(f"{name:>4}: entropy {values[0]}, expected {values[1]}, BALD {values[2]}")
