"""
=============================
The phases of the Ising model
=============================

Spins on a square lattice point up or down, and like to agree with their neighbours.
Below a critical temperature they order, above it they do not. A network learns the two
phases from few labelled configurations, which BALD chooses. Then we ask what it has
learned, and what it looks at.
"""

# %%
# Configurations
# --------------
#
# :func:`~skbal.datasets.make_ising` draws independent configurations in equilibrium.
# White spins point up, black ones down. The energies lie around Onsager's exact
# solution. Yang's exact magnetisation, the mean spin, falls to zero at once, which a
# finite lattice rounds off.

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.isotonic import IsotonicRegression

from skbal import ActiveLearner
from skbal.audit import saliency
from skbal.datasets import ising_energy, ising_exact, make_ising
from skbal.models import MCDropoutClassifier
from skbal.query import BALD

SIZE = 16

temperatures = np.linspace(1, 3.5, 2000)
n_sweeps = 50
spins, each = make_ising(
    SIZE, temperatures, len(temperatures), random_state=0, n_sweeps=n_sweeps
)
exact = ising_exact(temperatures)
critical = exact.critical_temperature

fig = plt.figure(figsize=(8, 6), layout="constrained")
top, bottom = fig.subfigures(2, 1, height_ratios=[1.3, 1])
for ax, t in zip(top.subplots(1, 3), (1.8, critical, 3.2)):
    ax.imshow(spins[np.abs(each - t).argmin()], cmap="gray", vmin=-1, vmax=1)
    ax.set(title=f"T = {t:.2f}", xticks=[], yticks=[])
curves = (
    ("energy per spin", ising_energy(spins), exact.energy),
    ("|magnetisation|", np.abs(spins.mean(axis=(1, 2))), exact.magnetisation),
)
axes = bottom.subplots(1, 2)
for ax, (name, measured, curve) in zip(axes, curves):
    ax.plot(each, measured, ".", markersize=2, alpha=0.4, label="configurations")
    ax.plot(temperatures, curve, "k-", label="exact, infinite lattice")
    ax.axvline(critical, color="tab:red", linestyle=":")
    ax.set(xlabel="temperature", ylabel=name)
axes[0].legend(fontsize="small")
plt.show()

# %%
# Found from few labels
# ---------------------
#
# The label says whether a configuration is from below the critical temperature. So
# whoever labels knows the answer. The network sees spins alone, and no temperature. Ten
# first labels are random, BALD chooses ninety more, thirty at a time. The estimate is
# the temperature at which the probability of order falls through 1/2. Since it
# scatters, isotonic regression first fits the steps that never rise.

X = spins[:, np.newaxis].astype(np.float32)
y = np.where(each < critical, "ordered", "disordered")
n_first, n_steps, n_queries = 10, 200, 3


def learned(augment=None):
    """Return a learner that chose its labels, and the rows that it asked for."""
    asked = np.random.default_rng(0).permutation(len(X))[:n_first]
    model = MCDropoutClassifier(
        module__n_filters=8,
        lr=0.003,
        max_steps=n_steps,
        n_draws=20,
        augment=augment,
        random_state=0,
    )
    learner = ActiveLearner(
        model, BALD(random_state=0), X_training=X[asked], y_training=y[asked]
    )
    for _ in range(n_queries):
        left = np.setdiff1d(np.arange(len(X)), asked)
        chosen, _ = learner.query(X[left], n_instances=30)
        learner.teach(X[left][chosen], y[left][chosen])
        asked = np.append(asked, left[chosen])
    return learner, asked


def order_of(learner):
    """Return the probability of order of each configuration."""
    column = list(learner.estimator.classes_).index("ordered")
    return learner.predict_proba(X)[:, column]


def show(ax, title, learner, asked):
    """Draw the probability of order against the temperature."""
    ordered = order_of(learner)
    curve = IsotonicRegression(increasing=False).fit_transform(each, ordered)
    estimate = each[min((curve >= 0.5).sum(), len(each) - 1)]
    print(f"{title}: T = {estimate:.3f}, {100 * (estimate / critical - 1):+.1f}%")
    up = spins.mean(axis=(1, 2)) > 0
    for side, name in ((up, "more spins up"), (~up, "more spins down")):
        ax.plot(each[side], ordered[side], ".", markersize=3, alpha=0.4, label=name)
    ax.plot(each, curve, "k-", label="isotonic regression")
    ax.plot(each[asked], np.full(len(asked), -0.07), "|", color="k", label="labelled")
    ax.axvline(critical, color="tab:red", linestyle=":", label="critical")
    ax.set(title=title, xlabel="temperature", ylabel="probability of order")


plain, asked = learned()

# %%
# A sign is no phase
# ------------------
#
# The few ordered configurations among the first labels happen to have the same sign. So
# the network takes a sign for order, and is sure that those of the other sign are
# disordered. BALD asks where draws disagree, and they agree here: hardly a label is
# spent on the cold configurations that are wrong. The cure is knowledge of physics. If
# all spins turn over, the phase stays, so the images of each training batch are turned
# over at random. Then both signs are ordered below the transition, and the estimate
# comes close to the exact temperature.


def turned(batch):
    """Return images with the sign of each drawn at random."""
    return batch * (2 * torch.randint(2, (len(batch), 1, 1, 1)) - 1)


symmetric, asked_symmetric = learned(turned)
fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained", sharey=True)
show(axes[0], "plain", plain, asked)
show(axes[1], "turned over at random", symmetric, asked_symmetric)
axes[1].legend(fontsize="small")

first, chosen = asked[:n_first], asked[n_first:]
print("mean spin of the ordered ones among the first labels:")
print(spins[first][y[first] == "ordered"].mean(axis=(1, 2)).round(2))
n_cold = (each[chosen] < 1.8).sum()
print(f"labels that BALD chose below T = 1.8: {n_cold} of {len(chosen)}")

# %%
# What it looks at
# ----------------
#
# Below each of three configurations near the transition is the derivative of the
# probability of order with respect to each spin. Where it is red, a spin that points
# more upwards makes order more probable; where it is blue, less. On the right is its
# mean size over many configurations. The periodic lattice has no edges: all of its
# spins are alike. The network does not know that. It sees a spin at the edge of the
# image at fewer places of its filters, so this spin counts for less.

near = np.flatnonzero(np.abs(each - critical) < 0.3)
found = saliency(symmetric.estimator, X[near], target="ordered", random_state=0)
maps = np.asarray(found.maps).reshape(len(near), SIZE, SIZE)
size = np.abs(maps).mean(axis=0)
edge = np.ones((SIZE, SIZE), dtype=bool)
edge[2:-2, 2:-2] = False
ratio = size[edge].mean() / size[~edge].mean()
print(f"mean size in the two outer rows, of that inside: {ratio:.2f}")

fig, axes = plt.subplots(2, 4, figsize=(8, 4.2), layout="constrained")
rows = np.linspace(0, len(near) - 1, 3).astype(int)
for (above, below), row in zip(axes.T[:3], rows):
    above.imshow(X[near[row], 0], cmap="gray", vmin=-1, vmax=1)
    above.set(title=f"T = {each[near[row]]:.2f}")
    limit = np.abs(maps[row]).max() or 1
    below.imshow(maps[row], cmap="RdBu_r", vmin=-limit, vmax=limit)
axes[0, 3].axis("off")
axes[1, 3].imshow(size, cmap="viridis", vmin=0)
axes[1, 3].set(title="mean size")
for ax in axes.ravel():
    ax.set(xticks=[], yticks=[])

plt.show()
