"""What every rule is: a parameter object that is called with a loop."""

from abc import ABC, abstractmethod

from sklearn.base import BaseEstimator


class StoppingRule(BaseEstimator, ABC):
    """A reason to stop a loop, or none yet.

    A subclass gives ``__call__``. What it must remember from step to step it keeps in
    attributes that end in an underscore: the loop clones its rules when it starts, and
    a clone remembers nothing.
    """

    @abstractmethod
    def __call__(self, loop):
        """Return why to stop, or None to go on."""


def number(value):
    """Return a number as a reason tells it: four digits, without needless zeros.

    Parameters
    ----------
    value : float
        Any.

    Returns
    -------
    text : str

    Examples
    --------
    >>> number(0.91666), number(120.0)
    ('0.9167', '120')
    """
    return f"{value:.4g}"
