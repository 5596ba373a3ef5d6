"""The rule that stops when new labels no longer change what is predicted."""

import numpy as np
from sklearn.metrics import cohen_kappa_score

from skbal._utils.parameters import count, real, seed
from skbal._utils.pools import take
from skbal._utils.random import check_seed, stream
from skbal._utils.tags import regresses
from skbal.stopping._rule import StoppingRule, number


class PredictionsStable(StoppingRule):
    """Stops when successive models predict the same.

    Each new model predicts the classes of the same unlabelled rows, the stop set.
    Cohen's kappa measures the agreement with the previous model: 1 is complete
    agreement, 0 is agreement by chance. The rule stops the loop if the mean kappa of
    the last ``n_steps`` steps is at least ``kappa`` [1]_. It needs no labels. A model
    that learns nothing is stable, too.

    Parameters
    ----------
    kappa : float, default=0.99
        Agreement to reach, at most 1.
    n_steps : int, default=3
        Number of steps over which the agreement is averaged.
    n_rows : int or None, default=1000
        Number of rows in the stop set, chosen at random among the rows that are
        unlabelled at the first step. ``None`` takes all. Kappa is imprecise for few
        rows: of 1000 rows, about ten may change at a kappa of 0.99.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Chooses the rows of the stop set. An integer makes the choice repeatable.

    Attributes
    ----------
    kappas_ : list of float
        Agreement of each model with the previous one.
    stop_set_ : ndarray of shape (n_rows,), dtype=intp
        The rows of the pool that are predicted.

    References
    ----------
    .. [1] M. Bloodgood and K. Vijay-Shanker (2009), A Method for Stopping Active
       Learning Based on Stabilizing Predictions and the Need for User-Adjustable
       Stopping, CoNLL.

    Examples
    --------
    >>> from skbal.stopping import PredictionsStable
    >>> rule = PredictionsStable(kappa=0.98, n_steps=3, random_state=0)
    """

    _parameter_rules = {
        "kappa": real(high=1),
        "n_steps": count(1),
        "n_rows": count(1, none=True),
        "random_state": seed(),
    }

    def __init__(self, kappa=0.99, n_steps=3, n_rows=1000, random_state=None):
        self.kappa = kappa
        self.n_steps = n_steps
        self.n_rows = n_rows
        self.random_state = random_state

    def reason_to_stop(self, loop):
        if not hasattr(self, "stop_set_"):
            self.stop_set_ = self._choose_rows(loop.remaining_)
            self.kappas_ = []
        if not len(self.stop_set_):
            return None
        predictions = _classes_of(loop.learner, take(loop.X_pool, self.stop_set_))
        if hasattr(self, "predictions_"):
            agreement = _agreement(self.predictions_, predictions)
            self.kappas_ = [*self.kappas_, agreement]
        self.predictions_ = predictions
        if len(self.kappas_) < self.n_steps:
            return None
        kappa = np.mean(self.kappas_[-int(self.n_steps) :])
        if kappa < self.kappa:
            return None
        return (
            f"predictions stable: mean kappa of the last {self.n_steps} steps "
            f"{number(kappa)}, at least {number(self.kappa)} wanted"
        )

    def _choose_rows(self, remaining):
        rng = stream(check_seed(self.random_state, type(self).__name__), "stop set")
        if self.n_rows is None:
            return np.sort(remaining)
        return np.sort(rng.permutation(remaining)[: self.n_rows])


def _classes_of(learner, X):
    predictions = np.asarray(learner.predict(X))
    model = getattr(learner, "estimator", learner)
    regressor = regresses(model)
    if regressor or predictions.ndim != 1 or _has_fractions(predictions):
        raise TypeError(
            "PredictionsStable needs a learner that predicts one class per row, got "
            f"predictions of shape {predictions.shape} and dtype {predictions.dtype} "
            f"from {'the regressor ' if regressor else ''}{type(model).__name__}."
        )
    return predictions


def _has_fractions(values):
    return values.dtype.kind == "f" and not np.array_equal(values, np.rint(values))


def _agreement(before, after):
    # Kappa is 0 / 0 if both models predict a single class, although they agree.
    if np.array_equal(before, after):
        return 1.0
    return float(cohen_kappa_score(before, after))
