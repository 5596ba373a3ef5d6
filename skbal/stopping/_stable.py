"""The rule that stops when new labels no longer change what is predicted."""

import numpy as np
from sklearn.metrics import cohen_kappa_score

from skbal._utils.pools import take
from skbal._utils.random import check_seed, stream
from skbal._utils.tags import regresses
from skbal._utils.validation import check_count, check_real
from skbal.stopping._rule import StoppingRule, number


class PredictionsStable(StoppingRule):
    """Stops when the predictions of one model after the other agree.

    Each new model predicts the classes of the same unlabelled rows, the stop set, and
    Cohen's kappa says how far it agrees with the model before: 1 is complete agreement,
    0 what chance would give. The rule holds when the mean kappa of the last ``n_steps``
    steps is at least ``kappa`` [1]_. No label is needed, but a model that learns
    nothing is stable, too.

    Parameters
    ----------
    kappa : float, default=0.99
        The agreement wanted, at most 1.
    n_steps : int, default=3
        Over how many steps it is averaged.
    n_rows : int or None, default=1000
        How many rows, chosen at random among those that were unlabelled at the first
        step, make up the stop set; None takes all. With few rows the kappa is rough:
        of 1000 some ten may change within a kappa of .99.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Chooses these rows.

    Attributes
    ----------
    kappas_ : list of float
        The agreement of each model with the one before, as far as they were compared.

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

    def __init__(self, kappa=0.99, n_steps=3, n_rows=1000, random_state=None):
        self.kappa = kappa
        self.n_steps = n_steps
        self.n_rows = n_rows
        self.random_state = random_state

    def __call__(self, loop):
        """Return why to stop, or None to go on.

        Parameters
        ----------
        loop : skbal.loop.ActiveLearningLoop
            After a step.

        Returns
        -------
        reason : str or None

        Raises
        ------
        TypeError
            If the learner predicts no classes.
        """
        wanted = check_real(self.kappa, "kappa", "PredictionsStable", high=1)
        n_steps = check_count(self.n_steps, "n_steps", "PredictionsStable")
        first = not hasattr(self, "kappas_")
        if first:
            self._start(loop)
        if not len(self.stop_set_):
            return None
        predictions = _classes_of(loop.learner, take(loop.X_pool, self.stop_set_))
        if not first:
            self.kappas_.append(_agreement(self.predictions_, predictions))
        self.predictions_ = predictions
        if len(self.kappas_) < n_steps:
            return None
        kappa = np.mean(self.kappas_[-n_steps:])
        if kappa < wanted:
            return None
        return (
            f"predictions stable: mean kappa of the last {n_steps} steps "
            f"{number(kappa)}, at least {number(wanted)} wanted"
        )

    def _start(self, loop):
        owner = "PredictionsStable"
        rows = loop.remaining_
        if self.n_rows is not None:
            size = check_count(self.n_rows, "n_rows", owner)
            rng = stream(check_seed(self.random_state, owner), "stop set")
            rows = rng.permutation(rows)[:size]
        self.stop_set_ = np.sort(rows)
        self.kappas_ = []


def _classes_of(learner, X):
    predictions = np.asarray(learner.predict(X))
    model = getattr(learner, "estimator", learner)
    regressor = regresses(model)
    if regressor or predictions.ndim != 1 or _has_fractions(predictions):
        raise TypeError(
            "PredictionsStable needs a learner that predicts one class a row, got "
            f"predictions of shape {predictions.shape} and dtype {predictions.dtype} "
            f"from {'the regressor ' if regressor else ''}{type(model).__name__}."
        )
    return predictions


def _has_fractions(values):
    return values.dtype.kind == "f" and not np.array_equal(values, np.rint(values))


def _agreement(before, after):
    # Where all is one class, kappa is 0 / 0; the models agree all the same.
    if np.array_equal(before, after):
        return 1.0
    return float(cohen_kappa_score(before, after))
