"""
==========================
Which labels to believe
==========================

One label in five is wrong. A model that has learned something can tell some of them: a
clear seven that somebody calls a three is a label that it holds for nearly impossible.
A label filter sets such answers aside before they are taught, and the loop asks about
another row instead. This example runs BALD with and without a filter, beside random
choice, and counts what the filter saw.
"""

# %%
# Three runs a seed
# -----------------
#
# The filter's threshold is "dynamic": from how likely the model found each answer
# beforehand it estimates how many answers are wrong, and sets a threshold that as many
# likelihoods lie below. Refused answers are paid for, so all runs have the same budget
# of labels. The first twenty labels are judged by nobody, since there is no model yet.
# Here they are right: somebody has looked twice.

import os
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

QUICK = os.environ.get("SKBAL_QUICK") == "1"

budget = 60 if QUICK else 200
digits = load_mnist_5k()
X_pool, X_test, y_pool, y_test = train_test_split(
    digits.images, digits.target, test_size=1000, stratify=digits.target, random_state=0
)


def run(strategy, label_filter, seed):
    network = MCDropoutClassifier(
        module__n_filters=8,
        n_draws=10 if QUICK else 30,
        max_steps=40 if QUICK else 100,
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
        # A step may refuse so many answers that fewer than ten are taught.
        warnings.simplefilter("ignore", RejectedLabelsWarning)
        return loop.run()


seeds = range(1 if QUICK else 6)
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
# The steps of filtered runs are longer, so all curves are read off at the same numbers
# of labels.

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
axis.set_title("One answer in five is wrong; bands from the lowest to the highest run")
plt.show()

# %%
# What the filter did
# -------------------
#
# In a simulation the oracle knows which answers are wrong. Precision: of the answers
# refused, how many were wrong. Recall: of the wrong answers, how many were refused.

for loop in loops["BALD, filtered"]:
    wrong = loop.oracle.wrong_
    asked = [row for record in loop.history_ for row in record.indices]
    refused = [row for record in loop.history_ for row in record.rejected]
    found = wrong[refused].sum()
    print(
        f"{wrong[asked].sum():2d} wrong of {len(asked)} answers, {len(refused):2d} "
        f"refused, precision {found / max(len(refused), 1):.2f}, "
        f"recall {found / max(wrong[asked].sum(), 1):.2f}; "
        f"noise estimated {loop.learner.label_filter.noise_rate_:.2f}"
    )

# %%
# The refused digits of the first run, with the label that was given, in red if it is
# wrong; a black one was refused without need. Below stands how likely the last model
# finds that label.

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
figure.suptitle("Set aside")
plt.show()

# %%
# In the full run the six filters refuse 190 answers, where 227 are wrong; two of three
# refusals are right, and they find half of the wrong ones. The filtered runs are ahead
# from the second acquisition on, by five points at their best and by one in the end.
# What is refused without need are mostly digits that look odd, and a model of later
# may find them likely: the five in the first row.
#
# What to do with them
# --------------------
#
# Labels that were believed can be judged again, by models that have not seen them
# (confident learning). The learner's own model is no judge: it has learned them. In so
# young a campaign the judges are weak, and a list of suspects is for a person to look
# at. ``learner.distrust`` would set them aside unseen.

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
    f"suspects, {(suspects & is_wrong).sum()} of them rightly"
)

# %%
# And nothing that was refused is lost. A label that the better model of later finds
# likely can be taught after all; the others are a short list to look at again.

likely = np.flatnonzero(likelihood > 0.5)
learner.accept(likely)
print(f"taught after all: {len(likely)}; set aside: {len(learner.rejected_)}")

# %%
# In the full run that is one label, the five; two of the remaining 19 are sevens that
# a person would bring back at a glance. Of the taught labels 77 are suspects and 31 are
# wrong, of which the list has 25. Models of some ninety labels, a sixth of them wrong,
# suspect too much rather than too little.
