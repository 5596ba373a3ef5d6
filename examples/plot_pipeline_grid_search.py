"""
=================================
A pipeline, and a search over lr
=================================

A network of skbal is a scikit-learn estimator. So it goes into a ``Pipeline``, a
``GridSearchCV`` chooses its learning rate, and what comes out still has posterior
draws. A learner is one too: its parameters and those of its query strategy have names
that ``set_params`` and a search understand.
"""

# %%
# A pipeline with a network at its end
# ------------------------------------
#
# Networks want features of about the same size, so a scaler comes first. It belongs
# inside the pipeline: in each fold it then learns from the training rows only. The data
# are scikit-learn's small digits, of which we pretend to have labels for 300.

import os

import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner, predict_samples
from skbal.models import MCDropoutClassifier
from skbal.query import BALD

QUICK = os.environ.get("SKBAL_QUICK") == "1"

X, y = load_digits(return_X_y=True)
X_train, X_pool, y_train, y_pool = train_test_split(
    X, y, train_size=300, stratify=y, random_state=0
)
pipeline = make_pipeline(
    StandardScaler(),
    MCDropoutClassifier(max_epochs=10 if QUICK else 20, n_draws=50, random_state=0),
)

# %%
# The search
# ----------
#
# Names of parameters are those of scikit-learn: the step's name, two underscores, the
# parameter. A learning rate is searched on a logarithmic grid.

n_folds = 3 if QUICK else 5
learning_rates = np.logspace(-4, -0.5, 4 if QUICK else 8)
search = GridSearchCV(
    pipeline,
    {"mcdropoutclassifier__lr": learning_rates},
    cv=StratifiedKFold(n_folds, shuffle=True, random_state=0),
)
search.fit(X_train, y_train)
best = search.best_params_["mcdropoutclassifier__lr"]
print(f"best learning rate: {best:.2g}")

# %%
results = search.cv_results_
folds = np.array([results[f"split{k}_test_score"] for k in range(n_folds)])

figure, axis = plt.subplots(layout="constrained")
labels = ["one fold"] + ["_"] * (n_folds - 1)
axis.plot(learning_rates, folds.T, "o", color="#0072B2", alpha=0.4, mew=0, label=labels)
axis.plot(learning_rates, folds.mean(axis=0), color="#0072B2", label="their mean")
axis.axvline(best, color="#D55E00", linestyle="--", label=f"chosen: {best:.2g}")
axis.set(
    xscale="log",
    xlabel="learning rate",
    ylabel="accuracy on the held-out fold",
)
figure.legend(loc="outside upper center", ncols=3)
plt.show()

# %%
# Too small a rate has not learnt much in the epochs it was given, too large a rate does
# not learn at all. Between 0.001 and 0.03 the folds overlap: with 300 rows the search
# can tell a bad rate from a good one, not the best of the good.

# %%
# Draws of what was found
# -----------------------
#
# A fitted search, and the pipeline in it, have draws as the network has: the earlier
# steps transform the rows, the last one draws.

draws = predict_samples(search, X_pool, random_state=0)
draws.shape

# %%
# Parameters of a learner
# -----------------------
#
# The learner reaches its estimator and its strategy by ``estimator`` and
# ``query_strategy``.

learner = ActiveLearner(clone(search.best_estimator_), BALD())
learner.set_params(
    estimator__mcdropoutclassifier__n_draws=20,
    query_strategy__random_state=0,
)
learner.teach(X_train, y_train)
indices, rows = learner.query(X_pool, n_instances=5)
print("rows to ask about:", indices)
print("accuracy on the pool:", round(learner.score(X_pool, y_pool), 3))

# %%
# So a search may also go over a learner. Its ``fit`` trains the estimator on what it is
# given, and asks nothing; the score is the estimator's.

over_learner = GridSearchCV(
    learner, {"estimator__mcdropoutclassifier__max_epochs": [2, 10]}, cv=3
)
over_learner.fit(X_train, y_train)
over_learner.best_params_
