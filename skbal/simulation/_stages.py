"""Predictions and scores of the models of all steps of a run."""

import numpy as np

from skbal._utils.arrays import refuse_sparse_column
from skbal._utils.scoring import score_of


class StagesMixin:
    """Staged predictions and scores of a fitted simulation."""

    def staged_predict(self, X):
        """Yield the predictions of the model of each step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows, as ``fit`` takes them.

        Yields
        ------
        y_pred : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Predictions before any query, then after each query.

        Raises
        ------
        ValueError
            If the models were not kept: ``fit`` needs ``keep_stages=True``.
        """
        for stage in self._stages("staged_predict"):
            yield stage.predict(X)

    def staged_score(self, X=None, y=None):
        """Return the score of the model of each step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...), optional
            Rows to score on. This needs the models, so ``fit`` needs
            ``keep_stages=True``. ``None`` returns the scores on the held-out rows,
            which are always kept.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), optional
            Their true labels.

        Returns
        -------
        scores : ndarray of shape (n_steps,)
            The scores at the numbers of labels in ``history_.n_labels``.

        Raises
        ------
        ValueError
            If neither models nor scores were kept, or only one of X and y is given.
        """
        if (X is None) != (y is None):
            raise ValueError(
                f"X and y of staged_score of {type(self).__name__} belong together: "
                "give both, or neither for the scores on the held-out rows."
            )
        if X is None:
            return self._held_out_scores()
        refuse_sparse_column(y, f"y of staged_score of {type(self).__name__}")
        stages = self._stages("staged_score")
        return np.array([self._score_of(stage, X, y) for stage in stages])

    def _held_out_scores(self):
        if not len(self._fitted().held_out_):
            raise ValueError(
                f"This {type(self).__name__} has no staged scores: it held no rows "
                "out. Fit it with test_size=0.2, or with keep_stages=True and give "
                "staged_score the rows to score on."
            )
        return self.history_.scores

    def _score_of(self, stage, X, y):
        if self.scoring is None:
            return stage.score(X, y)
        return score_of(stage, X, y, self.scoring)

    def _stages(self, method):
        if self._fitted().stages_ is None:
            raise ValueError(
                f"{method} of this {type(self).__name__} needs the model of each step: "
                "fit it with keep_stages=True."
            )
        return self.stages_
