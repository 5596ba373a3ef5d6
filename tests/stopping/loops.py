"""A loop that is only what a rule looks at."""

from types import SimpleNamespace

import numpy as np

from skbal.loop import History, Record


def loop_with(scores=(), *, n_labels=None, cost=None, learner=None, X=None, left=None):
    """Return a stand-in for a loop after ``len(scores)`` steps."""
    n_labels = n_labels or [20 + 10 * step for step in range(len(scores))]
    costs = cost or [None] * len(scores)
    steps = enumerate(zip(n_labels, scores, costs))
    history = History(Record(i, n, s, cost=c) for i, (n, s, c) in steps)
    X = np.zeros((0, 1)) if X is None else np.asarray(X)
    left = np.arange(len(X)) if left is None else np.asarray(left)
    return SimpleNamespace(history_=history, learner=learner, X_pool=X, remaining_=left)
