"""
======================
A batch of near-copies
======================

BALD scores one row at a time. Two images that look alike score alike, so where the pool
is full of near-copies, the ten best rows are three or four images. After the label of
one, the label of its copy is known, and was paid for all the same.

BatchBALD (Kirsch, van Amersfoort and Gal 2019) scores the batch: how much do these ten
labels *together* tell about the weights? A copy adds little to that, and is not asked
for. This example draws the batches side by side, and measures what is in them.
"""

# %%
# Data
# ----
#
# The paper's repeated MNIST, made smaller: each digit comes three times, and each copy
# has noise of its own, a tenth of a standard deviation. ``index`` says which digit a
# row is a copy of.

import os

import matplotlib.pyplot as plt
import numpy as np

from skbal import predict_samples
from skbal.datasets import load_mnist_5k, make_repeated
from skbal.information import mutual_information
from skbal.models import MCDropoutClassifier
from skbal.query import BALD, BatchBALD, PowerBALD, Random
from skbal.seeding import BalancedSeed

QUICK = os.environ.get("SKBAL_QUICK") == "1"

digits = load_mnist_5k()
images = (digits.images - digits.images.mean()) / digits.images.std()
n_images = 1000 if QUICK else 4000
X, y, index = make_repeated(
    images[:n_images],
    digits.target[:n_images],
    n_repeats=3,
    noise=0.1,
    random_state=0,
    return_index=True,
)
print(X.shape)

# %%
# One network, four batches
# -------------------------
#
# A network that has seen two of each digit is shown the pool, and four strategies ask
# it for ten.

first = BalancedSeed(n_per_class=2, random_state=0).select(X[:n_images], y[:n_images])
network = MCDropoutClassifier(
    module__n_filters=8 if QUICK else 16,
    max_steps=60 if QUICK else 120,
    lr=0.003,
    batch_size=32,
    random_state=0,
).fit(X[first], y[first])
accuracy = network.score(images[4000:], digits.target[4000:])
print(f"accuracy with 20 labels: {accuracy:.2f}")

n_draws = 100
strategies = {
    "BALD": BALD(n_draws=n_draws, random_state=0),
    "BatchBALD": BatchBALD(n_draws=n_draws, random_state=0),
    "PowerBALD": PowerBALD(beta=4, n_draws=n_draws, random_state=0),
    "Random": Random(random_state=0),
}
pool = np.setdiff1d(np.arange(len(X)), first)
batches = {
    name: pool[strategy(network, X[pool], n_instances=10)]
    for name, strategy in strategies.items()
}

# %%
# The batches
# -----------
#
# Copies of the same digit have frames of the same colour.

COLOURS = ["#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00"]


def frames(rows):
    """Return a colour for each row that has a copy in the batch, None for the rest."""
    copied = [i for i in dict.fromkeys(index[rows]) if np.sum(index[rows] == i) > 1]
    colours = dict(zip(copied, COLOURS))
    return [colours.get(i) for i in index[rows]]


figure, axes = plt.subplots(4, 10, figsize=(9, 4.6), layout="constrained")
for line, (name, rows) in zip(axes, batches.items()):
    line[0].set_ylabel(name)
    for axis, row, colour in zip(line, rows, frames(rows)):
        axis.imshow(X[row, 0], cmap="gray_r")
        axis.set_title(y[row], size=9)
        axis.set(xticks=[], yticks=[])
        if colour is not None:
            plt.setp(axis.spines.values(), color=colour, linewidth=3)
figure.suptitle("Ten digits for one network, best first, with their labels")
plt.show()

for name, rows in batches.items():
    print(f"{name:>10}: {len(set(index[rows]))} different digits of {len(rows)}")

# %%
# In the full run BALD asks for four digits, three of them three times, and all are
# eights: the network has seen two, and its draws fight over them. BatchBALD begins with
# the same eight, then looks elsewhere. PowerBALD, which draws its batch by chance, has
# no copies either: in a pool of thousands, ten rows that are all good but not all the
# best are seldom alike.
#
# What is in a batch
# ------------------
#
# BatchBALD leaves in ``gains_`` what each label adds to those before it. The sum is the
# information of the batch. So to measure *any* batch, give it to BatchBALD as the whole
# pool. The draws that measure are others than those that chose, and more: a strategy
# should not be the judge in its own case.

n_judges = 100 if QUICK else 500
judge = BatchBALD(
    n_draws=n_judges, n_joint_samples=1000 if QUICK else 10_000, random_state=1
)


def information(rows):
    judge(network, X[rows], n_instances=len(rows))
    return judge.gains_.sum()


sizes = np.arange(1, 11)
colours = dict(zip(batches, ["#D55E00", "#0072B2", "#E69F00", "0.5"]))
figure, axis = plt.subplots(figsize=(8, 4.2), layout="constrained")
draws = predict_samples(network, X[batches["BALD"]], n_judges, random_state=1)
promised = mutual_information(draws).cumsum()
style = {"color": colours["BALD"], "linestyle": "--"}
axis.plot(sizes, promised, **style, label="BALD, the sum of its scores")
print(f"the sum of BALD's ten scores: {promised[-1]:.2f} nats")
for name, rows in batches.items():
    curve = [information(rows[:size]) for size in sizes]
    axis.plot(sizes, curve, "o-", color=colours[name], markersize=4, label=name)
    print(f"{name:>10}: {curve[-1]:.2f} nats in ten labels")
ceiling = np.log(n_judges)
axis.axhline(ceiling, color="0.8", zorder=0)
axis.annotate(
    f"ceiling: ln {n_judges}",
    (10, ceiling),
    xytext=(0, 3),
    textcoords="offset points",
    ha="right",
    color="0.4",
)
axis.set(xlabel="labels", ylabel="information, nats", xticks=sizes, ylim=(0, None))
axis.set_title("What the labels of a batch tell together")
axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
plt.show()

# %%
# In the full run BALD's batch should hold 11.4 nats by its scores. It holds 5.2, and
# BatchBALD has as much with seven labels. (Part of the bend is the judge's: 500 draws
# are told apart with ln 500 nats, and nothing tells more.)
#
# PowerBALD has no copies, and no more nats than BALD: to avoid the best rows has its
# price, too. But these are nats about the weights, by the account of a model that has
# seen twenty digits. How many labels each strategy needs until the *predictions* are
# right is another question: :ref:`batches` has published and measured answers.
