"""Rules for the parameters of a class: one table that is read in one place.

A class states its rules as a class attribute, and its ``fit`` or ``__call__`` checks
them all at once::

    class Model(BaseEstimator):
        _parameter_rules = {
            "n_draws": count(1),
            "lr": real(0),
            "optimize": option("evidence", None),
            "verbose": flag(),
        }

        def fit(self, X, y):
            check_parameters(self)

A subclass inherits the rules of its bases and may replace some of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from numbers import Integral

import numpy as np

from skbal._utils.memory import check_memory
from skbal._utils.random import check_seed
from skbal._utils.validation import (
    MOST_IN_MEMORY,
    check_count,
    check_option,
    check_real,
)


@dataclass(frozen=True)
class Rule:
    """What a parameter must be.

    Attributes
    ----------
    words : str
        What the parameter must be, as the end of "must be ...".
    check : callable
        Called with value, name and owner. It raises a TypeError for a value of the
        wrong kind and a ValueError for a wrong value.
    invalid : object
        A value that the rule refuses, for tests.
    options : tuple
        The strings that are allowed, if only these are; otherwise empty.
    none : bool
        Whether None is allowed.
    """

    words: str
    check: Callable
    invalid: object
    options: tuple = ()
    none: bool = False

    def __call__(self, value, name, owner):
        """Raise an error that names the parameter unless the value is allowed."""
        if value is not None or not self.none:
            self.check(value, name, owner)


def count(smallest=1, *, most=None, none=False):
    """Return the rule for an integer >= ``smallest``, and <= ``most`` if given."""

    def check(value, name, owner):
        check_count(value, name, owner, smallest=smallest, most=most)

    return Rule(f"an integer >= {smallest}", check, smallest - 1, none=none)


def count_in_memory(smallest=1, *, none=False):
    """Return the rule for a count of things that are held in memory, such as draws."""
    return count(smallest, most=MOST_IN_MEMORY, none=none)


def real(low=None, high=None, *, none=False):
    """Return the rule for a finite real number in [low, high]."""

    def check(value, name, owner):
        check_real(value, name, owner, low=low, high=high)

    bounds = "" if low is None else f" >= {low}"
    bounds = bounds if high is None else f" in [{low}, {high}]"
    return Rule(f"a real number{bounds}", check, float("nan"), none=none)


def positive(*, none=False):
    """Return the rule for a finite real number larger than 0."""

    def check(value, name, owner):
        if check_real(value, name, owner, low=0) == 0:
            raise ValueError(f"{name} of {owner} must be larger than 0, got {value}.")

    return Rule("a real number > 0", check, 0, none=none)


def option(*options):
    """Return the rule for one of some strings, or None if it is among them."""

    def check(value, name, owner):
        check_option(value, name, options, owner)

    strings = tuple(word for word in options if word is not None)
    words = " or ".join(repr(word) for word in options)
    return Rule(words, check, "no such option", strings, none=None in options)


def option_or_function(*options, of, or_a=()):
    """Return the rule for one of some strings or a function.

    Parameters
    ----------
    *options : str
        The strings.
    of : str
        The argument of the function in words, for the message.
    or_a : type, optional
        A class whose instances are allowed, too.
    """
    others = [repr(word) for word in options] + ([f"a {or_a.__name__}"] if or_a else [])
    words = f"{', '.join(others)} or a function of {of}"

    def check(value, name, owner):
        is_string = isinstance(value, str)
        is_function = callable(value) and not isinstance(value, type)
        is_allowed = is_function or isinstance(value, or_a)
        if not is_allowed and not (is_string and value in options):
            got = repr(value)
            if isinstance(value, type):
                got = f"the class {value.__name__}: give an instance"
            raise (ValueError if is_string else TypeError)(
                f"{name} of {owner} must be {words}, got {got}."
            )

    return Rule(words, check, "no such option", options)


def flag():
    """Return the rule for True or False; 0 and 1 are taken, too."""

    def check(value, name, owner):
        is_flag = isinstance(value, (bool, np.bool_))
        if not is_flag and not (isinstance(value, Integral) and value in (0, 1)):
            raise TypeError(
                f"{name} of {owner} must be True or False, got {value!r} "
                f"({type(value).__name__})."
            )

    return Rule("True or False", check, "no")


def jobs():
    """Return the rule for ``n_jobs``: None, or an integer other than 0."""
    return Rule("None or an integer other than 0", check_n_jobs, 0, none=True)


def check_n_jobs(value, name, owner):
    """Raise an error unless ``value`` is None or an integer other than 0."""
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(
            f"{name} of {owner} must be None or an integer other than 0, "
            f"got {value!r} ({type(value).__name__})."
        )
    if value == 0:
        raise ValueError(f"{name} of {owner} must not be 0: it would do no work.")


def seed():
    """Return the rule for ``random_state``."""

    def check(value, name, owner):
        # A generator is not asked for a number here: that would move its stream.
        if not isinstance(value, (np.random.RandomState, np.random.Generator)):
            check_seed(value, owner)

    words = "None, an integer, a numpy RandomState or a numpy Generator"
    return Rule(words, check, -1, none=True)


def memory(*, none=False):
    """Return the rule for an amount of memory, in bytes or as a string like "1GB"."""
    words = 'an integer (bytes) or a string such as "1GB"'
    return Rule(words, check_memory, "plenty", none=none)


def having(*methods, example, none=False):
    """Return the rule for an object that has some methods; a class is refused.

    Parameters
    ----------
    *methods : str
        Names of the methods.
    example : str
        An object that has them, for the message.
    none : bool, default=False
        Whether None is allowed.
    """
    words = f"an object with {' and '.join(methods)}, such as {example}"

    def check(value, name, owner):
        has_all = all(callable(getattr(value, method, None)) for method in methods)
        if isinstance(value, type) or not has_all:
            is_class = isinstance(value, type)
            shown = f"the class {value.__name__}" if is_class else repr(value)
            raise TypeError(f"{name} of {owner} must be {words}, got {shown}.")

    return Rule(words, check, object(), none=none)


def either(*rules):
    """Return the rule for a value that satisfies at least one of several rules."""
    words = " or ".join(rule.words for rule in rules)

    def check(value, name, owner):
        errors = []
        for rule in rules:
            try:
                return rule(value, name, owner)
            except (TypeError, ValueError) as error:
                errors.append(error)
        kinds = [type(error) for error in errors]
        raise (ValueError if ValueError in kinds else TypeError)(
            f"{name} of {owner} must be {words}, got {value!r}."
        )

    none = any(rule.none for rule in rules)
    return Rule(words, check, object(), none=none)


def own(function, words, invalid, *, none=False):
    """Return a rule that a class states by a function of its own.

    Parameters
    ----------
    function : callable
        Called with value, name and owner; raises a TypeError or a ValueError.
    words : str
        What the parameter must be, as the end of "must be ...".
    invalid : object
        A value that it refuses.
    none : bool, default=False
        Whether None is allowed.
    """
    return Rule(words, function, invalid, none=none)


@cache
def rules_of(cls):
    """Return the rules of a class, those of its bases included.

    Parameters
    ----------
    cls : type
        A class with or without ``_parameter_rules``.

    Returns
    -------
    rules : dict of str to Rule
        By the name of the parameter.

    Examples
    --------
    >>> class Base:
    ...     _parameter_rules = {"n_draws": count(1)}
    >>> class Model(Base):
    ...     _parameter_rules = {"lr": real(0)}
    >>> sorted(rules_of(Model))
    ['lr', 'n_draws']
    """
    rules = {}
    for base in reversed(cls.__mro__):
        rules.update(vars(base).get("_parameter_rules", {}))
    return rules


def check_parameters(estimator):
    """Raise an error that names the first parameter that is not as it must be.

    Parameters
    ----------
    estimator : object
        An object whose class states ``_parameter_rules``.

    Raises
    ------
    TypeError
        If a parameter is of the wrong kind.
    ValueError
        If a parameter has a wrong value.

    Examples
    --------
    >>> class Model:
    ...     _parameter_rules = {"n_draws": count(1)}
    ...     n_draws = 0
    >>> check_parameters(Model())
    Traceback (most recent call last):
        ...
    ValueError: n_draws of Model must be an integer >= 1, got 0.
    """
    owner = type(estimator).__name__
    for name, rule in rules_of(type(estimator)).items():
        rule(getattr(estimator, name), name, owner)
