"""What every policy is: an object that scores rows, or picks a strategy."""

from abc import ABC

from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skbal._utils.names import KnowsItsParameters

CHOICES = ("rows", "strategies")


class Policy(KnowsItsParameters, BaseEstimator, ABC):
    """Base class of policies, which decide what `LearnedQuery` labels next.

    A policy sees numbers that mean the same in every task, never the rows themselves:
    `CANDIDATE_FEATURES` of each row of the pool and `STATE_FEATURES` of the whole. So
    what was learned on some tables of data can be used on others.

    There are two kinds. One that chooses rows defines `score_candidates`. One that
    chooses among strategies sets ``chooses = "strategies"``, holds a list of query
    strategies in ``strategies``, and defines `choose_strategy`.

    Attributes
    ----------
    chooses : {"rows", "strategies"}
        What the policy chooses.

    See Also
    --------
    LearnedQuery : Makes a query strategy of a policy.

    Notes
    -----
    `sklearn.base.clone` returns a fitted policy itself. What it learned does not depend
    on the data that it is used on, so it is kept when a learner or a strategy is
    cloned, as in `skbal.experiments.compare` or a grid search.
    ``type(policy)(**policy.get_params())`` is one that has learned nothing.

    Examples
    --------
    A policy that trusts the margin once half of the pool is known well:

    >>> from skbal.policy import CANDIDATE_FEATURES, STATE_FEATURES, Policy
    >>> class Patient(Policy):
    ...     def score_candidates(self, features, state):
    ...         unsure = state[STATE_FEATURES.index("mean_novelty")] > 0.5
    ...         name = "reduction" if unsure else "margin"
    ...         return features[:, CANDIDATE_FEATURES.index(name)]
    """

    chooses = "rows"

    def score_candidates(self, features, state):
        """Return the score of each candidate row; higher is better.

        Parameters
        ----------
        features : ndarray of shape (n_candidates, n_candidate_features)
            One column for each name in `CANDIDATE_FEATURES`.
        state : ndarray of shape (n_state_features,)
            One number for each name in `STATE_FEATURES`.

        Returns
        -------
        scores : ndarray of shape (n_candidates,), dtype=float64

        Raises
        ------
        NotImplementedError
            If the policy chooses strategies.
        """
        raise NotImplementedError(
            f"{type(self).__name__} does not score rows: it has no score_candidates."
        )

    def choose_strategy(self, state):
        """Return the position in ``strategies`` of the one that asks next.

        Parameters
        ----------
        state : ndarray of shape (n_state_features,)
            One number for each name in `STATE_FEATURES`.

        Returns
        -------
        position : int

        Raises
        ------
        NotImplementedError
            If the policy chooses rows.
        """
        raise NotImplementedError(
            f"{type(self).__name__} does not choose strategies: it has no "
            "choose_strategy."
        )

    def outside(self, n_classes, n_labels, n_pool):
        """Return why the policy was not trained for such a task, or None.

        Parameters
        ----------
        n_classes : int
            Number of classes that the model knows.
        n_labels : int
            Number of labelled rows.
        n_pool : int
            Number of rows to choose from.

        Returns
        -------
        reason : str or None
            The end of a sentence, such as "it was trained with 2 to 10 classes, and
            there are 20". None if nothing speaks against the policy, which is the
            default.
        """
        return None

    def __sklearn_clone__(self):
        return self if self._is_fitted() else super().__sklearn_clone__()

    def _is_fitted(self):
        """Return whether the policy learned something; one without fit never does."""
        if not hasattr(self, "fit"):
            return False
        try:
            check_is_fitted(self)
        except NotFittedError:
            return False
        return True
