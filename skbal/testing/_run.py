"""What both batteries share: how checks are run, skipped and reported."""

import numpy as np


class NotApplicable(Exception):
    """Raised by a check that does not apply, with the reason."""


class Subject:
    """What is tested: its name in messages, and comparisons that fail with a place.

    Parameters
    ----------
    name : str
        Name of the class under test.
    """

    def __init__(self, name):
        self.name = name

    def fail(self, promise):
        """Raise an AssertionError that names the class."""
        raise AssertionError(f"{self.name}: {promise}")

    def require(self, kept, promise):
        """Raise an AssertionError with the promise unless it is kept."""
        if not kept:
            self.fail(promise)

    def require_same(self, values, expected, promise, allowed):
        """Raise an AssertionError with the largest difference unless arrays agree.

        Parameters
        ----------
        values, expected : ndarray of the same shape
            What came and what had to come.
        promise : str
            What must hold.
        allowed : float or ndarray
            Largest difference that is allowed.
        """
        self.require(
            np.shape(values) == np.shape(expected),
            f"{promise} Got the shape {np.shape(values)} for {np.shape(expected)}.",
        )
        difference = np.abs(np.subtract(values, expected, dtype=np.float64))
        excess = np.where(np.isnan(difference), np.inf, difference - allowed)
        worst = np.unravel_index(np.argmax(excess), excess.shape)
        limit = np.broadcast_to(allowed, excess.shape)[worst]
        self.require(
            excess[worst] <= 0,
            f"{promise} Largest difference {difference[worst]:.3g} at "
            f"{place(worst)}; {limit:.3g} is allowed.",
        )


def place(index):
    """Return an index of scores, draws or predictions in words."""
    axes = ("row", "draw", "output") if len(index) == 3 else ("row", "output")
    return ", ".join(f"{axis} {i}" for axis, i in zip(axes, index))


def check_skip(skip, checks, owner):
    """Return the checks to skip, or say what ``skip`` must be.

    Parameters
    ----------
    skip : dict of str to str or None
        Names of checks and reasons.
    checks : dict of str to callable
        All checks by name.
    owner : str
        The battery's name, for messages.

    Returns
    -------
    skip : dict of str to str

    Raises
    ------
    TypeError
        If it is not a dict.
    ValueError
        If it names an unknown check or has no reason.
    """
    if skip is None:
        return {}
    if not isinstance(skip, dict):
        raise TypeError(
            f"skip of {owner} must be a dict of check names to reasons, "
            f"got {skip!r} ({type(skip).__name__})."
        )
    for name, reason in skip.items():
        if name not in checks:
            raise ValueError(
                f"skip of {owner} must name checks out of {', '.join(checks)}; "
                f"got {name!r}."
            )
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(
                f"skip of {owner} must give a reason why {name!r} cannot hold, "
                f"got {reason!r}."
            )
    return skip


def run_checks(checks, case, skip, owner):
    """Run all checks in turn.

    Parameters
    ----------
    checks : dict of str to callable
        Functions of the case, by name.
    case : object
        What is tested.
    skip : dict of str to str
        Checks that are not run, with the reason.
    owner : str
        The battery's name, for the note on an error.

    Returns
    -------
    results : dict of str to str
        ``"passed"``, or ``"skipped: "`` and the reason.
    """
    return {name: _result(checks, name, case, skip, owner) for name in checks}


def _result(checks, name, case, skip, owner):
    if name in skip:
        return f"skipped: {skip[name]}"
    try:
        checks[name](case)
    except NotApplicable as reason:
        return f"skipped: {reason}"
    except Exception as error:
        error.add_note(f"In the check {name!r} of {owner}.")
        raise
    return "passed"
