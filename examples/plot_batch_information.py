"""
================================
Batches: what two rows both tell
================================

The scores of BALD do not add up. The information of two labels together is the sum of
their scores, minus the information that they share. The sum of scores counts the shared
part twice. This example plots it, first with four draws and numbers that can be checked
by eye, then with digits. At the end, a small pool shows how close the greedy search
comes to the best batch, and how many draws a batch needs.
"""

# %%
# Four draws
# ----------
#
# There are two classes and four equally likely draws, and every draw is certain of
# every label. Then a label only tells which draws are wrong, and the information is
# easy to count. To find the right one of four draws takes ln 4 nats.

import warnings
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle
from scipy.optimize import brentq

from skbal import predict_samples
from skbal.datasets import load_mnist_5k, make_repeated
from skbal.exceptions import TooFewDrawsWarning
from skbal.information import joint_mutual_information, mutual_information
from skbal.models import MCDropoutClassifier
from skbal.query import BatchBALD
from skbal.seeding import BalancedSeed


def sure_draws(classes):
    return np.eye(2)[classes]


A = sure_draws([0, 0, 1, 1])  # splits the draws in half
B = sure_draws([0, 0, 1, 1])  # the same split: a copy of A
C = sure_draws([0, 1, 0, 1])  # splits each half of A in half
D = sure_draws([0, 0, 0, 1])  # separates one draw from the others

# %%
# Circles
# -------
#
# The area of a circle is the BALD score of a row. The overlap of two circles is the
# information that both labels share. The total area is the information of the two
# labels together.


def shared(first, second):
    """Return the information that two rows share, in nats."""
    return mutual_information([first, second]).sum() - joint_mutual_information(
        [first, second]
    )


def lens(distance, r, s):
    """Return the area that two circles share."""
    if distance >= r + s:
        return 0.0
    if distance <= abs(r - s):
        return np.pi * min(r, s) ** 2
    x = (distance**2 + r**2 - s**2) / (2 * distance)
    y = np.sqrt(max(r**2 - x**2, 0))
    left = r**2 * np.arctan2(y, x)
    right = s**2 * np.arctan2(y, distance - x)
    return left + right - distance * y


def draw_circles(axis, first, second, title, size=0.8):
    scores = mutual_information([first, second])
    r, s = np.sqrt(scores / np.pi)
    common = shared(first, second)
    low, high = abs(r - s), r + s
    distance = high if common < 1e-9 else low
    if lens(low, r, s) > common > 1e-9:
        distance = brentq(lambda d: lens(d, r, s) - common, low, high)
    for x, radius, colour in [(0, r, "#0072B2"), (distance, s, "#D55E00")]:
        axis.add_patch(Circle((x, 0), radius, color=colour, alpha=0.45, lw=0))
    middle = (distance + s - r) / 2
    axis.set(xlim=(middle - 1.4 * size, middle + 1.4 * size), ylim=(-size, size))
    axis.set(title=title, aspect="equal")
    axis.axis("off")
    together = joint_mutual_information([first, second])
    text = f"{scores[0]:.2f} + {scores[1]:.2f} − {common:.2f} = {together:.2f}"
    axis.text(middle, -size, text, ha="center", va="bottom")


figure, axes = plt.subplots(1, 3, figsize=(9, 3), layout="constrained")
draw_circles(axes[0], A, B, "A and its copy B")
draw_circles(axes[1], A, C, "A and C")
draw_circles(axes[2], A, D, "A and D")
figure.suptitle("Two rows: the BALD of each minus the shared information, in nats")
plt.show()

# %%
# A and B have the same information, so BALD counts 0.69 nats twice. A and C share
# nothing. D shares 0.22 nats with A.
#
# Three rows cannot always be drawn in this way. E tells whether A and C agree. It
# shares nothing with A alone, and nothing with C alone. But the labels of A and C
# together determine the label of E, so E adds nothing:

E = sure_draws([0, 1, 1, 0])
print(f"A and E share {shared(A, E):.2f} nats, C and E share {shared(C, E):.2f}")
print(f"A, C together {joint_mutual_information([A, C]):.2f} nats")
print(f"A, C, E together {joint_mutual_information([A, C, E]):.2f} nats")

# %%
# So it is not enough to compare pairs of rows. A row must be compared with the whole
# batch.
#
# Digits
# ------
#
# A network is trained on twenty digits. In the pool each digit occurs twice, with a
# little noise. The row with the largest BALD is paired with its copy, with the best row
# among the other digits, and with the row that adds most to it.

digits = load_mnist_5k()
images = (digits.images - digits.images.mean()) / digits.images.std()
n_images = 2000
X, y, index = make_repeated(
    images[:n_images],
    digits.target[:n_images],
    n_repeats=2,
    random_state=0,
    return_index=True,
)
first = BalancedSeed(n_per_class=2, random_state=0).select(X[:n_images], y[:n_images])
network = MCDropoutClassifier(
    standardize=False,
    module__n_filters=16,
    max_steps=120,
    lr=0.003,
    batch_size=32,
    random_state=0,
).fit(X[first], y[first])
pool = np.setdiff1d(np.arange(len(X)), first)
draws = predict_samples(network, X[pool], 100, random_state=0)

scores = mutual_information(draws)
by_score = np.argsort(-scores)
best = by_score[0]
origin = index[pool]
is_copy = (origin == origin[best]) & (np.arange(len(pool)) != best)
similar = by_score[origin[by_score] != origin[best]][0]
_, other = BatchBALD(n_draws=100, random_state=0)(network, X[pool], n_instances=2)

figure, axes = plt.subplots(1, 3, figsize=(9, 3.6), layout="constrained")
pairs = {
    "and its copy": np.flatnonzero(is_copy)[0],
    "and the next best": similar,
    "and the one that adds most": other,
}
for axis, (title, row) in zip(axes, pairs.items()):
    draw_circles(axis, draws[best], draws[row], title, 1.15)
    for left, position in [(0.25, best), (0.55, row)]:
        inset = axis.inset_axes([left, 0.78, 0.2, 0.2])
        inset.imshow(X[pool[position], 0], cmap="gray_r")
        inset.axis("off")
figure.suptitle(
    "The best digit and another: the BALD of each minus the shared information"
)
# sphinx_gallery_thumbnail_number = 2
plt.show()

# %%
# The copies share more than half of their information, but not all. The next best row
# shares less with the best one, and the row that BatchBALD takes shares least. If a
# draw is itself uncertain about a digit, it treats its label as a random outcome, and a
# second outcome adds information. The model does not know that a copy has the same
# label as the original. So the true information of two copies is even smaller.
#
# The greedy search
# -----------------
#
# BatchBALD takes the best row, then the row that adds most to it, and so on. It never
# removes a row. How much does that cost? In a pool of thirty rows, all 4,060 batches of
# three can be compared.


def batches_of_three(few):
    """Return the information of all batches, the greedy one, and the top three."""
    every = [joint_mutual_information(draws[list(b)]) for b in combinations(few, 3)]
    strategy = BatchBALD(n_draws=100, random_state=0)
    greedy = few[strategy(network, X[pool[few]], n_instances=3)]
    top = few[np.argsort(-scores[few])[:3]]
    return np.array(every), *(joint_mutual_information(draws[b]) for b in (greedy, top))


def small_pool(seed, size):
    return np.random.default_rng(seed).choice(by_score[:300], size, replace=False)


every, greedy, top = batches_of_three(small_pool(0, 30))
marks = {
    "greedy": (greedy, "#0072B2"),
    "the three best by BALD": (top, "#D55E00"),
    "1 − 1/e of the best": ((1 - np.exp(-1)) * every.max(), "0.2"),
}
figure, axis = plt.subplots(figsize=(9, 3.4), layout="constrained")
axis.hist(every, bins=60, color="0.8")
for name, (value, colour) in marks.items():
    label = f"{name}: {value:.2f} nats"
    axis.axvline(value, color=colour, label=label)
axis.set(title=f"All {len(every):,} batches of three", ylabel="batches")
axis.set(xlabel="joint information, nats", xlim=(0, None))
axis.legend(loc="upper left")
plt.show()

# %%
# It is proven that the greedy search reaches at least 1 − 1/e of the best, some 63
# percent. Here it finds the best batch. It does not always, so the next lines look at
# more pools, of fifteen rows each:

ratios = [
    np.array([greedy, top]) / every.max()
    for every, greedy, top in (
        batches_of_three(small_pool(seed, 15)) for seed in range(1, 21)
    )
]
worst, mean = np.min(ratios, axis=0), np.mean(ratios, axis=0)
print(f"greedy:       {mean[0]:.1%} of the best on average, {worst[0]:.1%} at worst")
print(f"best by BALD: {mean[1]:.1%} of the best on average, {worst[1]:.1%} at worst")

# %%
# How many draws
# --------------
#
# The information of a batch is at most ln(``n_draws``). At that point it is known which
# draw is right, and no row adds anything. The plot shows the gains with more and more
# draws. The printed lines also show the information of the same ten labels according to
# a thousand other draws. (BatchBALD warns if the information of the draws is used up
# before the batch is full. Here we want to see this case.)

warnings.simplefilter("ignore", TooFewDrawsWarning)

colours = ["#D55E00", "#E69F00", "#009E73", "#56B4E9", "#0072B2"]
numbers = [10, 20, 50, 100, 200]
n_others, n_joint_samples = 1000, 10_000
measure = BatchBALD(n_draws=n_others, n_joint_samples=n_joint_samples, random_state=1)
figure, axis = plt.subplots(figsize=(8, 4.2), layout="constrained")
for n_draws, colour in zip(numbers, colours):
    strategy = BatchBALD(n_draws=n_draws, random_state=0)
    rows = pool[strategy(network, X[pool], n_instances=10)]
    measure(network, X[rows], n_instances=10)
    line = strategy.gains_.cumsum()
    axis.plot(
        range(1, 11), line, "o-", color=colour, markersize=4, label=f"{n_draws} draws"
    )
    axis.axhline(np.log(n_draws), color=colour, linewidth=0.8, linestyle=":")
    print(
        f"{n_draws:>4} draws: {line[-1]:.2f} of at most {np.log(n_draws):.2f} nats; "
        f"by other draws {measure.gains_.sum():.2f} nats"
    )
axis.set(
    title="Information according to BatchBALD; dotted: ln(n_draws)",
    xlabel="labels",
    ylabel="information, nats",
    xticks=range(1, 11),
    ylim=(0, None),
)
axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
plt.show()

# %%
# With ten draws, there seems to be next to nothing left to learn after four or five
# labels, and the rest of the batch is nearly random. According to other draws, this
# batch is clearly worse. From fifty draws on, the batches hardly improve. Use a hundred
# draws, and more for batches of twenty or fifty rows. Compare ``gains_.sum()`` with
# ln(``n_draws``) to see how close a batch is to the limit.
