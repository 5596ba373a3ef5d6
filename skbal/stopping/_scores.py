"""Rules that look at the score on the test set."""

import numpy as np

from skbal._utils.parameters import count, real
from skbal.stopping._rule import StoppingRule, number


class ScorePlateau(StoppingRule):
    """Stops when the score no longer grows.

    It stops if the best score of the last ``n_steps`` steps is at most ``tolerance``
    above the best score before them. The loop needs a test set. A score that decides
    when to stop is too optimistic as a result: report the score on other rows.

    Parameters
    ----------
    n_steps : int, default=5
        Number of steps to wait for a better score.
    tolerance : float, default=0.001
        Smallest difference that counts as better, in the unit of the score.

    See Also
    --------
    PredictionsStable : Needs no labelled test set.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from skbal.loop import History, Record
    >>> from skbal.stopping import ScorePlateau
    >>> history = History([Record(0, 20, 0.7), Record(1, 30, 0.9), Record(2, 40, 0.8)])
    >>> ScorePlateau(n_steps=1)(SimpleNamespace(history_=history))
    'score plateau: best of the last 1 steps 0.8, before 0.9'
    """

    _parameter_rules = {"n_steps": count(1), "tolerance": real(0)}

    def __init__(self, n_steps=5, tolerance=0.001):
        self.n_steps = n_steps
        self.tolerance = tolerance

    def reason_to_stop(self, loop):
        scores, n_steps = _scores(loop, type(self).__name__), int(self.n_steps)
        if len(scores) <= n_steps:
            return None
        # int, since minus a uint8 is another positive number
        late, before = scores[-n_steps:].max(), scores[:-n_steps].max()
        if late > before + self.tolerance:
            return None
        return (
            f"score plateau: best of the last {self.n_steps} steps {number(late)}, "
            f"before {number(before)}"
        )


class TargetScore(StoppingRule):
    """Stops when the score is good enough.

    Parameters
    ----------
    score : float, default=0.95
        Score to reach on the test set, which the loop needs.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from skbal.loop import History, Record
    >>> from skbal.stopping import TargetScore
    >>> history = History([Record(0, 20, 0.7), Record(1, 30, 0.9)])
    >>> TargetScore(0.85)(SimpleNamespace(history_=history))
    'score 0.9 reached, 0.85 wanted'
    """

    _parameter_rules = {"score": real()}

    def __init__(self, score=0.95):
        self.score = score

    def reason_to_stop(self, loop):
        score = _scores(loop, type(self).__name__)[-1]
        if score < self.score:
            return None
        return f"score {number(score)} reached, {number(self.score)} wanted"


def _scores(loop, owner):
    scores = loop.history_.scores
    if np.isnan(scores).any():
        raise ValueError(
            f"{owner} needs the score of every step, and the loop's history has nan: "
            "give the loop X_test and y_test, or a simulation a test_size."
        )
    return scores
