"""
==============================================
A pipeline and a search over the learning rate
==============================================

A network of skbal is a scikit-learn estimator. It can be a step of a ``Pipeline``, a
``GridSearchCV`` can choose its learning rate, and the result still has posterior draws.
A learner is an estimator, too. ``set_params`` and a search can reach its parameters and
those of its query strategy.
"""

# %%
# A pipeline with a network at its end
# ------------------------------------
#
# Networks need features of about the same size, so a scaler comes first. It should be
# inside the pipeline, so that in each fold it learns from the training rows only. The
# data are the small digits of scikit-learn, and we use the labels of 300 of them.

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

X, y = load_digits(return_X_y=True)
X_train, X_pool, y_train, y_pool = train_test_split(
    X, y, train_size=300, stratify=y, random_state=0
)
pipeline = make_pipeline(
    StandardScaler(),
    MCDropoutClassifier(max_epochs=20, n_draws=50, random_state=0),
)

# %%
# The search
# ----------
#
# The names of parameters are those of scikit-learn: the name of the step, two
# underscores, and the parameter. A learning rate is searched on a logarithmic grid.

n_folds = 5
learning_rates = np.logspace(-4, -0.5, 8)
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
# If the rate is too small, the network has not learned much after the given epochs. If
# it is too large, the network does not learn at all. Between 0.001 and 0.03 the folds
# overlap. With 300 rows, the search can separate a good rate from a bad one, but it
# cannot find the best of the good rates.

# %%
# Draws of the result
# -------------------
#
# A fitted search has posterior draws, and so has the pipeline in it. The earlier steps
# transform the rows, and the last step makes the draws.

draws = predict_samples(search, X_pool, random_state=0)
draws.shape

# %%
# Parameters of a learner
# -----------------------
#
# The parameters of its estimator and its strategy are reached by ``estimator`` and
# ``query_strategy``.

learner = ActiveLearner(clone(search.best_estimator_), BALD())
learner.set_params(
    estimator__mcdropoutclassifier__n_draws=20,
    query_strategy__random_state=0,
)
learner.teach(X_train, y_train)
indices, rows = learner.query(X_pool, n_instances=5)
print("queried rows:", indices)
print("accuracy on the pool:", round(learner.score(X_pool, y_pool), 3))

# %%
# So a search may also be over a learner. Its ``fit`` trains the estimator on the given
# rows and queries nothing. The score is that of the estimator.

over_learner = GridSearchCV(
    learner, {"estimator__mcdropoutclassifier__max_epochs": [2, 10]}, cv=3
)
over_learner.fit(X_train, y_train)
over_learner.best_params_
