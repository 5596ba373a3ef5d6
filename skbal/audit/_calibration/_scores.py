"""probability_scores: log loss and Brier score with their parts and intervals."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal._utils.validation import check_option
from skbal.audit._calibration._bins import bin_of, check_n_bins, number_of_bins
from skbal.audit._calibration._brier import brier_parts
from skbal.audit._calibration._error import STRATEGIES, check_level
from skbal.audit._calibration._inputs import check_predictions
from skbal.audit._calibration._intervals import mean_interval
from skbal.audit._result import AuditResult

_OWNER = "probability_scores"


@dataclass(frozen=True, eq=False, repr=False)
class ProbabilityScores(AuditResult):
    """Scores of class probabilities, the result of `probability_scores`.

    Lower is better for all of them but the resolution.

    Parameters
    ----------
    log_loss, brier : float
        Mean negative log-likelihood in nats, and the Brier score.
    log_loss_interval, brier_interval : ndarray of shape (2,)
        Their intervals.
    reliability, resolution, uncertainty : float
        ``reliability - resolution + uncertainty`` is the Brier score. Reliability is
        what wrong probabilities cost. Resolution is what the model knows of single
        rows. Uncertainty is the score of a model that says the shares of the classes.
    baseline_interval : ndarray of shape (2,)
        Interval for the Brier score minus that of such a model. Below 0 the model knows
        something.
    classes : ndarray of shape (n_classes,)
        The labels of the columns.
    class_log_loss, class_brier : ndarray of shape (n_classes,)
        Mean log loss over the rows of each class, NaN if there are none. Brier score of
        the probability of each class against all others, over all rows.
    class_log_loss_error, class_brier_error : ndarray of shape (n_classes,)
        Their standard errors.
    class_parts, class_parts_error : ndarray of shape (n_classes, 3)
        Reliability, resolution and uncertainty of each class, and standard errors.
    n_rows : int
        Number of rows.
    level : float
        Intervals have the confidence 1 - ``level``.
    """

    log_loss: float
    brier: float
    log_loss_interval: np.ndarray
    brier_interval: np.ndarray
    reliability: float
    resolution: float
    uncertainty: float
    baseline_interval: np.ndarray
    classes: np.ndarray
    class_log_loss: np.ndarray
    class_brier: np.ndarray
    class_log_loss_error: np.ndarray
    class_brier_error: np.ndarray
    class_parts: np.ndarray
    class_parts_error: np.ndarray
    n_rows: int
    level: float

    @property
    def concern(self):
        """True if saying the shares of the classes for every row scores better."""
        low, high = self.baseline_interval
        if low > 0:
            return True
        return False if high < 0 else None

    @property
    def verdict(self):
        """The result as one plain sentence."""
        words = {
            True: "worse than",
            False: "better than",
            None: "cannot be told from",
        }[self.concern]
        return (
            f"The Brier score on {self.n_rows:,} rows is {_between(self, 'brier')} (0 "
            f"is best), {words} the {self.uncertainty:.3f} of saying the shares of the "
            f"classes for every row; the log loss is {_between(self, 'log_loss')}."
        )

    def to_frame(self):
        """Return the scores of each class as a table.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``class``, ``log_loss``, ``brier``, ``reliability``,
            ``resolution`` and ``uncertainty``, and their standard errors as
            ``log_loss_error`` and so on.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "ProbabilityScores.to_frame")
        columns = {"class": self.classes}
        columns["log_loss"] = self.class_log_loss
        columns["log_loss_error"] = self.class_log_loss_error
        columns["brier"] = self.class_brier
        columns["brier_error"] = self.class_brier_error
        for place, name in enumerate(("reliability", "resolution", "uncertainty")):
            columns[name] = self.class_parts[:, place]
            columns[f"{name}_error"] = self.class_parts_error[:, place]
        return pandas.DataFrame(columns)


def _between(found, name):
    low, high = getattr(found, f"{name}_interval")
    return f"{getattr(found, name):.3f} ({low:.3f} to {high:.3f})"


def probability_scores(
    y_true, y_prob, *, classes=None, n_bins=None, strategy="quantile", level=0.05
):
    """Return log loss and Brier score of class probabilities, and their parts.

    Both are smallest for the true probabilities. They measure at once whether a model
    knows something and whether its probabilities are right. The parts of the Brier
    score tell these apart.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        The true labels of random rows that the model was not fitted on.
    y_prob : array-like of shape (n_samples,), (n_samples, n_classes) or (n_samples, \
n_draws, n_classes)
        Class probabilities. One axis is the probability of the second of two classes.
        Of posterior draws the mean is taken.
    classes : array-like of shape (n_classes,), optional
        Labels of the columns, such as ``model.classes_``. ``None`` takes the names of
        the columns if ``y_prob`` is a data frame with columns that are named like the
        labels, and otherwise the labels in ``y_true``, in ascending order.
    n_bins : int, optional
        Number of bins for the parts. ``None`` is one per 25 rows, from 1 to 15.
    strategy : {"uniform", "quantile"}, default="quantile"
        Bins of equal width, or of equally many rows.
    level : float, default=0.05
        Intervals have the confidence 1 - ``level``.

    Returns
    -------
    result : ProbabilityScores
        The scores with intervals, their parts, and the verdict.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong type, shape or value, or y_true and y_prob do not fit
        together. The message says which.

    See Also
    --------
    calibration_error : Are the probabilities right?
    calibration_over_steps : These numbers after each step of a loop.

    Notes
    -----
    The log loss is that of `sklearn.metrics.log_loss`. A probability of 0 for what
    happened counts as 2.2e-16. The Brier score is that of
    `sklearn.metrics.brier_score_loss` in scikit-learn 1.7 and later: the mean of
    ``(p - 1)**2`` for two classes, with p the probability of the true class, and the
    sum of the squares over all classes for more. The parts of the classes add up to
    those of the score (to half of their sum for two classes).

    The reliability is larger than 0 by chance alone, like the error of
    `calibration_error`, which has a test.

    Examples
    --------
    >>> from skbal.audit import probability_scores
    >>> found = probability_scores([0, 0, 1, 1], [0.2, 0.2, 0.8, 0.3])
    >>> round(found.brier, 4), round(found.log_loss, 4)
    (0.1525, 0.4684)
    >>> round(found.reliability - found.resolution + found.uncertainty, 4)
    0.1525
    """
    codes, probabilities, classes = check_predictions(y_true, y_prob, classes, _OWNER)
    check_n_bins(n_bins, _OWNER)
    check_option(strategy, "strategy", STRATEGIES, _OWNER)
    level = check_level(level, _OWNER)
    losses, squares, events = row_scores(codes, probabilities)
    scale = 0.5 if len(classes) == 2 else 1.0
    scores = scale * squares.sum(axis=1)
    # Saying the shares of the classes, whose score is the uncertainty.
    shares = events.mean(axis=0)
    constant = scale * ((shares - events) ** 2).sum(axis=1)
    possible = _possible_scores(probabilities, shares, scale)
    of_classes = _of_each_class(losses, squares, events)
    parts, errors = _parts(probabilities, events, n_bins, strategy)
    reliability, resolution, uncertainty = (scale * parts.sum(axis=0)).tolist()
    return ProbabilityScores(
        log_loss=float(losses.mean()),
        log_loss_interval=np.array(
            mean_interval(losses, 1 - level, _ends(_log_losses(probabilities)))
        ),
        brier=float(scores.mean()),
        brier_interval=np.array(mean_interval(scores, 1 - level, _ends(possible[0]))),
        reliability=reliability,
        resolution=resolution,
        uncertainty=uncertainty,
        baseline_interval=np.array(
            mean_interval(
                scores - constant, 1 - level, _ends(possible[0] - possible[1])
            )
        ),
        classes=classes,
        **of_classes,
        class_parts=parts,
        class_parts_error=errors,
        n_rows=len(codes),
        level=level,
    )


def row_scores(codes, probabilities):
    """Return the log loss and the squared errors of each row.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Column of the true class.
    probabilities : ndarray of shape (n_samples, n_classes)
        What the model said.

    Returns
    -------
    losses : ndarray of shape (n_samples,)
        In nats.
    squares : ndarray of shape (n_samples, n_classes)
        Squared errors of the probability of each class.
    events : ndarray of shape (n_samples, n_classes)
        One-hot labels.
    """
    events = np.eye(probabilities.shape[1])[codes]
    of_truth = np.take_along_axis(probabilities, codes[:, np.newaxis], axis=1)[:, 0]
    return _log_losses(of_truth), (probabilities - events) ** 2, events


def _log_losses(probabilities):
    return -np.log(np.maximum(probabilities, np.finfo(np.float64).eps))


def _possible_scores(probabilities, shares, scale):
    """Return Brier scores of rows and of saying the shares, if each class were true.

    The sum of (p_j - [j is k])**2 over classes j is sum_j p_j**2 + 1 - 2 p_k.
    """
    of_rows = (probabilities**2).sum(axis=1, keepdims=True) + 1 - 2 * probabilities
    return scale * of_rows, scale * ((shares**2).sum() + 1 - 2 * shares)


def _ends(values):
    return float(values.min()), float(values.max())


def _of_each_class(losses, squares, events):
    n_rows, n_classes = events.shape
    means, errors = np.full((2, n_classes), np.nan)
    for column in range(n_classes):
        own = losses[events[:, column] == 1]
        means[column] = own.mean() if len(own) else np.nan
        if len(own) > 1:
            errors[column] = own.std(ddof=1) / np.sqrt(len(own))
    freedom = max(n_rows - 1, 1)
    return {
        "class_log_loss": means,
        "class_log_loss_error": errors,
        "class_brier": squares.mean(axis=0),
        "class_brier_error": squares.std(axis=0) / np.sqrt(freedom),
    }


def _parts(probabilities, events, n_bins, strategy):
    """Return the parts of each class and their errors, both (n_classes, 3)."""
    n_bins = number_of_bins(n_bins, len(events))
    found = [
        brier_parts(said, event, bin_of(said, n_bins, strategy))
        for said, event in zip(probabilities.T, events.T)
    ]
    return tuple(np.stack(part) for part in zip(*found))
