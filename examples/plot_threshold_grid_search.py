"""
=======================================
A grid search over a filter's threshold
=======================================

A label filter refuses labels that are very unlikely under the model. Where should its
threshold be? If it is too low, wrong labels are taught. If it is too high, the filter
refuses the labels that would have corrected the model. The threshold is a parameter of
a whole run of active learning, so whole runs are needed to choose it.
`skbal.ActiveLearningClassifier` is such a run in the form of an estimator, so
``GridSearchCV`` of scikit-learn can choose it.
"""

# %%
# A run as an estimator
# ---------------------
#
# The data are digits, and one label in five is wrong. ``fit`` hides the labels that it
# gets and asks for them ten at a time. The filter judges each label by the current
# model and sets aside what it does not trust. Then the loop asks about the next row.
# Refused labels are paid for, so all runs have the same budget of labels, not the same
# number of queries.
#
# With ``keep_stages=True``, the run keeps the model of each step. Then the search can
# score the whole learning curve on the test rows of its folds.

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import GridSearchCV, RepeatedStratifiedKFold

from skbal import ActiveLearningClassifier
from skbal.datasets import load_mnist_5k
from skbal.exceptions import RejectedLabelsWarning
from skbal.filters import LabelLikelihoodFilter
from skbal.models import MCDropoutClassifier
from skbal.query import BALD
from skbal.simulation import learning_curve_area_score
from skbal.stopping import MaxLabels

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

budget = 150
run = ActiveLearningClassifier(
    model,
    BALD(pool_subsample=1000),
    label_filter=LabelLikelihoodFilter(),
    oracle_noise=0.2,
    n_queries=None,
    n_instances=10,
    stopping=MaxLabels(budget),
    keep_stages=True,
    test_size=None,
    random_state=0,
)

# %%
# What to measure
# ---------------
#
# The search maximises the area under the learning curve, which is the mean accuracy
# over the labels. A scorer may return several numbers. This one also returns the curve
# at some numbers of labels, the number of wrong labels, how many labels the filter
# refused, and how many of these were wrong. In a simulation, the oracle knows which are
# wrong.

shown = np.arange(20, budget + 1, 10)


def scores(run, X_fold, y_fold):
    curve = run.history_.n_labels, run.staged_score(X_fold, y_fold)
    asked = [row for record in run.history_[1:] for row in record.indices]
    refused = [row for record in run.history_ for row in record.rejected]
    wrong = run.oracle_.wrong_
    return {
        "area": learning_curve_area_score(run, X_fold, y_fold),
        "wrong": wrong[asked].sum(),
        "refused": len(refused),
        "refused_wrong": wrong[refused].sum(),
        **{f"at_{n}": value for n, value in zip(shown, np.interp(shown, *curve))},
    }


# %%
# The search
# ----------
#
# A threshold of 0 refuses nothing. "dynamic" estimates the rate of wrong labels during
# the run and sets the threshold by it. If a threshold is too high for a model with few
# labels, the filter refuses nearly all labels of a step and warns. Here such a
# threshold is only a bad candidate.

thresholds = [0.0, 0.1, 0.25, "dynamic"]
folds = RepeatedStratifiedKFold(n_splits=2, n_repeats=3, random_state=0)
search = GridSearchCV(
    run,
    {"label_filter__threshold": thresholds},
    scoring=scores,
    cv=folds,
    refit="area",
)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", RejectedLabelsWarning)
    search.fit(X, y)
print(search.best_params_)

# %%
# Learning curves
# ---------------
#
# All results are in ``cv_results_``. The bands are one standard error of the mean over
# the folds.

results = search.cv_results_
COLOURS = ["0.4", "#E69F00", "#D55E00", "#0072B2"]
figure, (left, right) = plt.subplots(ncols=2, figsize=(10, 4), layout="constrained")
for cell, (threshold, colour) in enumerate(zip(thresholds, COLOURS)):
    mean = np.array([results[f"mean_test_at_{n}"][cell] for n in shown])
    error = np.array([results[f"std_test_at_{n}"][cell] for n in shown])
    error /= np.sqrt(folds.get_n_splits() - 1)
    left.plot(shown, mean, color=colour, label=f"threshold {threshold}")
    left.fill_between(shown, mean - error, mean + error, color=colour, alpha=0.15, lw=0)
left.set(xlabel="labels paid for", ylabel="accuracy on the held-out fold")
left.legend(frameon=False)

splits = range(folds.get_n_splits())
areas = np.array([results[f"split{k}_test_area"] for k in splits])
for cell, colour in enumerate(COLOURS):
    right.plot(np.full(len(areas), cell), areas[:, cell], "o", color=colour, alpha=0.5)
right.plot(range(len(thresholds)), areas.mean(axis=0), "_k", markersize=24)
right.set(xlabel="threshold", ylabel="area: mean accuracy over the labels")
right.set_xticks(range(len(thresholds)), thresholds)
right.set_title("Each dot is a fold, the bar their mean")
plt.show()

# %%
# What the filter did, as the mean over the folds:

for cell, threshold in enumerate(thresholds):
    wrong, refused, both = (
        results[f"mean_test_{name}"][cell]
        for name in ("wrong", "refused", "refused_wrong")
    )
    print(
        f"threshold {threshold!s:>7}: {wrong:4.1f} wrong labels, {refused:4.1f} "
        f"refused, {both:4.1f} of them wrong"
    )

# %%
# The best choice is no filter, if only just. The first twenty labels are as noisy as
# all others, so some four of them are wrong. A network that has learned them is
# confident in wrong predictions. The filter refuses what contradicts them, so the
# network does not improve. Of the fixed thresholds, the higher is the worse. "dynamic"
# refuses nearly as many labels as are wrong, but fewer than half of these refusals are
# right. On average it is about as good as no filter: the curves cross, and the means
# differ much less than the folds do.
#
# If the first labels are right, the same filter pays off
# (:ref:`sphx_glr_auto_examples_plot_label_filter.py`). If you do not know which case
# applies to your campaign, use this search.
