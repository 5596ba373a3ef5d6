"""calibration_error: does a classifier know how often it is right?"""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal._utils.random import check_seed
from skbal._utils.validation import (
    MOST_IN_MEMORY,
    check_count,
    check_option,
    check_real,
)
from skbal.audit._calibration._bins import (
    bin_of,
    binned,
    check_n_bins,
    number_of_bins,
)
from skbal.audit._calibration._estimate import expected_calibration_error
from skbal.audit._calibration._inputs import check_predictions
from skbal.audit._calibration._intervals import wilson_interval
from skbal.audit._calibration._simulated_labels import label_test
from skbal.audit._calibration._words import p_value, percent, points, points_between
from skbal.audit._result import AuditResult

STRATEGIES = ("uniform", "quantile")
_TOO_WIDE = 0.1  # an error that may be so large cannot be called none
_OWNER = "calibration_error"


@dataclass(frozen=True, eq=False, repr=False)
class CalibrationError(AuditResult):
    """How wrong class probabilities are, the result of `calibration_error`.

    All errors and probabilities are shares: 0.07 is 7 percentage points. Intervals have
    the shape (2,) or (n_classes, 2).

    Parameters
    ----------
    error : float
        Expected calibration error of the likeliest class: the mean over rows of the gap
        between probability and share in their bin. It is larger than 0 by chance alone.
    debiased : float
        The same without most of what chance adds.
    interval : ndarray of shape (2,)
        Interval for the error without chance.
    expected : float
        Mean of ``error`` if the probabilities were right, which is due to chance alone.
    mean_confidence : float
        Mean probability of the likeliest class.
    accuracy : float
        Share of rows in which the likeliest class is right.
    overconfidence : float
        ``mean_confidence`` minus ``accuracy``. Below 0 the model is too cautious.
    overconfidence_interval : ndarray of shape (2,)
        Its interval.
    p_value : float
        Probability that right probabilities would look at least as wrong as these.
    p_values : dict of str to float
        Those of the parts of the test: ``"mean"`` (over all rows), ``"confidence"`` (of
        the likeliest class, bin by bin) and ``"classes"`` (of each class, bin by bin).
        ``p_value`` combines them.
    classes : ndarray of shape (n_classes,)
        The labels of the columns.
    class_error, class_debiased : ndarray of shape (n_classes,)
        The same for the probability of each class, whether it is the likeliest or not.
    class_interval : ndarray of shape (n_classes, 2)
        Their intervals.
    class_probability, class_share : ndarray of shape (n_classes,)
        Mean probability of each class, and its share of the rows.
    n_rows, n_bins : int
        Number of rows and of bins.
    strategy : str
        How the bins were made.
    level, tolerance : float
        As given to `calibration_error`.
    """

    error: float
    debiased: float
    interval: np.ndarray
    expected: float
    mean_confidence: float
    accuracy: float
    overconfidence: float
    overconfidence_interval: np.ndarray
    p_value: float
    p_values: dict
    classes: np.ndarray
    class_error: np.ndarray
    class_debiased: np.ndarray
    class_interval: np.ndarray
    class_probability: np.ndarray
    class_share: np.ndarray
    n_rows: int
    n_bins: int
    strategy: str
    level: float
    tolerance: float

    @property
    def concern(self):
        """True if the probabilities are wrong, None if there are too few rows to tell.

        They are wrong if ``p_value`` is at most ``level``, unless the interval says
        that the error is at most ``tolerance``. If they are not shown to be wrong, but
        the error may be above 0.1, it cannot be told.
        """
        largest = self.interval[1]
        if self.p_value <= self.level:
            return bool(largest > self.tolerance or self._only_of_classes)
        return None if largest > _TOO_WIDE else False

    @property
    def _only_of_classes(self):
        likeliest = min(self.p_values["mean"], self.p_values["confidence"])
        return self.p_values["classes"] < likeliest

    @property
    def verdict(self):
        """The result as a plain sentence or two."""
        start = (
            f"Says {percent(self.mean_confidence)} on average and is right in "
            f"{percent(self.accuracy)} of {self.n_rows:,} rows"
        )
        return f"{start}{self._conclusion()}"

    def _conclusion(self):
        test = p_value(self.p_value)
        off = f"calibration error {points(self.debiased)} points, "
        off += f"{points_between(self.interval)}"
        if self.concern is None:
            return (
                f": too few rows to tell. The calibration error is "
                f"{points(self.debiased)} points, but may be "
                f"{points_between(self.interval)} ({test})."
            )
        if self.concern:
            return self._what_is_wrong(off, test)
        if self.p_value <= self.level:
            return f": wrong by so little that it does not matter ({off}; {test})."
        return f": no sign that its probabilities are wrong ({off}; {test})."

    def _what_is_wrong(self, off, test):
        low, high = self.overconfidence_interval
        if low > 0 or high < 0:
            word = "sure" if low > 0 else "cautious"
            return (
                f": too {word} by {points(self.overconfidence)} points "
                f"({points_between((low, high))}; {test})."
            )
        if not self._only_of_classes:
            return (
                f", but its probabilities are off by {points(self.debiased)} points on "
                f"average ({points_between(self.interval)}; {test}), up or down."
            )
        worst = int(np.argmax(self.class_debiased))
        return (
            f", but the probabilities of single classes are wrong, most those of "
            f"{self.classes[worst]}: {percent(self.class_probability[worst])} on "
            f"average for {percent(self.class_share[worst])} of the rows, and off by "
            f"{points(self.class_debiased[worst])} points "
            f"({points_between(self.class_interval[worst])}; {test})."
        )

    def to_frame(self):
        """Return the errors as a table, of the likeliest class and of each class.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``of``, ``probability``, ``share``, ``error``,
            ``debiased``, ``low`` and ``high``. The first row is about the likeliest
            class, the others about the class that ``of`` names.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "CalibrationError.to_frame")
        intervals = np.vstack([self.interval, self.class_interval])
        return pandas.DataFrame(
            {
                "of": ["the likeliest class", *map(str, self.classes.tolist())],
                "probability": [self.mean_confidence, *self.class_probability],
                "share": [self.accuracy, *self.class_share],
                "error": [self.error, *self.class_error],
                "debiased": [self.debiased, *self.class_debiased],
                "low": intervals[:, 0],
                "high": intervals[:, 1],
            }
        )


def calibration_error(
    y_true,
    y_prob,
    *,
    classes=None,
    n_bins=None,
    strategy="quantile",
    level=0.05,
    tolerance=0.01,
    n_simulations=999,
    random_state=0,
):
    """Return how far class probabilities are from how often they come true.

    A classifier that says 80% in a hundred rows should be right in about eighty. The
    probability of the likeliest class is compared with how often that class is right,
    over all rows and in bins of similar probability (the expected calibration error,
    ECE), and the probability of each class with how often the class occurs.

    An exact test says whether the differences are more than chance [1]_.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        The true labels of random rows that the model was not fitted on.
    y_prob : array-like of shape (n_samples,), (n_samples, n_classes) or (n_samples, \
n_draws, n_classes)
        Class probabilities. One axis is the probability of the second of two classes,
        as in `sklearn.calibration.calibration_curve`. Of posterior draws the mean is
        taken.
    classes : array-like of shape (n_classes,), optional
        Labels of the columns, such as ``model.classes_``. ``None`` takes the names of
        the columns if ``y_prob`` is a data frame with columns that are named like the
        labels, and otherwise the labels in ``y_true``, in ascending order.
    n_bins : int, optional
        Number of bins. ``None`` is one per 25 rows, from 1 to 15.
    strategy : {"uniform", "quantile"}, default="quantile"
        Bins of equal width, or of equally many rows.
    level : float, default=0.05
        Level of the test. Intervals have the confidence 1 - ``level``.
    tolerance : float, default=0.01
        Error that does not matter even if it is certain, as a share.
    n_simulations : int, default=999
        Number of sets of labels that are drawn for the test.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds them.

    Returns
    -------
    result : CalibrationError
        The errors with intervals, the test, and the verdict.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong type, shape or value, or y_true and y_prob do not fit
        together. The message says which.

    See Also
    --------
    ReliabilityDisplay : Show the bins.
    probability_scores : Log loss and Brier score.
    skbal.models.TemperatureScaling : Make probabilities right.

    Notes
    -----
    Even if the probabilities are right, the ECE is larger than 0 by chance, and much
    larger with few rows and many bins: ``expected`` says how large. ``debiased``
    subtracts what chance adds to gaps of the observed size [2]_. Use it to compare
    models. If there are no gaps, half of the chance part or more is still in it, since
    an error cannot be below 0. The interval is for the error without chance in the same
    bins. It holds the true error in 93% or more of simulated data sets at the nominal
    95% (``benchmarks/studies/calibration_intervals``).

    The p value is for one hypothesis about all classes: labels are drawn from the
    probabilities. A model can be right about its likeliest class and wrong about the
    others.

    References
    ----------
    .. [1] J. Bröcker and L. A. Smith (2007), Increasing the reliability of reliability
       diagrams, Weather and Forecasting 22.
    .. [2] A. Kumar, P. Liang and T. Ma (2019), Verified uncertainty calibration,
       NeurIPS.

    Examples
    --------
    A model that always says 90%, and is right in 7 of 10 rows:

    >>> import numpy as np
    >>> from skbal.audit import calibration_error
    >>> y_true = np.tile([1, 1, 1, 1, 1, 1, 1, 0, 0, 0], 20)
    >>> found = calibration_error(y_true, np.full(200, 0.9))
    >>> round(found.error, 3), found.concern
    (0.2, True)
    >>> print(found)
    Says 90% on average and is right in 70% of 200 rows: too sure by 20 points (14 to
    27; p = 0.001).
    """
    codes, probabilities, classes = check_predictions(y_true, y_prob, classes, _OWNER)
    check_n_bins(n_bins, _OWNER)
    check_option(strategy, "strategy", STRATEGIES, _OWNER)
    level = check_level(level, _OWNER)
    tolerance = check_real(tolerance, "tolerance", _OWNER, low=0, high=1)
    n_simulations = check_count(
        n_simulations, "n_simulations", _OWNER, most=MOST_IN_MEMORY
    )
    seed = check_seed(random_state, _OWNER)
    n_bins = number_of_bins(n_bins, len(codes))
    test = label_test(codes, probabilities, n_bins, strategy, n_simulations, seed)
    return CalibrationError(
        **_of_the_likeliest(codes, probabilities, n_bins, strategy, 1 - level),
        expected=test.expected,
        p_value=test.p_value,
        p_values={name: getattr(test, name) for name in _PARTS},
        classes=classes,
        **_of_each_class(codes, probabilities, n_bins, strategy, 1 - level),
        n_rows=len(codes),
        n_bins=n_bins,
        strategy=strategy,
        level=level,
        tolerance=tolerance,
    )


_PARTS = ("mean", "confidence", "classes")


def check_level(level, owner):
    """Return a level of significance, or raise an error.

    Parameters
    ----------
    level : float
        Between 0 and 1, both excluded.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    level : float
    """
    level = check_real(level, "level", owner, low=0, high=1)
    if level in (0, 1):
        raise ValueError(
            f"level of {owner} must lie between 0 and 1, both excluded, got {level:g}."
        )
    return level


def _of_the_likeliest(codes, probabilities, n_bins, strategy, confidence):
    """Return the fields about the likeliest class."""
    said = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == codes
    bins = binned(said, right, bin_of(said, n_bins, strategy))
    found = expected_calibration_error(bins, confidence)
    mean, accuracy = float(said.mean()), float(right.mean())
    low, high = wilson_interval(int(right.sum()), len(right), confidence)
    return {
        "error": float(found.error),
        "debiased": float(found.debiased),
        "interval": np.array([found.low, found.high]),
        "mean_confidence": mean,
        "accuracy": accuracy,
        "overconfidence": mean - accuracy,
        "overconfidence_interval": np.array([mean - high, mean - low]),
    }


def _of_each_class(codes, probabilities, n_bins, strategy, confidence):
    """Return the fields about the probability of each class."""
    found = []
    for column, said in enumerate(probabilities.T):
        bins = binned(said, codes == column, bin_of(said, n_bins, strategy))
        found.append(expected_calibration_error(bins, confidence))
    errors, debiased, low, high = np.array(found).T
    return {
        "class_error": errors,
        "class_debiased": debiased,
        "class_interval": np.stack([low, high], axis=1),
        "class_probability": probabilities.mean(axis=0),
        "class_share": np.bincount(codes, minlength=probabilities.shape[1])
        / len(codes),
    }
