"""
==================================================
Selection bias: what was chosen, and what it costs
==================================================

A strategy such as BALD asks about rows that the model finds difficult. That is its
purpose, but afterwards the labelled rows are not like the pool. How can one see this,
and what is the error of the model on the whole pool?
"""

# %%
# Labels that were chosen
# -----------------------
#
# A random forest learns digits. It begins with twenty random ones, two per class, and
# BALD picks the others, five at a time.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier

from skbal.audit import group_selection, selection_test, unbiased_risk
from skbal.datasets import load_mnist_5k
from skbal.query import BALD, MaxEntropy
from skbal.seeding import BalancedSeed

N_PICKS = 100

digits = load_mnist_5k()
rows = np.random.default_rng(0).permutation(5000)[:2000]
X, y = digits.data[rows], digits.target[rows]
first = BalancedSeed(n_per_class=2, random_state=0).select(X, y)
chosen = list(first)
while len(chosen) < len(first) + N_PICKS:
    forest = RandomForestClassifier(50, random_state=0).fit(X[chosen], y[chosen])
    left = np.setdiff1d(np.arange(len(X)), chosen)
    chosen += list(left[BALD(random_state=0)(forest, X[left], 5)])
picked, left = chosen[len(first) :], np.setdiff1d(np.arange(len(X)), chosen)

# %%
# Are they a random sample of the pool?
# -------------------------------------
#
# The first twenty labels were not picked by BALD, and are left out of the comparison.

result = selection_test(X[picked], X[left], image_shape=(28, 28), random_state=0)
print(result)

# %%
# As a comparison, as many random digits:

rng = np.random.default_rng(1)
some = rng.choice(len(X), N_PICKS, replace=False)
others = np.setdiff1d(np.arange(len(X)), some)
print(selection_test(X[some], X[others], image_shape=(28, 28), random_state=0))

# %%
# Classes are groups that have a name. In this experiment they are known for the whole
# pool, elsewhere the predicted ones must do. Here no digit was clearly preferred: the
# difference lies elsewhere.

print(group_selection(y[picked], y[left]))

# %%
# The error of the model
# ----------------------
#
# The forest has learned from the labels above. To know its error on new digits, some of
# them are labelled. These are drawn at random, in proportion to the fourth power of the
# entropy of the prediction. So the probability of each pick among the rows that are
# left is known. The plain mean of the losses is on average too large, since too many
# rows are difficult. Weighted losses have the right mean.

new = np.setdiff1d(np.arange(5000), rows)[::3]
X_new, y_new = digits.data[new], digits.target[new]
losses = (forest.predict(X_new) != y_new).astype(float)
scores = MaxEntropy().score_pool(forest, X_new).astype(float) ** 4
scores += 0.2 * scores.mean()  # each row has a chance


def draw(seed, n):
    """Return rows in the order of the picks, and the probability of each pick."""
    rng, picked, probabilities = np.random.default_rng(seed), [], []
    left = np.ones(len(scores), dtype=bool)
    for _ in range(n):
        shares = np.where(left, scores, 0) / scores[left].sum()
        row = rng.choice(len(scores), p=shares)
        picked.append(row)
        probabilities.append(shares[row])
        left[row] = False
    return np.array(picked), np.array(probabilities)


picked, probabilities = draw(0, 100)
print(unbiased_risk(losses[picked], probabilities, len(new)))
print(f"The truth is {losses.mean():.3f}.")

# %%
# One selection may be lucky. On the right are 40 selections: lines are means, and bands
# hold eight of ten selections. On average the weighted mean is the truth, and the plain
# mean is above it. With more labels the spread shrinks, but the plain mean comes to the
# truth only when all rows are labelled. On the left are the features in which the rows
# that BALD picked differ most from the others. None of them differs by more than chance
# explains.

numbers = np.array([20, 50, 100, 200])
weighted, plain = [], []
for seed in range(40):
    picked, probabilities = draw(seed, numbers[-1])
    risks = [
        unbiased_risk(losses[picked[:n]], probabilities[:n], len(new)) for n in numbers
    ]
    weighted.append([risk.risk for risk in risks])
    plain.append([risk.plain_risk for risk in risks])

fig, (left_ax, right_ax) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
z = result.to_frame().set_index("feature")["statistic"]
left_ax.barh(z.index[:8][::-1], z.iloc[:8][::-1], color="C0")
left_ax.set(xlabel="z value", title="Features that differ most")
for risks, label in ((weighted, "weighted (LURE)"), (plain, "plain mean")):
    (line,) = right_ax.plot(numbers, np.mean(risks, axis=0), label=label)
    low, high = np.quantile(risks, [0.1, 0.9], axis=0)
    right_ax.fill_between(
        numbers, low, high, color=line.get_color(), alpha=0.2, linewidth=0
    )
right_ax.axhline(losses.mean(), color="0.4", linestyle=":", label="truth")
right_ax.set(xlabel="Labels", ylabel="Share of wrong labels", ylim=(0, None))
right_ax.legend()
plt.show()
