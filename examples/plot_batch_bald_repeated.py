"""
==================================
BatchBALD in a pool of near-copies
==================================

BALD scores one row at a time. Two images that look alike have similar scores. So if the
pool is full of near-copies, the ten best rows are copies of three or four images. The
label of one image tells the label of its copy, and yet both labels are paid for.

BatchBALD (Kirsch, van Amersfoort and Gal 2019) scores a whole batch: how much
information about the weights do ten labels have *together*? A copy adds little to the
batch, so it is not selected. This example shows the batches side by side and measures
their information.
"""

# %%
# Data
# ----
#
# The data set is the repeated MNIST of the paper, but smaller. Each digit occurs three
# times, and each copy has its own noise, a tenth of a standard deviation. ``index``
# holds the digit that a row is a copy of.

import matplotlib.pyplot as plt
import numpy as np

from skbal import predict_samples
from skbal.datasets import load_mnist_5k, make_repeated
from skbal.information import mutual_information
from skbal.models import MCDropoutClassifier
from skbal.query import BALD, BatchBALD, PowerBALD, Random
from skbal.seeding import BalancedSeed

digits = load_mnist_5k()
images = (digits.images - digits.images.mean()) / digits.images.std()
n_images = 4000
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
# A network is trained on two digits of each class. Then four strategies select ten rows
# of the pool each.

first = BalancedSeed(n_per_class=2, random_state=0).select(X[:n_images], y[:n_images])
network = MCDropoutClassifier(
    standardize=False,
    module__n_filters=16,
    max_steps=120,
    lr=0.003,
    batch_size=32,
    random_state=0,
).fit(X[first], y[first])
n_test = 1000
accuracy = network.score(images[-n_test:], digits.target[-n_test:])
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
# BALD selects four digits, three of them three times. All are eights: the network has
# seen two of them, and its draws disagree about them. BatchBALD begins with the same
# eight and then selects other digits. PowerBALD, which draws its batch at random, has
# no copies either. In a pool of thousands, ten rows that are all good but not all the
# best are rarely alike.
#
# The information of a batch
# --------------------------
#
# ``gains_`` of BatchBALD holds what each label adds to the labels before it. The sum is
# the information of the batch. So to measure *any* batch, call BatchBALD with the batch
# as its whole pool. We use more draws here, and other draws than those that chose the
# batches, so that no strategy is measured by its own draws.

n_many, n_joint_samples = 500, 10_000
measure = BatchBALD(n_draws=n_many, n_joint_samples=n_joint_samples, random_state=1)


def information(rows):
    measure(network, X[rows], n_instances=len(rows))
    return measure.gains_.sum()


sizes = np.arange(1, 11)
colours = dict(zip(batches, ["#D55E00", "#0072B2", "#E69F00", "0.5"]))
figure, axis = plt.subplots(figsize=(8, 4.2), layout="constrained")
draws = predict_samples(network, X[batches["BALD"]], n_many, random_state=1)
claimed = mutual_information(draws).cumsum()
style = {"color": colours["BALD"], "linestyle": "--"}
axis.plot(sizes, claimed, **style, label="BALD, sum of its scores")
print(f"the sum of BALD's ten scores: {claimed[-1]:.2f} nats")
for name, rows in batches.items():
    curve = [information(rows[:size]) for size in sizes]
    axis.plot(sizes, curve, "o-", color=colours[name], markersize=4, label=name)
    print(f"{name:>10}: {curve[-1]:.2f} nats in ten labels")
ceiling = np.log(n_many)
axis.axhline(ceiling, color="0.8", zorder=0)
axis.annotate(
    f"limit: ln {n_many}",
    (10, ceiling),
    xytext=(0, 3),
    textcoords="offset points",
    ha="right",
    color="0.4",
)
axis.set(xlabel="labels", ylabel="information, nats", xticks=sizes, ylim=(0, None))
axis.set_title("Information of the labels of a batch together")
axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
plt.show()

# %%
# According to its scores, the batch of BALD should have 11.4 nats. It has 5.2, which
# BatchBALD reaches with seven labels. (The curves bend partly because of the
# measurement: 500 draws have at most ln 500 nats of information.)
#
# PowerBALD has no copies, but no more nats than BALD, because it avoids some of the
# best rows. But these are nats about the weights, estimated by a model that has seen
# twenty digits. How many labels a strategy needs until the *predictions* are right is
# another question. :ref:`batches` has published and measured answers.
