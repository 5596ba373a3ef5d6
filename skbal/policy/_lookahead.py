"""What a label is worth: the loss of a model before and after it learns the label."""

import numpy as np
from sklearn.base import clone

from skbal._utils.pools import take


def brier_loss(model, X, y):
    """Return the mean squared error of the probabilities of a model.

    Parameters
    ----------
    model : estimator
        A fitted classifier with ``predict_proba``.
    X : array-like of shape (n_rows, ...)
        Rows.
    y : ndarray of shape (n_rows,)
        Their classes. A class that the model does not know has probability 0.

    Returns
    -------
    loss : float
        In [0, 2]: the mean over rows of the sum over classes of
        ``(p - [class is y])**2``.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> model = DummyClassifier(strategy="prior").fit([[0], [0]], ["a", "b"])
    >>> brier_loss(model, [[0], [0]], np.array(["a", "c"]))
    1.0
    """
    is_class = y[:, np.newaxis] == model.classes_
    squares = np.square(model.predict_proba(X) - is_class).sum(axis=1)
    return float(np.mean(squares + ~is_class.any(axis=1)))


def look_ahead(run, rows):
    """Return how far the label of each row would lower the loss on the test rows.

    Parameters
    ----------
    run : LabellingRun
        A learner, and the rows that it was taught.
    rows : ndarray of int of shape (n_rows,)
        Rows of the pool without a label.

    Returns
    -------
    gains : ndarray of shape (n_rows,), dtype=float64
        Falls of `brier_loss`; negative where a label does harm.
    """
    model, losses = run.learner.estimator, []
    for row in rows:
        taught = np.append(run.labelled, row)
        after = clone(model).fit(take(run.X, taught), run.y[taught])
        losses.append(brier_loss(after, run.X_test, run.y_test))
    return brier_loss(model, run.X_test, run.y_test) - np.array(losses)
