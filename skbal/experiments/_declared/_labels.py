"""What is read from learning curves if labels are counted with the first ones."""

from functools import partial


def labels_to(score):
    """Return the function that reads the labels with which a score was first reached.

    Parameters
    ----------
    score : float
        The score.

    Returns
    -------
    of : callable
        Takes a result of `learning_curve`. The first labels are counted. Infinite if
        the run never got there.

    Examples
    --------
    >>> curve = {"n_labels": [20, 30, 40], "score": [0.5, 0.8, 0.9]}
    >>> labels_to(0.8)(curve), labels_to(0.95)(curve)
    (30, inf)
    """
    return partial(_labels_to, score)


def _labels_to(target, result):
    for n_labels, score in zip(result["n_labels"], result["score"]):
        if score >= target:
            return n_labels
    return float("inf")


def score_with(n_labels):
    """Return the function that reads the score with so many labels.

    Parameters
    ----------
    n_labels : int
        The number of labels, with the first ones.

    Returns
    -------
    of : callable
        Takes a result of `learning_curve`. NaN if there is no such step.

    Examples
    --------
    >>> curve = {"n_labels": [20, 30, 40], "score": [0.5, 0.8, 0.9]}
    >>> score_with(40)(curve), score_with(50)(curve)
    (0.9, nan)
    """
    return partial(_score_with, n_labels)


def _score_with(n_labels, result):
    scores = dict(zip(result["n_labels"], result["score"]))
    return scores.get(n_labels, float("nan"))
