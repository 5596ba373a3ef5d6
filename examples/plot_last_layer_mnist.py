"""
================================================
Bayesian last layers on digits that were queried
================================================

An exact and a mean-field last layer predict the same: they have the same posterior mean
and differ only in their variances. But if each of them queries the digits with its
largest variance, they learn from *different* digits, and their predictions differ. This
example measures by how much.

The labels of the digits are one-hot coded, and a convolutional network is trained to
regress them. Its last dense layer is replaced by a Bayesian one, again after each
acquisition.
"""

# %%
# Data
# ----

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

n_pool, n_test = 4000, 1000
digits = load_mnist_5k()
X_pool, X_test, labels, labels_test = train_test_split(
    digits.images,
    digits.target,
    train_size=n_pool,
    test_size=n_test,
    stratify=digits.target,
    random_state=0,
)
one_hot = np.eye(10)
y_pool, y_test = one_hot[labels], one_hot[labels_test]

# %%
# Network, heads and loop
# -----------------------
#
# The score is the root mean squared error over all ten outputs, so lower is better.
#
# We do not use ``optimize="evidence"`` here. The 128 features were learned from the
# same twenty digits and fit them perfectly. The evidence then finds no noise, and
# warns. So the variances are fixed and the same for all curves. Their ratio comes from
# a coarse scan of the test error, which changes little from 1 to 10.

network = MCDropoutRegressor(
    standardize=False,
    module__n_filters=16,
    max_steps=120,
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
        n_queries=13,
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
for seed in range(3):
    variance = PredictiveVariance(random_state=seed)
    histories["Exact"].append(learning_curve(exact, variance, seed))
    histories["Mean field"].append(learning_curve(mean_field, variance, seed))
    histories["Random"].append(learning_curve(exact, Random(random_state=seed), seed))

# %%
# With random digits, both heads have the same curve, so it is drawn once.

display = AcquisitionCurveDisplay.from_histories(
    histories, band="range", score_name="RMSE of one-hot labels, test set"
)
display.ax_.set_title("Digits queried by predictive variance, or at random")
plt.show()

for name, runs in histories.items():
    ends = [f"{run.scores[0]:.3f} -> {run.scores[-1]:.3f}" for run in runs]
    print(f"{name:>10}: RMSE {', '.join(ends)}")

# %%
# With the same seed, all curves begin at the same point. Then mean field is worse than
# exact, and both are worse than random digits.
#
# Which digits are queried
# ------------------------
#
# One network is trained on the first twenty digits and gets both heads. Which digits
# have the largest variance, and does the model read them correctly?

first = first_digits(0)
model = LastLayerRegressor(network, exact, random_state=0)
frozen = FrozenEstimator(model.fit(X_pool[first], y_pool[first]).network_)
right = model.predict(X_pool).argmax(axis=1) == labels
print(f"read correctly: of all digits {right.mean():.0%}")

figure, axes = plt.subplots(2, 10, figsize=(9, 2.6), layout="constrained")
for row, (name, head) in zip(axes, [("Exact", exact), ("Mean field", mean_field)]):
    model = LastLayerRegressor(frozen, head).fit(X_pool[first], y_pool[first])
    asked = PredictiveVariance(random_state=0)(model, X_pool, n_instances=100)
    print(f"read correctly: of the 100 that {name} queries {right[asked].mean():.0%}")
    row[0].set_ylabel(name)
    for axis, index in zip(row, asked):
        axis.imshow(X_pool[index, 0], cmap="gray_r")
        axis.set(title=labels[index], xticks=[], yticks=[])
figure.suptitle("The ten digits of largest variance, with their labels")
plt.show()

# %%
# The mean-field variance is a weighted sum of squared features. So it is largest where
# the activations are largest: for clear digits, here mostly zeros, that it already
# reads. Their labels teach it nothing. The exact variance is small along the features
# of the first digits, however large these are, and large across them. It queries digits
# that are read worse than most.
#
# Why is this no better than random? The variance does not consider whether an unusual
# digit is similar to others. And a network trained on unusual digits does not learn
# good features. Choosing the ten digits jointly (`skbal.query.BatchVariance`) changed
# almost nothing in one run.
