"""generalisation_report: is a model overfit, or overspecialised?"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from skbal._utils.optional import require
from skbal._utils.validation import check_fits, check_real
from skbal.audit._calibration._error import check_level
from skbal.audit._calibration._intervals import difference_interval
from skbal.audit._calibration._words import percent, points, points_between
from skbal.audit._generalisation._losses import (
    check_loss,
    constant_loss,
    labels_of,
    losses_of,
    set_error,
)
from skbal.audit._result import AuditResult

_OWNER = "generalisation_report"
_SETS = ("train", "test", "independent")
_MOST_TIMES = 100  # more rows than so many times those there are no advice
_SHARE = 0.05  # margin, in the loss of the best constant prediction


@dataclass(frozen=True, eq=False, repr=False)
class GeneralisationReport(AuditResult):
    """Errors on three sets and what they say, the result of `generalisation_report`.

    Parameters
    ----------
    errors : ndarray of shape (n_sets,)
        Mean loss on the training rows, the test rows and, if they were given, the
        independent rows.
    intervals : ndarray of shape (n_sets, 2)
        Their intervals.
    n_rows : ndarray of shape (n_sets,)
        Their numbers of rows.
    differences : ndarray of shape (n_sets - 1,)
        Test minus training error, and independent minus test error.
    difference_intervals : ndarray of shape (n_sets - 1, 2)
        Their intervals.
    overfit : bool or None
        Whether the test error is larger than the training error by more than
        ``margin``. None if it cannot be told.
    overspecialised : bool or None
        Whether the error on independent rows is larger than the test error by more than
        ``margin``. None if it cannot be told, or there are no such rows.
    n_needed : ndarray of shape (n_sets - 1,)
        What cannot be told could be told with about so many rows in the smaller of the
        two sets, if the errors stayed as they are. NaN if it can be told, or if even a
        hundred times the rows would not do.
    loss : str
        Name of the loss.
    margin : float
        Difference that does not matter, in units of the loss.
    level : float
        Intervals have the confidence 1 - ``level``.
    """

    errors: np.ndarray
    intervals: np.ndarray
    n_rows: np.ndarray
    differences: np.ndarray
    difference_intervals: np.ndarray
    overfit: bool | None
    overspecialised: bool | None
    n_needed: np.ndarray
    loss: str
    margin: float
    level: float

    @property
    def concern(self):
        """True if overfit or overspecialised, None if one of them cannot be told.

        Without independent rows it is about overfitting alone.
        """
        if True in self._answers:
            return True
        return None if None in self._answers else False

    @property
    def _answers(self):
        return (self.overfit, self.overspecialised)[: len(self.differences)]

    @property
    def conclusion(self):
        """One of "overfit", "overspecialised", both, "neither" or "cannot be told"."""
        words = []
        words += ["overfit"] if self.overfit else []
        words += ["overspecialised"] if self.overspecialised else []
        if words:
            return " and ".join(words)
        return "cannot be told" if self.concern is None else "neither"

    @property
    def verdict(self):
        """The result as plain sentences."""
        start = {
            "neither": "Neither overfit nor overspecialised",
            "cannot be told": "Whether it is overfit or overspecialised cannot be told",
        }.get(self.conclusion, self.conclusion.capitalize())
        if len(self.errors) == 2:
            start = {
                "neither": "Not overfit",
                "cannot be told": "Whether it is overfit cannot be told",
            }.get(self.conclusion, start)
        return f"{start}: {self._errors_in_words()}. {self._reasons()}"

    def _errors_in_words(self):
        kind = "wrong in" if self.loss == "zero-one" else f"mean {self.loss} loss"
        parts = [
            f"{self._amount(error)} ({self._amount(low)} to {self._amount(high)}) of "
            f"{n:,} {name} rows"
            for error, (low, high), n, name in zip(
                self.errors, self.intervals, self.n_rows, _IN_WORDS
            )
        ]
        if self.loss != "zero-one":
            parts = [part.replace(") of ", ") on ") for part in parts]
        *most, last = parts
        return f"{kind} {', '.join(most)} and {last}"

    def _reasons(self):
        sentences = [
            f"{words} error is {self._difference(*found)}."
            for words, *found in zip(
                ("The test", "The independent"),
                self.differences,
                self.difference_intervals,
                ("training", "test"),
            )
        ]
        for question, answer, n_needed, interval in zip(
            ("overfit", "overspecialised"),
            self._answers,
            self.n_needed,
            self.difference_intervals,
        ):
            if answer is None:
                sentences.append(self._what_is_needed(question, n_needed, interval))
        if len(self.errors) == 2:
            sentences.append(
                "Whether it is overspecialised cannot be told without independent data."
            )
        return " ".join(sentences)

    def _what_is_needed(self, question, n_needed, interval):
        if not np.isfinite(interval).all():
            return f"To tell whether it is {question}, more rows are needed."
        if np.isnan(n_needed):
            return (
                f"For {question}, the difference is about as large as one that does "
                f"not matter, {self._gap(self.margin)}: more rows may not help."
            )
        return (
            f"To tell whether it is {question}, about {n_needed:.0f} rows in the "
            "smaller set are needed."
        )

    def _difference(self, difference, interval, other):
        word = "above" if difference >= 0 else "below"
        low, high = interval
        if self.loss == "zero-one":
            ends = points_between((low, high))
        else:
            ends = f"{low:.3g} to {high:.3g}"
        return f"{self._gap(difference)} {word} the {other} error ({ends})"

    def _gap(self, difference):
        if self.loss == "zero-one":
            return f"{points(difference)} points"
        return f"{abs(difference):.3g}"

    def _amount(self, error):
        return percent(error) if self.loss == "zero-one" else f"{error:.3g}"

    def to_frame(self):
        """Return the errors as a table with one row per set.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``set``, ``error``, ``low``, ``high`` and ``n_rows``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "GeneralisationReport.to_frame")
        return pandas.DataFrame(
            {
                "set": _SETS[: len(self.errors)],
                "error": self.errors,
                "low": self.intervals[:, 0],
                "high": self.intervals[:, 1],
                "n_rows": self.n_rows,
            }
        )


_IN_WORDS = ("training", "test", "independent")


def generalisation_report(
    estimator, train, test, independent=None, *, loss=None, margin=None, level=0.05
):
    """Say whether a fitted model is overfit or overspecialised.

    An *overfit* model has learned the noise of its training rows: its error on test
    rows is larger than on the rows it was fitted on. An *overspecialised* model has
    learned what is true of its source of data only, such as an artefact of a
    simulation: its error on independent data is larger than on test rows from the same
    source, which may look excellent. The words are those of Ntampaka [1]_.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier or regressor. It is not fitted again.
    train : tuple (X, y)
        Rows that it was fitted on, and their labels.
    test : tuple (X, y)
        Random rows from the same source that it was not fitted on.
    independent : tuple (X, y), optional
        Rows from elsewhere, such as real data if the model was fitted to a simulation.
    loss : {"zero-one", "log", "squared", "absolute"} or callable, optional
        What an error is. A function of the true and the predicted values returns one
        loss per row. ``None`` is "zero-one" for a classifier, "squared" for a
        regressor.
    margin : float, optional
        Difference of two errors that does not matter, in units of the loss. ``None`` is
        0.05 for "zero-one" (5 percentage points), and for others 5% of the loss of the
        best constant prediction for the test rows. A function needs a number.
    level : float, default=0.05
        Intervals have the confidence 1 - ``level``.

    Returns
    -------
    result : GeneralisationReport
        The errors with intervals, and the verdict.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong type, shape or value. The message says which.
    NotFittedError
        If the estimator is not fitted.

    See Also
    --------
    calibration_error : Are its probabilities right?

    Notes
    -----
    A difference counts if its whole interval is larger than the margin, and does not
    count if its whole interval is at most the margin. Otherwise it cannot be told. So a
    model whose difference is at most the margin is called overfit in at most
    ``level`` / 2 of data sets, and the same for overspecialised. The errors have
    Wilson's intervals (shares) or those of `probability_scores` (means), and their
    difference the one of Newcombe [2]_ made from them. Rows must be independent. Losses
    that are all equal show no variance: their interval allows for as many losses of
    another size, up to that of the best constant prediction, as Wilson's interval says.

    A random forest, a nearest neighbour or a large network makes no error on its
    training rows, also if it is a good model. That alone is not overfitting here: the
    test error must be larger than the margin.

    Rows that a strategy has chosen are harder than others, so the training error of an
    active learner may be larger than its test error. Test rows must be random.

    References
    ----------
    .. [1] M. Ntampaka (2022), Machine learning in astronomy: cautionary tales for the
       community, STScI Newsletter 39(1).
    .. [2] R. G. Newcombe (1998), Interval estimation for the difference between
       independent proportions, Statistics in Medicine 17.

    Examples
    --------
    Labels with noise, which a single nearest neighbour learns by heart:

    >>> import numpy as np
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skbal.audit import generalisation_report
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(600, 2))
    >>> y = (X[:, 0] > 0) ^ (rng.random(600) < 0.2)
    >>> model = KNeighborsClassifier(1).fit(X[:300], y[:300])
    >>> found = generalisation_report(model, (X[:300], y[:300]), (X[300:], y[300:]))
    >>> found.conclusion
    'overfit'
    """
    check_fits(estimator, _OWNER)
    sets = {"train": train, "test": test, "independent": independent}
    given = {"train": train, "test": test}
    given |= {} if independent is None else {"independent": independent}
    sets = {name: _check_pair(pair, name) for name, pair in given.items()}
    _refuse_the_same(sets)
    loss = check_loss(loss, estimator, _OWNER)
    level = check_level(level, _OWNER)
    labels = {
        name: labels_of(estimator, X, y, loss, f"{name} of {_OWNER}")
        for name, (X, y) in sets.items()
    }
    margin = _check_margin(margin, loss, labels["test"])
    unit = margin / _SHARE if callable(loss) else constant_loss(labels["test"], loss)
    losses = {
        name: losses_of(estimator, X, labels[name], loss, f"{name} of {_OWNER}")
        for name, (X, _) in sets.items()
    }
    found = [set_error(each, loss, 1 - level, unit) for each in losses.values()]
    return _report(found, loss, margin, level)


def _report(found, loss, margin, level):
    """Return the report on the errors of two or three sets."""
    pairs = list(pairwise(found))
    intervals = np.array([difference_interval(a[:3], b[:3]) for a, b in pairs])
    words = [_exceeds(low, high, margin) for low, high in intervals]
    return GeneralisationReport(
        errors=np.array([each.error for each in found]),
        intervals=np.array([(each.low, each.high) for each in found]),
        n_rows=np.array([each.n_rows for each in found]),
        differences=np.array([b.error - a.error for a, b in pairs]),
        difference_intervals=intervals,
        overfit=words[0],
        overspecialised=words[1] if len(words) > 1 else None,
        n_needed=np.array(
            [_n_needed(*pair, ends, margin) for pair, ends in zip(pairs, intervals)]
        ),
        loss=loss if isinstance(loss, str) else getattr(loss, "__name__", repr(loss)),
        margin=margin,
        level=level,
    )


def _exceeds(low, high, margin):
    """Return whether a difference is larger than the margin, or None."""
    if low > margin:
        return True
    return False if high <= margin else None


def _n_needed(first, second, interval, margin):
    """Return from how many rows the interval would not contain the margin, or NaN."""
    difference = second.error - first.error
    low, high = interval
    if low > margin or high <= margin or difference == margin:
        return np.nan
    reach = high - difference if difference < margin else difference - low
    ratio = (reach / (margin - difference)) ** 2  # intervals shrink like 1 / sqrt(n)
    n_rows = min(first.n_rows, second.n_rows)
    return float(f"{ratio * n_rows:.2g}") if ratio <= _MOST_TIMES else np.nan


def _check_pair(pair, name):
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(
            f"{name} of {_OWNER} must be a pair (X, y) of rows and their labels, got "
            f"{type(pair).__name__}."
        )
    return tuple(pair)


def _refuse_the_same(sets):
    names = list(sets)
    for place, name in enumerate(names[1:], 1):
        for other in names[:place]:
            if _are_the_same(sets[name][0], sets[other][0]):
                raise ValueError(
                    f"{name} of {_OWNER} must hold other rows than {other}, got the "
                    "same X."
                )


def _are_the_same(rows, others):
    if rows is others:
        return True
    shapes = [getattr(each, "shape", None) for each in (rows, others)]
    if type(rows) is not type(others) or shapes[0] != shapes[1]:
        return False
    if hasattr(rows, "equals"):  # a frame
        return bool(rows.equals(others))
    is_numbers = isinstance(rows, np.ndarray) and rows.dtype.kind in "biuf"
    return is_numbers and np.array_equal(rows, others)


def _check_margin(margin, loss, y_test):
    if margin is not None:
        return check_real(margin, "margin", _OWNER, low=0)
    if callable(loss):
        raise ValueError(
            f"margin of {_OWNER} must be a number if loss is a function: a difference "
            "of two errors that does not matter."
        )
    if loss == "zero-one":
        return _SHARE
    unit = constant_loss(y_test, loss)
    if unit == 0:
        raise ValueError(
            f"margin of {_OWNER} must be a number if all labels of test are equal: a "
            "difference of two errors that does not matter."
        )
    return _SHARE * unit
