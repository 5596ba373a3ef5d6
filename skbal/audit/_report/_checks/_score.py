"""How good is the model on test rows?"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from skbal._utils.labels import label_column
from skbal._utils.optional import require
from skbal.audit._calibration._intervals import wilson_interval
from skbal.audit._report._check import Check
from skbal.audit._report._source import DoesNotApply
from skbal.audit._report._words import percent
from skbal.audit._result import AuditResult

_LEVEL = 0.95  # of all intervals


@dataclass(frozen=True, eq=False, repr=False)
class Accuracy(AuditResult):
    """How often a classifier is right.

    Parameters
    ----------
    n_rows, n_right : int
        Test rows, and those with a right prediction.
    low, high : float
        The 95% interval of the probability of being right, by Wilson's formula.
    classes : tuple
        The classes of the test rows.
    class_rows, class_right : ndarray of int of shape (n_classes,)
        The same counts for each class.
    most_common : object
        The most common class of the test rows.
    """

    n_rows: int
    n_right: int
    low: float
    high: float
    classes: tuple
    class_rows: np.ndarray
    class_right: np.ndarray
    most_common: object

    @property
    def accuracy(self):
        """Share of the test rows that are predicted rightly."""
        return self.n_right / self.n_rows

    @property
    def baseline(self):
        """Share of the most common class, which needs no model."""
        return int(self.class_rows.max()) / self.n_rows

    @property
    def verdict(self):
        """The accuracy with its interval, beside that of a constant answer."""
        return (
            f"It is right about {self.n_right:,} of {self.n_rows:,} test rows "
            f"({percent(self.accuracy)}; between {percent(self.low)} and "
            f"{percent(self.high)} with 95% confidence). To answer "
            f"“{self.most_common}” always would be right about "
            f"{percent(self.baseline)}."
        )

    @property
    def concern(self):
        """True if it is not shown to be better than the most common class always."""
        return self.low <= self.baseline

    def to_frame(self):
        """Return a table with one row per class.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``class``, ``test_rows``, ``right``, ``share_right``,
            ``low`` and ``high``.
        """
        pandas = require("pandas", "examples", "Accuracy.to_frame")
        bounds = [interval(k, n) for k, n in zip(self.class_right, self.class_rows)]
        return pandas.DataFrame(
            {
                "class": self.classes,
                "test_rows": self.class_rows,
                "right": self.class_right,
                "share_right": self.class_right / self.class_rows,
                "low": [low for low, _ in bounds],
                "high": [high for _, high in bounds],
            }
        )


@dataclass(frozen=True, eq=False, repr=False)
class MeanError(AuditResult):
    """How far predicted numbers are from the true ones.

    Parameters
    ----------
    n_rows : int
        Test rows.
    error, low, high : float
        Mean absolute error and its 95% interval, by Student's t.
    baseline : float
        Mean absolute error of the mean of the test labels, which needs no model.
    gain_low, gain_high : float
        The 95% interval of the difference, baseline minus error, over the same rows.
    what : str
        What is predicted, in words.
    """

    n_rows: int
    error: float
    low: float
    high: float
    baseline: float
    gain_low: float
    gain_high: float
    what: str

    @property
    def verdict(self):
        """The mean absolute error with its interval, beside that of a constant."""
        return (
            f"Its {self.what} is off by {self.error:.4g} on average over "
            f"{self.n_rows:,} test rows (between {self.low:.4g} and {self.high:.4g} "
            "with 95% confidence). To predict their mean always would be off by "
            f"{self.baseline:.4g}."
        )

    @property
    def concern(self):
        """True if it is not shown to be better than a constant."""
        return not self.gain_low > 0

    def to_frame(self):
        """Return a table with the errors.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``prediction``, ``mean_absolute_error``, ``low`` and
            ``high``.
        """
        pandas = require("pandas", "examples", "MeanError.to_frame")
        return pandas.DataFrame(
            {
                "prediction": ["model", "mean of the test labels"],
                "mean_absolute_error": [self.error, self.baseline],
                "low": [self.low, np.nan],
                "high": [self.high, np.nan],
            }
        )


def interval(n_right, n_rows):
    """Return the 95% interval of a probability, by Wilson's formula.

    Parameters
    ----------
    n_right, n_rows : int
        Successes and trials.

    Returns
    -------
    low, high : float
    """
    low, high = wilson_interval(int(n_right), int(n_rows), _LEVEL)
    return float(low), float(high)


def run(source):
    """Compare predictions with the labels of the test rows."""
    model = source.fitted()
    X, y = source.test_rows()
    source.for_task("classes", "numbers", "votes", "counts", None)
    if source.task == "counts":
        raise DoesNotApply(
            "The model learns counts of answers: read the coverage of its intervals."
        )
    predicted, y = np.asarray(model.predict(X)), np.asarray(y)
    if source.task == "classes":
        return _accuracy(predicted, y)
    if source.task == "votes":
        return _of_votes(predicted, y)
    return _mean_error(predicted, y, "predicted number")


def _accuracy(predicted, y):
    predicted, y = label_column(predicted, "predictions"), label_column(y, "y_test")
    if (predicted.dtype.kind in "USO") != (y.dtype.kind in "USO"):
        one, other = predicted.tolist()[0], y.tolist()[0]
        raise TypeError(
            "y_test of audit_report must hold labels like those that the model "
            f"predicts, such as {one!r}, got {other!r}."
        )
    is_right = predicted == y  # 1 is 1.0 and True, as in every other check
    classes, place = np.unique(y, return_inverse=True)
    n_rows = np.bincount(place)
    n_right = np.bincount(place, is_right).astype(np.intp)
    return Accuracy(
        len(y),
        int(is_right.sum()),
        *interval(is_right.sum(), len(y)),
        tuple(classes.tolist()),
        n_rows,
        n_right,
        classes.tolist()[n_rows.argmax()],
    )


def _of_votes(predicted, votes):
    votes = votes.reshape(len(votes), -1, 2)  # (n_samples, n_questions, 2)
    predicted = predicted.reshape(votes.shape[:2])
    told = votes[..., 1] > 0
    shares = votes[..., 0][told] / votes[..., 1][told]
    return _mean_error(predicted[told], shares, "predicted share of yes votes")


def _mean_error(predicted, y, what):
    y = y.astype(np.float64)
    errors = np.abs(predicted.reshape(y.shape) - y)
    plain = np.abs(y - y.mean(axis=0))
    if errors.ndim > 1:
        errors, plain = errors.mean(axis=1), plain.mean(axis=1)
    return MeanError(
        len(errors),
        float(errors.mean()),
        *_student(errors),
        float(plain.mean()),
        *_student(plain - errors),
        what,
    )


def _student(values):
    """Return the 95% interval of a mean."""
    if len(values) < 2:
        return float("nan"), float("nan")
    half = stats.t.ppf((1 + _LEVEL) / 2, len(values) - 1) * stats.sem(values)
    return float(values.mean() - half), float(values.mean() + half)


CHECK = Check(
    name="score",
    title="score on test rows",
    section="score",
    question="How good is it on rows that it has not seen?",
    run=run,
    meaning=(
        "The model is of no use as it is: a constant answer is as good, or the test "
        "rows are too few to show that it is not."
    ),
)
