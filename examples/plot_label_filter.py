"""
===========================================
A filter for wrong labels: which to believe
===========================================

One label in five is wrong. A model that has learned something can detect some of these:
if somebody calls a clear seven a three, this label is very unlikely under the model. A
label filter sets such labels aside before they are taught, and the loop asks about
another row instead. This example runs BALD with and without a filter and random choice,
and counts what the filter found.
"""

# %%
# Three runs per seed
# -------------------
#
# The threshold of the filter is "dynamic". The filter estimates the share of wrong
# labels from the likelihood of each answer before it was taught. Its threshold is such
# that this share of the likelihoods lies below. Refused labels are paid for, so all
# runs have the same budget of labels. The first twenty labels are not filtered, because
# there is no model yet. Here we assume that they are correct.

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from skbal import ActiveLearner
from skbal.datasets import load_mnist_5k
from skbal.exceptions import RejectedLabelsWarning
from skbal.filters import LabelLikelihoodFilter, find_label_errors
from skbal.loop import ActiveLearningLoop
from skbal.models import MCDropoutClassifier
from skbal.oracles import NoisyOracle
from skbal.plotting import AcquisitionCurveDisplay
from skbal.query import BALD, Random
from skbal.seeding import BalancedSeed
from skbal.stopping import MaxLabels

budget = 200
n_pool, n_test = 4000, 1000
digits = load_mnist_5k()
X_pool, X_test, y_pool, y_test = train_test_split(
    digits.images,
    digits.target,
    train_size=n_pool,
    test_size=n_test,
    stratify=digits.target,
    random_state=0,
)


def run(strategy, label_filter, seed):
    network = MCDropoutClassifier(
        standardize=False,
        module__n_filters=8,
        n_draws=30,
        max_steps=100,
        lr=0.003,
        batch_size=32,
        random_state=seed,
    )
    first = BalancedSeed(n_per_class=2, random_state=seed).select(X_pool, y_pool)
    learner = ActiveLearner(
        network, strategy, X_pool[first], y_pool[first], label_filter=label_filter
    )
    loop = ActiveLearningLoop(
        learner,
        X_pool,
        NoisyOracle(y_pool, noise=0.2, random_state=seed),
        n_instances=10,
        candidates=np.setdiff1d(np.arange(len(X_pool)), first),
        stopping=MaxLabels(budget),
        X_test=X_test,
        y_test=y_test,
    )
    with warnings.catch_warnings():
        # A step may refuse so many labels that fewer than ten are taught.
        warnings.simplefilter("ignore", RejectedLabelsWarning)
        return loop.run()


seeds = range(6)
loops = {"BALD": [], "BALD, filtered": [], "Random": []}
for seed in seeds:
    bald = BALD(random_state=seed, pool_subsample=1000)
    dynamic = LabelLikelihoodFilter("dynamic", random_state=seed)
    loops["BALD"].append(run(bald, None, seed))
    loops["BALD, filtered"].append(run(bald, dynamic, seed))
    loops["Random"].append(run(Random(random_state=seed), None, seed))

# %%
# Learning curves
# ---------------
#
# The steps of filtered runs use more labels, so all curves are interpolated to the same
# numbers of labels.

shown = np.arange(20, budget + 1, 10)
curves = {
    name: [np.interp(shown, r.history_.n_labels, r.history_.scores) for r in repeats]
    for name, repeats in loops.items()
}
figure, axis = plt.subplots(figsize=(7, 4.2), layout="constrained")
AcquisitionCurveDisplay(
    n_labels=dict.fromkeys(curves, shown),
    scores=curves,
    score_name="Accuracy on the test set",
).plot(axis, band="range")
axis.set(xlabel="labels paid for")
axis.set_title("One label in five is wrong; bands from the lowest to the highest run")
plt.show()

# %%
# What the filter did
# -------------------
#
# In a simulation, the oracle knows which labels are wrong. The precision is the share
# of wrong labels among the refused ones. The recall is the share of refused labels
# among the wrong ones.

for loop in loops["BALD, filtered"]:
    wrong = loop.oracle.wrong_
    asked = [row for record in loop.history_ for row in record.indices]
    refused = [row for record in loop.history_ for row in record.rejected]
    found = wrong[refused].sum()
    print(
        f"{wrong[asked].sum():2d} wrong of {len(asked)} labels, {len(refused):2d} "
        f"refused, precision {found / max(len(refused), 1):.2f}, "
        f"recall {found / max(wrong[asked].sum(), 1):.2f}; "
        f"noise estimated {loop.learner.label_filter.noise_rate_:.2f}"
    )

# %%
# The figure shows the first 24 refused digits of the first run with the label that was
# given. A red label is wrong, and a black one was refused by mistake. p is the
# likelihood of the label under the last model.

loop = loops["BALD, filtered"][0]
learner, rejected = loop.learner, loop.learner.rejected_
likelihood = learner.review()
figure, axes = plt.subplots(3, 8, figsize=(8, 4.4), layout="constrained")
for axis in axes.flat:
    axis.set_axis_off()
for axis, place in zip(axes.flat, range(len(rejected))):
    axis.imshow(rejected.X[place][0], cmap="gray_r")
    colour = "red" if loop.oracle.wrong_[rejected.indices[place]] else "black"
    title = f"“{rejected.y[place]}”, p={likelihood[place]:.2f}"
    axis.set_title(title, size=8, color=colour)
figure.suptitle("Refused labels")
plt.show()

# %%
# The six filters refuse about 210 labels, and about 230 are wrong. Nearly two of three
# refusals are right, and the filters find more than half of the wrong labels, one of
# them a quarter and another four of five. From the second acquisition on, the filtered
# runs are on average ahead of BALD without a filter, by about seven points at most and
# by about three at the end. They are ahead of random choice as well, which catches up
# at the end. Most labels that were refused by mistake belong to digits that look
# unusual. A later model may find them likely, such as the sevens and fives in the
# figure with a large p.
#
# What to do with refused labels
# ------------------------------
#
# Labels that were taught can be checked again by models that have not seen them
# (confident learning). The model of the learner cannot do it, because it has learned
# these labels. With so few labels, the checking models are weak, so a person should
# look at the list of suspects. ``learner.distrust`` would set them aside without such a
# look.

suspects = find_label_errors(
    learner, learner.X_training, learner.y_training, cv=2, random_state=0
)
taught = [
    row
    for record in loop.history_
    for row in record.indices
    if row not in record.rejected
]
is_wrong = np.concatenate([np.zeros(20, bool), loop.oracle.wrong_[taught]])
print(
    f"{len(suspects)} labels, {is_wrong.sum()} of them wrong; {suspects.sum()} "
    f"suspects, {(suspects & is_wrong).sum()} of them wrong"
)

# %%
# No refused label is lost. If a later model finds a label likely, it can still be
# taught. The others are a short list for a person to check.

likely = np.flatnonzero(likelihood > 0.5)
learner.accept(likely)
print(f"taught after all: {len(likely)}; set aside: {len(learner.rejected_)}")

# %%
# These are a few labels. Those of them in the figure are black: they were refused by
# mistake. Some of the others are black as well, such as a clear seven in the last row,
# and a person would accept it at once. Of the taught labels, about a third are suspects
# and one in nine is wrong, and the list contains more than half of the wrong ones.
# Models of some 85 labels suspect too many labels rather than too few.
