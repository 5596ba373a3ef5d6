"""Labelling runs on tables whose labels are known, to train policies on."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from skbal._utils.indices import check_indices
from skbal._utils.random import stream
from skbal.policy._inputs import observe
from skbal.policy._run import start_run
from skbal.policy._tables import check_classifier, check_tables, labels_of
from skbal.seeding import BalancedSeed


@dataclass(frozen=True)
class _Settings:
    """What `start_run` asks for: one label of each class, and half of the rows."""

    estimator: object
    max_rows: int | None
    initial: object = BalancedSeed(n_per_class=1)
    test_size: float = 0.5
    scoring: str = "accuracy"


class TrainingRuns:
    """All runs on some tables with some classifiers.

    Parameters
    ----------
    tables : list of tuple
        Pairs (X, y): rows of shape (n_rows, ...) and their labels of shape (n_rows,).
    estimators : classifier or list of classifier
        They have ``predict_proba``. Each is trained with.
    owner : str
        Name of the policy, for messages.
    max_rows : int or None
        Number of random rows of a table that a run uses, pool and test set together.

    Raises
    ------
    TypeError
        If the tables are no list of pairs, or an estimator is no classifier.
    ValueError
        If labels are not those of two classes or more.
    """

    def __init__(self, tables, estimators, owner, max_rows):
        check_tables(tables, "tables", owner)
        if not isinstance(estimators, (list, tuple)):
            estimators = [estimators]
        if not estimators:
            raise ValueError(f"estimators of {owner} must not be empty.")
        for estimator in estimators:
            check_classifier(estimator, "estimators", owner)
        self.estimators, self.owner, self._max_rows = estimators, owner, max_rows
        self.tables = [
            (X, labels_of((X, y), number, f"tables of {owner}"))
            for number, (X, y) in enumerate(tables)
        ]

    def keys(self, n_episodes):
        """Return the numbers of episode, table and estimator of all runs, in order."""
        counts = n_episodes, len(self.tables), len(self.estimators)
        return list(product(*map(range, counts)))

    def start(self, key, seed):
        """Return a `LabellingRun`, the same at each call with the same arguments."""
        episode, table, estimator = key
        settings = _Settings(self.estimators[estimator], self._max_rows)
        # Estimators are compared on the same halves and first labels.
        rng = stream(seed, "run", episode, table)
        run = start_run(self.tables[table], settings, rng)
        if len(run.left) < 2:
            raise ValueError(
                f"table {table} in tables of {self.owner} must leave two rows or more "
                f"to choose from, got {len(run.left)}: half of its rows are the test "
                "set, and one row of each class is labelled first."
            )
        return run

    def view(self, run):
        """Return the `TaskView` of the rows of a run that are left."""
        options = {"features": "input", "n_draws": None, "seed": 0}
        return observe(run.learner, run.rows_left(), self.owner, **options)

    def limits(self, n_queries):
        """Return the limits of a policy that was trained by these runs.

        Parameters
        ----------
        n_queries : int
            Number of labels that were asked for in a run.

        Returns
        -------
        limits : dict of str to tuple
            The numbers of classes that occurred. Four times as many labels, and a
            hundred times as many rows, because features hardly depend on these.
        """
        n_classes = [len(np.unique(y)) for _, y in self.tables]
        most = max(len(y) for _, y in self.tables)
        most = most if self._max_rows is None else min(most, self._max_rows)
        return {
            "n_classes": (min(n_classes), max(n_classes)),
            "n_labels": (2, 4 * (n_queries + max(n_classes))),
            "n_pool": (1, 50 * most),
        }


def other_tables(of_runs, tables, n_tables, owner):
    """Return which runs are on other tables than those that are left out.

    Parameters
    ----------
    of_runs : ndarray of int of shape (n_runs,)
        The position of the table of each run.
    tables : array-like of int of shape (n_left_out,)
        Positions of the tables that are left out.
    n_tables : int
        Number of tables.
    owner : str
        Name of the policy, for messages.

    Returns
    -------
    kept : ndarray of bool of shape (n_runs,)

    Raises
    ------
    TypeError, ValueError
        If these are not positions of tables, or no runs are left.
    """
    kept = ~np.isin(of_runs, check_indices(tables, n_tables, "tables", owner))
    if not kept.any():
        raise ValueError(
            f"tables of {owner} must leave some tables with runs, got all of them."
        )
    return kept
