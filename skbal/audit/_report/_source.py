"""What a report is of, in one form for learners, loops, simulations and campaigns."""

from dataclasses import dataclass, field

import numpy as np

from skbal._utils.multilabel import is_multilabel
from skbal._utils.pools import n_rows, sliceable, take
from skbal._utils.tags import classifies, regresses
from skbal._utils.unwrap import unwrap
from skbal._utils.votes import learns_counts, learns_votes


class NotChecked(Exception):
    """A check lacks something.

    Parameters
    ----------
    reason : str
        What is missing, as a sentence.
    remedy : str
        What to do so that the check is made, as a sentence.
    """

    def __init__(self, reason, remedy=""):
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy


class DoesNotApply(Exception):
    """A check has no meaning here. Its argument is the reason, as a sentence."""


@dataclass(frozen=True, eq=False)
class Source:
    """Everything that checks may look at. What is not there is None.

    Parameters
    ----------
    kind : {"learner", "loop", "simulation", "campaign"}
        What was given.
    estimator : estimator or None
        The fitted model, or a committee.
    strategy : object or None
        The query strategy.
    learner : learner or None
        Holds the labelled rows.
    history : History or None
        The steps.
    X_labelled, y_labelled : array-like or None
        The rows that the model learned from, and their labels.
    X_pool : array-like or None
        All rows, of which some were asked about.
    candidates : ndarray of int or None
        The rows of the pool that might have been asked about. None: all.
    asked : ndarray of int or None
        The rows of the pool that were asked about and got a label, in their order.
    y_pool : array-like or None
        The labels of all rows of the pool, if the oracle knows them.
    X_test, y_test : array-like or None
        Rows that were kept apart.
    oracle : object or None
        What gave the labels.
    loop : ActiveLearningLoop or None
    simulation : ActiveLearningClassifier, ActiveLearningRegressor or None
    campaign : Campaign or None
    n_pool : int or None
        Number of rows that might have been asked about.
    missing : dict of str to str
        Why a part is missing, if there is an error that says it.
    options : dict
        What else the user gave: ``independent``, ``groups_pool``, ``groups_test``,
        ``image_shape``, ``reference_error``, ``compare_random`` and ``random_state``.
    """

    kind: str
    estimator: object = None
    strategy: object = None
    learner: object = None
    history: object = None
    X_labelled: object = None
    y_labelled: object = None
    X_pool: object = None
    candidates: np.ndarray | None = None
    asked: np.ndarray | None = None
    y_pool: object = None
    X_test: object = None
    y_test: object = None
    oracle: object = None
    loop: object = None
    simulation: object = None
    campaign: object = None
    n_pool: int | None = None
    missing: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)

    @property
    def random_state(self):
        """Seed of the checks."""
        return self.options.get("random_state", 0)

    @property
    def task(self):
        """What is learned: "classes", "labels", "numbers", "votes", "counts" or None.

        "labels" are several yes/no labels per row.
        """
        if self.estimator is None:
            return None
        if learns_votes(self.estimator):
            return "counts" if learns_counts(self.estimator) else "votes"
        if regresses(self.estimator):
            return "numbers"
        if is_multilabel(unwrap(self.estimator)[1]):
            return "labels"
        is_classifier = classifies(self.estimator)
        return (
            "classes" if is_classifier or hasattr(self.estimator, "classes_") else None
        )

    def fitted(self):
        """Return the fitted model.

        Raises
        ------
        NotChecked
            If there is none.
        """
        if self.estimator is None:
            reason = self.missing.get("estimator", "No model was trained yet.")
            raise NotChecked(reason, "Train a model first.")
        return self.estimator

    def test_rows(self):
        """Return ``X_test`` and ``y_test``.

        Raises
        ------
        NotChecked
            If there are none.
        """
        if self.X_test is None:
            raise NotChecked(
                "There are no test rows.",
                "Give X_test and y_test: random rows that were neither asked about nor "
                "looked at when something was decided.",
            )
        return self.X_test, self.y_test

    def labelled_rows(self):
        """Return ``X_labelled`` and ``y_labelled``.

        Raises
        ------
        NotChecked
            If there are none.
        """
        if self.X_labelled is None:
            reason = self.missing.get("estimator", "No row has a label yet.")
            raise NotChecked(reason, "Collect labels first.")
        return self.X_labelled, self.y_labelled

    def pool_rows(self):
        """Return ``X_pool``.

        Raises
        ------
        NotChecked
            If it is not there.
        """
        if self.X_pool is None:
            raise NotChecked(
                "The rows that were chosen from are not at hand.",
                "Give X_pool, all rows that might have been asked about.",
            )
        return self.X_pool

    def pool_indices(self):
        """Return the rows of the pool that might have been asked about, in order.

        Raises
        ------
        NotChecked
            If the pool is not at hand.
        """
        X_pool = self.pool_rows()
        if self.candidates is not None:
            return np.asarray(self.candidates, np.intp)
        return np.arange(n_rows(X_pool))

    def divided_pool(self):
        """Return the rows of the pool that were asked about, and the others.

        Returns
        -------
        labelled, others : ndarray of int
            In ascending order.

        Raises
        ------
        NotChecked
            If the pool is not at hand, or it is not known which rows were asked about.
        """
        rows = self.pool_indices()
        if self.asked is None:
            raise NotChecked(
                "It is not known which rows of the pool were asked about.",
                "Give a loop, which keeps account of them.",
            )
        return np.sort(self.asked), np.setdiff1d(rows, self.asked)

    def from_pool(self, indices):
        """Return some rows of the pool."""
        return take(sliceable(self.pool_rows()), indices)

    def for_task(self, *tasks):
        """Raise `DoesNotApply` unless the model learns one of these.

        Parameters
        ----------
        *tasks : str or None
            Values of ``task``.
        """
        self.fitted()
        if self.task not in tasks:
            learned = {
                "classes": "classes",
                "labels": "several labels per row, and this check takes one",
                "numbers": "numbers",
                "votes": "votes",
                "counts": "counts of answers",
                None: "what cannot be told",
            }[self.task]
            raise DoesNotApply(f"The model learns {learned}.")
