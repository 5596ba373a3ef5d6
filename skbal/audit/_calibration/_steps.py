"""Calibration over the steps of active learning."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal._utils.validation import as_numbers, check_option
from skbal.audit._calibration._bins import (
    bin_of,
    binned,
    check_n_bins,
    number_of_bins,
)
from skbal.audit._calibration._error import STRATEGIES, check_level
from skbal.audit._calibration._estimate import expected_calibration_error
from skbal.audit._calibration._inputs import check_predictions, probabilities_of
from skbal.audit._calibration._intervals import wilson_interval
from skbal.audit._calibration._scores import row_scores
from skbal.audit._calibration._words import points, points_between
from skbal.audit._result import AuditResult

_OWNER = "calibration_over_steps"


@dataclass(frozen=True, eq=False, repr=False)
class CalibrationSteps(AuditResult):
    """Calibration after each step, the result of `calibration_over_steps`.

    Parameters
    ----------
    n_labels : ndarray of shape (n_steps,)
        Number of labels after each step, or the numbers of the steps.
    error, debiased : ndarray of shape (n_steps,)
        Expected calibration error of the likeliest class, plain and without chance.
    interval : ndarray of shape (n_steps, 2)
        Intervals for the error without chance.
    overconfidence : ndarray of shape (n_steps,)
        Mean probability of the likeliest class minus its accuracy.
    overconfidence_interval : ndarray of shape (n_steps, 2)
        Their intervals.
    log_loss, brier, accuracy : ndarray of shape (n_steps,)
        The scores after each step.
    n_rows : int
        Number of test rows.
    level : float
        Intervals have the confidence 1 - ``level``.
    """

    n_labels: np.ndarray
    error: np.ndarray
    debiased: np.ndarray
    interval: np.ndarray
    overconfidence: np.ndarray
    overconfidence_interval: np.ndarray
    log_loss: np.ndarray
    brier: np.ndarray
    accuracy: np.ndarray
    n_rows: int
    level: float

    @property
    def concern(self):
        """True if the model is too sure or too cautious on average after the last step.

        `calibration_error` has a test that sees more.
        """
        low, high = self.overconfidence_interval[-1]
        return bool(low > 0 or high < 0)

    @property
    def verdict(self):
        """The result as one plain sentence."""
        first, last = (self._words(step) for step in (0, -1))
        if len(self.n_labels) == 1:
            return f"At step {self.n_labels[0]:,}, on {self.n_rows:,} rows: {last}."
        return (
            f"From step {self.n_labels[0]:,} to {self.n_labels[-1]:,}, on "
            f"{self.n_rows:,} rows: at first {first}; in the end {last}."
        )

    def _words(self, step):
        low, high = self.overconfidence_interval[step]
        ends = points_between((low, high))
        if low > 0 or high < 0:
            word = "sure" if low > 0 else "cautious"
            text = f"too {word} by {points(self.overconfidence[step])} points ({ends})"
        else:
            text = f"not shown to be too sure or too cautious ({ends} points too sure)"
        error = points(self.debiased[step])
        return f"{text}, with a calibration error of {error} points"

    def to_frame(self):
        """Return the numbers as a table with one row per step.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``n_labels``, ``error``, ``debiased``, ``low``, ``high``,
            ``overconfidence``, ``log_loss``, ``brier`` and ``accuracy``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "CalibrationSteps.to_frame")
        columns = {"n_labels": self.n_labels, "error": self.error}
        columns["debiased"] = self.debiased
        columns["low"], columns["high"] = self.interval.T
        for name in ("overconfidence", "log_loss", "brier", "accuracy"):
            columns[name] = getattr(self, name)
        return pandas.DataFrame(columns)


def calibration_over_steps(
    y_true,
    y_probs,
    *,
    n_labels=None,
    classes=None,
    n_bins=None,
    strategy="quantile",
    level=0.05,
):
    """Return how calibration, log loss and Brier score change from step to step.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        The true labels of test rows, the same after each step.
    y_probs : sequence of array-like
        The probabilities after each step, each of a shape that `calibration_error`
        takes.
    n_labels : array-like of shape (n_steps,), optional
        Number of labels after each step, such as ``loop.history_.n_labels``. ``None``
        numbers the steps from 0.
    classes : array-like of shape (n_classes,), optional
        Labels of the columns. ``None`` takes those in ``y_true`` in ascending order,
        or the columns of a data frame that are named like the labels.
    n_bins : int, optional
        Number of bins. ``None`` is one per 25 rows, from 1 to 15.
    strategy : {"uniform", "quantile"}, default="quantile"
        Bins of equal width, or of equally many rows.
    level : float, default=0.05
        Intervals have the confidence 1 - ``level``.

    Returns
    -------
    result : CalibrationSteps
        The numbers after each step, and the verdict.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong type, shape or value. The message says which.

    See Also
    --------
    neg_calibration_error : One number per step, as the ``scoring`` of a loop.

    Examples
    --------
    >>> from skbal.audit import calibration_over_steps
    >>> y_true = [0, 1, 0, 1] * 25
    >>> steps = [[0.5, 0.5] * 50, [0.1, 0.9] * 50]
    >>> calibration_over_steps(y_true, steps, n_labels=[10, 20]).log_loss.round(3)
    array([0.693, 0.105])
    """
    check_n_bins(n_bins, _OWNER)
    check_option(strategy, "strategy", STRATEGIES, _OWNER)
    confidence = 1 - check_level(level, _OWNER)
    given = [
        check_predictions(y_true, y_prob, classes, f"{_OWNER} at step {step}")
        for step, y_prob in enumerate(_check_steps(y_probs))
    ]
    steps = [
        _numbers_of(codes, probabilities, n_bins, strategy, confidence)
        for codes, probabilities, _ in given
    ]
    columns = {name: np.array([step[name] for step in steps]) for name in steps[0]}
    return CalibrationSteps(
        n_labels=_check_n_labels(n_labels, len(steps)),
        **columns,
        n_rows=len(given[0].codes),
        level=level,
    )


def _check_steps(y_probs):
    """Return the probabilities of all steps as a list, at least one."""
    is_one_table = hasattr(y_probs, "columns")
    if is_one_table or isinstance(y_probs, (str, bytes, dict, set, type)):
        steps = None
    else:
        try:
            steps = list(y_probs)
        except (TypeError, AttributeError):  # the latter of a forest without trees
            steps = None
    if steps is None:
        raise TypeError(
            f"y_probs of {_OWNER} must be a list with the probabilities after each "
            f"step, got {type(y_probs).__name__}."
        )
    if not steps:
        raise ValueError(f"y_probs of {_OWNER} must have at least one step, got none.")
    return steps


def _check_n_labels(n_labels, n_steps):
    if n_labels is None:
        return np.arange(n_steps)
    n_labels = as_numbers(n_labels, f"n_labels of {_OWNER} must be numbers")
    if n_labels.shape != (n_steps,):
        raise ValueError(
            f"n_labels of {_OWNER} must have one number per step, there are {n_steps} "
            f"steps, got shape {n_labels.shape}."
        )
    if not np.isfinite(n_labels).all():
        raise ValueError(f"n_labels of {_OWNER} must be finite, got {n_labels}.")
    return n_labels


def _numbers_of(codes, probabilities, n_bins, strategy, confidence):
    """Return the numbers of one step by the names of the fields."""
    said = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == codes
    bins = binned(
        said, right, bin_of(said, number_of_bins(n_bins, len(said)), strategy)
    )
    found = expected_calibration_error(bins, confidence)
    low, high = wilson_interval(int(right.sum()), len(right), confidence)
    losses, squares, _ = row_scores(codes, probabilities)
    scale = 0.5 if probabilities.shape[1] == 2 else 1.0
    return {
        "error": found.error,
        "debiased": found.debiased,
        "interval": (found.low, found.high),
        "overconfidence": said.mean() - right.mean(),
        "overconfidence_interval": (said.mean() - high, said.mean() - low),
        "log_loss": losses.mean(),
        "brier": scale * squares.sum(axis=1).mean(),
        "accuracy": right.mean(),
    }


def neg_calibration_error(estimator, X, y):
    """Return minus the expected calibration error without chance, as a scorer.

    It is ``scoring=neg_calibration_error`` of a loop, a run, a comparison or
    scikit-learn's searches, and higher is better. For log loss and Brier score use
    scikit-learn's own names, ``"neg_log_loss"`` and ``"neg_brier_score"``.

    Do not choose models by it alone: a model that predicts the shares of the classes
    for every row would be best.

    Parameters
    ----------
    estimator : estimator
        A fitted classifier with ``predict_proba``, or one that makes draws.
    X : array-like of shape (n_samples, ...)
        Test rows.
    y : array-like of shape (n_samples,)
        Their true labels.

    Returns
    -------
    score : float
        From -1 to 0; see ``debiased`` of `CalibrationError`. Bins are those of
        `calibration_error` by default.

    Raises
    ------
    TypeError, ValueError
        If it is no classifier with probabilities, or y has labels that it does not
        know.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skbal.audit import neg_calibration_error
    >>> X, y = load_digits(return_X_y=True)
    >>> model = GaussianNB().fit(X[:900], y[:900])  # far too sure
    >>> round(neg_calibration_error(model, X[900:], y[900:]), 2)
    -0.18
    """
    owner = "neg_calibration_error"
    probabilities, classes = probabilities_of(estimator, X, owner)
    codes, probabilities, _ = check_predictions(y, probabilities, classes, owner)
    found = _numbers_of(codes, probabilities, None, "quantile", 0.95)
    return -float(found["debiased"])
