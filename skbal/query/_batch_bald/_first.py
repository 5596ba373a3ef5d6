"""The first row of a batch: the one with the largest BALD score.

No label comes before it, so no draws have to be held and nothing has to be searched.
Only the rows whose scores are nearly the largest are drawn once more and compared in
float64, as in every other step.
"""

import numpy as np

from skbal.query._batch_bald._greedy import CLOSE, MOST_CLOSE, TIED
from skbal.query._batch_bald._held import to_columns


def first_row(load, scores, posteriors, priority):
    """Return the row with the largest score, and the score in float64.

    Parameters
    ----------
    load : callable
        Takes ascending row numbers and returns their draws of shape (n_rows, n_draws,
        n_classes).
    scores : ndarray of shape (n_rows,), dtype=float64
        BALD scores.
    posteriors : Posteriors
        Before any label.
    priority : ndarray of shape (n_rows,)
        Among equal scores, the row with the smallest priority comes first.

    Returns
    -------
    row : int
    gain : float
        Information of its label about the draws, in nats; 0 if no label has any.
    """
    best = scores.max()
    rows = np.flatnonzero(scores >= best - CLOSE)
    rows = np.sort(rows[np.argsort(priority[rows])][:MOST_CLOSE])
    if best <= 0:
        return int(rows[np.argmin(priority[rows])]), 0.0
    draws = to_columns(np.array(load(rows)))
    gains = np.array([posteriors.exact_gain(of_row)[0] for of_row in draws])
    equal = np.flatnonzero(gains >= gains.max() - TIED * best)
    first = equal[np.argmin(priority[rows[equal]])]
    return int(rows[first]), gains[first]
