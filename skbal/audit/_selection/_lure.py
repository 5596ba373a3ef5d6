"""The risk on a pool from the losses of chosen rows."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal._utils.validation import as_numbers, check_count, check_real
from skbal.audit._result import AuditResult
from skbal.audit._selection._interval import interval_of_mean, largest_rate

_SMALLEST = 1e-100  # probability of a pick
_FEWEST = 10  # picks' worth of rows below which the interval is not to be relied on


@dataclass(frozen=True, eq=False, repr=False)
class UnbiasedRisk(AuditResult):
    """Mean loss on a pool, the result of `unbiased_risk`.

    Parameters
    ----------
    risk : float
        Estimate of the mean loss over all rows of the pool, in the units of the loss.
    interval : tuple of float, (lower, upper)
        Confidence interval of the risk. NaN where it cannot be told.
    plain_risk : float
        Plain mean of the losses of the chosen rows, which is biased.
    n_labels, n_pool : int
        Number of chosen rows, and of rows in the pool, the chosen ones included.
    n_effective : float
        Number of random rows that the chosen ones are worth, judged by their weights
        alone: (sum of weights)² / (sum of squared weights), by Kish.
    weights : ndarray of shape (n_labels,)
        Weight v of each loss, of mean 1 in expectation.
    losses, probabilities : ndarray of shape (n_labels,)
        As they were given.
    expected : ndarray of shape (n_labels,)
        Expected losses of the chosen rows, zeros if none were given.
    expected_mean : float
        Mean of the expected losses of the pool, 0 if none was given.
    confidence_level : float
        Confidence level of the interval.
    """

    risk: float
    interval: tuple
    plain_risk: float
    n_labels: int
    n_pool: int
    n_effective: float
    weights: np.ndarray
    losses: np.ndarray
    probabilities: np.ndarray
    expected: np.ndarray
    expected_mean: float
    confidence_level: float

    @property
    def concern(self):
        """Whether the plain mean lies outside the interval; None if it is unknown."""
        lower, upper = self.interval
        if np.isnan(lower) or (self.n_effective < _FEWEST and lower < upper):
            return None
        return bool(self.plain_risk < lower or self.plain_risk > upper)

    @property
    def verdict(self):
        """The risk with its interval, and what the plain mean would have been."""
        lower, upper = self.interval
        within = f"{self.confidence_level:.0%} interval {lower:.3g} to {upper:.3g}"
        if np.isnan(lower):
            within = "no interval, since the losses do not differ"
        text = (
            f"The mean loss on all {self.n_pool:,} rows is estimated as "
            f"{self.risk:.3g} ({within}) from {self.n_labels:,} chosen rows."
        )
        if self.concern is None:
            return (
                f"{text} This is uncertain: the chosen rows count like "
                f"{self.n_effective:.1f} random ones."
            )
        if self.concern:
            return (
                f"{text} Do not report the plain mean of their losses, "
                f"{self.plain_risk:.3g}: the chosen rows are not like the others."
            )
        return f"{text} The plain mean of their losses, {self.plain_risk:.3g}, agrees."

    def to_frame(self):
        """Return a table with one row per chosen row, in the order of the picks.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``loss``, ``probability``, ``weight``, ``expected_loss``,
            and ``risk``, the estimate from the picks so far.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "UnbiasedRisk.to_frame")
        differences = self.losses - self.expected
        running = running_risk(differences, self.probabilities, self.n_pool)
        return pandas.DataFrame(
            {
                "loss": self.losses,
                "probability": self.probabilities,
                "weight": self.weights,
                "expected_loss": self.expected,
                "risk": running + self.expected_mean,
            }
        )


def unbiased_risk(
    losses,
    probabilities,
    n_pool,
    *,
    expected=None,
    expected_mean=None,
    confidence_level=0.95,
    bounds=None,
):
    """Return the mean loss on a pool from rows that were not chosen at random.

    A strategy such as BALD asks about difficult rows. The mean loss on them says little
    about the pool. If every pick was drawn at random with known probabilities, weights
    make the mean unbiased again, whatever the probabilities were (LURE, [1]_ equation
    9):

        v_m = 1 + (N - M) / (N - m) (1 / ((N - m + 1) q_m) - 1)

    for pick m of M from a pool of N rows.

    Parameters
    ----------
    losses : array-like of shape (n_labels,)
        Loss of each chosen row, in the order in which the rows were picked.
    probabilities : array-like of shape (n_labels,)
        Probability q of each pick at its step, among the rows that were left then.
    n_pool : int
        Number N of rows in the pool before the first pick.
    expected : array-like of shape (n_labels,), optional
        Loss that was expected of each chosen row before its label was known. Then only
        the differences are weighted, and their mean is added to ``expected_mean``: a
        difference estimate, which is unbiased, too, and more exact if the expectations
        are any good.
    expected_mean : float, optional
        Mean of the expected losses of all rows of the pool, if ``expected`` is given.
    confidence_level : float, default=0.95
        Confidence level of the interval, between 0 and 1.
    bounds : tuple of float, optional
        Smallest and largest loss that any row can have, either may be None if there is
        none. They limit the interval. ``None`` is (0, 1) if all losses are 0 or 1,
        otherwise there are no bounds.

    Returns
    -------
    risk : UnbiasedRisk
        With ``risk`` and ``interval``.

    Raises
    ------
    TypeError, ValueError
        If the arrays do not belong together, a probability is not in (0, 1], the pool
        is smaller than the number of picks, or an argument has a wrong value.

    See Also
    --------
    ActiveTest : Chooses the rows so that the interval becomes short.

    Notes
    -----
    Rows that are not picked at random, such as those with the highest scores, have no
    such probabilities, and no weights can help. `skbal.query.PowerBALD` and
    `skbal.query.SoftmaxBALD` pick at random.

    The interval uses that the estimates of successive picks have uncorrelated errors,
    corrects for skewness by Hall's transformation, and widens where few rows carry
    most of the variance. In simulations it contains the true risk in 93 to 97% of all
    cases from about a hundred labels on; the user guide says where it does not.

    References
    ----------
    .. [1] S. Farquhar, Y. Gal and T. Rainforth (2021), On statistical bias in active
       learning: how and when to fix it, ICLR.

    Examples
    --------
    Of 4 rows, two are picked: the first with probability 1/2, the second with 1/3. Then
    v = (1 + 2/3 (1/2 - 1), 1 + (1/1 - 1)) = (2/3, 1):

    >>> from skbal.audit import unbiased_risk
    >>> result = unbiased_risk([3.0, 1.0], [1 / 2, 1 / 3], n_pool=4)
    >>> result.weights.round(3), round(result.risk, 3)
    (array([0.667, 1.   ]), 1.5)
    """
    owner = "unbiased_risk"
    losses = _check_column(losses, "losses", owner)
    probabilities = _check_column(probabilities, "probabilities", owner)
    n_pool = check_count(n_pool, "n_pool", owner, most=2**53)  # whole as a float
    _check_together(losses, probabilities, n_pool, owner)
    expected, mean = _check_expected(expected, expected_mean, losses, owner)
    level = check_level(confidence_level, owner, "confidence_level")
    bounds = _check_bounds(bounds, losses, owner)
    weights = lure_weights(probabilities, n_pool)
    risk = float(np.mean(weights * (losses - expected)) + mean)
    # Rows with the largest weights count for most: so many random rows have as much.
    n_effective = float(weights.sum() ** 2 / np.sum(weights**2))
    possible = _possible(losses, n_pool, bounds)
    if losses.min() == losses.max():
        interval = _interval_of_equal(losses, n_pool, level, bounds, n_effective, risk)
    else:
        errors = _errors(losses - expected, probabilities, n_pool, risk - mean)
        interval = tuple(risk + end for end in interval_of_mean(errors, level))
    interval = tuple(float(np.clip(end, *possible)) for end in interval)
    return UnbiasedRisk(
        risk=risk,
        interval=interval,
        plain_risk=float(losses.mean()),
        n_labels=len(losses),
        n_pool=n_pool,
        n_effective=n_effective,
        weights=weights,
        losses=losses,
        probabilities=probabilities,
        expected=expected,
        expected_mean=mean,
        confidence_level=level,
    )


def lure_weights(probabilities, n_pool):
    """Return the weight of each pick, equation 9 of Farquhar et al. (2021).

    Parameters
    ----------
    probabilities : ndarray of shape (n_labels,)
        Probability of each pick among the rows left.
    n_pool : int
        Number of rows before the first pick, at least ``n_labels``.

    Returns
    -------
    weights : ndarray of shape (n_labels,)
    """
    n_labels = len(probabilities)
    if n_labels == n_pool:  # all rows are known
        return np.ones(n_labels)
    m = np.arange(1.0, n_labels + 1)
    unequal = 1 / ((n_pool - m + 1) * probabilities) - 1
    return 1 + (n_pool - n_labels) / (n_pool - m) * unequal


def running_risk(losses, probabilities, n_pool):
    """Return the estimate after each pick.

    Parameters
    ----------
    losses, probabilities : ndarray of shape (n_labels,)
        Losses and probabilities of the picks, in their order.
    n_pool : int
        Number of rows before the first pick.

    Returns
    -------
    risk : ndarray of shape (n_labels,)

    Notes
    -----
    The weights of all picks change with their number M, but M times the risk is
    sum(loss) + (N - M) sum(loss (1 / ((N - m + 1) q) - 1) / (N - m)), two running sums.
    """
    m = np.arange(1.0, len(losses) + 1)
    unequal = 1 / ((n_pool - m + 1) * probabilities) - 1
    shares = losses * unequal / np.maximum(n_pool - m, 1)
    return (np.cumsum(losses) + (n_pool - m) * np.cumsum(shares)) / m


def _interval_of_equal(losses, n_pool, level, bounds, n_effective, risk):
    """Return the interval where all losses are equal, so that they show no variance."""
    if len(losses) == n_pool:
        return risk, risk
    if tuple(bounds) != (0, 1) or losses[0] not in (0, 1):
        return np.nan, np.nan
    rate = largest_rate(n_effective, level)
    lower, upper = (0.0, rate) if losses[0] == 0 else (1 - rate, 1.0)
    return min(lower, risk), max(upper, risk)


def _errors(losses, probabilities, n_pool, risk):
    """Return the error of each pick's own estimate, times its share in the risk.

    Pick m estimates the mean loss of the pool by (loss / q + losses before) / N. The
    risk is the mean of these estimates with the weights ``shares``. If all rows are
    picked, the last estimate is exact and all that counts.
    """
    n_labels = len(losses)
    if n_labels == n_pool:
        return np.zeros(n_labels)
    m = np.arange(1.0, n_labels + 1)  # products of whole numbers may overflow
    before = np.concatenate([[0.0], np.cumsum(losses)[:-1]])
    estimates = (losses / probabilities + before) / n_pool
    left = n_pool - m
    shares = n_pool * (n_pool - n_labels) / (n_labels * left * (left + 1))
    return shares * (estimates - risk)


def _possible(losses, n_pool, bounds):
    """Return the smallest and the largest risk, given what is known already."""
    n_unknown = n_pool - len(losses)
    low, high = (
        end if bound is None else (losses.sum() + n_unknown * bound) / n_pool
        for bound, end in zip(bounds, (-np.inf, np.inf))
    )
    return low, high


def _check_column(values, name, owner):
    what = f"{name} of {owner} must be finite numbers, one per chosen row"
    numbers = np.asarray(as_numbers(values, what), dtype=np.float64)
    if numbers.ndim != 1 or not len(numbers):
        raise ValueError(
            f"{name} of {owner} must have shape (n_labels,) with at least one label, "
            f"got shape {numbers.shape}."
        )
    if not np.isfinite(numbers).all():
        wrong = numbers[~np.isfinite(numbers)][0]
        raise ValueError(f"{what}, got {wrong}.")
    return numbers.copy()


def _check_together(losses, probabilities, n_pool, owner):
    if len(losses) != len(probabilities):
        raise ValueError(
            f"losses and probabilities of {owner} must have the same length, got "
            f"{len(losses)} and {len(probabilities)}."
        )
    if len(losses) > n_pool:
        raise ValueError(
            f"n_pool of {owner} must be at least the number of losses, got {n_pool} "
            f"rows for {len(losses)} losses: the chosen rows belong to the pool."
        )
    wrong = (probabilities <= 0) | (probabilities > 1)
    if wrong.any():
        raise ValueError(
            f"probabilities of {owner} must lie in (0, 1], got "
            f"{probabilities[wrong][0]:g}: a row that cannot be picked is never "
            "accounted for."
        )
    if probabilities.min() < _SMALLEST:  # squares of the weights would overflow
        raise ValueError(
            f"probabilities of {owner} must be at least {_SMALLEST:g}, got "
            f"{probabilities.min():g}: such a row is never picked."
        )
    if len(losses) == n_pool and not np.isclose(probabilities[-1], 1):
        raise ValueError(
            f"probabilities of {owner} must end with 1 if all {n_pool} rows were "
            f"picked, got {probabilities[-1]:g}: they are the probabilities among the "
            "rows left."
        )


def check_level(level, owner, name="level"):
    """Return a level as a float between 0 and 1, both excluded.

    Parameters
    ----------
    level : float
        The level.
    owner : str
        Name of the caller, for messages.
    name : str, default="level"
        Name of the argument, for messages.

    Returns
    -------
    level : float
    """
    level = check_real(level, name, owner, low=0, high=1)
    if level in (0, 1):
        raise ValueError(
            f"{name} of {owner} must lie between 0 and 1, both excluded, got {level:g}."
        )
    return level


def _check_expected(expected, mean, losses, owner):
    """Return the expected losses and their mean over the pool, zeros if not given."""
    if (expected is None) != (mean is None):
        raise ValueError(
            f"expected and expected_mean of {owner} must be given together, got only "
            f"{'expected_mean' if expected is None else 'expected'}."
        )
    if expected is None:
        return np.zeros(len(losses)), 0.0
    expected = _check_column(expected, "expected", owner)
    if len(expected) != len(losses):
        raise ValueError(
            f"losses and expected of {owner} must have the same length, got "
            f"{len(losses)} and {len(expected)}."
        )
    return expected, check_real(mean, "expected_mean", owner)


def _check_bounds(bounds, losses, owner):
    """Return the bounds as a pair; None stands for no bound."""
    if bounds is None:
        return (0, 1) if np.isin(losses, (0, 1)).all() else (None, None)
    if not isinstance(bounds, (tuple, list)) or len(bounds) != 2:
        raise ValueError(
            f"bounds of {owner} must be a tuple (smallest loss, largest loss), got "
            f"{bounds!r}."
        )
    low, high = bounds = tuple(
        bound if bound is None else check_real(bound, "bounds", owner)
        for bound in bounds
    )
    low, high = (-np.inf if low is None else low), (np.inf if high is None else high)
    if losses.min() < low or losses.max() > high:
        raise ValueError(
            f"bounds of {owner} must contain all losses, got {bounds} for losses from "
            f"{losses.min():g} to {losses.max():g}."
        )
    return bounds
