"""How much a part of a donor pulls other rows towards a class."""

import numpy as np

from skbal._utils.chunks import chunks, rows_within

_LARGEST = 0.005  # of the probability below which all count as equal
_SMALLEST = 1e-8


class Exchange:
    """Predictions of recipients that were given a part of each donor.

    All donors give to the same recipients. So what a donor does depends on the donor
    alone, given the recipients and the estimator.

    Parameters
    ----------
    predict : callable
        ``predict(rows)`` returns the probabilities of all classes for rows as ``take``
        of the rows returns them.
    rows : ImageRows or TableRows
        The rows.
    codes : ndarray of shape (n_samples,)
        For each row the column of its class in the probabilities.
    recipients : ndarray of int
        Rows that receive, from at least two classes.
    """

    def __init__(self, predict, rows, codes, recipients):
        self._predict, self._bytes_per_row = predict, rows.bytes_per_row
        self._codes, self._recipients = codes[recipients], recipients
        before = predict(rows.take(recipients))
        self._floor = smallest_probability(before)
        self._before = self._log_odds(before)
        self._winner = before.argmax(axis=1)
        self.n_classes = before.shape[1]

    def effects(self, part, donors):
        """Return how donors change the log odds of classes.

        Parameters
        ----------
        part : Part
            What is exchanged.
        donors : ndarray of int of shape (n_donors,)
            Rows that give.

        Returns
        -------
        effects : ndarray of shape (n_donors, n_classes)
            Mean change of the log odds over recipients of other classes.
        turned : ndarray of shape (n_donors, n_classes)
            Share of the recipients that were not predicted as the class and now are,
            0 if there are none.
        """
        shape = len(donors), self.n_classes
        effects, turned = np.zeros(shape), np.zeros(shape)
        n_each = len(self._recipients)
        step = max(rows_within(self._bytes_per_row, max_memory=2**25) // n_each, 1)
        for here in chunks(len(donors), step):
            effects[here], turned[here] = self._some(part, donors[here])
        return effects, turned

    def _some(self, part, donors):
        """Return effects and turned of a few donors."""
        n_each = len(self._recipients)
        pasted = part.exchange(
            np.tile(self._recipients, len(donors)), np.repeat(donors, n_each)
        )
        after = self._predict(pasted)
        winner = after.argmax(axis=1).reshape(len(donors), n_each)
        after = self._log_odds(after).reshape(len(donors), n_each, -1)
        effects, turned = [], []
        for label in range(after.shape[2]):
            other = self._codes != label
            change = after[:, other, label] - self._before[other, label]
            effects.append(change.mean(axis=1))
            free = other & (self._winner != label)
            turned.append((winner[:, free] == label).sum(axis=1) / max(free.sum(), 1))
        return np.stack(effects, axis=1), np.stack(turned, axis=1)

    def _log_odds(self, probabilities):
        inside = np.clip(probabilities, self._floor, 1 - self._floor)
        return np.log(inside) - np.log1p(-inside)


def smallest_probability(probabilities):
    """Return the probability below which all count as equal.

    Half of the smallest one that occurs: of a forest half the vote of a tree.
    """
    positive = probabilities[probabilities > 0]
    return float(np.clip(positive.min() / 2, _SMALLEST, _LARGEST))
