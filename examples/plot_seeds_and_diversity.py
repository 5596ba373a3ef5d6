"""
=================================
First labels, and diverse batches
=================================

This example shows two ways to use few labels better. The first labels are chosen before
there is any model, so they should represent the pool: k-means takes the row nearest to
the centre of each cluster. And a batch should not ask the same question ten times: a
penalty for similarity within the batch makes it diverse. How much is each worth?
"""

# %%
# The first labels
# ----------------
#
# We choose two digits of each class, either at random or as the two most representative
# ones. The latter come from clusters of the pixels of each class.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from skbal.datasets import load_mnist_5k
from skbal.experiments import compare
from skbal.models import MCDropoutClassifier
from skbal.query import BALD, DiversityPenalised
from skbal.seeding import BalancedSeed, KMeansSeed, RandomSeed

digits = load_mnist_5k()
X_pool, X_test, y_pool, y_test = train_test_split(
    digits.images, digits.target, test_size=1000, stratify=digits.target, random_state=0
)

SEEDS = {
    "random of each class": BalancedSeed(n_per_class=2),
    "k-means of each class": KMeansSeed(n_per_class=2),
    "random": RandomSeed(n_instances=20),
    "k-means of the pool": KMeansSeed(n_per_class=None, n_instances=20),
}


def first_rows(name, repeat):
    return SEEDS[name].set_params(random_state=repeat).select(X_pool, y_pool)


figure, halves = plt.subplots(1, 2, figsize=(9, 2.4), layout="constrained")
for half, name in zip(halves, list(SEEDS)[:2]):
    rows = first_rows(name, repeat=0)
    rows = rows[np.argsort(y_pool[rows], kind="stable")]
    pairs = X_pool[rows, 0].reshape(10, 2, 28, 28)  # (20, 28, 28) -> two per class
    half.imshow(np.vstack([np.hstack(pairs[:, i]) for i in range(2)]), cmap="gray_r")
    half.set(title=name, xticks=[], yticks=[])
plt.show()

# %%
# How well does a network predict after these twenty labels? The last two ways of
# choosing use no labels, as in a campaign where none is known.


def network(**settings):
    return MCDropoutClassifier(
        standardize=False,
        module__n_filters=8,
        n_draws=30,
        max_steps=100,
        lr=0.003,
        batch_size=32,
        **settings,
    )


def accuracy(name, repeat):
    rows = first_rows(name, repeat)
    model = network(random_state=repeat).fit(X_pool[rows], y_pool[rows])
    return model.score(X_test, y_test)


repeats = range(20)
scores = {name: [accuracy(name, repeat) for repeat in repeats] for name in SEEDS}

figure, axis = plt.subplots(figsize=(8, 3), layout="constrained")
for place, (name, values) in enumerate(scores.items()):
    colour = "#0072B2" if "k-means" in name else "0.5"
    axis.plot(values, np.full(len(values), place), "o", color=colour, alpha=0.4, mew=0)
    axis.plot(np.mean(values), place, "|k", markersize=24)
    print(f"{name:>22}: {np.mean(values):.3f}")
axis.set_yticks(range(len(SEEDS)), SEEDS)
axis.set_ylim(len(SEEDS) - 0.5, -0.5)
axis.set(xlabel="accuracy after 20 labels; each dot is a repeat, the bar their mean")
plt.show()

# %%
# K-means is worth 20 points if it may use labels and 19 if it may not. Each of its
# twenty repeats is better than each random one. MNIST is favourable, because digits of
# one class have similar pixels. :ref:`seeds_measured` has more numbers.
#
# A penalty for similarity
# ------------------------
#
# ``DiversityPenalised`` takes the row with the best score of BALD minus a penalty. The
# penalty is multiplied by the largest cosine to a row that is already in the batch. The
# scores are replaced by ranks, from 0 to 1. A negative penalty prefers similar rows.
# Here are four batches for one network:

rows = first_rows("random of each class", repeat=0)
model = network(random_state=0).fit(X_pool[rows], y_pool[rows])
pool = np.setdiff1d(np.arange(len(X_pool)), rows)


def cosines(images):
    flat = images.reshape(len(images), -1)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    return flat @ flat.T


shown = [-0.3, 0, 0.3, 1]
figure, axes = plt.subplots(4, 10, figsize=(9, 4.4), layout="constrained")
for line, penalty in zip(axes, shown):
    strategy = DiversityPenalised(BALD(random_state=0), penalty=penalty, random_state=0)
    batch = X_pool[pool[strategy(model, X_pool[pool], n_instances=10)]]
    for axis, image in zip(line, batch):
        axis.imshow(image[0], cmap="gray_r")
        axis.set(xticks=[], yticks=[])
    line[0].set_ylabel(f"{penalty:g}", rotation=0, ha="right")
    mean = (cosines(batch).sum() - 10) / 90
    print(f"penalty {penalty:4}: mean cosine between two digits {mean:.2f}")
figure.suptitle("A batch for each penalty, best first")
plt.show()

# %%
# Learning curves
# ---------------
#
# The runs are paired, and each penalty is compared with BALD without one. All runs of a
# repeat begin with the same first labels, chosen by k-means.

penalties = [-0.3, -0.1, 0.1, 0.3, 1.0]
comparison = compare(
    {
        "BALD": BALD(pool_subsample=1000),
        **{
            f"penalty {penalty:g}": DiversityPenalised(
                BALD(), penalty=penalty, pool_subsample=1000
            )
            for penalty in penalties
        },
    },
    network(),
    X_pool,
    y_pool,
    X_test=X_test,
    y_test=y_test,
    reference="BALD",
    initial=KMeansSeed(n_per_class=2),
    n_repeats=5,
    n_queries=10,
    random_state=0,
)
print(comparison)
comparison.plot(band=None)
plt.show()

# %%
# All positive penalties are above BALD and all negative ones below. Similar rows cost
# two points, and a penalty of 0.1 gains nearly two. But five pairs cannot show it:
# every interval contains zero, and the verdict to report is "not distinguishable". A
# benchmark with another pool, in :ref:`penalty_measured`, has the same order and can
# show a part of it. A negative penalty does harm. A positive one is worth seven points
# and more if the pool contains near-copies, and little otherwise.
