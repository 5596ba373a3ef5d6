"""A check of a report: what it asks, what it needs, and how it is run."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

from skbal.audit._report._source import DoesNotApply, NotChecked
from skbal.audit._result import plain


def no_pictures(result, source):
    """Return the pictures of a check that has none."""
    return ()


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure of a report.

    Parameters
    ----------
    title : str
        What stands below the figure.
    alt : str
        What is to be seen, in words, for who cannot see it.
    draw : callable
        Called with an empty `matplotlib.figure.Figure`, draws on it.
    size : tuple of float, default=(5.2, 3.5)
        Width and height in inches.
    """

    title: str
    alt: str
    draw: Callable
    size: tuple = (5.2, 3.5)


@dataclass(frozen=True, eq=False)
class Check:
    """One check. A file of this package defines one and calls it ``CHECK``.

    Parameters
    ----------
    name : str
        The function of `skbal.audit` that makes the check, or a name of its own.
    title : str
        A few words for it, in lists of checks.
    section : str
        Key of the section of the report, see `SECTIONS` in ``_sections.py``.
    question : str
        What the check answers, as a question to a reader who was not there.
    run : callable
        Called with a `Source` and the user's keyword arguments, returns an
        `AuditResult`. Raises `NotChecked` or `DoesNotApply` if it cannot.
    pictures : callable, default=no_pictures
        Called with the result and the `Source`, returns a sequence of `Picture`.
    judged : bool, default=True
        Whether the result finds or does not find something. False if it shows something
        that people judge.
    meaning : str, default=""
        What follows if there is a reason for doubt, in a sentence or two.
    costs : str, default=""
        What the check costs, as a sentence, if it is only made when asked for by name.
    """

    name: str
    title: str
    section: str
    question: str
    run: Callable
    pictures: Callable = no_pictures
    judged: bool = True
    meaning: str = ""
    costs: str = ""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a check.

    Parameters
    ----------
    check : Check
        The check.
    status : {"ran", "not checked", "does not apply"}
        Whether there is a result.
    result : AuditResult or None
        The result.
    reason, remedy : str
        Why there is no result, and what to do about it.
    warned : tuple of str
        Warnings of the check.
    seconds : float
        Time that it took.
    """

    check: Check
    status: str
    result: object = None
    reason: str = ""
    remedy: str = ""
    warned: tuple = ()
    seconds: float = 0.0

    @property
    def concern(self):
        """The concern of the result as True, False or None."""
        return None if self.result is None else plain(self.result.concern)


def outcome_of(check, source, params):
    """Run a check. An error of it becomes a reason, and never ends the report.

    Parameters
    ----------
    check : Check
        The check.
    source : Source
        What it looks at.
    params : dict
        Keyword arguments for the check.

    Returns
    -------
    outcome : Outcome
    """
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outcome = _attempt(check, source, params)
    warned = tuple(dict.fromkeys(str(warning.message) for warning in caught))
    seconds = time.perf_counter() - start
    return replace(outcome, warned=warned, seconds=seconds)


def _attempt(check, source, params):
    try:
        result = check.run(source, **params)
        # A verdict that cannot be formed must not end the report either.
        str(result.verdict), plain(result.concern), result.to_dict()
    except NotChecked as why:
        return Outcome(check, "not checked", reason=why.reason, remedy=why.remedy)
    except DoesNotApply as why:
        return Outcome(check, "does not apply", reason=str(why))
    # Checks call models and functions of the user, which may raise anything.
    except Exception as error:
        words = f"It could not be run: {type(error).__name__}: {error}"
        return Outcome(check, "not checked", reason=words)
    return Outcome(check, "ran", result)
