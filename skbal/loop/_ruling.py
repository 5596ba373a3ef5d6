"""What the stopping rules say after a step."""

import copy
from dataclasses import dataclass, replace

from sklearn.exceptions import NotFittedError

from skbal.loop._checks import OWNER, n_taught


@dataclass(frozen=True)
class Ruling:
    """What the stopping rules said after a step, and what they remember.

    Parameters
    ----------
    stopping : object
        The loop's parameter ``stopping`` that the rules were copied from.
    rules : list of callable
        The copies.
    says : str or None
        Why to stop.
    n_steps : int
        The number of steps after which they said so.
    """

    stopping: object
    rules: list
    says: str = None
    n_steps: int = 0

    def after(self, loop):
        """Return what the rules say after the last step of a loop."""
        # Copies are asked, so that none remembers an answer that was lost.
        rules = [copy.copy(rule) for rule in self.rules]
        answers = [_answer_of(rule, loop) for rule in rules]
        says = next((answer for answer in answers if answer), None)
        return replace(self, rules=rules, says=says, n_steps=len(loop.history_))


def _answer_of(rule, loop):
    try:
        answer = rule(loop)
    except NotFittedError:
        if n_taught(loop.learner):
            raise
        return None  # nothing is known that could be stable or certain
    if answer is not None and not isinstance(answer, str):
        name = getattr(rule, "__name__", type(rule).__name__)
        raise TypeError(
            f"A rule in stopping of {OWNER} must return why to stop, as a string, or "
            f"None to continue, but {name} returned {answer!r}."
        )
    return answer
