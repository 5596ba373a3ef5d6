"""
=================================
Is a strategy better than random?
=================================

A learning curve of BALD above a curve of random choice proves nothing, because the next
seed may reverse them. This example runs both in pairs. The two runs of a pair have the
same split, the same first labels and the same random numbers of the network. How many
pairs are needed before one may say "better than random"?
"""

# %%
# Runs in pairs
# -------------
#
# `skbal.experiments.compare` takes the data, a model and the strategies, and always
# adds random choice.

import matplotlib.pyplot as plt
import numpy as np

from skbal.datasets import load_mnist_5k
from skbal.experiments import Comparison, compare
from skbal.models import MCDropoutClassifier
from skbal.query import BALD, PowerBALD, Random

digits = load_mnist_5k()
X, y = digits.images, digits.target
model = MCDropoutClassifier(
    standardize=False,
    module__n_filters=8,
    n_draws=30,
    max_steps=100,
    lr=0.003,
    batch_size=32,
)

comparison = compare(
    {
        "BALD": BALD(pool_subsample=1000),
        "PowerBALD": PowerBALD(beta=4, pool_subsample=1000),
        "Random": Random(),
    },
    model,
    X,
    y,
    n_repeats=10,
    n_queries=13,
    n_instances=10,
    target_score=0.8,
    random_state=0,
)
print(comparison)

# %%
# The left plot shows the learning curves, with one standard error to either side. The
# right plot shows the area under each curve minus that of the random run *of the same
# pair*, with an interval. Small dots are the pairs. If an interval does not contain
# zero, these repeats are enough to show a difference.

comparison.plot()
plt.show()

# %%
# How many repeats?
# -----------------
#
# Here are the same runs, as if we had stopped earlier. A `Comparison` can be made from
# any paired histories.

several = range(2, comparison.n_repeats + 1)
first = {
    n: Comparison({name: runs[:n] for name, runs in comparison.histories.items()})
    for n in several
}

figure, axes = plt.subplots(
    ncols=2, figsize=(9, 3.6), sharey=True, layout="constrained"
)
for axis, (name, colour) in zip(
    axes, {"BALD": "#0072B2", "PowerBALD": "#D55E00"}.items()
):
    ends = [
        (first[n].differences[name].low, first[n].differences[name].high)
        for n in several
    ]
    low, high = np.transpose(ends)
    mean = [first[n].differences[name].mean for n in several]
    axis.vlines(several, low, high, color=colour)
    axis.plot(several, mean, "o", color=colour)
    axis.axhline(0, color="0.6", zorder=0)
    axis.set(xlabel="pairs of runs", title=name, xticks=several, ylim=(-0.15, 0.15))
axes[0].set_ylabel("area minus random, 95% intervals")
plt.show()

for n in several:
    print(n, first[n].verdicts)

# %%
# PowerBALD is better than random: by 3.8 points of mean accuracy (between 1.7 and 5.8),
# and nine of its ten pairs agree. For BALD, the ten pairs do not show this. It is ahead
# in six of them, and the interval is -0.8 to +3.1 points. So if BALD is better here, it
# is by three points at most, and if it is worse, it is by less than a point. This is a
# result, too.
#
# Four pairs were enough to show that PowerBALD is better than random, but not by how
# much. With a fifth the verdict is gone, and with a sixth it is back. If one adds pairs
# until the verdict is as desired, such a moment will come sooner or later. So fix the
# number of pairs before, and report the result of that number.
