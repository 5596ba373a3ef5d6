"""Is a result too good to be true?"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, binomtest
from scipy.stats import t as student

from skbal._utils.arrays import as_array
from skbal._utils.labels import are_not_whole, label_column
from skbal._utils.optional import require
from skbal._utils.validation import (
    check_numbers,
    check_option,
    check_real,
    check_same_number,
)
from skbal.audit._leakage._check import check_level
from skbal.audit._result import AuditResult

_OWNER = "too_good_check"


@dataclass(frozen=True, eq=False, repr=False)
class TooGoodCheck(AuditResult):
    """An error against a stated one, the result of `too_good_check`.

    Parameters
    ----------
    error : float
        Share of wrong labels, or root mean squared error in the units of y.
    interval : tuple (low, high)
        95% confidence interval of the error.
    reference : float
        The stated error.
    factor : float
        How many times smaller than the reference the error must be for a concern.
    p_value : float
        Probability of an error as small as this if the true one is ``reference /
        factor``.
    level : float
        Largest p value that is a concern.
    n_samples : int
        Number of rows.
    kind : str
        "labels" or "numbers".
    enough : bool
        Whether an error of 0 would be a concern with so many rows.
    """

    error: float
    interval: tuple
    reference: float
    factor: float
    p_value: float
    level: float
    n_samples: int
    kind: str
    enough: bool

    @property
    def concern(self):
        """True if the error is too small, None if there are too few rows to tell."""
        if self.p_value <= self.level:
            return True
        return False if self.enough else None

    @property
    def verdict(self):
        """The result as plain sentences."""
        low, high = self.interval
        name = "error" if self.kind == "labels" else "root mean squared error"
        text = (
            f"The {name} on {self.n_samples:,} rows is {self.error:.3g} (95% interval "
            f"{low:.3g} to {high:.3g}), and {self.reference:.3g} is the reference."
        )
        if self.concern is None:
            return (
                f"{text} With so few rows, it cannot be told whether this is too good."
            )
        if not self.concern:
            return (
                f"{text} It is not shown to be more than {self.factor:g} times better "
                f"(p = {self.p_value:.2g})."
            )
        times = (
            f"{self.reference / self.error:.1f} times" if self.error else "Infinitely"
        )
        return (
            f"{text} {times} better is more than the {self.factor:g} times that are "
            f"plausible (p = {self.p_value:.2g}): look for a shortcut or a leak before "
            "you believe it."
        )

    def to_frame(self):
        """Return the numbers as a table with one row.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``error``, ``low``, ``high``, ``reference``, ``factor``,
            ``p_value`` and ``n_samples``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "TooGoodCheck.to_frame")
        return pandas.DataFrame(
            {
                "error": [self.error],
                "low": [self.interval[0]],
                "high": [self.interval[1]],
                "reference": [self.reference],
                "factor": [self.factor],
                "p_value": [self.p_value],
                "n_samples": [self.n_samples],
            }
        )


def too_good_check(y_true, y_pred, reference, *, kind=None, factor=3.0, level=0.05):
    """Compare an error with the one that others reached.

    Results ten times better than all before are sometimes a discovery. More often, a
    model found a shortcut, or the test set is in the training set [1]_. A concern says
    that you should look for one of these.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Labels or targets of rows that the model was not fitted to.
    y_pred : array-like of shape (n_samples,)
        The predictions.
    reference : float
        The error that is expected: of other models, of people, or of theory. For
        labels the share of wrong ones, in (0, 1]. For numbers the root mean squared
        error in the units of y.
    kind : {"labels", "numbers"}, optional
        What y is. ``None`` takes them for numbers if the true or the predicted values
        are floats that are not all whole, and else for labels.
    factor : float, default=3.0
        How many times smaller than the reference an error may be, 1 or more. With 1,
        each result that is better than the reference is a concern.
    level : float, default=0.05
        Largest p value that is a concern.

    Returns
    -------
    result : TooGoodCheck
        The error with its interval, and the verdict.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong type, shape or value.

    Notes
    -----
    For labels, the number of errors is binomial, and the p value and the interval (that
    of Clopper and Pearson) are exact for independent rows. For numbers, the logarithm
    of the mean squared error is compared with that of the reference, with the standard
    error of the mean of the squared errors. This is approximate, and with few rows or
    rare large errors the p value is too small.

    References
    ----------
    .. [1] M. Ntampaka (2022), Machine Learning in Astronomy: Cautionary Tales for the
       Community, STScI Newsletter 39.

    Examples
    --------
    Others have an error of 0.2, and here are no errors in 100 rows:

    >>> from skbal.audit import too_good_check
    >>> y = ["spiral", "smooth"] * 50
    >>> result = too_good_check(y, y, reference=0.2)
    >>> result.concern, round(result.p_value, 4)  # (1 - 0.2 / 3) ** 100
    (True, 0.001)
    """
    level = check_level(level, _OWNER)
    factor = check_real(factor, "factor", _OWNER, low=1)
    check_option(kind, "kind", (None, "labels", "numbers"), _OWNER)
    reference = check_real(reference, "reference", _OWNER, low=0)
    if reference == 0:
        raise ValueError(f"reference of {_OWNER} must be larger than 0, got 0.")
    y_true, y_pred = _check_targets(y_true, y_pred)
    if kind is None:
        is_number = are_not_whole(y_true) or are_not_whole(y_pred)
        kind = "numbers" if is_number else "labels"
    compare = _of_labels if kind == "labels" else _of_numbers
    return compare(y_true, y_pred, reference, factor, level)


def _check_targets(y_true, y_pred):
    y_true = as_array(y_true, f"y_true of {_OWNER}")
    y_pred = as_array(y_pred, f"y_pred of {_OWNER}")
    for name, y in (("y_true", y_true), ("y_pred", y_pred)):
        if y.ndim != 1 or not len(y):
            raise ValueError(
                f"{name} of {_OWNER} must have one value per row, for one row or more, "
                f"got shape {y.shape}."
            )
        if y.dtype.kind == "f" and not np.isfinite(y).all():
            raise ValueError(f"{name} of {_OWNER} must not hold NaN or infinity.")
    check_same_number(len(y_true), len(y_pred), _OWNER, "y_pred")
    return y_true, y_pred


def _of_labels(y_true, y_pred, reference, factor, level):
    if reference > 1:
        raise ValueError(
            f"reference of {_OWNER} must be a share of wrong labels in (0, 1], got "
            f"{reference}."
        )
    y_true = label_column(y_true, f"y_true of {_OWNER}")
    y_pred = label_column(y_pred, f"y_pred of {_OWNER}")
    if (y_true.dtype.kind in "USO") != (y_pred.dtype.kind in "USO"):
        raise TypeError(
            f"y_true and y_pred of {_OWNER} must both be strings or both be numbers, "
            f"got {y_true.dtype} and {y_pred.dtype}."
        )
    n, n_wrong = len(y_true), int(np.count_nonzero(y_true != y_pred))
    interval = binomtest(n_wrong, n).proportion_ci(0.95, method="exact")
    bound = reference / factor
    return TooGoodCheck(
        error=n_wrong / n,
        interval=(float(interval.low), float(interval.high)),
        reference=reference,
        factor=factor,
        p_value=float(binom.cdf(n_wrong, n, bound)),
        level=level,
        n_samples=n,
        kind="labels",
        enough=bool((1 - bound) ** n <= level),
    )


def _of_numbers(y_true, y_pred, reference, factor, level):
    squares = (check_numbers(y_true, _OWNER) - check_numbers(y_pred, _OWNER)) ** 2
    n, mean = len(squares), squares.mean()
    if n < 2:
        raise ValueError(f"y_true of {_OWNER} must have two numbers or more, got one.")
    if mean == 0:
        p_value, low, high = 0.0, 0.0, 0.0
    else:
        # The standard error of log(mean) is that of the mean, relative to it.
        error = squares.std(ddof=1) / np.sqrt(n) / mean
        gap = np.log(mean) - 2 * np.log(reference / factor)
        p_value = student.cdf(gap / error, n - 1) if error > 0 else float(gap >= 0)
        margin = student.ppf(0.975, n - 1) * error
        low, high = np.sqrt(mean * np.exp([-margin, margin]))
    return TooGoodCheck(
        error=float(np.sqrt(mean)),
        interval=(float(low), float(high)),
        reference=reference,
        factor=factor,
        p_value=float(p_value),
        level=level,
        n_samples=n,
        kind="numbers",
        enough=True,
    )
