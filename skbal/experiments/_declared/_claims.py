"""What a paper says in words, and whether our numbers say the same."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skbal.experiments._declared._agreement import CONFIDENCE, agrees
from skbal.experiments._declared._plain import check_tuple
from skbal.experiments._intervals import mean_interval

N_BOOTSTRAP = 9999
ABOVE, BELOW, NEAR, EQUAL = "above", "below", "near", "equal"
RULES = (ABOVE, BELOW, NEAR, EQUAL)
YES, NO, OPEN, NOT_RUN = "yes", "no", "open", "not run"


@dataclass(frozen=True)
class Statement:
    """A number of ours, and what a paper says about it: for example above a bound.

    Parameters
    ----------
    words : str
        What is said, in a few words, with the unit of the number.
    of : callable
        Takes a `Reproduction` and returns the number of each seed, shape (n_seeds,):
        none if the units were not run.
    rule : {"above", "below", "near", "equal"}, default="above"
        Whether the mean must be above or below the bound, or may be the published mean.
        "equal" compares exact numbers, such as two that a paper has of one thing.
    bound : float, default=0.0
        The bound, or the published mean.
    n_published : int, default=3
        The number of runs behind a published mean.
    n_digits : int, default=1
        Digits after the point.

    Raises
    ------
    ValueError
        If there is no such rule.

    Notes
    -----
    "above" is "yes" if the whole 95% interval of our mean is above the bound, "no" if
    it is below, and otherwise "open". If some runs never reached a target, all numbers
    must be on one side. If all seeds have the same number, it counts as it is. "near"
    is "yes" if a mean of so many runs like ours may be the published one.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.experiments import Statement
    >>> gain = Statement("points above random", lambda found: np.array([2.0, 3.0, 2.5]))
    >>> gain.judge(None)
    ('yes', '2.5 (1.3 to 3.7)')
    """

    words: str
    of: Callable
    rule: str = ABOVE
    bound: float = 0.0
    n_published: int = 3
    n_digits: int = 1

    def __post_init__(self):
        if self.rule not in RULES:
            raise ValueError(
                f"rule of Statement must be one of {', '.join(map(repr, RULES))}, got "
                f"{self.rule!r}."
            )

    def judge(self, reproduction):
        """Return whether our numbers say the same, and the numbers in words.

        Parameters
        ----------
        reproduction : Reproduction or None
            What was run.

        Returns
        -------
        verdict : {"yes", "no", "open", "not run"}
        ours : str
            The mean with its interval.
        """
        values = np.asarray(self.of(reproduction), dtype=np.float64)
        if values.ndim != 1:
            raise ValueError(
                f"of of Statement {self.words!r} must return the number of each seed, "
                f"shape (n_seeds,), got shape {values.shape}."
            )
        if not len(values):
            return NOT_RUN, ""
        if self.rule == EQUAL:
            return self._verdict(values), f"{values[0]:.{self.n_digits}f}"
        return self._verdict(values), in_words(values, self.n_digits)

    def _verdict(self, values):
        if self.rule == EQUAL:
            same = np.round(values, self.n_digits) == self.bound
            return YES if same.all() else NO
        if self.rule == NEAR:
            near = agrees(values, self.bound, self.n_published)
            return {True: YES, False: NO, None: OPEN}[near]
        sign = 1 if self.rule == ABOVE else -1
        low, high = _reach(values)
        # Of the distances to the bound, the less and the more favourable one.
        worst, best = sorted((sign * (low - self.bound), sign * (high - self.bound)))
        if worst > 0:
            return YES
        return NO if best <= 0 else OPEN


def _reach(values):
    """Return the ends of the interval, or of the values if they have no interval."""
    if np.isfinite(values).all() and len(values) > 1:
        low, high = mean_interval(values, CONFIDENCE, N_BOOTSTRAP, seed=0)
        return (values[0], values[0]) if np.isnan(low) else (low, high)
    # One seed tells nothing, and infinity only on which side a value is.
    return (values.min(), values.max()) if len(values) > 1 else (-np.inf, np.inf)


def in_words(values, n_digits):
    """Return a mean with its interval in words.

    Parameters
    ----------
    values : ndarray of shape (n_seeds,)
        One number for each seed. Infinite if a run never got there, NaN if neither of
        two did.
    n_digits : int
        Digits after the point.

    Returns
    -------
    words : str

    Examples
    --------
    >>> in_words(np.array([100.0, 110.0, 120.0]), 0)
    '110 (85 to 135)'
    >>> in_words(np.array([100.0, np.inf]), 0)
    '100 to inf (each seed)'
    """
    if np.isnan(values).any():
        return "not reached"
    if not np.isfinite(values).all():
        low, high = values.min(), values.max()
        return f"{low:.{n_digits}f} to {high:.{n_digits}f} (each seed)"
    mean = f"{values.mean():.{n_digits}f}"
    low, high = mean_interval(values, CONFIDENCE, N_BOOTSTRAP, seed=0)
    if np.isnan(low):
        return f"{mean} (one seed)" if len(values) == 1 else f"{mean} (seeds alike)"
    return f"{mean} ({low:.{n_digits}f} to {high:.{n_digits}f})"


@dataclass(frozen=True)
class Claim:
    """What a paper says in words, as statements about our numbers.

    Parameters
    ----------
    text : str
        What the paper says.
    where : str
        Where it says so, such as "section 6.1".
    statements : tuple of Statement
        What must hold of our numbers.
    experiment : str, optional
        Name of the experiment whose units judge it. None is the one that the claim is
        declared in.

    Raises
    ------
    TypeError
        If the statements are no tuple of `Statement`.

    Notes
    -----
    A claim is "reproduced" if all statements are "yes", "partly" if some are, "not
    reproduced" if none is and one is "no", "open" if all are, and "not run" if one is.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.experiments import Claim, Statement
    >>> ratios = lambda found: np.array([1.6, 1.8, 1.7])
    >>> claim = Claim(
    ...     "BALD needs a third of the labels of random choice.",
    ...     "section 5",
    ...     (
    ...         Statement("random / BALD", ratios, "above", 1),
    ...         Statement("random / BALD", ratios, "near", 3),
    ...     ),
    ... )
    >>> claim.judge("a Reproduction")
    ('partly', [('yes', '1.7 (1.5 to 1.9)'), ('no', '1.7 (1.5 to 1.9)')])
    """

    text: str
    where: str
    statements: tuple
    experiment: str | None = None

    def __post_init__(self):
        check_tuple(self.statements, "statements", Statement, f"Claim {self.text!r}")

    def judge(self, reproduction):
        """Return the verdict on the claim, and those on its statements.

        Parameters
        ----------
        reproduction : Reproduction or None
            The units of its experiment. None if there are none.

        Returns
        -------
        verdict : {"reproduced", "partly", "not reproduced", "open", "not run"}
        judged : list of (str, str)
            The verdict on each statement, and our numbers in words.
        """
        if reproduction is None:
            judged = [(NOT_RUN, "")] * len(self.statements)
        else:
            judged = [one.judge(reproduction) for one in self.statements]
        return _summed_up([verdict for verdict, _ in judged]), judged


def _summed_up(verdicts):
    if NOT_RUN in verdicts:
        return NOT_RUN
    if YES in verdicts:
        return "partly" if {NO, OPEN} & set(verdicts) else "reproduced"
    return "not reproduced" if NO in verdicts else OPEN


def claims_table(reproduction, others=None):
    """Return the claims of a paper, each with its statements, as rows of text.

    Parameters
    ----------
    reproduction : Reproduction
        Its experiment has the claims.
    others : dict of str to Reproduction or None, optional
        The units of other experiments that claims are about.

    Returns
    -------
    header : list of str
    rows : list of list of str
        One for each statement. The claim and its verdict are in the first of each.
    """
    header = ["the paper says", "verdict", "our numbers", "value (95% interval)", ""]
    found, rows = others or {}, []
    for claim in reproduction.experiment.claims:
        theirs = found.get(claim.experiment) if claim.experiment else reproduction
        verdict, judged = claim.judge(theirs)
        first = [f"{claim.text} ({claim.where})", verdict]
        for statement, (holds, ours) in zip(claim.statements, judged):
            rows.append([*first, statement.words, ours, f"{_rule(statement)}: {holds}"])
            first = ["", ""]
    return header, rows


def _rule(statement):
    return f"{statement.rule} {statement.bound:.{statement.n_digits}f}"


def claims_counted(rows):
    """Return a sentence that counts the verdicts.

    Parameters
    ----------
    rows : list of list of str
        As `claims_table` returns them.

    Returns
    -------
    sentence : str
    """
    verdicts = [row[1] for row in rows if row[1]]
    counts = {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}
    words = ", ".join(f"{n} {verdict}" for verdict, n in sorted(counts.items()))
    return f"Of {len(verdicts)} claims: {words}."


def claims_summary(reproduction, others=None):
    """Return the claims and their verdicts as lines of text.

    Parameters
    ----------
    reproduction : Reproduction
        Its experiment has the claims.
    others : dict of str to Reproduction or None, optional
        The units of other experiments that claims are about.

    Returns
    -------
    text : str
    """
    _, rows = claims_table(reproduction, others)
    lines = [f"- {row[1]}: {row[0]}" for row in rows if row[1]]
    return "\n".join(["What the paper says:", *lines, claims_counted(rows)])
