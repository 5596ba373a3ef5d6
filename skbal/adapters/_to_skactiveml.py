"""ToSkactiveml: a strategy of ours with the ``query`` of scikit-activeml."""

import numpy as np
from sklearn.base import BaseEstimator, clone

from skbal._utils.arrays import as_array
from skbal._utils.indices import check_indices
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, own
from skbal._utils.validation import check_count
from skbal.base import QueryStrategy
from skbal.learner import ActiveLearner


def _check_ours(value, name, owner):
    if not isinstance(value, QueryStrategy):
        raise TypeError(
            f"{name} of {owner} must be a query strategy of skbal, such as BALD(), got "
            f"{value!r:.80}."
        )


class ToSkactiveml(KnowsItsParameters, BaseEstimator):
    """A strategy of skbal with the ``query`` of scikit-activeml, for its loops.

    Labelled and unlabelled rows come as one array, and unlabelled rows have a missing
    label.

    Parameters
    ----------
    strategy : QueryStrategy
        A strategy of `skbal.query` or of your own. Give it an integer ``random_state``
        if utilities are to be those of the choice.
    missing_label : object, default=nan
        The label of rows without one.

    See Also
    --------
    FromSkactiveml : A strategy of scikit-activeml for our learners and loops.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.adapters import ToSkactiveml
    >>> from skbal.query import BALD
    >>> X = np.arange(8.0)[:, np.newaxis]
    >>> y = np.array([0, 0, np.nan, np.nan, np.nan, np.nan, 1, 1])
    >>> strategy = ToSkactiveml(BALD(random_state=0))
    >>> forest = RandomForestClassifier(random_state=0)
    >>> indices, utilities = strategy.query(
    ...     X, y, forest, batch_size=2, return_utilities=True)
    >>> np.isnan(y[indices]).all(), utilities.shape
    (np.True_, (2, 8))
    """

    _parameter_rules = {
        "strategy": own(_check_ours, "a query strategy of skbal", 3),
    }

    def __init__(self, strategy, *, missing_label=np.nan):
        self.strategy = strategy
        self.missing_label = missing_label

    def query(
        self,
        X,
        y,
        clf,
        fit_clf=True,
        candidates=None,
        batch_size=1,
        return_utilities=False,
    ):
        """Return the indices of the rows to label next.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            All rows, labelled and unlabelled.
        y : array-like of shape (n_samples,)
            Their labels, and ``missing_label`` where there is none.
        clf : estimator
            A classifier, or a regressor for strategies of regression. A wrapper of
            scikit-activeml (``SklearnClassifier``) is taken off.
        fit_clf : bool, default=True
            Whether a clone is fitted to the labelled rows. If False, it is used as it
            is.
        candidates : array-like, optional
            The rows to choose from: indices of X, or rows. ``None`` is all unlabelled
            rows.
        batch_size : int, default=1
            Number of rows to choose.
        return_utilities : bool, default=False
            Whether to return the scores, too.

        Returns
        -------
        query_indices : ndarray of shape (batch_size,)
            Best first. Indices of X, or of ``candidates`` if these are rows.
        utilities : ndarray of shape (batch_size, n_samples) or \
(batch_size, n_candidates)
            Scores of single rows by ``score_pool``. All lines are the same, except for
            NaN where a row was chosen before, is labelled or is not a candidate. Only
            if ``return_utilities`` is true.

        Raises
        ------
        TypeError, ValueError
            If an argument is invalid, or the strategy refuses the model. With
            ``return_utilities``, also if the strategy has no scores of single rows.
        """
        check_parameters(self)
        owner = type(self).__name__
        X, y = as_array(X, f"X given to {owner}"), as_array(y, f"y given to {owner}")
        if y.shape != X.shape[:1]:
            raise ValueError(
                f"y given to {owner} must be one label for each of the {len(X)} rows "
                f"of X, got shape {y.shape}."
            )
        missing = self._is_missing(y)
        rows, places, n_places = self._candidates(X, missing, candidates)
        batch_size = check_count(batch_size, "batch_size", owner)
        learner = self._learner(clf, fit_clf, X[~missing], y[~missing])
        chosen = places[self.strategy(learner, rows, batch_size)]
        if not return_utilities:
            return chosen
        utilities = np.full((batch_size, n_places), np.nan)
        utilities[:, places] = self.strategy.score_pool(learner, rows)
        for line in range(1, batch_size):
            utilities[line, chosen[:line]] = np.nan
        return chosen, utilities

    def _is_missing(self, y):
        label = self.missing_label
        if isinstance(label, float) and np.isnan(label):
            return y != y  # true of NaN, also among objects
        return np.array(
            [one is label or one == label for one in y.tolist()], dtype=bool
        )

    def _candidates(self, X, missing, candidates):
        """Return the rows, the index of each in the answer, and the largest number."""
        if candidates is None:
            places = np.flatnonzero(missing)
            return X[places], places, len(X)
        given = as_array(candidates, f"candidates given to {type(self).__name__}")
        if given.ndim == 1:
            places = check_indices(given, len(X), "candidates", type(self).__name__)
            return X[places], places, len(X)
        return given, np.arange(len(given)), len(given)

    def _learner(self, clf, fit_clf, X, y):
        is_wrapper = type(clf).__module__.startswith("skactiveml.")
        if not fit_clf:
            inside = getattr(clf, "estimator_", clf) if is_wrapper else clf
            return ActiveLearner(inside, self.strategy)
        inside = getattr(clf, "estimator", clf) if is_wrapper else clf
        if y.dtype == object:
            y = np.array(y.tolist())  # strings beside a None or NaN
        return ActiveLearner(clone(inside), self.strategy, X, y)
