"""The numbers that a policy sees: features of candidate rows, and of the state.

None of them depends on the units of the columns, the order of the rows or the names of
the classes. `policy_inputs` describes them.
"""

import numpy as np

from skbal.policy._smoother import NOISE, Smoother

CANDIDATE_FEATURES = (
    "margin",
    "entropy",
    "bald",
    "margin_rank",
    "novelty",
    "density",
    "reduction",
    "weighted_reduction",
    "neighbourhood",
    "smoother_margin",
    "disagreement",
    "rarity",
)
STATE_FEATURES = (
    "n_labels",
    "labels_per_class",
    "mean_margin",
    "mean_bald",
    "mean_novelty",
    "agreement",
    "smoother_accuracy",
    "balance",
)
_ROWS_AT_ONCE = 2048
_TINY = 1e-12


class TaskView:
    """All that the features are computed from.

    Parameters
    ----------
    mean : ndarray of shape (n_pool, n_classes)
        Class probabilities of the candidates.
    bald : ndarray of shape (n_pool,)
        Mutual information of label and model, in nats; 0 without draws.
    geometry : Geometry
        Of all rows.
    pool : ndarray of int of shape (n_pool,)
        Which rows of the geometry are the candidates.
    labelled : ndarray of int of shape (n_labels,)
        Which rows of the geometry are labelled.
    codes : ndarray of int of shape (n_labels,)
        Their classes, as columns of ``mean``.
    """

    def __init__(self, mean, bald, geometry, pool, labelled, codes):
        self.mean, self.bald, self.geometry = mean, bald, geometry
        self.pool, self.labelled, self.codes = pool, labelled, codes
        self.n_pool, self.n_classes = mean.shape
        self.margin = _margin(mean)
        known = geometry.similarity(labelled, labelled).astype(np.float64)
        self.smoother = Smoother(known, codes, self.n_classes)
        self._see_rows()

    def guessing(self, chosen):
        """Return the view if candidates had the labels that the model predicts.

        Parameters
        ----------
        chosen : ndarray of int of shape (n_chosen,)
            Positions among the candidates, which are left out of the new view.

        Returns
        -------
        view : TaskView
        """
        left = np.delete(np.arange(self.n_pool), chosen)
        return TaskView(
            self.mean[left],
            self.bald[left],
            self.geometry,
            self.pool[left],
            np.append(self.labelled, self.pool[chosen]),
            np.append(self.codes, self.mean[chosen].argmax(axis=1)),
        )

    def _see_rows(self):
        """Compute what needs similarities of all rows, some rows at a time."""
        anchors, n_anchors = self.geometry.anchors, len(self.geometry.anchors)
        # Labelled rows have no weight: what they are is known.
        weights, unlabelled = np.zeros((2, len(self.geometry.rows)), np.float32)
        weights[self.pool], unlabelled[self.pool] = self.margin, 1
        weights, unlabelled = weights[anchors], unlabelled[anchors]
        of_anchors = self._factors(anchors)
        self.novelty, self.density, self.nearby = np.empty((3, self.n_pool))
        self.reduction, self.weighted_reduction = np.empty((2, self.n_pool))
        self.shares = np.empty((self.n_pool, self.n_classes))
        for start in range(0, self.n_pool, _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            kernel = self.geometry.similarity(self.pool[rows], anchors)
            self.density[rows] = kernel.mean(axis=1)
            self.nearby[rows] = kernel @ weights / (kernel @ unlabelled + _TINY)
            factors = self._factors(self.pool[rows])
            self.shares[rows] = self.smoother.shares(factors)
            variance = np.maximum(1 - np.square(factors).sum(axis=1), 0)
            self.novelty[rows] = variance
            kernel -= factors @ of_anchors.T  # the covariance given the labels
            kernel *= kernel
            noisy = variance + NOISE
            self.reduction[rows] = kernel.mean(axis=1) / noisy
            self.weighted_reduction[rows] = kernel @ weights / n_anchors / noisy

    def _factors(self, rows):
        similarity = self.geometry.similarity(rows, self.labelled)
        return self.smoother.factors(similarity).astype(np.float32)


def candidate_features(task):
    """Return the features of each row of the pool.

    Parameters
    ----------
    task : TaskView
        What is known.

    Returns
    -------
    features : ndarray of shape (n_pool, n_candidate_features), dtype=float64
        One column for each name in `CANDIDATE_FEATURES`.
    """
    most = np.log(task.n_classes)
    share = np.bincount(task.codes, minlength=task.n_classes) / len(task.codes)
    columns = {
        "margin": task.margin,
        "entropy": _entropy(task.mean) / most,
        "bald": task.bald / most,
        "margin_rank": _ranks(task.margin),
        "novelty": task.novelty,
        "density": _log_ratio(task.density),
        "reduction": _log_ratio(task.reduction),
        "weighted_reduction": _log_ratio(task.weighted_reduction),
        "neighbourhood": task.nearby,
        "smoother_margin": _margin(task.shares),
        "disagreement": 1 - (task.mean * task.shares).sum(axis=1),
        "rarity": 1 - task.mean @ share,
    }
    return np.column_stack([columns[name] for name in CANDIDATE_FEATURES])


def state_features(task):
    """Return the features of the whole.

    Parameters
    ----------
    task : TaskView
        What is known.

    Returns
    -------
    state : ndarray of shape (n_state_features,), dtype=float64
        One number for each name in `STATE_FEATURES`.
    """
    n_labels, n_classes = len(task.codes), task.n_classes
    share = np.bincount(task.codes, minlength=n_classes) / n_labels
    agree = task.mean.argmax(axis=1) == task.shares.argmax(axis=1)
    right = task.smoother.left_out.argmax(axis=1) == task.codes
    values = {
        "n_labels": np.log2(n_labels),
        "labels_per_class": np.log2(n_labels / n_classes),
        "mean_margin": task.margin.mean(),
        "mean_bald": task.bald.mean() / np.log(n_classes),
        "mean_novelty": task.novelty.mean(),
        "agreement": agree.mean(),
        "smoother_accuracy": right.mean(),
        "balance": _entropy(share) / np.log(n_classes),
    }
    return np.array([values[name] for name in STATE_FEATURES], dtype=np.float64)


def _margin(probabilities):
    """Return one minus the difference between the two largest probabilities."""
    largest = np.partition(probabilities, -2, axis=1)[:, -2:]
    return 1 - (largest[:, 1] - largest[:, 0])


def _entropy(probabilities):
    logs = np.log(np.maximum(probabilities, _TINY))
    return -(probabilities * logs).sum(axis=-1)


def _log_ratio(values):
    """Return the logarithms of positive values over their mean, at least -10."""
    mean = values.mean()
    ratio = values / mean if mean > 0 else np.ones_like(values)
    return np.log(np.maximum(ratio, np.exp(-10.0)))


def _ranks(values):
    """Return the share of values below each one; half of the equal ones count."""
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    not_above = np.searchsorted(ordered, values, side="right")
    return (below + not_above) / (2 * len(values))
