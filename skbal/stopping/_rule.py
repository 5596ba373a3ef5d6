"""The base class of stopping rules."""

from abc import ABC, abstractmethod

from sklearn.base import BaseEstimator

from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters


class StoppingRule(KnowsItsParameters, BaseEstimator, ABC):
    """Base class of stopping rules.

    A subclass implements `reason_to_stop`. As in scikit-learn, ``__init__`` only stores
    its parameters. Store what a rule must remember between steps in attributes that end
    in an underscore: the loop clones its rules when it starts, and a clone does not
    have these attributes. Give such an attribute a new value instead of changing it in
    place, for instance by ``self.values_ = [*self.values_, value]``: after an error,
    the loop restores what the rule remembered before the step.

    Examples
    --------
    A rule that stops when most answers of a step were rejected:

    >>> from types import SimpleNamespace
    >>> from skbal.loop import History, Record
    >>> from skbal.stopping import StoppingRule
    >>> class MostRejected(StoppingRule):
    ...     def __init__(self, share=0.5):
    ...         self.share = share
    ...
    ...     def reason_to_stop(self, loop):
    ...         record = loop.history_[-1]
    ...         if len(record.rejected) > self.share * len(record.indices):
    ...             return f"{len(record.rejected)} answers rejected"
    >>> history = History([Record(0, 20), Record(1, 22, indices=(3, 4), rejected=(4,))])
    >>> MostRejected(share=0.4)(SimpleNamespace(history_=history))
    '1 answers rejected'
    """

    def __call__(self, loop):
        """Return why to stop, or None to continue.

        Parameters
        ----------
        loop : skbal.loop.ActiveLearningLoop
            The loop after a step.

        Returns
        -------
        reason : str or None
            Becomes ``stop_reason_`` of the loop.

        Raises
        ------
        TypeError, ValueError
            If a parameter of the rule is wrong, or the loop lacks what the rule needs.
        """
        check_parameters(self)
        if not any(hasattr(loop, name) for name in ("history_", "remaining_")):
            raise TypeError(
                f"loop of {type(self).__name__} must be an ActiveLearningLoop after a "
                f"step, got {loop!r} ({type(loop).__name__})."
            )
        return self.reason_to_stop(loop)

    @abstractmethod
    def reason_to_stop(self, loop):
        """Return why to stop, or None to continue. Subclasses implement this method.

        Parameters
        ----------
        loop : skbal.loop.ActiveLearningLoop
            The loop after a step. Its ``history_``, ``learner``, ``X_pool`` and
            ``remaining_`` are those after the step.

        Returns
        -------
        reason : str or None
            One line that says what was reached, and what was wanted.
        """


def number(value):
    """Return a number as a string of at most four digits, without trailing zeros.

    Parameters
    ----------
    value : float
        Any number.

    Returns
    -------
    text : str

    Examples
    --------
    >>> number(0.91666), number(120.0)
    ('0.9167', '120')
    """
    return f"{value:.4g}"
