"""What could be had at most, by an oracle that knows all labels, test rows included.

It is greedy: each step it fits the model once with each of some candidates and takes
the one after which most test rows are right. It knows the rows that it is tested on, so
it is better than what could be learned, and it looks only one label ahead and at some
candidates, so it is not the best that there is.
"""

import numpy as np
from sklearn.base import clone

from skbal._utils.random import stream

N_CANDIDATES = 10
_LEAST = 0.01  # probability in a logarithm, since a forest may say 0


class LookAhead:
    """Chooses the row whose label helps most on the test rows.

    Parameters
    ----------
    seed : int
        Seeds the candidates, the same for each model.
    n_candidates : int, default=10
        Number of random rows that are tried in a step.
    """

    def __init__(self, seed, n_candidates=N_CANDIDATES):
        self.seed, self.n_candidates = seed, n_candidates

    def __call__(self, learner, episode, left):
        """Return the row of the pool to label next.

        Parameters
        ----------
        learner : skbal.ActiveLearner
            It is not changed.
        episode : Episode
            With all labels.
        left : ndarray of int of shape (n_left,)
            The rows to choose from.

        Returns
        -------
        row : int
            Of equally many right test rows, that of the smallest log loss decides.
        """
        rng = stream(self.seed, "candidates", len(left))
        size = min(self.n_candidates, len(left))
        candidates = rng.choice(left, size, replace=False)
        gains = [self._gain(learner, episode, row) for row in candidates]
        return int(candidates[max(range(size), key=gains.__getitem__)])

    def _gain(self, learner, episode, row):
        X = np.concatenate([learner.X_training, episode.X[[row]]])
        y = np.append(learner.y_training, episode.y[row])
        model = clone(learner.estimator).fit(X, y)
        probabilities = model.predict_proba(episode.X_test)
        n_right = (probabilities.argmax(axis=1) == episode.y_test).sum()
        known = probabilities[np.arange(len(probabilities)), episode.y_test]
        return n_right, np.log(np.maximum(known, _LEAST)).sum()
