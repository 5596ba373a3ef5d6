"""Rules that look at the score on the test set."""

import numpy as np

from skbal._utils.validation import check_count, check_real
from skbal.stopping._rule import StoppingRule, number


class ScorePlateau(StoppingRule):
    """Stops when the score no longer grows.

    It does so when the best score of the last ``n_steps`` steps is not more than
    ``tolerance`` above the best before them. A score that decides when to stop is no
    honest test of the result any more: keep other rows for that.

    Parameters
    ----------
    n_steps : int, default=5
        How many steps to wait for better.
    tolerance : float, default=0.001
        How much better counts, in the unit of the score.

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

    def __init__(self, n_steps=5, tolerance=0.001):
        self.n_steps = n_steps
        self.tolerance = tolerance

    def __call__(self, loop):
        """Return why to stop, or None to go on.

        Parameters
        ----------
        loop : skbal.loop.ActiveLearningLoop
            After a step.

        Returns
        -------
        reason : str or None

        Raises
        ------
        ValueError
            If the loop has no test set, so that there are no scores.
        """
        n_steps = check_count(self.n_steps, "n_steps", "ScorePlateau")
        tolerance = check_real(self.tolerance, "tolerance", "ScorePlateau", low=0)
        scores = _scores(loop, "ScorePlateau")
        if len(scores) <= n_steps:
            return None
        late, before = scores[-n_steps:].max(), scores[:-n_steps].max()
        if late > before + tolerance:
            return None
        return (
            f"score plateau: best of the last {n_steps} steps {number(late)}, "
            f"before {number(before)}"
        )


class TargetScore(StoppingRule):
    """Stops when the score is good enough.

    Parameters
    ----------
    score : float, default=0.95
        On the loop's test set; the first step that has it is the last.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from skbal.loop import History, Record
    >>> from skbal.stopping import TargetScore
    >>> history = History([Record(0, 20, 0.7), Record(1, 30, 0.9)])
    >>> TargetScore(0.85)(SimpleNamespace(history_=history))
    'score 0.9 reached, 0.85 wanted'
    """

    def __init__(self, score=0.95):
        self.score = score

    def __call__(self, loop):
        """Return why to stop, or None to go on.

        Parameters
        ----------
        loop : skbal.loop.ActiveLearningLoop
            After a step.

        Returns
        -------
        reason : str or None

        Raises
        ------
        ValueError
            If the loop has no test set, so that there are no scores.
        """
        wanted = check_real(self.score, "score", "TargetScore")
        score = _scores(loop, "TargetScore")[-1]
        if score < wanted:
            return None
        return f"score {number(score)} reached, {number(wanted)} wanted"


def _scores(loop, owner):
    scores = loop.history_.scores
    if np.isnan(scores).any():
        raise ValueError(
            f"{owner} needs the score of every step, and the loop's history has nan: "
            "give the loop X_test and y_test, a simulation a test_size."
        )
    return scores
