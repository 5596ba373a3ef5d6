"""
==================================
Acquired digits and the last layer
==================================

Exact and mean-field last layers predict the same: they have the same posterior mean,
and differ in their variances only. Let each ask for the digits where its variance is
largest, and the predictions come apart, since each has asked for *other* digits. This
example measures how far.

The digits' labels are coded one-hot, and a convolutional network is trained to regress
them. Its last dense layer gives way to a Bayesian one, anew after each acquisition.
"""

# %%
# Data
# ----

import os

import matplotlib.pyplot as plt
import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import train_test_split

from skbal import ActiveLearner
from skbal.datasets import load_mnist_5k
from skbal.loop import ActiveLearningLoop
from skbal.models import (
    BayesianLinearRegression,
    LastLayerRegressor,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)
from skbal.oracles import LabelOracle
from skbal.plotting import AcquisitionCurveDisplay
from skbal.query import PredictiveVariance, Random
from skbal.seeding import BalancedSeed

QUICK = os.environ.get("SKBAL_QUICK") == "1"

digits = load_mnist_5k()
X_pool, X_test, labels, labels_test = train_test_split(
    digits.images, digits.target, test_size=1000, stratify=digits.target, random_state=0
)
one_hot = np.eye(10)
y_pool, y_test = one_hot[labels], one_hot[labels_test]

# %%
# Network, heads and loop
# -----------------------
#
# The score is the root mean squared error over all ten outputs, so lower is better.
#
# Why not ``optimize="evidence"``? 128 features, learned from the same twenty digits,
# fit them to the last decimal. The evidence then finds no noise, and warns. So the
# variances are given, the same for all curves. Their ratio is from a coarse scan of the
# test error; from 1 to 10 little changes.

network = MCDropoutRegressor(
    module__n_filters=8 if QUICK else 16,
    max_steps=40 if QUICK else 120,
    lr=0.003,
    batch_size=32,
)


def rmse(estimator, X, y):
    return np.sqrt(np.mean((estimator.predict(X) - y) ** 2))


def first_digits(seed):
    return BalancedSeed(n_per_class=2, random_state=seed).select(X_pool, labels)


def learning_curve(head, strategy, seed):
    model = LastLayerRegressor(network, head, random_state=seed)
    loop = ActiveLearningLoop(
        ActiveLearner(model, strategy),
        X_pool,
        LabelOracle(y_pool),
        n_queries=2 if QUICK else 13,
        n_instances=10,
        initial=first_digits(seed),
        X_test=X_test,
        y_test=y_test,
        scoring=rmse,
    )
    return loop.run().history_


variances = {"prior_variance": 0.01, "noise_variance": 0.03}
exact = BayesianLinearRegression(**variances)
mean_field = MeanFieldLinearRegression(**variances)
histories = {"Exact": [], "Mean field": [], "Random": []}
for seed in range(1 if QUICK else 3):
    variance = PredictiveVariance(random_state=seed)
    histories["Exact"].append(learning_curve(exact, variance, seed))
    histories["Mean field"].append(learning_curve(mean_field, variance, seed))
    histories["Random"].append(learning_curve(exact, Random(random_state=seed), seed))

# %%
# Random digits would give the same curve with the other head, so they are drawn once.

display = AcquisitionCurveDisplay.from_histories(
    histories, band="range", score_name="RMSE of one-hot labels, test set"
)
display.ax_.set_title("Digits asked for by predictive variance, or at random")
plt.show()

for name, runs in histories.items():
    ends = [f"{run.scores[0]:.3f} -> {run.scores[-1]:.3f}" for run in runs]
    print(f"{name:>10}: RMSE {', '.join(ends)}")

# %%
# With the same seed all begin alike, as they must. Then mean field falls behind exact,
# and both stay behind random digits (in the full run; the quick mode is too short).
#
# What they ask for
# -----------------
#
# One network, trained on the first twenty digits, with both heads: which digits have
# the largest variance, and does the model read them?

first = first_digits(0)
model = LastLayerRegressor(network, exact, random_state=0)
frozen = FrozenEstimator(model.fit(X_pool[first], y_pool[first]).network_)
right = model.predict(X_pool).argmax(axis=1) == labels
print(f"read correctly: of all digits {right.mean():.0%}")

figure, axes = plt.subplots(2, 10, figsize=(9, 2.6), layout="constrained")
for row, (name, head) in zip(axes, [("Exact", exact), ("Mean field", mean_field)]):
    model = LastLayerRegressor(frozen, head).fit(X_pool[first], y_pool[first])
    asked = PredictiveVariance(random_state=0)(model, X_pool, n_instances=100)
    print(f"read correctly: of the 100 {name} asks for {right[asked].mean():.0%}")
    row[0].set_ylabel(name)
    for axis, index in zip(row, asked):
        axis.imshow(X_pool[index, 0], cmap="gray_r")
        axis.set(title=labels[index], xticks=[], yticks=[])
figure.suptitle("The ten digits of largest variance, with their labels")
plt.show()

# %%
# Mean field takes the variance for a weighted sum of squared features. So it asks for
# what excites the network most: clear digits, here zeros, that it reads already. They
# teach nothing. The exact variance is small along the features of the first digits,
# however long they are, and large across them. It asks for digits read worse than most.
#
# Why is that no better than chance? Variance does not ask whether a strange digit is
# like others. Nor will a network trained on strange digits make good features. Choosing
# the ten jointly (`skbal.query.BatchVariance`) changed next to nothing in one run.
